/** Answers folded into lines and totals. Every nano-dollar of every answer lands in exactly one line. */
import type {OutputState, Ref, SpendClass} from '../engine/outcome.ts'
import {isEligible} from '../model/confidence.ts'
import {formatUsd, type Nanos} from '../model/money.ts'
import type {Spend} from './load.ts'
import {sharesOf, splitOver} from './record.ts'

export interface Totals {
  readonly total: Nanos
  readonly owned: Nanos
  readonly contested: Nanos
  readonly unresolved: Nanos
  /** Inside `unresolved`. */
  readonly notIdentifiable: Nanos
  readonly eligible: Nanos
  readonly unpriced: number
  readonly records: number
}

export function totalsOf(spend: readonly Spend[]): Totals {
  const classes = {owned: 0n, contested: 0n, unresolved: 0n}
  let [notIdentifiable, chargeable, unpriced, records] = [0n, 0n, 0, 0]
  for (const item of spend) {
    classes[item.spendClass] += item.cost
    if (item.outcome.output_state === 'not_identifiable') notIdentifiable += item.cost
    if (eligible(item)) chargeable += item.cost
    unpriced += item.unpriced
    records += item.records
  }
  const total = classes.owned + classes.contested + classes.unresolved
  return {total, ...classes, notIdentifiable, eligible: chargeable, unpriced, records}
}

export const eligible = ({spendClass, outcome}: Spend): boolean => isEligible(spendClass, outcome.coper)

/** Services with spend, all of which may be charged back. */
export function readyWorkloads(spend: readonly Spend[]): number {
  const ready = new Map<string, boolean>()
  for (const item of spend) {
    const id = item.outcome.owner.service?.id
    if (id !== undefined) ready.set(id, (ready.get(id) ?? true) && eligible(item))
  }
  return [...ready.values()].filter(Boolean).length
}

export interface ServiceCost {
  readonly service: Ref
  readonly cost: Nanos
}

/** Spend of one organization and budget in one money class; unresolved money has neither, and says its state. */
export interface Line {
  readonly organization: Ref | null
  readonly budget: Ref | null
  readonly spendClass: SpendClass
  readonly state: OutputState | null
  readonly cost: Nanos
  /** Records this line has a part in: a split record counts in each of its lines. */
  readonly records: number
  /** Ten-thousandths. The mean is weighted by cost. */
  readonly coperMin: number
  readonly coperMean: number
  /** Kinds of source, by the spend that rests on them. */
  readonly basis: readonly string[]
  /** The three dearest. */
  readonly topServices: readonly ServiceCost[]
  /** Its answers, each with what it costs here. */
  readonly answers: readonly Answered[]
}

export interface Answered {
  readonly spend: Spend
  readonly cost: Nanos
}

/** Dearest first, ties by name. */
export function linesOf(spend: readonly Spend[]): Line[] {
  const lines = new Map<string, LineSum>()
  for (const item of spend) {
    const shares =
      item.spendClass === 'unresolved' ? [{organization: null, budget: null}] : sharesOf(item.outcome)
    const costs =
      item.spendClass === 'unresolved' ? [item.cost] : splitOver(sharesOf(item.outcome), item.cost)
    const state = item.spendClass === 'unresolved' ? item.outcome.output_state : null
    const counted = new Set<LineSum>()
    shares.forEach(({organization, budget}, index) => {
      const key = JSON.stringify([organization?.id, budget?.id, item.spendClass, state])
      const line = lines.get(key) ?? new LineSum(organization, budget, item.spendClass, state)
      lines.set(key, line)
      line.add(item, costs[index]!, counted.has(line) ? 0 : item.records)
      counted.add(line)
    })
  }
  return [...lines.values()].map(line => line.done()).sort(byCost)
}

const nameOf = ({organization, budget, spendClass, state}: Line): string =>
  [organization?.name ?? '', budget?.name ?? '', spendClass, state ?? '', organization?.id, budget?.id].join(
    '\n',
  )

const byCost = (a: Line, b: Line): number =>
  a.cost === b.cost ? (nameOf(a) < nameOf(b) ? -1 : 1) : a.cost > b.cost ? -1 : 1

const absolute = (nanos: Nanos): Nanos => (nanos < 0n ? -nanos : nanos)

/** A sum by key, best first, ties by key. */
class Tally<T> {
  readonly #sums = new Map<string, {value: T; sum: Nanos}>()

  add(key: string, value: T, amount: Nanos): void {
    const known = this.#sums.get(key)
    if (known) known.sum += amount
    else this.#sums.set(key, {value, sum: amount})
  }

  ranked(): {readonly value: T; readonly sum: Nanos}[] {
    return [...this.#sums]
      .sort(([a, {sum: x}], [b, {sum: y}]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1))
      .map(([, item]) => item)
  }
}

class LineSum {
  readonly #key: Pick<Line, 'organization' | 'budget' | 'spendClass' | 'state'>
  readonly #basis = new Tally<string>()
  readonly #services = new Tally<Ref>()
  readonly #answers = new Map<Spend, Nanos>()
  #cost = 0n
  #records = 0
  #coperMin = 10_000
  #weight = 0n
  #weighted = 0n
  /** For lines that cost nothing. */
  #byRecords = 0

  constructor(
    organization: Ref | null,
    budget: Ref | null,
    spendClass: SpendClass,
    state: OutputState | null,
  ) {
    this.#key = {organization, budget, spendClass, state}
  }

  add(spend: Spend, cost: Nanos, counted: number): void {
    const {outcome, records} = spend
    const coper = Math.round(outcome.coper * 10_000)
    const weight = absolute(cost)
    this.#cost += cost
    this.#records += counted
    this.#coperMin = Math.min(this.#coperMin, coper)
    this.#weight += weight
    this.#weighted += weight * BigInt(coper)
    this.#byRecords += (counted === 0 ? 0 : records) * coper
    for (const basis of outcome.basis) this.#basis.add(basis, basis, weight)
    const {service} = outcome.owner
    if (service) this.#services.add(service.id, service, cost)
    this.#answers.set(spend, (this.#answers.get(spend) ?? 0n) + cost)
  }

  done(): Line {
    const byCost = this.#weight > 0n
    return {
      ...this.#key,
      cost: this.#cost,
      records: this.#records,
      coperMin: this.#coperMin,
      coperMean: byCost
        ? Number((2n * this.#weighted + this.#weight) / (2n * this.#weight))
        : Math.round(this.#byRecords / Math.max(1, this.#records)),
      basis: this.#basis.ranked().map(({value}) => value),
      topServices: this.#services
        .ranked()
        .slice(0, 3)
        .map(({value, sum}) => ({service: value, cost: sum})),
      answers: [...this.#answers].map(([spend, cost]) => ({spend, cost})),
    }
  }
}

/** A line as the contract's JSON shows it. */
export const lineToJson = (line: Line) => ({
  organization: line.organization,
  budget: line.budget,
  spend_class: line.spendClass,
  output_state: line.state,
  cost_usd: formatUsd(line.cost),
  records: line.records,
  coper_min: line.coperMin / 10_000,
  coper_mean: line.coperMean / 10_000,
  confidence_basis: line.basis,
  top_services: line.topServices.map(({service, cost}) => ({...service, cost_usd: formatUsd(cost)})),
})
