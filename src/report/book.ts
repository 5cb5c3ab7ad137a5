/** Every lens under one title. */
import type {Lens, View} from './lens.ts'
import type {Book} from './report.ts'

/** In the order given; the first is the ledger, whose sum the last line repeats. */
export function bookOf(views: readonly (readonly [Pick<Lens, 'id' | 'summary'>, View])[]): {
  readonly book: Book
  readonly json: object
} {
  const {subtitle, closing} = views[0]![1].report
  return {
    book: {
      title: 'AI spend, through every lens',
      subtitle,
      chapters: views.map(([{id, summary}, {report}]) => ({id, summary, report})),
      closing: closing.slice(-1),
    },
    json: Object.fromEntries(views.map(([{id}, {json}]) => [id, json])),
  }
}
