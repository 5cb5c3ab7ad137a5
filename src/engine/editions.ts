/**
 * Which export's word counts. Reports are exported again and again, and a later export replaces the earlier on the days it
 * covers, with its corrections and without what vanished. What is later is never told by the order of reading: an invoiced
 * period is final; then the time that the content, the fetch or the path states; then how far the days reach.
 */
import {partsOf} from '../model/edition.ts'
import {DAY_MS, dayOf} from '../model/time.ts'
import {
  compareRanks,
  type Edition,
  type Export,
  exportsOf,
  type Held,
  type Holdings,
  holdingKey,
  type Named,
  type Rank,
  type Repeated,
  repeatedIn,
} from './exports.ts'
import {groupBy} from './group-by.ts'

/** Rows of one edition and day that begin in [from, to], epoch ms. */
export interface Superseded {
  readonly day: number
  readonly edition: Edition
  readonly from: number
  readonly to: number
}

export interface Replaced {
  /** Rows that no longer count. */
  readonly superseded: readonly Superseded[]
  readonly repeated: readonly Repeated[]
  readonly undated: readonly Undated[]
  readonly gone: readonly Gone[]
}

/** Two exports that differ on days both cover, [from, to], and nothing says which is the later. */
export interface Undated {
  readonly kept: Named
  readonly dropped: Named
  readonly from: number
  readonly to: number
  /** What the kept one holds more on those days; nano-dollars. */
  readonly more: bigint
}

/** Accounts or projects that a later export no longer names, and what they stood at; nano-dollars. */
export interface Gone {
  readonly kept: Named
  readonly accounts: readonly string[]
  readonly amount: bigint
}

/** The days on which files speak of the same, [first, last]; null: nothing is said twice. */
export function overlap(editions: readonly Edition[]): {readonly from: number; readonly to: number} | null {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [, group] of groupBy(editions, ({partition}) => partsOf(partition).report)) {
    const files = [...groupBy(group, ({batch}) => batch).values()]
      .map(own => ({
        first: Math.min(...own.map(({firstAt}) => firstAt)),
        last: Math.max(...own.map(({lastAt}) => lastAt)),
      }))
      .sort((a, b) => a.first - b.first)
    let reach = Number.NEGATIVE_INFINITY
    for (const {first, last} of files) {
      if (first <= reach) [from, to] = [Math.min(from, files[0]!.first), Math.max(to, last, reach)]
      reach = Math.max(reach, last)
    }
  }
  return from > to ? null : {from: dayOf(from), to: dayOf(to)}
}

export function replace(editions: readonly Edition[], held: Holdings): Replaced {
  const exports = exportsOf(editions, held)
  const claims = exports.flatMap(one => claimsOf(one, held))
  const lost = [...groupBy(claims, ({about}) => about).values()].flatMap(rivalsAmong).flatMap(losses)
  return {
    superseded: lost.map(({day, edition, from, to}) => ({day, edition, from, to})),
    repeated: exports.flatMap(repeatedIn),
    undated: undatedAmong(lost, held),
    gone: goneIn(lost, held),
  }
}

/** What one export says of one report, on all days that it covers. */
interface Claim {
  readonly rank: Rank
  /** Report and grouping. */
  readonly about: string
  readonly first: number
  readonly last: number
  /** By the part of the account they are about. */
  readonly parts: ReadonlyMap<string, readonly Edition[]>
  readonly names: ReadonlySet<string>
  /** By day: some of its rows. */
  readonly rows: ReadonlyMap<number, readonly string[]>
  readonly paths: readonly string[]
}

function claimsOf({files, rank}: Export, held: Holdings): Claim[] {
  const editions = files.flatMap(file => file.editions)
  return [...groupBy(editions, ({partition}) => partsOf(partition).report)].map(([report, rows]) => ({
    rank,
    about: JSON.stringify([
      report,
      [...new Set(rows.flatMap(({partition}) => partsOf(partition).by))].sort(),
    ]),
    first: Math.min(...rows.map(({firstAt}) => firstAt)),
    last: Math.max(...rows.map(({lastAt}) => lastAt)),
    parts: groupBy(rows, ({partition}) => partsOf(partition).of),
    names: new Set(
      rows.flatMap(({batch, partition}) => [...(held.get(holdingKey(batch, partition))?.names ?? [])]),
    ),
    rows: rowsOf(rows, held),
    paths: files.map(({path}) => path),
  }))
}

function rowsOf(editions: readonly Edition[], held: Holdings): Map<number, string[]> {
  const rows = new Map<number, string[]>()
  for (const key of new Set(editions.map(({batch, partition}) => holdingKey(batch, partition))))
    for (const [day, {firstRows}] of held.get(key)?.days ?? [])
      rows.set(day, [...(rows.get(day) ?? []), ...firstRows])
  return rows
}

/**
 * Exports that speak of one thing: a path that was written anew, or days on which both state some of the same rows. What shares
 * no row is the rest of it, in another file; and where no account is said, exports that both name projects or keys, and
 * share none, are of two accounts.
 */
function rivalsAmong(alike: readonly Claim[]): Claim[][] {
  const found: Claim[][] = []
  const open = new Set(alike)
  for (const start of alike) {
    if (!open.delete(start)) continue
    const group = [start]
    for (const member of group)
      for (const other of open)
        if (areRivals(member, other)) {
          open.delete(other)
          group.push(other)
        }
    if (group.length > 1) found.push(group)
  }
  return found
}

