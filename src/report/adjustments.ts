/** What has changed about closed periods: their owners' new sums less what was frozen. Pure; exact, line by line. */
import type {OutputState, Ref, SpendClass} from '../engine/outcome.ts'
import type {Adjustment, Closed} from '../model/decisions.ts'
import {formatUsd, type Nanos, parseUsd} from '../model/money.ts'
import {DAY_MS, dayOf} from '../model/time.ts'
import {eligible, linesOf} from './lines.ts'
import type {Spend} from './load.ts'

export interface AdjustmentLine {
  /** The closed period that it is about, and the one that it is booked to: `2026-10`. */
  readonly period: string
  readonly bookedTo: string
  readonly organization: Ref | null
  readonly budget: Ref | null
  readonly spendClass: SpendClass
  readonly state: OutputState | null
  readonly cost: Nanos
  /** The part of it that may be charged. */
  readonly chargeable: Nanos
  readonly records: number
}

type Sums = Pick<AdjustmentLine, 'cost' | 'chargeable' | 'records'>
type Owner = Pick<AdjustmentLine, 'organization' | 'budget' | 'spendClass' | 'state'>

class Owners {
  readonly #lines = new Map<string, Owner & {-readonly [sum in keyof Sums]: Sums[sum]}>()

  add(
    {organization, budget, spendClass, state}: Owner,
    {cost, chargeable, records}: Sums,
    sign: 1 | -1,
  ): void {
    const key = JSON.stringify([organization?.id, budget?.id, spendClass, state])
    const line = this.#lines.get(key) ?? {
      ...{organization, budget, spendClass, state},
      ...{cost: 0n, chargeable: 0n, records: 0},
    }
    this.#lines.set(key, line)
    line.cost += BigInt(sign) * cost
    line.chargeable += BigInt(sign) * chargeable
    line.records += sign * records
  }

  addSpend(spend: readonly Spend[], sign: 1 | -1): void {
    for (const line of linesOf(spend)) this.add(line, {...line, chargeable: 0n}, sign)
    for (const line of linesOf(spend.filter(eligible)))
      this.add(line, {cost: 0n, chargeable: line.cost, records: 0}, sign)
  }

  /** Dearest first whatever the sign, ties by name. */
  done(): (Owner & Sums)[] {
    const size = ({cost}: Sums): Nanos => (cost < 0n ? -cost : cost)
    return [...this.#lines]
      .filter(([, {cost, chargeable, records}]) => cost !== 0n || chargeable !== 0n || records !== 0)
      .sort(([a, x], [b, y]) => (size(x) === size(y) ? (a < b ? -1 : 1) : size(x) > size(y) ? -1 : 1))
      .map(([, line]) => line)
  }
}

/** `now`: what the period would cost if it were settled today; `booked`: what has been booked about it to closed periods. */
export function adjustmentsOf(
  {period, bookedTo}: {readonly period: string; readonly bookedTo: string},
  {now, frozen, booked}: {now: readonly Spend[]; frozen: readonly Spend[]; booked: readonly AdjustmentLine[]},
): AdjustmentLine[] {
  const owners = new Owners()
  owners.addSpend(now, 1)
  owners.addSpend(frozen, -1)
  for (const line of booked) owners.add(line, line, -1)
  return owners.done().map(line => ({period, bookedTo, ...line}))
}

/** What was booked to a period when it was closed. */
export const bookedWith = ({said}: Closed): AdjustmentLine[] =>
  said.adjustments.map(
    ({period, organization, budget, spend_class, output_state, cost_usd, chargeback_usd, records}) => ({
      ...{period, bookedTo: said.period, organization, budget, records},
      spendClass: spend_class as SpendClass,
      state: output_state as OutputState | null,
      cost: parseUsd(cost_usd)!,
      chargeable: parseUsd(chargeback_usd)!,
    }),
  )

export const adjustmentToJson = (line: AdjustmentLine): Adjustment => ({
  period: line.period,
  organization: line.organization,
  budget: line.budget,
  spend_class: line.spendClass,
  output_state: line.state,
  cost_usd: formatUsd(line.cost),
  chargeback_usd: formatUsd(line.chargeable),
  records: line.records,
})

const monthOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 7)

/** First day of the month after. */
function monthAfter(day: number): number {
  const date = new Date(day * DAY_MS)
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1))
}

/** The first month after a closed one that is not closed: what changes about it now is booked there. */
export function firstOpenAfter({said}: Closed, closed: readonly Closed[]): string {
  let day = said.to_day
  while (closed.some(other => other.said.from_day === day)) day = monthAfter(day)
  return monthOf(day)
}
