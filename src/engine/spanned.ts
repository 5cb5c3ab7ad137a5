import {Span} from './graph.ts'

/** What was worked out once, by question, for as long as it holds. */
export class Spanned<T> {
  readonly #known = new Map<string, {readonly value: T; readonly span: Span}[]>()

  /** The answer at an instant (epoch ms); `span` is narrowed to the time in which it stays the same. */
  at(question: string, at: number, span: Span, work: (own: Span) => T): T {
    const known = this.#known.get(question) ?? []
    let hit = known.find(({span: {lo, hi}}) => at >= lo && at < hi)
    if (hit === undefined) {
      const own = new Span()
      hit = {value: work(own), span: own}
      this.#known.set(question, [...known, hit])
    }
    span.within(hit.span)
    return hit.value
  }
}
