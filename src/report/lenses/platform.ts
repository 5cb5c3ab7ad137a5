/** What the platform carries: volume, models, routes, failures, latency, tokens, and production traffic that lacks its tags. */
import type {ModelIdentity} from '../../model/chunk.ts'
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import type {Tags} from '../../model/tags.ts'
import type {ReadableStore} from '../../store/query.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {type Totals, totalsOf} from '../lines.ts'
import type {Loaded, Request} from '../load.ts'
import {
  type Calls,
  loadActivity,
  loadCalls,
  loadLatencies,
  loadWorkloads,
  type Use,
} from '../load-activity.ts'
import {closedPeriods} from '../load-closed.ts'
import {ppmOf, reconcilingLines} from '../reconcile.ts'
import type {Column, Report, Row} from '../report.ts'
import {byCost, isProduction, shareOf, type Traffic, TrafficBy, TrafficSum} from '../traffic.ts'

/** Calls that were routed by one reason to one model. */
interface Route {
  readonly reason: string
  readonly policy: string | null
  readonly model: string
  readonly calls: number
  readonly told: number
  readonly failed: number
  readonly fallbacks: number
}

/** Production usage that lacks one of the tags everybody has to set. */
interface Untagged {
  readonly name: string
  readonly cost: Nanos
  readonly requests: number | null
  readonly services: readonly string[]
}

interface Platform {
  readonly loaded: Loaded
  readonly totals: Totals
  readonly all: Traffic
  readonly services: readonly Traffic[]
  readonly models: readonly (Traffic & {readonly requested: readonly string[]})[]
  readonly routes: readonly Route[]
  /** What calls with a route reason make of all logged ones. */
  readonly routed: number
  readonly production: {readonly cost: Nanos; readonly requests: number | null}
  readonly untagged: readonly Untagged[]
  readonly remarks: readonly string[]
}

export const platform = lens({
  id: 'platform',
  summary: 'volume, models, routes, failures, latency, tokens and untagged traffic by service and model',
  load,
  toReport,
  toJson,
})

function load(store: ReadableStore, request: Request): Platform {
  const {loaded, uses} = loadActivity(store, request, {model: true})
  const workloads = loadWorkloads(store, request)
  const serviceOf = new Map(
    [...loadWorkloads(store, {asOf: 'event'}).values()].map(({outcomeId, outcome}) => [
      outcomeId,
      outcome.owner.service?.name ?? null,
    ]),
  )
  const calls = loadCalls(store, request.period, workloads)
  const all = new TrafficSum(null)
  const services = new TrafficBy()
  const models = new TrafficBy()
  const requested = new Map<string | null, Set<string>>()
  for (const use of uses) {
    const served = servedOf(use.model!)
    for (const sum of [all, services.of(use.outcome.owner.service?.name ?? null), models.of(served)])
      sum.use(use)
    if (served !== null) {
      const asked = use.model![1]
      requested.set(served, (requested.get(served) ?? new Set()).add(asked ?? served))
    }
  }
  for (const call of calls)
    for (const sum of [
      all,
      services.of(call.workload.outcome.owner.service?.name ?? null),
      models.of(servedOf(call.model)),
    ])
      sum.calls(call)
  for (const latency of loadLatencies(store, request.period))
    for (const sum of [
      all,
      services.of(serviceOf.get(latency.outcomeId) ?? null),
      models.of(servedOf(latency.model)),
    ])
      sum.latency(latency)
  const production = uses.filter(({workload}) => isProduction(workload.tags.environment))
  return {
    loaded,
    totals: totalsOf(uses),
    all: all.done(),
    services: services.done(),
    models: models.done().map(model => ({
      ...model,
      requested: [...(requested.get(model.name) ?? [])].filter(name => name !== model.name).sort(),
    })),
    routes: routesOf(calls),
    routed: calls.reduce(
      (sum, {context, calls: count}) => sum + (context.reason === undefined ? 0 : count),
      0,
    ),
    production: amountOf(production),
    untagged: untaggedOf(production),
    remarks: settledNowRemarks(closedPeriods(store), request.period),
  }
}

const servedOf = ([, requested, served]: ModelIdentity): string | null => served ?? requested

function routesOf(calls: readonly Calls[]): Route[] {
  const routes = new Map<string, Route>()
  for (const {context, model, calls: count, told, failed} of calls) {
    if (context.reason === undefined) continue
    const key = {reason: context.reason, policy: context.policy ?? null, model: servedOf(model) ?? ''}
    const known = routes.get(JSON.stringify(key)) ?? {...key, calls: 0, told: 0, failed: 0, fallbacks: 0}
    routes.set(JSON.stringify(key), {
      ...key,
      calls: known.calls + count,
      told: known.told + told,
      failed: known.failed + failed,
      fallbacks: known.fallbacks + (context.fallback ? count : 0),
    })
  }
  return [...routes.entries()]
    .sort(([a, {calls: x}], [b, {calls: y}]) => y - x || (a < b ? -1 : 1))
    .map(([, route]) => route)
}

