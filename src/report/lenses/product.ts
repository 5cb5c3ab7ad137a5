/** What features cost, for whom and what for: tenants as a distribution, intents, what became of answers, and change after launches. */
import * as alias from '../../model/alias.ts'
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import {DAY_MS, dayOf, formatDay} from '../../model/time.ts'
import * as sql from '../../store/queries/flows.ts'
import {all, type ReadableStore} from '../../store/query.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {type Totals, totalsOf} from '../lines.ts'
import type {Loaded, Request} from '../load.ts'
import {
  type Calls,
  loadActivity,
  loadCalls,
  loadWorkloads,
  type Use,
  type Workload,
} from '../load-activity.ts'
import {closedPeriods} from '../load-closed.ts'
import {boundsOf} from '../period.ts'
import {ppmOf, reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'
import {type Tenants, tenantsOf} from '../tenants.ts'
import {byCost, shareOf} from '../traffic.ts'

interface Launch {
  /** Epoch day. */
  readonly day: number
  /** Cost of as many days before it and from it on. */
  readonly days: number
  readonly before: Nanos
  readonly after: Nanos
}

/** Usage for one feature of one service; null: not said. */
interface Feature {
  readonly name: string
  readonly service: string | null
  readonly feature: string | null
  readonly cost: Nanos
  readonly requests: number | null
  /** Dearest first, in parts per million of the cost. */
  readonly intents: readonly (readonly [intent: string, share: number])[]
  /** What became of the answers of calls that say, most often first. */
  readonly results: readonly (readonly [result: string, calls: number])[]
  readonly weeks: readonly Nanos[]
  readonly launch: Launch | null
  readonly tenants: Tenants | null
}

interface Product {
  readonly loaded: Loaded
  readonly totals: Totals
  readonly features: readonly Feature[]
  readonly tenants: Tenants | null
  /** What calls that say for whom cost. */
  readonly forTenants: Nanos
  readonly remarks: readonly string[]
}

export const product = lens({
  id: 'product',
  summary:
    'cost by feature, its tenants as a distribution, intents, results, trend and change after launches',
  load,
  toReport,
  toJson,
})

/** A launch is compared over at most so many days on either side. */
const AROUND = 7

function load(store: ReadableStore, request: Request): Product {
  const {loaded, uses} = loadActivity(store, request, {day: true})
  const workloads = loadWorkloads(store, request)
  const bounds = boundsOf(request.period)
  const calls = loadCalls(store, request.period, workloads)
  const paid = all(store, sql.tenantCosts, bounds).map(({workloadId, tenant, billedNanos}) => ({
    ...{workload: workloads.get(Number(workloadId))!, tenant, cost: billedNanos ?? 0n},
  }))
  const launches = all(store, sql.launches, {start: bounds.from * DAY_MS, end: bounds.to * DAY_MS})
  const [resultsBy, paidBy] = [
    Map.groupBy(calls, ({workload}) => keyOf(workload)),
    Map.groupBy(paid, ({workload}) => keyOf(workload)),
  ]
  const days = uses.map(({day}) => day!)
  const extent = {
    first: days.reduce((a, b) => Math.min(a, b), Infinity),
    last: days.reduce((a, b) => Math.max(a, b), -Infinity),
  }
  return {
    loaded,
    totals: totalsOf(uses),
    features: [...Map.groupBy(uses, ({workload}) => keyOf(workload))]
      .map(([key, same]) => ({
        ...featureOf(key, same, extent),
        results: resultsOf(resultsBy.get(key) ?? []),
        launch: launchOf(same, launches, extent),
        tenants: tenantsOf(byTenant(paidBy.get(key) ?? [])),
      }))
      .sort(byCost),
    tenants: tenantsOf(byTenant(paid)),
    forTenants: paid.reduce((sum, {cost}) => sum + cost, 0n),
    remarks: settledNowRemarks(closedPeriods(store), request.period),
  }
}

const keyOf = ({outcome, tags}: Workload): string =>
  JSON.stringify([outcome.owner.service?.name ?? null, tags.feature ?? null])

interface Extent {
  readonly first: number
  readonly last: number
}

const costOf = (uses: readonly Use[]): Nanos => uses.reduce((sum, {cost}) => sum + cost, 0n)

function featureOf(key: string, uses: readonly Use[], {first, last}: Extent) {
  const [service, feature] = JSON.parse(key) as [string | null, string | null]
  const cost = costOf(uses)
  const weeks: Nanos[] = Array.from({length: Math.floor((last - first) / 7) + 1}, () => 0n)
  for (const use of uses) weeks[Math.floor((use.day! - first) / 7)]! += use.cost
  const intents = [...Map.groupBy(uses, ({workload}) => workload.tags.request_intent)]
    .filter((entry): entry is [string, Use[]] => entry[0] !== undefined)
    .map(([intent, same]) => ({name: intent, cost: costOf(same)}))
    .sort(byCost)
  return {
    ...{name: key, service, feature, cost, weeks},
    requests: uses.reduce<number | null>(
      (sum, {requests}) => (requests === null ? sum : (sum ?? 0) + requests),
      null,
    ),
    intents: intents.map(({name, cost: part}) => [name, ppmOf(part, cost)] as const),
  }
}

function resultsOf(calls: readonly Calls[]): [string, number][] {
  const results = new Map<string, number>()
  for (const {context, calls: count} of calls)
    if (context.outcome !== undefined)
      results.set(context.outcome, (results.get(context.outcome) ?? 0) + count)
  return [...results].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}

function byTenant(paid: readonly {readonly tenant: string; readonly cost: Nanos}[]): Nanos[] {
  const costs = new Map<string, Nanos>()
  for (const {tenant, cost} of paid) costs.set(tenant, (costs.get(tenant) ?? 0n) + cost)
  return [...costs.values()]
}

/** The last launch of the feature's service or repository with a day of usage on either side; on as many days before as after. */
function launchOf(
  uses: readonly Use[],
  launches: readonly {readonly subject: string; readonly at: number}[],
  {first, last}: Extent,
): Launch | null {
  const {service, project} = uses[0]!.outcome.owner
  if (service === null) return null
  const names = new Set([service.id, project?.id, alias.named('service', service.name)])
  const days = launches.filter(({subject}) => names.has(subject)).map(({at}) => dayOf(at))
  const day = days.findLast(at => at > first && at <= last)
  if (day === undefined) return null
  const around = Math.min(AROUND, day - first, last - day + 1)
  const between = (from: number, to: number) => costOf(uses.filter(use => use.day! >= from && use.day! < to))
  return {day, days: around, before: between(day - around, day), after: between(day, day + around)}
}

/** Parts per million by which it changed; null from nothing. */
const changeOf = ({before, after}: Launch): number | null =>
  before > 0n ? ppmOf(after - before, before) : null

function toJson({loaded, totals, features, tenants, forTenants}: Product) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      total_usd: formatUsd(totals.total),
      with_feature_usd: formatUsd(named(features)),
      for_tenants_usd: tenants === null ? null : formatUsd(forTenants),
    },
    tenants: tenantsToJson(tenants),
    features: features.map(
      ({service, feature, cost, requests, intents, results, weeks, launch, tenants: own}) => ({
        ...{service, feature, cost_usd: formatUsd(cost), requests},
        intents: intents.map(([intent, share]) => ({request_intent: intent, share_ppm: share})),
        results: results.map(([result, calls]) => ({
          outcome_status: result,
          calls,
          share_ppm: shareOf(calls, said(results)),
        })),
        weekly_cost_usd: weeks.map(formatUsd),
        launch: launch && {
          ...{day: formatDay(launch.day), days_compared: launch.days, before_usd: formatUsd(launch.before)},
          ...{after_usd: formatUsd(launch.after), change_ppm: changeOf(launch)},
        },
        tenants: tenantsToJson(own),
      }),
    ),
  }
}

