import type {UsageFact} from '../../model/fact.ts'
import {dayOf} from '../../model/time.ts'

/** Where a batch's usage rows lie, so that they are found again without reading the table. */
export class Span {
  #first: {day: number; id: string} | null = null
  #last = {day: 0, id: ''}

  see({at, id}: UsageFact): void {
    const day = dayOf(at)
    this.#first ??= {day, id}
    this.#first.day = Math.min(day, this.#first.day)
    if (smaller(id, this.#first.id)) this.#first.id = id
    this.#last.day = Math.max(day, this.#last.day)
    if (smaller(this.#last.id, id)) this.#last.id = id
  }

  row() {
    const first = this.#first
    return {
      firstDay: first?.day ?? null,
      lastDay: first && this.#last.day,
      firstId: first?.id ?? null,
      lastId: first && this.#last.id,
    }
  }
}

/** As SQLite compares text: by its bytes in UTF-8. */
const smaller = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
