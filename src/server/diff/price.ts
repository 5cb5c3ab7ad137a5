/** Changes with what they come to: whose place each is, its traffic before, the same replayed, and what that does to a month and a budget. */
import type {Ref} from '../../engine/outcome.ts'
import {plus, type Range, type RateOf} from '../../model/energy/estimate.ts'
import {fractionOf, type Nanos} from '../../model/money.ts'
import type {QuoteOf} from '../../model/quote.ts'
import {DAY_MS} from '../../model/time.ts'
import {type Budget, spentUnder} from '../../report/budgets.ts'
import type {Change} from '../../review/change.ts'
import {actionOf, type ReviewAction} from '../../review/price/action.ts'
import {cheaperFor} from '../../review/price/cheaper.ts'
import {energyDelta} from '../../review/price/energy.ts'
import {withoutDoubles} from '../../review/price/once.ts'
import {type Known, type PricedChange, priceChange} from '../../review/price/price-change.ts'
import {inDays, type Money} from '../../review/price/replay.ts'
import {confidenceOf, type Traffic, type Window} from '../../review/price/traffic.ts'
import type {InWindow, Seen} from './observed.ts'
import type {OwnerOf} from './owners.ts'
import type {ServiceOf} from './places.ts'

interface Owner {
  readonly organization: Ref | null
  readonly budget: Ref | null
}

export interface Place extends Owner {
  readonly change: Change
  readonly service: Ref | null
  /** As CODEOWNERS writes it, else the organization that answers for the traffic. */
  readonly owner: string | null
  readonly priced: PricedChange
  readonly confidence: number | null
  /** Watt-hours a month. */
  readonly energy: Range | null
  readonly action: ReviewAction
}

/** What a budget comes to over its days, were they all like the window's, with the changes. */
export interface BudgetAfter {
  readonly budget: Budget
  readonly projected: Nanos
  readonly isExceeded: boolean
}

export interface PricedDiff {
  readonly window: Window
  readonly places: readonly Place[]
  /** Of all changes that have a figure; null: none has. */
  readonly total: Money | null
  /** What they cost before and after, in the window. */
  readonly replayed: {readonly from: Nanos; readonly to: Nanos}
  readonly budgets: readonly BudgetAfter[]
  readonly energy: Range | null
}

export interface Asked {
  readonly observed: InWindow
  readonly serviceOf: ServiceOf
  readonly ownerOf: OwnerOf
  readonly quote: QuoteOf
  readonly rates: RateOf
  readonly deployments: {readonly [name: string]: string}
  /** Whether something of this size a month breaks a rule. */
  readonly breaks: (delta: Money, percent: number | null) => boolean
}

export function priceDiff(changes: readonly Change[], asked: Asked): PricedDiff {
  const {observed, quote, rates, deployments} = asked
  const {window, traffic: company} = observed
  const days = window.to - window.from
  const at = window.to * DAY_MS - 1
  const seen = new Map<Traffic, Seen>(company.map(item => [item, item]))
  const seenBehind = ({traffic}: Pick<PricedChange, 'traffic'>): Seen[] =>
    (traffic ?? []).map(item => seen.get(item)!)
  const byService = Map.groupBy(company, ({outcome}) => outcome.owner.service?.id)
  const known = (service: Ref | null): Known => ({
    ...{window, company, at},
    service: service === null ? null : (byService.get(service.id) ?? []),
    quote: (model, usage) => quote(model, at, usage),
    deployments: new Map(Object.entries(deployments).map(([name, model]) => [name.toLowerCase(), model])),
  })
  const found = withoutDoubles(
    changes.map(change => {
      const service = asked.serviceOf(change.path)
      return {
        change,
        service: service?.id ?? null,
        node: service,
        priced: priceChange(change, known(service)),
      }
    }),
  )
  const under = ({priced}: {priced: PricedChange}, budget: Budget): Nanos => {
    const uses = seenBehind(priced)
    const cost = uses.reduce((sum, use) => sum + use.cost, 0n)
    if (priced.delta === null || cost <= 0n) return 0n
    const {owned, contested} = spentUnder(budget, uses)
    return fractionOf(priced.delta.mid, owned + contested, cost)
  }
  const budgets = observed.budgets.flatMap(({budget, spent}): BudgetAfter[] => {
    if (!found.some(({priced}) => touches(budget, seenBehind(priced)))) return []
    const added = found.reduce((sum, item) => sum + under(item, budget), 0n)
    return [budgetAfter(budget, {spent, added, days})]
  })
  const places = found.map(({change, node, priced}): Place => {
    const own = known(node)
    const behind = seenBehind(priced)
    const owner = ownerOf(behind.length > 0 ? behind : ((node && byService.get(node.id)) ?? []))
    const said = asked.ownerOf(change.path) ?? owner.organization?.name ?? null
    const exceeds = budgets.some(({budget, isExceeded}) => isExceeded && under({priced}, budget) > 0n)
    const breaks =
      exceeds || (priced.delta !== null && asked.breaks(priced.delta, percentOf(priced.replayed)))
    return {
      ...owner,
      ...{change, priced, owner: said, confidence: confidenceOf(priced.traffic ?? [])},
      service: node,
      energy: energyDelta(priced.moves, days, rates),
      action: actionOf({
        change,
        priced,
        isOwned: said !== null,
        breaks,
        cheaper: cheaperFor(change, priced, own),
      }),
    }
  })
  const counted = places.filter(({priced}) => priced.delta !== null)
  const sum = (of: (place: Place) => Nanos): Nanos => counted.reduce((total, place) => total + of(place), 0n)
  const energies = counted.flatMap(({energy}) => energy ?? [])
  return {
    ...{window, places, budgets},
    total:
      counted.length === 0
        ? null
        : {
            low: sum(({priced}) => priced.delta!.low),
            mid: sum(({priced}) => priced.delta!.mid),
            high: sum(({priced}) => priced.delta!.high),
          },
    replayed: {from: sum(({priced}) => priced.replayed!.from), to: sum(({priced}) => priced.replayed!.to)},
    energy: energies.length === 0 || energies.length < counted.length ? null : energies.reduce(plus),
  }
}

/** Who answers for most of the money of the last day with any; of days without money, of the most records. */
function ownerOf(uses: readonly Seen[]): Owner {
  const last = Math.max(...uses.map(({day}) => day))
  const [first] = uses
    .filter(({day}) => day === last)
    .sort((a, b) => (a.cost === b.cost ? b.records - a.records : a.cost > b.cost ? -1 : 1))
  const {organization = null, budget = null} = first?.outcome.owner ?? {}
  return {organization, budget}
}

const touches = (budget: Budget, uses: readonly Seen[]): boolean => {
  const {owned, contested} = spentUnder(budget, uses)
  return owned + contested > 0n
}

function budgetAfter(
  budget: Budget,
  {spent, added, days}: {readonly spent: Nanos; readonly added: Nanos; readonly days: number},
): BudgetAfter {
  const length = budget.to - budget.from
  const projected = fractionOf(spent, BigInt(length), BigInt(days)) + inDays(added, length)
  return {budget, projected, isExceeded: budget.kind === 'limit' && added > 0n && projected > budget.amount}
}

/** Per cent, to ten-thousandths; null: it cost nothing. */
export const percentOf = (replayed: {readonly from: Nanos; readonly to: Nanos} | null): number | null =>
  replayed === null || replayed.from <= 0n
    ? null
    : Number(fractionOf(replayed.to - replayed.from, 1_000_000n, replayed.from)) / 10_000
