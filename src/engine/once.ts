/**
 * The same days reported under two groupings are one money. The finest grouping stays; what a coarser one holds beyond it
 * stays as the coarser one's remainder. Accounts, what is counted, and charges that are no model's are compared apart.
 */
import {allocate} from '../model/money.ts'
import {groupBy} from './group-by.ts'
import {type Item, type Ledger, positive} from './ledger.ts'

/** Grain of a series that tells projects apart. */
const BY_PROJECT = 16

/** The items that stay, with what is theirs; the others are absorbed. */
export function onceGrouped(items: readonly Item[], ledger: Ledger): readonly Item[] {
  const grouping = groupingOf(items)
  const kept: Item[] = []
  for (const [, alike] of groupBy(items, ({measure, explicable}) => `${measure}\n${explicable}`))
    kept.push(...onceAmong(alike, grouping, ledger))
  return kept
}

interface Grouping {
  /** The more its rows are told apart by, the finer. */
  readonly grain: number
  /** Days of its shortest row: a report of days may hold a fee of the month. */
  readonly span: number
}

/** By series. */
function groupingOf(items: readonly Item[]): Map<string, Grouping> {
  const grouping = new Map<string, Grouping>()
  for (const {series, precision, project, key, model, day, lastDay} of items) {
    const known = grouping.get(series)
    const grain = (project ? BY_PROJECT : 0) + (key ? 8 : 0) + (model ? 4 : 0) + precision
    grouping.set(series, {
      grain: Math.max(known?.grain ?? 0, grain),
      span: Math.min(known?.span ?? Number.POSITIVE_INFINITY, lastDay - day),
    })
  }
  return grouping
}

function onceAmong(
  items: readonly Item[],
  grouping: ReadonlyMap<string, Grouping>,
  ledger: Ledger,
): readonly Item[] {
  const of = ({series}: Item): Grouping => grouping.get(series)!
  const levels = groupBy(
    [...items].sort(
      (a, b) =>
        of(b).grain - of(a).grain ||
        of(a).span - of(b).span ||
        (a.source < b.source ? -1 : a.source > b.source ? 1 : 0),
    ),
    item => `${of(item).grain} ${of(item).span} ${item.source}`,
  )
  if (levels.size < 2) return items
  const kept: Item[] = []
  const told = new Told()
  for (const [level, rows] of levels) {
    const byProject = Number.parseInt(level, 10) >= BY_PROJECT
    const places: {place: Place; amount: bigint}[] = []
    for (const [, group] of groupBy(rows, row => JSON.stringify(placeOf(row, byProject)))) {
      const place = placeOf(group[0]!, byProject)
      const total = group.reduce((sum, item) => sum + ledger.money(item), 0n)
      const finer = told.take(place, total)
      if (finer === null) kept.push(...group)
      else keepBeyond(group, total - finer, total, ledger, kept)
      places.push({place, amount: total - (finer ?? 0n)})
    }
    told.close(places)
  }
  return kept
}

interface Place {
  readonly account: string | null
  readonly project: string | null
  readonly from: number
  readonly to: number
}

const placeOf = ({account, project, day, lastDay}: Item, byProject: boolean): Place => ({
  account,
  project: byProject ? project : null,
  from: day,
  to: lastDay,
})

/** What finer groupings have told, day by day; each coarser one may restate all of it, once. */
class Told {
  readonly #parts: {readonly place: Place; readonly amount: bigint}[] = []
  readonly #byDay = new Map<number, number[]>()
  /** By the part's number: what the present grouping has not restated yet. */
  #open: bigint[] = []

  /** What finer groupings told of a place, of an amount of this size and sign; null: they told nothing of it. */
  take({account, project, from, to}: Place, amount: bigint): bigint | null {
    const sign = amount < 0n ? -1n : 1n
    let left = amount * sign
    let found = false
    for (let day = from; day <= to; day++)
      for (const number of this.#byDay.get(day) ?? []) {
        const {place} = this.#parts[number]!
        if (account !== null && place.account !== null && place.account !== account) continue
        if (project !== null && place.project !== project) continue
        found = true
        const open = positive(this.#open[number]! * sign)
        const taken = open < left ? open : left
        left -= taken
        this.#open[number]! -= taken * sign
      }
    return found ? amount - left * sign : null
  }

  /** One grouping is done: what it told is finer than what comes. */
  close(parts: readonly {readonly place: Place; readonly amount: bigint}[]): void {
    for (const part of parts) {
      const number = this.#parts.push(part) - 1
      for (let day = part.place.from; day <= part.place.to; day++) {
        const numbers = this.#byDay.get(day)
        if (numbers) numbers.push(number)
        else this.#byDay.set(day, [number])
      }
    }
    this.#open = this.#parts.map(({amount}) => amount)
  }
}

/** Leaves `beyond` of a group's money with it, in proportion; differences of a cent are rounding. */
function keepBeyond(
  group: readonly Item[],
  beyond: bigint,
  total: bigint,
  ledger: Ledger,
  kept: Item[],
): void {
  const apart = total < 0n ? -beyond : beyond
  if (apart <= 10_000_000n || apart * 1000n < (total < 0n ? -total : total)) {
    for (const item of group) ledger.absorb(item)
    return
  }
  const parts = allocate(
    beyond,
    group.map(item => ({key: item.id, weight: positive(ledger.money(item))})),
  )
  group.forEach((item, index) => {
    ledger.keep(item, parts[index]!)
    kept.push(item)
  })
}
