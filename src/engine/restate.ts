/**
 * Sums that say again what others list. A service's token metrics are its spans added up, a gateway's daily tables its log, and
 * each table the others. Where the calls are listed the sum says nothing new; what it holds beyond them (traces are sampled, logs
 * pruned) is left of it. Pure: only tokens, days, models and whose they are decide.
 */
import {PPM} from '../model/money.ts'

/** Calls, listed or summed, of one day (a cumulative sum: of all its days) and model. */
export interface Traffic {
  readonly id: string
  /** Which source counted them. */
  readonly source: string
  /** Days since 1970, both included. */
  readonly day: number
  readonly lastDay: number
  /** As `modelBase` has it; null: not said. */
  readonly model: string | null
  readonly tokens: number
  /** Gateways the calls went through, with the key in each: what their tables sum. A sum is of one at most. */
  readonly gateways: ReadonlyMap<string, string | null>
  /** The caller's own name for itself, in lower case, and whose hands it was in: what its metrics sum. */
  readonly service: string | null
  readonly user: string | null
}

/** Counts of one traffic differ by clocks and retries by no more than this. */
const SAME = 0.01
/** A service that only metrics name is a key's traffic when their tokens by day and model differ by no more than this. */
const ALIKE = 0.02

/** What is left of each sum, in parts per million of it; 0: all of it is listed elsewhere. Of equal sums the first stays. */
export function restated(sums: readonly Traffic[], listed: readonly Traffic[]): ReadonlyMap<string, bigint> {
  const left = new Map(sums.map(({id}) => [id, PPM]))
  leaveOfTables(
    sums.filter(({gateways}) => gateways.size > 0),
    listed,
    left,
  )
  leaveOfMetrics(
    sums.filter(({gateways}) => gateways.size === 0),
    listed,
    left,
  )
  return left
}

function leaveOfTables(
  tables: readonly Traffic[],
  listed: readonly Traffic[],
  left: Map<string, bigint>,
): void {
  const byKey = groupBy(
    listed.flatMap(call => [...call.gateways].map(([family, key]) => ({call, place: `${family}\n${key}`}))),
    ({place}) => place,
  )
  for (const [family, group] of groupBy(tables, familyOf)) {
    const again = new Set(sayingAgain(group))
    for (const {id} of again) left.set(id, 0n)
    const ofKeys = groupBy(
      group.filter(sum => !again.has(sum)),
      sum => `${family}\n${keyOf(sum)}`,
    )
    for (const [place, ofKey] of ofKeys)
      leave(
        ofKey,
        (byKey.get(place) ?? []).map(({call}) => call),
        left,
      )
  }
}

function leaveOfMetrics(
  metrics: readonly Traffic[],
  listed: readonly Traffic[],
  left: Map<string, bigint>,
): void {
  const byService = groupBy(listed, ({service}) => `${service}`)
  const nameless = listed.filter(({service}) => service === null)
  for (const [, group] of groupBy(metrics, ({service, user}) => `${service}\n${user}`)) {
    const {service, user} = group[0]!
    const own = service === null ? [] : (byService.get(service) ?? [])
    const theirs = user === null ? own : own.filter(call => call.user === user)
    if (theirs.length > 0) leave(group, theirs, left)
    else if (isAnothers(group, nameless)) for (const {id} of group) left.set(id, 0n)
  }
}

const familyOf = ({gateways}: Traffic): string => [...gateways.keys()][0]!
/** Undefined only for calls of no gateway. */
const keyOf = ({gateways}: Traffic): string | null | undefined => [...gateways.values()][0]

/**
 * Tables of one gateway add up the same calls by person, by team, by customer; not each holds all of them. For a key, day and model
 * the fullest stays; and rows without a key say what another table's rows say with one.
 */
function sayingAgain(tables: readonly Traffic[]): Traffic[] {
  const again: Traffic[] = []
  for (const [, ofModel] of groupBy(tables, ({day, model}) => `${day}\n${model}`)) {
    const keyed = ofModel.filter(sum => keyOf(sum) !== null)
    const kept = [...groupBy(keyed, sum => `${keyOf(sum)}`)].flatMap(([, group]) => fullest(group))
    const beyondKeys = ofModel.filter(sum => {
      if (keyOf(sum) !== null) return false
      const others = kept.filter(({source}) => source !== sum.source)
      const same = ofModel.filter(other => keyOf(other) === null && other.source === sum.source)
      return others.length === 0 || tokensOf(others) < tokensOf(same) * (1 - SAME)
    })
    const stays = new Set([...kept, ...fullest(beyondKeys)])
    again.push(...ofModel.filter(sum => !stays.has(sum)))
  }
  return again
}

