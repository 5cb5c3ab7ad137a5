/** Why bill and detail part, in plain words, the weightiest first. */
import {type Nanos, showUsd} from '../model/money.ts'
import {formatDay} from '../model/time.ts'
import {absolute, type Part, ppm, type Reconciled} from './reconciliation.ts'

/** The days that a provider's bills tell of, [first, last], and the accounts they name. */
export interface Billed {
  readonly first: number
  readonly last: number
  readonly accounts: ReadonlySet<string>
}

/** Differences below this are rounding; parts per million. */
const ROUNDING = 500
/** Who gave the detail its price: a gateway its own, everybody else's comes from the catalogue. */
const AT_CATALOGUE: {readonly [channel: string]: string} = {
  otel: 'spans at catalogue prices are',
  bedrock: 'the invocation log at catalogue prices is',
}
const REPORTS = 'usage reports at catalogue prices are'

const pricedBy = ({holder, channel}: Part): string =>
  holder === 'report' ? REPORTS : (AT_CATALOGUE[channel] ?? `${channel} priced its calls`)

/** `bills`: by provider. */
export function reasonsOf(line: Reconciled, bills: ReadonlyMap<string, Billed>): string[] {
  const reasons = [
    ...unbilledReasons(line, bills.get(line.provider)),
    ...undetailedReasons(line),
    ...coverageReasons(line),
    ...priceReasons(line),
    ...otherReasons(line),
  ]
  return reasons.length > 0 || line.billed === null ? reasons : ['bill and detail agree']
}

function unbilledReasons(
  {unbilled, parts, billed, account}: Reconciled,
  bills: Billed | undefined,
): string[] {
  // What a gateway answered from its own cache is free, and no bill is missing for it.
  const isFree = ({amount, est}: Part): boolean => amount === 0n && est === 0n
  const open = parts.filter(part => !part.billed && part.holder !== 'unmatched' && !isFree(part))
  if (open.length === 0) return []
  if (bills === undefined) return ['no bill for this provider: estimated']
  const said = billed === null ? 'estimated' : `${showUsd(unbilled)} estimated`
  const last = Math.max(...open.map(({day}) => day))
  const first = Math.min(...open.map(({day}) => day))
  if (first > bills.last)
    return [`usage after the bill's period, which ends on ${formatDay(bills.last)}: ${said}`]
  if (last < bills.first)
    return [`usage before the bill's period, which begins on ${formatDay(bills.first)}: ${said}`]
  if (account !== null && bills.accounts.size > 0 && !bills.accounts.has(account))
    return [`no bill for this account: ${said}`]
  const days = new Set(open.map(({day}) => day)).size
  return [`no bill for ${days === 1 ? formatDay(first) : `${days} of its days`}: ${said}`]
}

function undetailedReasons({explained, undetailed, parts}: Reconciled): string[] {
  const sum = (causes: readonly Part['cause'][]) =>
    parts.reduce(
      (total, {holder, cause, amount}) =>
        holder === 'bill' && causes.includes(cause) ? total + amount : total,
      0n,
    )
  if (undetailed === 0n) return []
  if (explained === 0n) return ['bill without any detail']
  const partly = (cause: 'tokens' | 'money', of: string) => {
    const left = sum([cause])
    if (left === 0n) return []
    return [
      `detail covers ${percent(explained, explained + left)} of ${of}; the rest, ${showUsd(left)}, is a remainder record`,
    ]
  }
  const bare = sum(['undetailed'])
  return [
    ...partly('tokens', 'tokens'),
    ...partly('money', 'the money'),
    ...(bare === 0n ? [] : [`${showUsd(bare)} of the bill has no detail`]),
  ]
}

/** How far the calls go, where the provider's own report tells the rest. */
function coverageReasons({parts}: Reconciled): string[] {
  const tokens = (holder: Part['holder']) =>
    parts.reduce((sum, part) => (part.holder === holder ? sum + part.tokens : sum), 0)
  const [calls, reports] = [tokens('call'), tokens('report')]
  if (calls === 0 || reports === 0) return []
  const share = percent(BigInt(calls), BigInt(calls + reports))
  return [`calls cover ${share} of tokens; the rest are records of usage reports`]
}

function priceReasons({parts}: Reconciled): string[] {
  const priced = new Map<string, {est: Nanos; amount: Nanos}>()
  for (const part of parts) {
    const {billed, holder, est, amount} = part
    if (!billed || est === null || (holder !== 'call' && holder !== 'report')) continue
    const who = pricedBy(part)
    const before = priced.get(who) ?? {est: 0n, amount: 0n}
    priced.set(who, {est: before.est + est, amount: before.amount + amount})
  }
  return [...priced]
    .filter(
      ([, {est, amount}]) =>
        absolute(est - amount) > 5_000_000n && Math.abs(ppm(est - amount, amount) ?? 0) >= ROUNDING,
    )
    .sort(([, a], [, b]) => (absolute(a.est - a.amount) > absolute(b.est - b.amount) ? -1 : 1))
    .map(([who, {est, amount}]) => {
      const apart = est - amount
      return `${who} ${percent(absolute(apart), amount)} ${apart > 0n ? 'above' : 'below'} the bill`
    })
}

function otherReasons({parts, unmatched}: Reconciled): string[] {
  const sum = (cause: Part['cause']) =>
    parts.reduce(
      (total, {holder, cause: why, amount}) => (holder === 'bill' && why === cause ? total + amount : total),
      0n,
    )
  const [other, beyond] = [sum('other'), sum('invoice')]
  return [
    ...(beyond === 0n
      ? []
      : [
          beyond > 0n
            ? `the invoice asks for ${showUsd(beyond)} beyond its cost lines`
            : `the invoice is ${showUsd(-beyond)} below its cost lines`,
        ]),
    ...(other === 0n ? [] : [`${showUsd(other)} is not for calls of models: tax, credits, seats, machines`]),
    ...(unmatched === 0n ? [] : [`calls worth ${showUsd(unmatched)} are in no row of the bill`]),
  ]
}

const percent = (part: Nanos, whole: Nanos): string => {
  const found = ppm(part, whole)
  return found === null ? 'nothing' : `${(found / 10_000).toFixed(found < 1000 ? 2 : 1)} %`
}
