/** Energy folded into lines: by owner, service and model. Ranges add; a part without a figure adds to what is not covered. */
import type {Outcome, OutputState, Ref, SpendClass} from '../engine/outcome.ts'
import {
  type Energy,
  type EnergyRate,
  type NoFigure,
  plus,
  type Range,
  times,
} from '../model/energy/estimate.ts'
import type {ModelSize} from '../model/energy/model-sizes.ts'
import {modelBase} from '../model/model-name.ts'
import type {Nanos} from '../model/money.ts'
import {ppmOf} from './reconcile.ts'
import {sharesOf, splitOver} from './record.ts'

/** One answer's tokens of one model in one place. */
export interface EnergyPart {
  readonly outcome: Outcome
  readonly spendClass: SpendClass
  /** As written; null: none is named. */
  readonly model: string | null
  readonly rate: EnergyRate | NoFigure
  /** Null: there is no figure, and `rate` says why. */
  readonly energy: Energy | null
  /** Null: nobody has counted them. */
  readonly tokens: number | null
  /** Of them, those of calls with so much context that the figure is too low. */
  readonly longTokens: number
  readonly cost: Nanos
  readonly records: number
}

export interface EnergySum {
  /** Watt-hours and grams; null: no part has a figure. */
  readonly wh: Range | null
  readonly gco2e: Range | null
  readonly tier: string | null
  /** gCO2e per kWh by zone. */
  readonly zones: ReadonlyMap<string, number>
  /** Whole tokens; those of a split are rounded. Null: nobody has counted any. */
  readonly tokens: number | null
  readonly longTokens: number
  /** Parts per million that have a figure; null: there are no tokens, or no money. */
  readonly coveredTokens: number | null
  readonly coveredCost: number | null
  readonly cost: Nanos
  readonly records: number
}

class Sum {
  #wh: Range | null = null
  #gco2e: Range | null = null
  #tier: string | null = null
  readonly #zones = new Map<string, number>()
  #counted = false
  #tokens = 0
  #known = 0
  #long = 0
  #cost = 0n
  #knownCost = 0n
  #records = 0

  /** `share`: the fraction of the part that belongs here, and `cost` of its money. */
  add({rate, energy, tokens, longTokens, records}: EnergyPart, share: number, cost: Nanos): void {
    if (tokens !== null) this.#counted = true
    this.#tokens += (tokens ?? 0) * share
    this.#long += longTokens * share
    this.#cost += cost
    this.#records += records
    if (energy === null || typeof rate === 'string') return
    const [wh, gco2e] = [times(energy.wh, share), times(energy.gco2e, share)]
    this.#wh = this.#wh === null ? wh : plus(this.#wh, wh)
    this.#gco2e = this.#gco2e === null ? gco2e : plus(this.#gco2e, gco2e)
    this.#tier = rate.tier
    this.#zones.set(rate.zone, rate.intensity)
    this.#known += (tokens ?? 0) * share
    this.#knownCost += cost
  }

