/** What the explorer knows at once: the ledger and, from the same answers, the services behind each of its lines. */
import type {Outcome, Ref, SpendClass} from '../../engine/outcome.ts'
import type {Nanos} from '../../model/money.ts'
import {type Line, linesOf, type Totals, totalsOf} from '../lines.ts'
import type {Loaded, Spend} from '../load.ts'
import {sharesOf, splitOver} from '../record.ts'

export interface Book {
  /** The period as people write it. */
  readonly label: string
  readonly spend: readonly Spend[]
  readonly totals: Totals
  readonly lines: readonly Line[]
}

export const bookOf = ({label, spend}: Loaded): Book => ({
  label,
  spend,
  totals: totalsOf(spend),
  lines: linesOf(spend),
})

/** What one service has of a line; null: usage that names no service. */
export interface ServiceLine {
  readonly service: Ref | null
  readonly cost: Nanos
  readonly records: number
  readonly unpriced: number
}

/** A record in a list. Nothing here says who made it. */
export interface RecordLine {
  readonly id: string
  readonly at: number
  readonly model: string | null
  /** Its part of the line, in nano-dollars; null: nobody knows what it costs. */
  readonly cost: Nanos | null
  /** What all of it costs. */
  readonly whole: Nanos | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
}

type Answer = {readonly outcome: Outcome; readonly spendClass: SpendClass}

/** The line's part of an amount with this answer; null: the answer has no part in the line. */
export function partOf({outcome, spendClass}: Answer, line: Line, amount: Nanos): Nanos | null {
  if (spendClass !== line.spendClass) return null
  if (spendClass === 'unresolved') return outcome.output_state === line.state ? amount : null
  const shares = sharesOf(outcome)
  const costs = splitOver(shares, amount)
  const own = costs.filter(
    (_, index) =>
      shares[index]!.organization?.id === line.organization?.id &&
      shares[index]!.budget?.id === line.budget?.id,
  )
  return own.length === 0 ? null : own.reduce((sum, cost) => sum + cost, 0n)
}

/** Services of a line, dearest first, ties by id. Their costs sum to the line's. */
export function servicesOf(spend: readonly Spend[], line: Line): ServiceLine[] {
  const found = new Map<string, ServiceLine>()
  for (const item of spend) {
    const cost = partOf(item, line, item.cost)
    if (cost === null) continue
    const {service} = item.outcome.owner
    const known = found.get(service?.id ?? '') ?? {service, cost: 0n, records: 0, unpriced: 0}
    found.set(service?.id ?? '', {
      service,
      cost: known.cost + cost,
      records: known.records + item.records,
      unpriced: known.unpriced + item.unpriced,
    })
  }
  return [...found.values()].sort((a, b) =>
    a.cost === b.cost ? compare(a.service?.id ?? '', b.service?.id ?? '') : a.cost > b.cost ? -1 : 1,
  )
}

/** Whether records with this answer belong to the service's part of the line. */
export const isOf = (answer: Answer, line: Line, {service}: ServiceLine): boolean =>
  answer.outcome.owner.service?.id === service?.id && partOf(answer, line, 0n) !== null

export const compare = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
