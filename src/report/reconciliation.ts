/** What is billed beside what is attributed and what the detail says of itself: where they part, and why. Pure. */
import type {Nanos} from '../model/money.ts'

/** Money of one day from one place: what records cost, and what carries it. */
export interface Part {
  readonly day: number
  readonly provider: string
  /** The provider's own account and project, where the bill or its detail says which. */
  readonly account: string | null
  readonly project: {readonly id: string; readonly name: string | null} | null
  /** Invoices that ask for it, as one; null: none does. */
  readonly claim: string | null
  /** Whether any bill asks for it. */
  readonly billed: boolean
  /** `unmatched`: calls of billed days that are in no row of the bill; they carry nothing. */
  readonly holder: 'call' | 'report' | 'bill' | 'unmatched'
  /** Why a row of the bill carries it itself; null for detail. */
  readonly cause: 'tokens' | 'money' | 'undetailed' | 'other' | 'invoice' | null
  /** Who reports it. */
  readonly channel: string
  readonly amount: Nanos
  /** What the detail would cost by itself; null: not known, or the bill's own row. */
  readonly est: Nanos | null
  readonly tokens: number
  readonly records: number
}

export const GROUPINGS = ['provider', 'account', 'project', 'day'] as const
export type GroupBy = (typeof GROUPINGS)[number]

export interface Place {
  readonly provider: string
  readonly account: string | null
  readonly project: Part['project']
  readonly day: number | null
}

/** One line of the reconciliation. */
export interface Reconciled extends Place {
  /** Null: no bill. */
  readonly billed: Nanos | null
  /** What the records cost: the bill where there is one, else what the detail says. */
  readonly attributed: Nanos
  /** Of the bill, what calls and usage reports carry. */
  readonly explained: Nanos
  /** Of the bill, what could have detail and has none. */
  readonly undetailed: Nanos
  /** Of the bill, what no call explains: tax, machines, credits, what an invoice does not itemise. */
  readonly other: Nanos
  /** Attributed without a bill. */
  readonly unbilled: Nanos
  /** What the detail of the bill would cost by itself; null: there is none, or none with a price. */
  readonly detail: Nanos | null
  /** Detail less what the bill asks for that could have detail; null: not to be told. */
  readonly drift: Nanos | null
  /** Of what the drift is a part. */
  readonly comparable: Nanos
  /** Calls on billed days that are in no row of the bill, by themselves. */
  readonly unmatched: Nanos
  readonly records: number
  readonly parts: readonly Part[]
}

/** Dearest provider first; within it by account, project and day. The provider is always told. */
export function reconcile(parts: readonly Part[], by: readonly GroupBy[]): Reconciled[] {
  const groups = new Map<string, Part[]>()
  const totals = new Map<string, Nanos>()
  for (const part of parts) {
    totals.set(part.provider, (totals.get(part.provider) ?? 0n) + part.amount)
    const key = JSON.stringify(placeOf(part, by))
    const group = groups.get(key)
    if (group) group.push(part)
    else groups.set(key, [part])
  }
  return [...groups]
    .map(([key, own]) => reconciled(JSON.parse(key) as Place, own))
    .sort((a, b) => byTotal(totals, a, b) || (textOf(a) < textOf(b) ? -1 : 1))
}

const placeOf = ({provider, account, project, day}: Part, by: readonly GroupBy[]): Place => ({
  provider,
  account: by.includes('account') ? account : null,
  project: by.includes('project') ? project : null,
  day: by.includes('day') ? day : null,
})

const byTotal = (totals: ReadonlyMap<string, Nanos>, a: Place, b: Place): number => {
  const [x, y] = [totals.get(a.provider)!, totals.get(b.provider)!]
  return x === y ? (a.provider < b.provider ? -1 : a.provider > b.provider ? 1 : 0) : x > y ? -1 : 1
}

const textOf = ({account, project, day}: Place): string =>
  [account ?? '\uffff', project?.name ?? project?.id ?? '\uffff', String(day ?? '').padStart(6, '0')].join(
    '\n',
  )

const DETAIL: readonly Part['holder'][] = ['call', 'report']
const OTHER: readonly Part['cause'][] = ['other', 'invoice']

function reconciled(place: Place, parts: readonly Part[]): Reconciled {
  const sum = (holds: (part: Part) => boolean): Nanos =>
    parts.reduce((total, part) => (holds(part) ? total + part.amount : total), 0n)
  const isDetail = (part: Part) => part.billed && DETAIL.includes(part.holder)
  const explained = sum(isDetail)
  const undetailed = sum(part => part.holder === 'bill' && !OTHER.includes(part.cause))
  const other = sum(part => part.holder === 'bill' && OTHER.includes(part.cause))
  const priced = parts.filter(part => isDetail(part) && part.est !== null)
  const detail = priced.length === 0 ? null : priced.reduce((total, {est}) => total + est!, 0n)
  const comparable = priced.reduce((total, {amount}) => total + amount, 0n) + undetailed
  const billed = parts.some(part => part.billed && part.holder !== 'unmatched')
  return {
    ...place,
    billed: billed ? explained + undetailed + other : null,
    attributed: sum(() => true),
    ...{explained, undetailed, other, detail, comparable},
    unbilled: sum(part => !part.billed),
    drift: detail === null ? null : detail - comparable,
    unmatched: parts.reduce(
      (total, {holder, est}) => total + (holder === 'unmatched' ? (est ?? 0n) : 0n),
      0n,
    ),
    records: parts.reduce((total, {records}) => total + records, 0),
    parts,
  }
}

export const absolute = (amount: Nanos): Nanos => (amount < 0n ? -amount : amount)

/** Parts per million, nearest; null of nothing. */
export function ppm(part: Nanos, whole: Nanos): number | null {
  if (whole === 0n) return null
  const tenth = (part * 10_000_000n) / whole
  return Math.round(Number(tenth) / 10)
}

/** The side of the reconciliation that a line stands on alone. */
export function sideOf({billed, explained, unbilled, unmatched}: Reconciled): 'both' | 'bill' | 'detail' {
  if (billed === null) return 'detail'
  return explained === 0n && unbilled === 0n && unmatched === 0n ? 'bill' : 'both'
}

/** An invoice, or those of one account and period, and what carries its money. */
export interface Claim {
  readonly invoices: readonly string[]
  readonly provider: string
  readonly account: string | null
  /** Days in [from, to). */
  readonly from: number
  readonly to: number
  readonly billed: Nanos
  readonly parts: readonly Part[]
}

export interface ClaimSums {
  readonly calls: Nanos
  readonly reports: Nanos
  readonly lines: Nanos
  readonly other: Nanos
  readonly notItemised: Nanos
  readonly attributed: Nanos
}

export function claimSums({parts}: Claim): ClaimSums {
  const sum = (holds: (part: Part) => boolean): Nanos =>
    parts.reduce((total, part) => (holds(part) ? total + part.amount : total), 0n)
  return {
    calls: sum(({holder}) => holder === 'call'),
    reports: sum(({holder}) => holder === 'report'),
    lines: sum(({holder, cause}) => holder === 'bill' && !OTHER.includes(cause)),
    other: sum(({holder, cause}) => holder === 'bill' && cause === 'other'),
    notItemised: sum(({holder, cause}) => holder === 'bill' && cause === 'invoice'),
    attributed: sum(() => true),
  }
}
