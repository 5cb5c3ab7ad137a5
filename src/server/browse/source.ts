/** Reads for the explorer what its screen waits for: a service's records a day at a time, and why one record says what it says. */
import type {Config} from '../../config/config.ts'
import type {Outcome, SpendClass} from '../../engine/outcome.ts'
import type {Closed} from '../../model/decisions.ts'
import {isOf, partOf, type RecordLine} from '../../report/browse/book.ts'
import type {Level} from '../../report/browse/levels.ts'
import type {ReadRecords, Want} from '../../report/browse/state.ts'
import type {Explanation} from '../../report/explanation.ts'
import {closedPeriods, frozenOf, frozenReader, RecordFinder} from '../../report/load-closed.ts'
import {boundsOf, type Period} from '../../report/period.ts'
import {type Found, RecordReader} from '../../report/records.ts'
import {openFrozen} from '../../store/frozen.ts'
import {allOutcomes, daysOfFrozenOutcomes, daysOfOutcomes} from '../../store/queries/browse.ts'
import {all, type ReadableStore} from '../../store/query.ts'
import {explainer} from '../pricing/compare.ts'

type Records = Extract<Level, {at: 'service'}>

interface Answer {
  readonly id: number
  readonly outcome: Outcome
  readonly spendClass: SpendClass
}

/** Days that are settled alike: those still open, or one closed period's as frozen. */
interface Part {
  readonly closed: Closed | null
  readonly store: ReadableStore
  readonly reader: RecordReader
  readonly answers: readonly Answer[]
}

/** Disposing closes what it opened beside `store`. */
export class Source {
  readonly #store: ReadableStore
  readonly #period: Period
  readonly #config: Config
  readonly #finder: RecordFinder
  readonly #parts: readonly Part[]

  constructor(store: ReadableStore, period: Period, config: Config) {
    this.#store = store
    this.#period = period
    this.#config = config
    this.#finder = new RecordFinder(store)
    const {from, to} = boundsOf(period)
    const closed = closedPeriods(store).filter(({said}) => said.from_day < to && said.to_day > from)
    this.#parts = [
      ...closed.map(period => {
        const frozen = openFrozen(store, frozenOf(period))
        return partFrom(frozen, frozenReader(frozen, period), period)
      }),
      partFrom(store, new RecordReader(store), null),
    ]
  }

  read(want: Want): ReadRecords | Explanation {
    return want.at === 'record' ? this.#explain(want.record.id) : this.#records(want)
  }

  #explain(id: string): Explanation {
    const {found, reader} = this.#finder.find(id)
    return explainer(reader, this.#config)(found)
  }

  /** The next day that has any. */
  #records(want: Records): ReadRecords {
    const [day, ...unread] = want.unread ?? this.#days(want)
    if (day === undefined) return {records: [], unread: []}
    const {reader, answers} = this.#partOn(day)
    const records = [...reader.ofDay(day, idsOf(answers, want))].map(found => recordLine(found, want))
    return {records: records.reverse(), unread}
  }

  #days(want: Records): number[] {
    const {from, to} = boundsOf(this.#period)
    return this.#parts
      .flatMap(({closed, answers}) => {
        const outcomes = JSON.stringify(idsOf(answers, want))
        if (closed === null)
          return all(this.#store, daysOfOutcomes, {outcomes, from, to}).filter(
            ({day}) => this.#partOn(day).closed === null,
          )
        const {freeze, ...days} = frozenOf(closed)
        const first = Math.max(from, days.from)
        const end = Math.min(to, days.to)
        return all(this.#store, daysOfFrozenOutcomes, {outcomes, freeze, from: first, to: end})
      })
      .map(({day}) => day)
      .sort((a, b) => b - a)
  }

  #partOn(day: number): Part {
    return this.#parts.find(
      ({closed}) => closed === null || (closed.said.from_day <= day && day < closed.said.to_day),
    )!
  }

  [Symbol.dispose](): void {
    this.#finder[Symbol.dispose]()
    for (const {closed, store} of this.#parts) if (closed !== null) store[Symbol.dispose]()
  }
}

const partFrom = (store: ReadableStore, reader: RecordReader, closed: Closed | null): Part => ({
  closed,
  store,
  reader,
  answers: all(store, allOutcomes, {}).map(({id, answer, spendClass}) => ({
    id,
    outcome: JSON.parse(answer) as Outcome,
    spendClass: spendClass as SpendClass,
  })),
})

const idsOf = (answers: readonly Answer[], {line, service}: Records): number[] =>
  answers.filter(answer => isOf(answer, line, service)).map(({id}) => id)

function recordLine({record, settled}: Found, {line}: Records): RecordLine {
  const {event, billed} = settled
  return {
    id: record.id,
    at: event.at,
    model: record.served_model ?? record.requested_model,
    cost: billed === null ? null : partOf(settled, line, billed),
    whole: billed,
    inputTokens: event.inputTokens,
    outputTokens: event.outputTokens,
  }
}