/** The rows of the source that counted most. */
function fullest(rows: readonly Traffic[]): readonly Traffic[] {
  const bySource = [...groupBy(rows, ({source}) => source)].map(([, found]) => found)
  return bySource.reduce<readonly Traffic[]>(
    (best, found) => (tokensOf(found) > tokensOf(best) * (1 + SAME) ? found : best),
    bySource[0] ?? [],
  )
}

/** Leaves of sums what the calls do not account for: of a run of days together, else by model and period. */
function leave(sums: readonly Traffic[], calls: readonly Traffic[], left: Map<string, bigint>): void {
  for (const run of joined(sums, 1)) {
    const [first, last] = period(run)
    const during = calls.filter(({day}) => day >= first && day <= last)
    if (covers(during, run)) {
      for (const {id} of run) left.set(id, 0n)
      continue
    }
    for (const [model, ofModel] of groupBy(run, ({model}) => `${model}`))
      for (const part of joined(ofModel, 0)) {
        const [from, to] = period(part)
        const same = during.filter(call => `${call.model}` === model && call.day >= from && call.day <= to)
        for (const {id} of part) left.set(id, covers(same, part) ? 0n : beyond(part, same))
      }
  }
}

const covers = (calls: readonly Traffic[], sums: readonly Traffic[]): boolean =>
  tokensOf(calls) >= tokensOf(sums) * (1 - SAME)

function beyond(sums: readonly Traffic[], calls: readonly Traffic[]): bigint {
  const all = tokensOf(sums)
  return all === 0 ? PPM : BigInt(Math.round(((all - tokensOf(calls)) / all) * Number(PPM)))
}

/** Sums whose days touch or, with `gap`, follow one another. */
function joined(sums: readonly Traffic[], gap: number): Traffic[][] {
  const runs: Traffic[][] = []
  let last = Number.NEGATIVE_INFINITY
  for (const sum of [...sums].sort((a, b) => a.day - b.day || (a.id < b.id ? -1 : 1))) {
    if (sum.day <= last + gap) runs.at(-1)!.push(sum)
    else runs.push([sum])
    last = Math.max(last, sum.lastDay)
  }
  return runs
}

const period = (sums: readonly Traffic[]): [number, number] => [
  Math.min(...sums.map(({day}) => day)),
  Math.max(...sums.map(({lastDay}) => lastDay)),
]

/**
 * Whether the calls of a service that only metrics name are in somebody's log without that name: one key's calls, or all that a
 * source lists, are alike by day and model. Days tell nothing where a sum spans several.
 */
function isAnothers(sums: readonly Traffic[], nameless: readonly Traffic[]): boolean {
  const [first, last] = period(sums)
  const byDay = sums.every(({day, lastDay}) => day === lastDay)
  const cell = ({day, model}: Traffic) => `${byDay ? day : ''}\n${model}`
  const during = nameless.filter(({day}) => day >= first && day <= last)
  const places = [
    ...groupBy(during, call => `${call.source}\n${keyOf(call)}`),
    ...groupBy(during, ({source}) => source),
  ]
  return places.some(([, calls]) => apart(sums, calls, cell) <= ALIKE)
}

/** 0: the same tokens in the same cells … 1: nothing in common. */
function apart(one: readonly Traffic[], two: readonly Traffic[], cell: (of: Traffic) => string): number {
  const [a, b] = [groupBy(one, cell), groupBy(two, cell)]
  let [difference, all] = [0, 0]
  for (const place of new Set([...a.keys(), ...b.keys()])) {
    const [left, right] = [tokensOf(a.get(place) ?? []), tokensOf(b.get(place) ?? [])]
    difference += Math.abs(left - right)
    all += left + right
  }
  return all === 0 ? 1 : difference / all
}

const tokensOf = (traffic: readonly Traffic[]): number => traffic.reduce((sum, {tokens}) => sum + tokens, 0)

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const place = key(item)
    const group = groups.get(place)
    if (group) group.push(item)
    else groups.set(place, [item])
  }
  return groups
}
