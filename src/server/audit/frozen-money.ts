/** Whether the figures that reports show of a closed period are those of its records, day by day and answer by answer. */
import type {Outcome, SpendClass} from '../../engine/outcome.ts'
import {type Nanos, parseUsd} from '../../model/money.ts'
import {dayOf} from '../../model/time.ts'
import type {Spend} from '../../report/load.ts'
import {type AttributionRecord, sharesOf} from '../../report/record.ts'

interface Sum {
  cost: Nanos
  records: number
  unpriced: number
}

/** More answers than any store has. */
const MOST_KEYS = 2 ** 30

export class RecordMoney {
  readonly #sums = new Map<number, Sum>()
  readonly #keys = new Map<string, number>()
  /** Records of one answer share its owner: most are known by it. */
  readonly #keyOf = new WeakMap<Outcome['owner'], number>()

  add(record: AttributionRecord): void {
    const {owner, spend_class, output_state, coper, allocations} = record
    let key = this.#keyOf.get(owner)
    if (key === undefined) {
      key = this.#number(keyOf(spend_class, {owner, output_state, coper}, allocations))
      this.#keyOf.set(owner, key)
    }
    const {billed_usd} = record.cost
    const sum = this.#sum(dayOf(Date.parse(record.occurred_at)), key)
    sum.records++
    if (billed_usd === null) sum.unpriced++
    else sum.cost += parseUsd(billed_usd)!
  }

  /** Whether `spendOn`, what reports show of each day in [from, to), is what has been added; asked once, at the end. */
  equals(spendOn: (day: number) => readonly Spend[], from: number, to: number): boolean {
    for (let day = from; day < to; day++)
      for (const {outcome, spendClass, cost, records, unpriced} of spendOn(day)) {
        const sum = this.#sum(day, this.#number(keyOf(spendClass, outcome, sharesOf(outcome))))
        sum.cost -= cost
        sum.records -= records
        sum.unpriced -= unpriced
      }
    return [...this.#sums.values()].every(
      ({cost, records, unpriced}) => cost === 0n && records === 0 && unpriced === 0,
    )
  }

  #number(key: string): number {
    let number = this.#keys.get(key)
    if (number === undefined) this.#keys.set(key, (number = this.#keys.size))
    return number
  }

  #sum(day: number, key: number): Sum {
    const place = day * MOST_KEYS + key
    let sum = this.#sums.get(place)
    if (sum === undefined) this.#sums.set(place, (sum = {cost: 0n, records: 0, unpriced: 0}))
    return sum
  }
}

const keyOf = (
  spendClass: SpendClass,
  {owner, output_state, coper}: Pick<Outcome, 'owner' | 'output_state' | 'coper'>,
  shares: readonly Pick<Outcome['shares'][number], 'organization' | 'budget' | 'share_ppm'>[],
): string =>
  JSON.stringify([
    ...[spendClass, output_state, coper, owner],
    shares.map(({organization, budget, share_ppm}) => [organization?.id, budget?.id, share_ppm]),
  ])