/** What every production request must say. */
const REQUIRED = {
  project_id: 'project',
  feature: 'feature',
  cost_center: 'cost center',
  owner_team: 'owner',
} as const satisfies {readonly [tag in keyof Tags]?: string}

function untaggedOf(production: readonly Use[]): Untagged[] {
  const lacking = (holds: (tags: Tags) => boolean) => production.filter(({workload}) => holds(workload.tags))
  const line = (name: string, uses: readonly Use[]): Untagged => ({
    name,
    ...amountOf(uses),
    services: servicesOf(uses),
  })
  const tags = Object.keys(REQUIRED) as (keyof typeof REQUIRED)[]
  return [
    ...tags.map(tag =>
      line(
        REQUIRED[tag],
        lacking(({[tag]: said}) => said === undefined),
      ),
    ),
    line(
      'any of them',
      lacking(said => tags.some(tag => said[tag] === undefined)),
    ),
  ]
}

function amountOf(uses: readonly Use[]) {
  return {
    cost: uses.reduce((sum, {cost}) => sum + cost, 0n),
    requests: uses.reduce<number | null>(
      (sum, {requests}) => (requests === null ? sum : (sum ?? 0) + requests),
      null,
    ),
  }
}

/** The three dearest. */
function servicesOf(uses: readonly Use[]): string[] {
  const costs = new Map<string, Nanos>()
  for (const {outcome, cost} of uses) {
    const name = outcome.owner.service?.name
    if (name !== undefined) costs.set(name, (costs.get(name) ?? 0n) + cost)
  }
  return [...costs]
    .map(([name, cost]) => ({name, cost}))
    .sort(byCost)
    .slice(0, 3)
    .map(({name}) => name)
}

function toJson({loaded, totals, all, services, models, routes, routed, production, untagged}: Platform) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      ...trafficToJson(all),
      total_usd: formatUsd(totals.total),
      owned_usd: formatUsd(totals.owned),
      contested_usd: formatUsd(totals.contested),
      unresolved_usd: formatUsd(totals.unresolved),
      calls_with_route_reason: routed,
    },
    services: services.map(line => ({service: line.name, ...trafficToJson(line)})),
    models: models.map(line => ({
      served_model: line.name,
      requested_models: line.requested,
      ...trafficToJson(line),
    })),
    routes: routes.map(({reason, policy, model, calls, told, failed, fallbacks}) => ({
      ...{route_reason: reason, route_policy: policy, served_model: model, calls},
      ...{failed_share_ppm: shareOf(failed, told), fallback_share_ppm: shareOf(fallbacks, calls)},
    })),
    production: {cost_usd: formatUsd(production.cost), requests: production.requests},
    untagged: untagged.map(({name, cost, requests, services: top}) => ({
      ...{lacks: name.replaceAll(' ', '_'), cost_usd: formatUsd(cost), requests},
      ...{
        share_of_production_ppm: production.cost === 0n ? null : ppmOf(cost, production.cost),
        top_services: top,
      },
    })),
    // No source that is read says what was refused.
    blocked: null,
  }
}

const trafficToJson = (line: Traffic) => ({
  cost_usd: formatUsd(line.cost),
  records: line.records,
  unpriced_records: line.unpriced,
  requests: line.requests,
  logged_calls: line.calls,
  failed_share_ppm: shareOf(line.failed, line.told),
  calls_that_tell: line.told,
  fallback_calls: line.fallbacks,
  retried_calls: line.retried,
  latency_ms: {p50: line.p50, p95: line.p95, p99: line.p99, calls: line.timed},
  input_tokens: line.inputTokens,
  output_tokens: line.outputTokens,
  cache_read_tokens: line.cacheReadTokens,
  cache_share_ppm: shareOf(line.cacheReadTokens, line.inputTokens),
})