const named = (features: readonly Feature[]): Nanos =>
  features.reduce((sum, {feature, cost}) => (feature === null ? sum : sum + cost), 0n)
const said = (results: Feature['results']): number => results.reduce((sum, [, calls]) => sum + calls, 0)

const tenantsToJson = (tenants: Tenants | null) =>
  tenants && {
    tenants: tenants.tenants,
    cost_usd: formatUsd(tenants.cost),
    ...{top_5_share_ppm: tenants.top5, top_10_share_ppm: tenants.top10},
    middle_5_mean_usd: tenants.middle === null ? null : formatUsd(tenants.middle),
  }

const FEATURES: readonly Column[] = [
  {key: 'feature', label: 'Feature', kind: 'text'},
  {key: 'service', label: 'Service', kind: 'text', drop: 1},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'requests', label: 'Requests', kind: 'count', drop: 4},
  {key: 'weeks', label: 'By week', kind: 'spark', drop: 2},
  {key: 'launch', label: 'Launched', kind: 'day', drop: 6},
  {key: 'change', label: 'Change since', kind: 'share', drop: 5},
  {key: 'intents', label: 'Intents', kind: 'list', drop: 3},
  {key: 'results', label: 'Results', kind: 'list', drop: 7},
]
const TENANTS: readonly Column[] = [
  {key: 'feature', label: 'Tenants of', kind: 'text'},
  {key: 'tenants', label: 'Tenants', kind: 'count'},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'top_5', label: 'Top 5', kind: 'share', drop: 2},
  {key: 'top_10', label: 'Top 10', kind: 'share', drop: 3},
  {key: 'middle_usd', label: 'Mean of the middle 5', kind: 'usd', drop: 1},
]

