/** Deployments against the traffic around them: what changed, what it costs, and whether somebody should look. */
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import {dayOf, formatDay, formatTime} from '../../model/time.ts'
import {settledNowRemarks} from '../closing-view.ts'
import type {Mix, Review, Trigger} from '../deploy-review.ts'
import {lens, periodToJson} from '../lens.ts'
import {totalsOf} from '../lines.ts'
import type {Loaded} from '../load.ts'
import {closedPeriods} from '../load-closed.ts'
import {loadDeploys} from '../load-deploys.ts'
import {reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'

interface Engineering {
  readonly loaded: Loaded
  /** Of closed periods in view. */
  readonly kept: readonly string[]
  /** Those somebody has to decide about, dearest first, then the last deployment of each other service. */
  readonly reviews: readonly Review[]
  readonly deployments: number
  readonly services: number
  readonly total: Nanos
  /** Of services that went out in the period. */
  readonly deployed: Nanos
}

export const engineering = lens({
  id: 'engineering',
  summary: 'deployments and what changed in the traffic after them: model, provider, route, volume, cost',
  load: (store, request): Engineering => {
    const {loaded, uses, services, reviews} = loadDeploys(store, request)
    const out = new Set(reviews.map(({outing}) => outing.service.id))
    const deployed = uses.filter(({outcome}) => out.has(outcome.owner.service?.id ?? ''))
    return {
      kept: settledNowRemarks(closedPeriods(store), request.period),
      ...{loaded, services, deployments: reviews.length, reviews: toShow(reviews)},
      ...{total: totalsOf(uses).total, deployed: totalsOf(deployed).total},
    }
  },
  toReport,
  toJson,
})

const size = ({delta}: Review): Nanos => (delta === null ? -1n : delta.mid < 0n ? -delta.mid : delta.mid)

function toShow(reviews: readonly Review[]): Review[] {
  const changed = reviews.filter(({triggers}) => triggers.length > 0)
  const told = new Set(changed.map(({outing}) => outing.service.id))
  const last = new Map(
    reviews
      .filter(({outing}) => !told.has(outing.service.id))
      .map(review => [review.outing.service.id, review]),
  )
  const byName = (a: Review, b: Review): number =>
    a.outing.service.name < b.outing.service.name
      ? -1
      : a.outing.service.name > b.outing.service.name
        ? 1
        : a.outing.deployment.at - b.outing.deployment.at
  const bySize = (a: Review, b: Review): number =>
    size(a) === size(b) ? byName(a, b) : size(a) > size(b) ? -1 : 1
  return [...changed.sort(bySize), ...[...last.values()].sort(byName)]
}

const WORDS: {readonly [trigger in Trigger]: string} = {
  model_changed: 'model changed',
  provider_changed: 'provider changed',
  reasoning_introduced: 'reasoning model introduced',
  fallback_rose: 'fallback route rose',
  batch_spiked: 'batch volume spiked',
}

const COLUMNS: readonly Column[] = [
  {key: 'service', label: 'Service', kind: 'text'},
  {key: 'owner', label: 'Repository owner', kind: 'text', drop: 3},
  {key: 'deployed', label: 'Deployed', kind: 'day', drop: 2},
  {key: 'revision', label: 'SHA', kind: 'text', drop: 4},
  {key: 'trigger', label: 'Review trigger', kind: 'list'},
  {key: 'delta_usd', label: 'A month', kind: 'usd'},
  {key: 'low_usd', label: 'Low', kind: 'usd', drop: 5},
  {key: 'high_usd', label: 'High', kind: 'usd', drop: 6},
  {key: 'confidence', label: 'Evidence', kind: 'text', drop: 1},
  {key: 'action', label: 'Action', kind: 'text'},
]

const SHORT_SHA = 7

function toReport({loaded, kept, reviews, deployments, services, total, deployed}: Engineering): Report {
  const changed = reviews.filter(({triggers}) => triggers.length > 0)
  const row = (review: Review) => {
    const {outing, owner, triggers, delta, confidence, action} = review
    return {
      ...{service: outing.service.name, owner: owner?.name ?? null, action, confidence},
      deployed: formatDay(dayOf(outing.deployment.at)),
      revision: outing.deployment.revision?.slice(0, SHORT_SHA) ?? null,
      trigger: triggers.map(trigger => WORDS[trigger]),
      delta_usd: delta?.mid ?? null,
      ...{low_usd: delta?.low ?? null, high_usd: delta?.high ?? null},
    }
  }
  return {
    title: 'Deployments and their traffic',
    subtitle: `${loaded.label}, up to seven days before against seven after, as seen; no promise`,
    tables: [
      {
        key: 'changes',
        title: 'Something changed',
        columns: [...COLUMNS, {key: 'note', label: 'Models', kind: 'note'}],
        rows: changed.map(review => ({...row(review), note: noteOf(review)})),
        empty: 'No traffic changed its models, providers, routes or batch volume after a deployment.',
      },
      {
        key: 'unchanged',
        title: 'Nothing changed; the last deployment',
        columns: COLUMNS.filter(({key}) => key !== 'trigger'),
        rows: reviews.filter(({triggers}) => triggers.length === 0).map(row),
        empty: 'No other service with traffic went out.',
      },
    ],
    closing: [
      'a month: what a request cost after, less before, at the volume before; low and high by the quartiles of the days',
      'before it ships: venturi diff prices what a change in the code would do',
      ...kept,
      `${deployments} deployments; of ${services} services with traffic, what those that went out cost ${showExactUsd(deployed)} + all else ${showExactUsd(total - deployed)} = total ${showExactUsd(total)}`,
      ...reconcilingLines(totalsOf(loaded.spend), loaded),
    ],
  }
}

const noteOf = ({mix, outing}: Review): string =>
  `Before: ${mixText(mix.before)}. After: ${mixText(mix.after)}. Deployed as ${outing.deployment.where}.`

const mixText = (mix: Mix): string =>
  mix.length === 0
    ? 'no requests'
    : mix.map(([model, ppm]) => `${model} ${(ppm / 10_000).toFixed(1)} %`).join(', ')

const mixToJson = (mix: Mix) => mix.map(([model, ppm]) => ({model, share_ppm: ppm}))
const daysToJson = ({from, to}: {from: number; to: number}) =>
  to > from ? {since: `${formatDay(from)}T00:00:00Z`, until: `${formatDay(to)}T00:00:00Z`} : null

function toJson({loaded, reviews, deployments, services, total, deployed}: Engineering) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      total_usd: formatUsd(total),
      deployed_services_usd: formatUsd(deployed),
      ...{deployments, services_with_traffic: services},
    },
    records: reviews.map(({outing, owner, triggers, mix, delta, confidence, action}) => ({
      service: outing.service,
      repository_owner: owner,
      deployment: {
        sha: outing.deployment.revision,
        at: formatTime(outing.deployment.at),
        environment: outing.deployment.environment,
        where: outing.deployment.where,
      },
      review_triggers: triggers,
      window: {before: daysToJson(outing.before), after: daysToJson(outing.after)},
      models: {before: mixToJson(mix.before), after: mixToJson(mix.after)},
      delta_usd_month:
        delta === null
          ? null
          : {low: formatUsd(delta.low), mid: formatUsd(delta.mid), high: formatUsd(delta.high)},
      confidence,
      action_class: action,
    })),
  }
}
