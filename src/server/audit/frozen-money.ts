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

export class RecordMoney {
  readonly #sums = new Map<string, Sum>()
  /** Records of one answer share its owner: most are known by it. */
  readonly #keys = new WeakMap<Outcome['owner'], string>()

  add(record: AttributionRecord): void {
    const {owner, spend_class, output_state, coper, allocations} = record
    let key = this.#keys.get(owner)
    if (key === undefined) {
      key = keyOf(spend_class, {owner, output_state, coper}, allocations)
      this.#keys.set(owner, key)
    }
    const {billed_usd} = record.cost
    this.#sum(dayOf(Date.parse(record.occurred_at)), key, {
      cost: billed_usd === null ? 0n : parseUsd(billed_usd)!,
      records: 1,
      unpriced: billed_usd === null ? 1 : 0,
    })
  }

  /** `spendOn`: what reports show of a day in [from, to). */
  equals(spendOn: (day: number) => readonly Spend[], from: number, to: number): boolean {
    const shown = new RecordMoney()
    for (let day = from; day < to; day++)
      for (const item of spendOn(day)) {
        const {outcome, spendClass} = item
        shown.#sum(day, keyOf(spendClass, outcome, sharesOf(outcome)), item)
      }
    return shown.#text() === this.#text()
  }

  #sum(day: number, key: string, {cost, records, unpriced}: Sum): void {
    const place = `${day} ${key}`
    const sum = this.#sums.get(place) ?? {cost: 0n, records: 0, unpriced: 0}
    this.#sums.set(place, sum)
    sum.cost += cost
    sum.records += records
    sum.unpriced += unpriced
  }

  #text(): string {
    return [...this.#sums]
      .map(([place, {cost, records, unpriced}]) => `${place} ${cost} ${records} ${unpriced}`)
      .sort()
      .join('\n')
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
