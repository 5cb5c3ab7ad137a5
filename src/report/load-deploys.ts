/** The edge of this folder towards deployments and the traffic around them. */
import type {Ref} from '../engine/outcome.ts'
import {DAY_MS} from '../model/time.ts'
import * as sql from '../store/queries/deploys.ts'
import {all, type ReadableStore} from '../store/query.ts'
import {type Days, type Fallbacks, type Outing, outingsOf, type Review, reviewOf} from './deploy-review.ts'
import type {Loaded, Request} from './load.ts'
import {loadActivity, loadCalls, loadWorkloads, type Use, usesIn, type Workload} from './load-activity.ts'
import {boundsOf} from './period.ts'

export interface Deploys {
  readonly loaded: Loaded
  readonly uses: readonly Use[]
  readonly services: number
  /** Of deployments in the period. */
  readonly reviews: readonly Review[]
}

export function loadDeploys(store: ReadableStore, request: Request): Deploys {
  const {loaded, uses} = loadActivity(store, request)
  const {from, to} = boundsOf(request.period)
  const deployments = all(store, sql.deploymentsBetween, {from: from * DAY_MS, to: to * DAY_MS})
  const byService = Map.groupBy(
    uses.filter(({outcome}) => outcome.owner.service !== null),
    ({outcome}) => outcome.owner.service!.id,
  )
  const services = [...byService.values()].map(own => ({
    service: own[0]!.outcome.owner.service as Ref,
    repositories: new Set(
      own.flatMap(({outcome: {owner}}) => (owner.project === null ? [] : [owner.project.id])),
    ),
  }))
  const outings = outingsOf(services, deployments, all(store, sql.serviceLinks, {}))
  return {...{loaded, uses, services: services.length}, reviews: reviewsIn(store, request, outings)}
}

/** Days and models are asked for of what went out alone. */
function reviewsIn(store: ReadableStore, request: Request, outings: readonly Outing[]): Review[] {
  if (outings.length === 0) return []
  const workloads = loadWorkloads(store, request)
  const serviceOf = ({outcome}: Pick<Workload, 'outcome'>): string => outcome.owner.service?.id ?? ''
  const out = new Set(outings.map(({service}) => service.id))
  const deployed = [...workloads.values()].filter(workload => out.has(serviceOf(workload)))
  const byService = Map.groupBy(
    usesIn(store, request.period, workloads, {day: true, model: true}, deployed),
    serviceOf,
  )
  const fallbacks = fallbacksIn(store, request, workloads)
  return outings.map(outing => reviewOf(outing, byService.get(outing.service.id)!, fallbacks(outing)))
}

/** Asks for the days around a deployment only where the service ever fell back. */
function fallbacksIn(
  store: ReadableStore,
  request: Request,
  workloads: ReadonlyMap<number, Workload>,
): (outing: Outing) => {readonly before: Fallbacks; readonly after: Fallbacks} | null {
  const calls = loadCalls(store, request.period, workloads)
  const falling = new Set(
    calls.filter(({context}) => context.fallback).map(({workload}) => workload.outcome.owner.service?.id),
  )
  const within = (service: string, days: Days): Fallbacks => {
    const own = loadCalls(store, days, workloads).filter(
      ({workload}) => workload.outcome.owner.service?.id === service,
    )
    const sum = (some: typeof own) => some.reduce((total, {calls}) => total + calls, 0)
    return {calls: sum(own), fallbacks: sum(own.filter(({context}) => context.fallback))}
  }
  return ({service, before, after}) =>
    falling.has(service.id) ? {before: within(service.id, before), after: within(service.id, after)} : null
}
