/**
 * The window's tokens once more, as they were and as they would be, at the prices of its end; and what the difference comes to in a
 * month. Whole nano-dollars throughout: what is divided is divided once.
 */
import type {ModelIdentity} from '../../model/chunk.ts'
import type {Usage} from '../../model/fact.ts'
import {fractionOf, type Nanos} from '../../model/money.ts'
import {isReplayable, sumOf, type Traffic, type Window} from './traffic.ts'

/** What some use of a model costs; null: no list knows. */
export type Quote = (model: ModelIdentity, usage: Usage) => Nanos | null

/** What happens to each call. */
export interface Alternative {
  readonly model: (model: ModelIdentity) => ModelIdentity
  readonly usage: (usage: Usage) => Usage
}

export interface Money {
  readonly low: Nanos
  readonly mid: Nanos
  readonly high: Nanos
}

export interface Replay {
  readonly from: Nanos
  readonly to: Nanos
  /** `to − from` of each day of the window; these are rounded by themselves and only show how far days differ. */
  readonly days: readonly Nanos[]
  readonly moves: readonly Move[]
}

/** What one model was used for, and what it becomes. */
export interface Move {
  readonly from: readonly [model: ModelIdentity, usage: Usage]
  readonly to: readonly [model: ModelIdentity, usage: Usage]
}

/** Null: a price is not known. */
export function replay(
  traffic: readonly Traffic[],
  {from, to}: Window,
  alternative: Alternative,
  quote: Quote,
): Replay | null {
  const models = [...Map.groupBy(traffic.filter(isReplayable), ({model}) => JSON.stringify(model)).values()]
  const moved = (items: readonly Traffic[]): Move => {
    const [{model}, usage] = [items[0]!, sumOf(items)]
    return {from: [model, usage], to: [alternative.model(model), alternative.usage(usage)]}
  }
  const cost = (items: readonly Traffic[]): {from: Nanos; to: Nanos} | null => {
    const move = moved(items)
    const [before, after] = [quote(...move.from), quote(...move.to)]
    return before === null || after === null ? null : {from: before, to: after}
  }
  const whole = models.map(cost)
  if (whole.includes(null)) return null
  const days = Array.from({length: to - from}, (_, index) => {
    const costs = models.flatMap(items => {
      const own = items.filter(({day}) => day === from + index)
      return own.length === 0 ? [] : (cost(own) ?? [])
    })
    return costs.reduce((sum, item) => sum + item.to - item.from, 0n)
  })
  const total = (side: 'from' | 'to'): Nanos => whole.reduce((sum, item) => sum + item![side], 0n)
  return {from: total('from'), to: total('to'), days, moves: models.map(moved)}
}

/** A month has 30.4375 days. */
const MONTH = {days: 304_375n, unit: 10_000n}

export const aMonth = (nanos: Nanos, days: number): Nanos =>
  fractionOf(nanos, MONTH.days, MONTH.unit * BigInt(days))

/** What a month's worth is in so many days. */
export const inDays = (monthly: Nanos, days: number): Nanos =>
  fractionOf(monthly, MONTH.unit * BigInt(days), MONTH.days)

/** Tokens another family of models may make of the same text: this much less, or more. */
export const OTHER_TOKENS_PERCENT = 15n
const WEEK = 7

/**
 * The difference over a month. Low and high are the window's quietest and busiest week, were all weeks like it (days, where less than a week is
 * known); `otherTokens`: the new side's tokens are besides uncertain by so many per cent.
 */
export function monthly({from, to, days}: Pick<Replay, 'from' | 'to' | 'days'>, otherTokens: bigint): Money {
  const length = days.length < WEEK ? 1 : WEEK
  const weeks = Array.from({length: days.length - length + 1}, (_, index) =>
    aMonth(
      days.slice(index, index + length).reduce((sum, day) => sum + day, 0n),
      length,
    ),
  )
  const mid = aMonth(to - from, days.length)
  const band = aMonth(fractionOf(to, otherTokens, 100n), days.length)
  const {least, most} = ends([...weeks, mid])
  return {low: least - band, mid, high: most + band}
}

const ends = (amounts: readonly Nanos[]): {readonly least: Nanos; readonly most: Nanos} => {
  const sorted = [...amounts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return {least: sorted[0]!, most: sorted.at(-1)!}
}