function areRivals(a: Claim, b: Claim): boolean {
  if (a.first > b.last || b.first > a.last) return false
  if (a.paths.some(path => b.paths.includes(path))) return true
  const isNamed = a.names.size > 0 && b.names.size > 0
  if (isNamed && ![...a.names].some(name => b.names.has(name))) return false
  for (const [day, rows] of a.rows) if (b.rows.get(day)?.some(row => rows.includes(row))) return true
  return false
}

/** Rows of one day that a later export replaces. */
interface Loss extends Superseded {
  readonly winner: Claim
  readonly loser: Claim
  readonly of: string
}

/** All that a later export covers, from its first row to its last, is its to say. */
function losses(rivals: readonly Claim[]): Loss[] {
  const lost: Loss[] = []
  const latest = [...rivals].sort((a, b) => compareRanks(b.rank, a.rank))
  for (const [place, loser] of latest.entries())
    for (const [of, editions] of loser.parts) {
      const later = latest.slice(0, place).filter(winner => speaksFor(winner, of, loser))
      for (const edition of editions)
        for (const own of daysOf(edition))
          for (const winner of later) {
            const [from, to] = [Math.max(own.from, winner.first), Math.min(own.to, winner.last)]
            if (from > to) continue
            lost.push({winner, loser, of, edition, day: own.day, from, to})
            if (from === own.from && to === own.to) break
          }
    }
  return lost
}

/** The days of an edition, with the part of each that it covers. */
function daysOf({
  firstAt,
  lastAt,
}: Edition): {readonly day: number; readonly from: number; readonly to: number}[] {
  const days: {day: number; from: number; to: number}[] = []
  for (let day = dayOf(firstAt); day <= dayOf(lastAt); day++)
    days.push({day, from: Math.max(firstAt, day * DAY_MS), to: Math.min(lastAt, (day + 1) * DAY_MS - 1)})
  return days
}

/** An export that holds less than half of the accounts of another is limited to those, and says nothing of the rest. */
function speaksFor({parts}: Claim, of: string, loser: Claim): boolean {
  if (parts.has(of)) return true
  const shared = [...loser.parts.keys()].filter(part => parts.has(part)).length
  return shared * 2 >= loser.parts.size
}

function undatedAmong(lost: readonly Loss[], held: Holdings): Undated[] {
  const found: Undated[] = []
  for (const [, losses] of groupBy(lost, ({winner, loser}) => `${winner.rank.batch} ${loser.rank.batch}`)) {
    const [{winner, loser}] = losses as [Loss]
    if (isLater(winner, loser)) continue
    const apart = [...new Set(losses.map(({day}) => day))]
      .map(day => ({day, kept: heldOn(winner, day, held), dropped: heldOn(loser, day, held)}))
      .filter(({kept, dropped}) => differ(kept, dropped))
    if (apart.length === 0) continue
    found.push({
      kept: winner.rank,
      dropped: loser.rank,
      from: Math.min(...apart.map(({day}) => day)),
      to: Math.max(...apart.map(({day}) => day)),
      more: apart.reduce((sum, {kept, dropped}) => sum + kept.cost - dropped.cost, 0n),
    })
  }
  return found
}

/** Whether time alone puts one export after the other; a narrower one within its days may have been made later. */
const isLater = ({rank}: Claim, {rank: other}: Claim): boolean =>
  rank.final !== other.final ||
  (rank.at !== other.at && (rank.dated || other.dated)) ||
  (rank.last > other.last && rank.first >= other.first)

type Sums = Pick<Held, 'rows' | 'cost' | 'tokens'>

function heldOn({parts}: Claim, day: number, held: Holdings, only?: string): Sums {
  let [rows, cost, tokens] = [0, 0n, 0n]
  for (const [of, editions] of parts) {
    if (only !== undefined && of !== only) continue
    for (const key of new Set(editions.map(({batch, partition}) => holdingKey(batch, partition)))) {
      const found = held.get(key)?.days.get(day)
      if (found) [rows, cost, tokens] = [rows + found.rows, cost + found.cost, tokens + found.tokens]
    }
  }
  return {rows, cost, tokens}
}

/** Accounts that the later export names nowhere, with what the last to name them held. */
function goneIn(lost: readonly Loss[], held: Holdings): Gone[] {
  const missing = lost.filter(({winner, of}) => !winner.parts.has(of))
  return [...groupBy(missing, ({winner}) => winner)].map(([winner, losses]) => {
    let amount = 0n
    const accounts = new Set<string>()
    for (const [, same] of groupBy(losses, ({of, day}) => `${of} ${day}`)) {
      const [{loser, of, day}] = same as [Loss]
      accounts.add(of)
      amount += heldOn(loser, day, held, of).cost
    }
    return {kept: winner.rank, accounts: [...accounts].sort(), amount}
  })
}

/** A nano-dollar a row is the rounding of a file's amounts. */
function differ(a: Sums, b: Sums): boolean {
  const apart = a.cost > b.cost ? a.cost - b.cost : b.cost - a.cost
  return a.tokens !== b.tokens || apart > BigInt(Math.max(a.rows, b.rows))
}
