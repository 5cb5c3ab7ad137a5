/** The edge of this folder towards the cube by day: closed periods as frozen, all other days as settled last. */
import type {SpendClass} from '../engine/outcome.ts'
import type {Nanos} from '../model/money.ts'
import {frozenSpendByDay} from '../store/queries/frozen.ts'
import {spendByDay} from '../store/queries/report.ts'
import {all, type ReadableStore} from '../store/query.ts'
import type {Request} from './load.ts'
import {closedPeriods, frozenOf, stretches} from './load-closed.ts'
import {boundsOf} from './period.ts'

/** What a day costs in one money class; what is not known counts nothing here, as in every table. */
export interface DaySpend {
  readonly day: number
  readonly spendClass: SpendClass
  readonly cost: Nanos
}

/** By day; only days with usage. */
export function loadDays(store: ReadableStore, {period, asOf}: Request): DaySpend[] {
  const closed = asOf === 'event' ? closedPeriods(store) : []
  const current = asOf === 'current' ? 1 : 0
  return stretches(boundsOf(period), closed)
    .flatMap(({from, to, closed: period}) =>
      period === null
        ? all(store, spendByDay, {current, from, to})
        : all(store, frozenSpendByDay, {...frozenOf(period), from, to}),
    )
    .map(({day, spendClass, billedNanos}) => ({
      ...{day: Number(day), spendClass: spendClass as SpendClass, cost: billedNanos ?? 0n},
    }))
}
