/** What changed in a service's traffic when it went out. Only what was seen: days before against days after, never a promise. */
import type {Ref} from '../engine/outcome.ts'
import {isElsewhere} from '../model/environment.ts'
import {modelBase} from '../model/model-name.ts'
import type {Nanos} from '../model/money.ts'
import {isReasoning} from '../model/reasoning-models.ts'
import {dayOf} from '../model/time.ts'
import type {Use} from './load-activity.ts'

export interface Deployment {
  readonly subject: string
  readonly environment: string | null
  /** Epoch ms. */
  readonly at: number
  readonly revision: string | null
  /** `file:line`. */
  readonly where: string
}

export interface ServiceLink {
  readonly relation: string
  readonly from: string
  readonly to: string
}

export type Trigger =
  | 'model_changed'
  | 'provider_changed'
  | 'reasoning_introduced'
  | 'fallback_rose'
  | 'batch_spiked'

/** Days in [from, to). */
export interface Days {
  readonly from: number
  readonly to: number
}

/** A service that went out, with the days to compare. */
export interface Outing {
  readonly service: Ref
  readonly deployment: Deployment
  readonly before: Days
  readonly after: Days
}

/** Logged calls of a service, and those that another model or provider answered than was chosen first. */
export interface Fallbacks {
  readonly calls: number
  readonly fallbacks: number
}

/** Parts per million of the requests, by model, most first. */
export type Mix = readonly (readonly [model: string, ppm: number])[]

export interface Review {
  readonly outing: Outing
  readonly owner: Ref | null
  readonly triggers: readonly Trigger[]
  readonly mix: {readonly before: Mix; readonly after: Mix}
  /** Nano-dollars a month at the volume of the days before; null: too little is known. */
  readonly delta: {readonly low: Nanos; readonly mid: Nanos; readonly high: Nanos} | null
  /** `enough`: a week and a hundred requests on either side; `thin`: less; `none`: nothing to compare. */
  readonly confidence: 'enough' | 'thin' | 'none'
  readonly action: 'observe' | 'shape' | 'review'
}

/** Compared days on either side, and the fewest that tell anything. */
const WINDOW = 7
const FEWEST_DAYS = 3
const MONTH = 30n
/** A model is in use from this share of the requests on; below it, it may be a test. */
const IN_USE = 50_000
const ENOUGH_REQUESTS = 100

/**
 * A deployment of each service's production, with the days up to the deployments before and after it: what changes there is not
 * of this one. A repository's deployment stands for its services where nothing says more.
 */
export function outingsOf(
  services: readonly {readonly service: Ref; readonly repositories: ReadonlySet<string>}[],
  deployments: readonly Deployment[],
  links: readonly ServiceLink[],
): Outing[] {
  const out = deployments.filter(({environment}) => !isElsewhere(environment))
  const bySubject = Map.groupBy(out, ({subject}) => subject)
  const linked = Map.groupBy(links, ({from}) => from)
  return services.flatMap(({service, repositories}) => {
    const links = linked.get(service.id) ?? []
    const of = (relation: string) => links.filter(link => link.relation === relation).map(({to}) => to)
    const names = new Set([service.id, `name:service/${service.name.toLowerCase()}`, ...of('same_as')])
    const own = [...names].flatMap(name => bySubject.get(name) ?? [])
    const places = new Set([...repositories, ...of('built_from')])
    const found = own.length > 0 ? own : [...places].flatMap(place => bySubject.get(place) ?? [])
    const inTime = found.toSorted((a, b) => a.at - b.at)
    return inTime.map((deployment, index) => {
      const day = dayOf(deployment.at)
      const previous = index === 0 ? -Infinity : dayOf(inTime[index - 1]!.at)
      const next = index + 1 === inTime.length ? Infinity : dayOf(inTime[index + 1]!.at)
      return {
        ...{service, deployment},
        before: {from: Math.max(day - WINDOW, previous + 1), to: day},
        after: {from: day + 1, to: Math.min(day + 1 + WINDOW, next)},
      }
    })
  })
}

/** `uses`: of the service, by day and model. */
export function reviewOf(
  outing: Outing,
  uses: readonly Use[],
  fallbacks: {readonly before: Fallbacks; readonly after: Fallbacks} | null,
): Review {
  const within = ({from, to}: Days) => uses.filter(({day}) => day! >= from && day! < to)
  const [before, after] = [within(outing.before), within(outing.after)]
  const mix = {before: mixOf(before, modelOf), after: mixOf(after, modelOf)}
  const sides = [before, after].map(side => ({
    days: new Set(side.map(({day}) => day)).size,
    requests: requestsOf(side),
  }))
  const compared = sides.every(({days}) => days >= FEWEST_DAYS)
  const triggers = compared ? triggersOf(before, after, mix, fallbacks) : []
  const delta = compared ? deltaOf(before, after) : null
  const enough = sides.every(({days, requests}) => days >= WINDOW && requests >= ENOUGH_REQUESTS)
  return {
    ...{outing, triggers, mix, delta},
    owner: ownerOf(uses),
    confidence: !compared ? 'none' : enough ? 'enough' : 'thin',
    action: actionOf(triggers, delta),
  }
}

/** Dearer whatever the days: a cheaper shape is worth a look. Cheaper whatever the days, or unchanged: nothing to decide. */
function actionOf(triggers: readonly Trigger[], delta: Review['delta']): Review['action'] {
  if (triggers.length === 0) return 'observe'
  if (delta !== null && delta.low > 0n) return 'shape'
  return delta !== null && delta.high < 0n && triggers.every(isSwap) ? 'observe' : 'review'
}