const TRAFFIC: readonly Column[] = [
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'requests', label: 'Requests', kind: 'count', drop: 3},
  {key: 'logged_calls', label: 'Logged', kind: 'count', drop: 7},
  {key: 'failed', label: 'Failed', kind: 'share', drop: 1},
  {key: 'fallback', label: 'Fallback', kind: 'share', drop: 8},
  {key: 'retried', label: 'Retried', kind: 'share', drop: 9},
  {key: 'p50_ms', label: 'p50 ms', kind: 'count', drop: 4},
  {key: 'p95_ms', label: 'p95 ms', kind: 'count', drop: 2},
  {key: 'p99_ms', label: 'p99 ms', kind: 'count', drop: 5},
  {key: 'input_tokens', label: 'Tokens in', kind: 'count', drop: 10},
  {key: 'output_tokens', label: 'Tokens out', kind: 'count', drop: 11},
  {key: 'cache', label: 'Cached', kind: 'share', drop: 6},
]

const trafficToRow = (line: Traffic): Row => ({
  cost_usd: line.cost,
  requests: line.requests,
  logged_calls: line.calls,
  failed: shareOf(line.failed, line.told),
  fallback: shareOf(line.fallbacks, line.calls),
  retried: shareOf(line.retried, line.calls),
  ...{p50_ms: line.p50, p95_ms: line.p95, p99_ms: line.p99},
  ...{input_tokens: line.inputTokens, output_tokens: line.outputTokens},
  cache: shareOf(line.cacheReadTokens, line.inputTokens),
})

const ROUTES: readonly Column[] = [
  {key: 'reason', label: 'Route reason', kind: 'text'},
  {key: 'policy', label: 'Policy', kind: 'text', drop: 3},
  {key: 'model', label: 'Answered by', kind: 'text'},
  {key: 'calls', label: 'Calls', kind: 'count'},
  {key: 'failed', label: 'Failed', kind: 'share', drop: 2},
  {key: 'fallback', label: 'Fallback', kind: 'share', drop: 1},
]
const UNTAGGED: readonly Column[] = [
  {key: 'lacks', label: 'Production without', kind: 'text'},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'share', label: 'Of production', kind: 'share'},
  {key: 'requests', label: 'Requests', kind: 'count', drop: 2},
  {key: 'services', label: 'Most of it', kind: 'list', drop: 1},
]

function toReport({
  loaded,
  totals,
  all,
  services,
  models,
  routes,
  routed,
  production,
  untagged,
  remarks,
}: Platform): Report {
  return {
    title: 'Platform',
    subtitle: `${loaded.label}: what was asked of models, how it went, and what lacks its tags`,
    tables: [
      {
        ...{key: 'services', title: null, empty: 'No usage in this period.'},
        columns: [{key: 'service', label: 'Service', kind: 'text'}, ...TRAFFIC],
        rows: services.map(line => ({service: line.name ?? 'service not known', ...trafficToRow(line)})),
      },
      {
        ...{key: 'models', title: null, empty: 'No usage in this period.'},
        columns: [
          {key: 'model', label: 'Model', kind: 'text'},
          {key: 'requested', label: 'Asked for as', kind: 'list', drop: 12},
          ...TRAFFIC,
        ],
        rows: models.map(line => ({
          ...{model: line.name ?? 'model not said', requested: line.requested},
          ...trafficToRow(line),
        })),
      },
      {
        ...{key: 'routes', title: null, columns: ROUTES, empty: 'No log says why a model was chosen.'},
        rows: routes.map(({told, failed, fallbacks, ...route}) => ({
          ...{...route, failed: shareOf(failed, told), fallback: shareOf(fallbacks, route.calls)},
        })),
      },
      {
        ...{key: 'untagged', title: null, columns: UNTAGGED, empty: 'No usage is known to be of production.'},
        rows: (production.cost === 0n && production.requests === null ? [] : untagged).map(line => ({
          ...{lacks: line.name, cost_usd: line.cost, requests: line.requests, services: line.services},
          share: production.cost === 0n ? null : ppmOf(line.cost, production.cost),
        })),
      },
    ],
    closing: [
      ...volume(all, routed),
      'blocked traffic: no source that has been read says',
      `production ${showExactUsd(production.cost)} + everything else ${showExactUsd(totals.total - production.cost)} = total ${showExactUsd(totals.total)}`,
      ...remarks,
      ...reconcilingLines(totals, loaded),
    ],
  }
}

const count = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',')

/** How much of the volume the logs show, and what they say of it. */
function volume(all: Traffic, routed: number): string[] {
  if (all.calls === 0)
    return ['no log of single calls has been read: failures, routes and latencies are not known']
  const requests =
    all.requests === null ? 'not counted by any record' : `${count(all.requests)} in the records`
  return [
    `requests ${requests}; logs show ${count(all.calls)} calls: ${count(all.told)} say how they went, ${count(all.timed)} how long they took, ${count(routed)} why their model was chosen`,
    ...(all.fallbacks === null && all.retried === null
      ? []
      : ['fallbacks and retries are those that a log tells of: at least so many']),
  ]
}