const percent = (ppm: number): string => `${Math.round(ppm / 10_000)} %`

const tenantsToRow = (feature: string, tenants: Tenants) => ({
  ...{feature, tenants: tenants.tenants, cost_usd: tenants.cost, top_5: tenants.top5},
  ...{top_10: tenants.top10, middle_usd: tenants.middle},
})

function toReport({loaded, totals, features, tenants, forTenants, remarks}: Product): Report {
  const withFeature = named(features)
  return {
    title: 'Product',
    subtitle: `${loaded.label}: what features cost, what for, and how it changed`,
    tables: [
      {
        ...{key: 'features', title: null, columns: FEATURES, empty: 'No usage in this period.'},
        rows: features.map(({service, feature, cost, requests, intents, results, weeks, launch}) => ({
          ...{feature: feature ?? 'not said', service, cost_usd: cost, requests, weeks},
          ...{launch: launch && formatDay(launch.day), change: launch && changeOf(launch)},
          intents: intents.map(([intent, share]) => `${intent} ${percent(share)}`),
          results: results.map(([result, calls]) => `${result} ${percent(shareOf(calls, said(results))!)}`),
        })),
      },
      {
        ...{key: 'tenants', title: null, columns: TENANTS},
        empty: 'Fewer than five tenants are told apart: nothing is shown about them.',
        rows:
          tenants === null
            ? []
            : [
                tenantsToRow('all features', tenants),
                ...features.flatMap(({service, feature, tenants: own}) =>
                  own === null
                    ? []
                    : [tenantsToRow([service, feature ?? 'not said'].filter(Boolean).join(' '), own)],
                ),
              ],
      },
    ],
    closing: [
      ...(features.some(({launch}) => launch !== null)
        ? [
            `change since a launch: its cost over at most ${AROUND} days before against as many from that day on; it need not be because of it`,
          ]
        : []),
      ...(tenants === null
        ? []
        : [
            `calls that say for which tenant ${showExactUsd(forTenants)} + all others ${showExactUsd(totals.total - forTenants)} = total ${showExactUsd(totals.total)}`,
          ]),
      `with a feature ${showExactUsd(withFeature)} + without ${showExactUsd(totals.total - withFeature)} = total ${showExactUsd(totals.total)}`,
      ...remarks,
      ...reconcilingLines(totals, loaded),
    ],
  }
}
