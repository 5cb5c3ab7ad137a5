/** Files into the exports they are parts of, and exports by how late they are. */
import {partsOf} from '../model/edition.ts'
import {DAY_MS, dayOf, parseTime} from '../model/time.ts'
import {groupBy} from './group-by.ts'

/** One file's rows of one partition. */
export interface Edition {
  readonly batch: number
  readonly path: string
  readonly connector: string
  readonly partition: string
  /** When its first and its last row begin, epoch ms. */
  readonly firstAt: number
  readonly lastAt: number
  /** Epoch ms; null: neither the content nor the fetch says when it was exported. */
  readonly at: number | null
  readonly final: boolean
}

export interface Held {
  readonly rows: number
  readonly cost: bigint
  readonly tokens: bigint
  /** The first of its rows by their own ids, sorted: those of the same day exported again are mostly the same. */
  readonly firstRows: readonly string[]
}

/** What one file says of one report and account, where reports overlap. */
export interface Holding {
  readonly days: ReadonlyMap<number, Held>
  /** Accounts, projects, keys and users it names. */
  readonly names: ReadonlySet<string>
}

/** By `holdingKey`. */
export type Holdings = ReadonlyMap<string, Holding>

/** A file, its report and the part of the account it is about. */
export function holdingKey(batch: number, partition: string): string {
  const {report, of} = partsOf(partition)
  return `${batch}|${report}|${of}`
}

/** An export, by its first file. */
export interface Named {
  readonly path: string
  readonly batch: number
}

export interface File {
  readonly batch: number
  readonly path: string
  readonly editions: readonly Edition[]
}

export interface Export {
  readonly files: readonly File[]
  readonly rank: Rank
}

/** Compared in this order; the greatest is the latest. */
export interface Rank extends Named {
  readonly final: boolean
  readonly at: number
  readonly first: number
  readonly last: number
  /** APIs are exact, consoles round. */
  readonly exact: boolean
  readonly cost: bigint
  readonly tokens: bigint
  /** Whether something states when it was made, beyond how far its days reach. */
  readonly dated: boolean
}

/** Pages and parts of one export differ in their number alone: `costs.page-2.json`, `part_1_0003.csv`, `cur-00002.csv.gz`. */
const NUMBERED = /[._-]?(?:page|part|chunk|shard)[._-]?\d+(?:[._-]\d+)*(?=[._-]|$)|[._-]0\d{3,}(?=[._]|$)/gi

/** The path of all pages and parts of one export. */
export const withoutNumber = (path: string): string => path.replace(NUMBERED, '')

export function exportsOf(editions: readonly Edition[], held: Holdings): Export[] {
  const files = [...groupBy(editions, ({batch}) => batch)].map(([batch, own]) => ({
    batch,
    path: own[0]!.path,
    editions: own,
  }))
  const together = groupBy(
    files,
    ({path, editions: [first]}) => `${first!.connector}\n${withoutNumber(path)}`,
  )
  return [...together].flatMap(([, group]) =>
    generationsOf(group, held).map(generation => ({files: generation, rank: rankOf(generation, held)})),
  )
}

/** A path holds one content at a time: the latest contents of all paths of an export are its latest generation. */
function generationsOf(files: readonly File[], held: Holdings): File[][] {
  const generations: File[][] = []
  for (const [, contents] of groupBy(files, ({path}) => path)) {
    const ranked = contents
      .map(file => ({file, rank: rankOf([file], held)}))
      .sort((a, b) => compareRanks(b.rank, a.rank))
    ranked.forEach(({file}, index) => {
      const generation = generations[index]
      if (generation) generation.push(file)
      else generations[index] = [file]
    })
  }
  return generations
}

function rankOf(files: readonly File[], held: Holdings): Rank {
  const editions = files.flatMap(file => file.editions)
  const last = Math.max(...editions.map(({lastAt}) => lastAt))
  const reach = (dayOf(last) + 1) * DAY_MS
  const said = editions.flatMap(({at}) => at ?? [])
  const stated = Math.max(...(said.length > 0 ? said : files.map(({path}) => timeIn(path))))
  const days = editions.flatMap(({batch, partition}) => {
    const own = held.get(holdingKey(batch, partition))
    return own ? [...own.days.values()] : []
  })
  const [first] = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.batch - b.batch))
  return {
    final: editions.every(({final}) => final),
    at: said.length > 0 ? stated : Math.max(stated, reach),
    first: Math.min(...editions.map(({firstAt}) => firstAt)),
    last,
    exact: !editions[0]!.connector.endsWith('-csv'),
    cost: days.reduce((sum, {cost}) => sum + cost, 0n),
    tokens: days.reduce((sum, {tokens}) => sum + tokens, 0n),
    path: first!.path,
    batch: first!.batch,
    dated: said.length > 0 || stated > reach,
  }
}

const DAY_NAMED = /(?<!\d)(20\d{2})(-?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])/
/** `T06:15`, `T06-15-30Z`, `T061530`, `_0615`, `0615`; not the year of another day that follows. */
const TIME_NAMED =
  /(?:T([01]\d|2[0-3])[:-]([0-5]\d)(?:[:-]([0-5]\d))?|[T_ -]?([01]\d|2[0-3])([0-5]\d)([0-5]\d)?(?!-\d))/
const NAMED = new RegExp(`${DAY_NAMED.source}(?:${TIME_NAMED.source}Z?)?(?!\\d)`, 'g')

/**
 * The latest time that a path names, epoch ms; a bare day is over at its end. A folder or file named for the day of its
 * export says when that was. −1: none.
 *
 * @example timeIn('exports/2026-11-03/costs.json') // the end of 3 November
 */
export function timeIn(path: string): number {
  let latest = -1
  for (const [, year, , month, day, ...time] of path.matchAll(NAMED)) {
    const start = parseTime(`${year}-${month}-${day}`)
    if (start === null) continue
    const [hour, minute, second = '0'] = time[0] === undefined ? time.slice(3) : time
    const within = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000
    latest = Math.max(latest, start + (hour === undefined ? DAY_MS : within))
  }
  return latest
}

/** Below 0: the first is the earlier. What time does not tell apart, what it holds does, and last its name. */
export function compareRanks(a: Rank, b: Rank): number {
  const order = (x: number | bigint | boolean | string, y: number | bigint | boolean | string) =>
    x < y ? -1 : x > y ? 1 : 0
  return (
    order(a.final, b.final) ||
    order(a.at, b.at) ||
    order(a.last, b.last) ||
    order(a.exact, b.exact) ||
    order(a.tokens, b.tokens) ||
    order(a.cost, b.cost) ||
    order(b.path, a.path) ||
    order(b.batch, a.batch)
  )
}

/** Files of one export that share days: a row in two of them counts once. */
export interface Repeated {
  readonly batches: readonly number[]
  readonly from: number
  readonly to: number
}

export function repeatedIn({files}: Export): Repeated[] {
  const spans = files.map(({batch, editions}) => ({
    batch,
    from: dayOf(Math.min(...editions.map(({firstAt}) => firstAt))),
    to: dayOf(Math.max(...editions.map(({lastAt}) => lastAt))),
  }))
  const shared = spans.some(({from, to}, index) =>
    spans.slice(0, index).some(other => other.from <= to && other.to >= from),
  )
  if (!shared) return []
  return [
    {
      batches: spans.map(({batch}) => batch),
      from: Math.min(...spans.map(({from}) => from)),
      to: Math.max(...spans.map(({to}) => to)),
    },
  ]
}
