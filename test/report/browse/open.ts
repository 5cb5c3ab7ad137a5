/** The explorer over the small month, without a screen: keys in, states out, everything it waits for read at once. */
import {bookOf} from '../../../src/report/browse/book.ts'
import {
  initial,
  type Key,
  read,
  reduce,
  type Size,
  type State,
  wanted,
} from '../../../src/report/browse/state.ts'
import {loadSpend} from '../../../src/report/load.ts'
import {parsePeriod} from '../../../src/report/period.ts'
import {Source} from '../../../src/server/browse/source.ts'
import type {ReadableStore} from '../../../src/store/query.ts'

const NAMED = new Set(['up', 'down', 'page-up', 'page-down', 'first', 'last', 'open', 'back', 'erase'])

export interface Explorer {
  readonly source: Source
  readonly start: (size?: Size) => State
  /** Keys by name, or letters: `down open / s e c`. */
  readonly press: (state: State, keys: string) => State
}

export function explorer(store: ReadableStore, month = '2026-10'): Explorer {
  const period = parsePeriod({period: month}, 0)
  const book = bookOf(loadSpend(store, {period, asOf: 'event'}))
  const source = new Source(store, period, {})
  const filled = (state: State): State => {
    const want = wanted(state)
    return want === null ? state : filled(read(state, want, source.read(want)))
  }
  return {
    source,
    start: (size = {columns: 80, rows: 24}) => initial(book, size),
    press: (state, keys) =>
      keys
        .split(' ')
        .filter(key => key !== '')
        .reduce((now, key) => filled(reduce(now, NAMED.has(key) ? (key as Key) : {letter: key})), state),
  }
}
