/** The edge of this folder towards the cube: what reports are made of, read from the store. */
import type {Outcome, SpendClass} from '../engine/outcome.ts'
import type {Closed} from '../model/decisions.ts'
import type {RateOf} from '../model/energy/estimate.ts'
import {UserError} from '../model/errors.ts'
import type {Nanos} from '../model/money.ts'
import type {QuoteOf} from '../model/quote.ts'
import {DAY_MS} from '../model/time.ts'
import {getMeta} from '../store/queries/ingest.ts'
import * as sql from '../store/queries/report.ts'
import {one, type ReadableStore} from '../store/query.ts'
import {type Closing, closedPeriods, closingOf, spendOf} from './load-closed.ts'
import {boundsOf, type Period, showPeriod} from './period.ts'

/** `event`: ownership on the day of use; `current`: today's. */
export const AS_OF = ['event', 'current'] as const
export type AsOf = (typeof AS_OF)[number]

export interface Request {
  readonly period: Period
  readonly asOf: AsOf
  /** What tokens take; absent: as nobody has configured it. */
  readonly rates?: RateOf
  /** What usage costs elsewhere; absent: nobody says. */
  readonly quote?: QuoteOf
  /** Of a list that could be long, so many; absent: as many as the lens thinks fit. */
  readonly top?: number
}

/** What one answer costs. */
export interface Spend {
  readonly outcome: Outcome
  readonly spendClass: SpendClass
  /** Nano-dollars; what is not known counts nothing here and is in `unpriced`. */
  readonly cost: Nanos
  readonly records: number
  readonly unpriced: number
}

export interface Loaded {
  readonly request: Request
  /** The period as people write it. */
  readonly label: string
  /** The day after its last, where it is open the day after the last with usage. */
  readonly until: number
  readonly spend: readonly Spend[]
  /** Closed periods among it, and what is booked to it about others. */
  readonly closing: Closing
  /** Invoices that lie wholly in the period; null: there are none. */
  readonly invoiced: {readonly invoices: number; readonly amount: Nanos} | null
}

/** A remark for people when facts have been read that no attribution knows; null: all is settled. */
export const staleness = (store: ReadableStore): string | null =>
  one(store, getMeta, {key: 'changed'}) === undefined
    ? null
    : 'Something has been read or decided since the last attribution: owners may be out of date. Try this: venturi attribute.'

/** `closed`: the periods whose figures are frozen; today's ownership is asked of what is settled now. */
export function loadSpend(
  store: ReadableStore,
  request: Request,
  closed: readonly Closed[] = request.asOf === 'event' ? closedPeriods(store) : [],
): Loaded {
  const extent = one(store, sql.extent, {})!
  if (!extent.used && !extent.settled)
    throw new UserError(`${store.path}: holds no usage`, 'run `venturi ingest PATH` first')
  if (!extent.settled)
    throw new UserError(`${store.path}: its usage is not attributed yet`, 'run `venturi attribute`')
  const bounds = boundsOf(request.period)
  const {invoices, amountNanos} = one(store, sql.invoicesWithin, {
    start: bounds.from * DAY_MS,
    end: bounds.to * DAY_MS,
  })!
  return {
    request,
    label: showPeriod(request.period, extent),
    until: request.period.to ?? (extent.last ?? 0) + 1,
    spend: spendOf(store, bounds, request.asOf === 'current' ? 1 : 0, closed),
    closing: closingOf(store, bounds, closed),
    invoiced: invoices === 0n ? null : {invoices: Number(invoices), amount: amountNanos ?? 0n},
  }
}