const isSwap = (trigger: Trigger): boolean => trigger === 'model_changed' || trigger === 'provider_changed'

function triggersOf(
  before: readonly Use[],
  after: readonly Use[],
  mix: Review['mix'],
  fallbacks: {readonly before: Fallbacks; readonly after: Fallbacks} | null,
): Trigger[] {
  const [then, now] = [requestsOf(before), requestsOf(after)]
  const arrived = arrivals(mix.before, then, mix.after)
  const [was, is] = [mixOf(before, providerOf), mixOf(after, providerOf)]
  const batch = [before, after].map(batchAday) as [number, number]
  return [
    ...(arrived.length > 0 || arrivals(mix.after, now, mix.before).length > 0
      ? ['model_changed' as const]
      : []),
    ...(arrivals(was, then, is).length > 0 ? ['provider_changed' as const] : []),
    ...(arrived.some(isReasoning) && !mix.before.some(([model]) => isReasoning(model))
      ? ['reasoning_introduced' as const]
      : []),
    ...(fallbacks !== null && hasRisen(fallbacks.before, fallbacks.after) ? ['fallback_rose' as const] : []),
    ...(batch[1] >= 2 * batch[0] && batch[1] > 0 ? ['batch_spiked' as const] : []),
  ]
}

/** Of so many expected calls the chance to see none is under one in a hundred. */
const EXPECTED = 5

/** In use on one side and not seen among so many `requests` of the other, where it would have been seen. */
const arrivals = (from: Mix, requests: number, to: Mix): string[] =>
  to
    .filter(
      ([name, ppm]) =>
        ppm >= IN_USE && ppm * requests >= EXPECTED * 1_000_000 && !from.some(([other]) => other === name),
    )
    .map(([name]) => name)

/** Twice the share, and one call in twenty. */
const hasRisen = (before: Fallbacks, after: Fallbacks): boolean =>
  after.fallbacks * 20 >= after.calls &&
  after.fallbacks > 0 &&
  after.fallbacks * before.calls >= 2 * before.fallbacks * after.calls

const modelOf = ({model}: Use): string | null => {
  const name = model?.[2] ?? model?.[1] ?? null
  return name === null ? null : modelBase(name)
}

const providerOf = ({model}: Use): string | null => model?.[0] ?? null

const requestsOf = (uses: readonly Use[]): number =>
  uses.reduce((sum, {requests}) => sum + (requests ?? 0), 0)

function batchAday(uses: readonly Use[]): number {
  const days = new Set(uses.map(({day}) => day)).size
  const batch = uses.filter(
    ({model, workload: {tags}}) => model?.[3] === 'batch' || /batch/i.test(tags.request_intent ?? ''),
  )
  return days === 0 ? 0 : requestsOf(batch) / days
}

function mixOf(uses: readonly Use[], of: (use: Use) => string | null): Mix {
  const sums = new Map<string, number>()
  for (const use of uses) {
    const name = of(use)
    if (name !== null && use.requests !== null) sums.set(name, (sums.get(name) ?? 0) + use.requests)
  }
  const total = [...sums.values()].reduce((sum, requests) => sum + requests, 0)
  return [...sums]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([name, requests]) => [name, Math.round((requests * 1_000_000) / total)])
}

/** Parts of a nano-dollar that a request's cost is told in. */
const FINE = 1_000_000_000n

/** What a request cost on a day, in parts of a nano-dollar; only days whose every cost and count is known. */
function unitCosts(uses: readonly Use[]): bigint[] {
  const known: bigint[] = []
  for (const day of Map.groupBy(uses, ({day}) => day).values()) {
    const requests = requestsOf(day)
    if (requests === 0 || day.some(({unpriced, requests}) => unpriced > 0 || requests === null)) continue
    known.push((day.reduce((sum, {cost}) => sum + cost, 0n) * FINE) / BigInt(requests))
  }
  return known.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

const quantile = (sorted: readonly bigint[], quarters: number): bigint =>
  sorted[Math.round(((sorted.length - 1) * quarters) / 4)]!

/**
 * The volume of the days before at what a request cost then and now. `mid`: by the middle day; the range by the quartiles:
 * now's dear quarter against then's cheap one, and the other way round.
 */
function deltaOf(before: readonly Use[], after: readonly Use[]): Review['delta'] {
  const [then, now] = [unitCosts(before), unitCosts(after)]
  if (then.length < FEWEST_DAYS || now.length < FEWEST_DAYS) return null
  const days = BigInt(new Set(before.map(({day}) => day)).size)
  const monthly = (unit: bigint): Nanos => rounded(unit * BigInt(requestsOf(before)) * MONTH, days * FINE)
  return {
    low: monthly(quantile(now, 1) - quantile(then, 3)),
    mid: monthly(quantile(now, 2) - quantile(then, 2)),
    high: monthly(quantile(now, 3) - quantile(then, 1)),
  }
}

/** To the nearest, halves away from zero. */
const rounded = (part: bigint, whole: bigint): bigint =>
  part < 0n ? -rounded(-part, whole) : (2n * part + whole) / (2n * whole)

/** Whose most of the service's money is. */
function ownerOf(uses: readonly Use[]): Ref | null {
  const sums = new Map<string, {ref: Ref; cost: Nanos}>()
  for (const {outcome, cost} of uses) {
    const ref = outcome.owner.organization
    if (ref !== null) sums.set(ref.id, {ref, cost: (sums.get(ref.id)?.cost ?? 0n) + cost})
  }
  return (
    [...sums.values()].sort((a, b) =>
      a.cost === b.cost ? (a.ref.id < b.ref.id ? -1 : 1) : a.cost > b.cost ? -1 : 1,
    )[0]?.ref ?? null
  )
}