  done(): EnergySum {
    return {
      ...{wh: this.#wh, gco2e: this.#gco2e, tier: this.#tier},
      zones: new Map([...this.#zones].sort(([a], [b]) => (a < b ? -1 : 1))),
      tokens: this.#counted ? Math.round(this.#tokens) : null,
      longTokens: Math.round(this.#long),
      coveredTokens: this.#tokens === 0 ? null : Math.round((this.#known / this.#tokens) * 1e6),
      coveredCost: this.#cost === 0n ? null : ppmOf(this.#knownCost, this.#cost),
      ...{cost: this.#cost, records: this.#records},
    }
  }
}

export interface OwnerEnergy extends EnergySum {
  readonly organization: Ref | null
  /** Of what nobody owns. */
  readonly state: OutputState | null
}

export interface ServiceEnergy extends EnergySum {
  readonly service: Ref | null
}

export interface ModelEnergy extends EnergySum {
  /** Without what its sellers add. */
  readonly model: string | null
  readonly size: ModelSize | null
  /** Why it has no figure; null: it has one. */
  readonly reason: NoFigure | null
}

export interface Covered {
  /** Null: has a figure. */
  readonly reason: NoFigure | null
  /** Null: nobody has counted any. */
  readonly tokens: number | null
  readonly cost: Nanos
  readonly records: number
}

export interface EnergyLines {
  readonly total: EnergySum
  readonly owners: readonly OwnerEnergy[]
  readonly services: readonly ServiceEnergy[]
  readonly models: readonly ModelEnergy[]
  readonly coverage: readonly Covered[]
}

type Key<Head> = Head & {readonly name: string}

/** Sums by key: most energy first, then what costs most, ties by name. */
class Sums<Head extends object> {
  readonly #sums = new Map<string, {readonly head: Key<Head>; readonly sum: Sum}>()

  at(key: string, head: () => Key<Head>): Sum {
    let found = this.#sums.get(key)
    if (!found) this.#sums.set(key, (found = {head: head(), sum: new Sum()}))
    return found.sum
  }

  done(): (Key<Head> & EnergySum)[] {
    return [...this.#sums.entries()]
      .map(([key, {head, sum}]) => ({key, line: {...head, ...sum.done()}}))
      .sort((a, b) => compare(a.line, b.line) || (a.key < b.key ? -1 : 1))
      .map(({line}) => line)
  }
}

function compare(a: Key<EnergySum>, b: Key<EnergySum>): number {
  const [x, y] = [a.wh?.mid ?? 0, b.wh?.mid ?? 0]
  if (x !== y) return y - x
  if (a.cost !== b.cost) return a.cost > b.cost ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

export function energyLines(parts: readonly EnergyPart[]): EnergyLines {
  const total = new Sum()
  const owners = new Sums<Pick<OwnerEnergy, 'organization' | 'state'>>()
  const services = new Sums<Pick<ServiceEnergy, 'service'>>()
  const models = new Sums<Pick<ModelEnergy, 'model' | 'size' | 'reason'>>()
  const coverage = new Map<NoFigure | null, Covered>()
  for (const part of parts) {
    const {outcome, spendClass, cost, rate} = part
    total.add(part, 1, cost)
    const state = spendClass === 'unresolved' ? outcome.output_state : null
    const shares = state === null ? sharesOf(outcome) : [{organization: null, share_ppm: 1_000_000}]
    const costs = state === null ? splitOver(sharesOf(outcome), cost) : [cost]
    shares.forEach(({organization, share_ppm}, index) => {
      const head = () => ({organization, state, name: organization?.name ?? state ?? ''})
      owners
        .at(JSON.stringify([organization?.id, state]), head)
        .add(part, share_ppm / 1_000_000, costs[index]!)
    })
    const {service} = outcome.owner
    services.at(service?.id ?? '', () => ({service, name: service?.name ?? ''})).add(part, 1, cost)
    const model = part.model === null ? null : modelBase(part.model)
    const size = typeof rate === 'object' ? rate.size : null
    const reason = typeof rate === 'object' ? null : rate
    models
      .at(JSON.stringify([model, size, reason]), () => ({model, size, reason, name: model ?? ''}))
      .add(part, 1, cost)
    const known = coverage.get(reason) ?? {reason, tokens: null, cost: 0n, records: 0}
    coverage.set(reason, {
      ...{reason, tokens: part.tokens === null ? known.tokens : (known.tokens ?? 0) + part.tokens},
      ...{cost: known.cost + cost, records: known.records + part.records},
    })
  }
  return {
    ...{total: total.done(), owners: owners.done(), services: services.done(), models: models.done()},
    coverage: [...coverage.values()].sort(byReason),
  }
}

/** What has a figure first, then by money. */
const byReason = (a: Covered, b: Covered): number =>
  Number(b.reason === null) - Number(a.reason === null) ||
  (a.cost === b.cost ? ((a.reason ?? '') < (b.reason ?? '') ? -1 : 1) : a.cost > b.cost ? -1 : 1)
