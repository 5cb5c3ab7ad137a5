/** The changes of a range for programs and for people. What traffic and prices say is filled in where a database knows it. */
import type {Range} from '../../model/energy/estimate.ts'
import {formatUsd, type Nanos, showUsd} from '../../model/money.ts'
import {formatDay} from '../../model/time.ts'
import type {Column, Report, Row, Table} from '../../report/report.ts'
import type {Change, Detection, Skipped} from '../../review/change.ts'
import {kindText} from '../../review/change-text.ts'
import type {PricedChange} from '../../review/price/price-change.ts'
import type {Money} from '../../review/price/replay.ts'
import {paidFor, sumOf, type Traffic, type Window} from '../../review/price/traffic.ts'
import type {OwnerOf} from './owners.ts'
import {type BudgetAfter, type Place, type PricedDiff, percentOf} from './price.ts'

export interface Diff {
  /** Commits, 40 hex digits. */
  readonly base: string
  readonly head: string
  readonly generatedAt: string
  readonly detection: Detection
  readonly ownerOf: OwnerOf
  /** Null: without a database nothing is known of traffic. */
  readonly priced: PricedDiff | null
}

/** The contract's object. Null: not known. */
export function toJson({base, head, generatedAt, detection: {changes, skipped}, ownerOf, priced}: Diff) {
  const {total = null, budgets = [], energy = null} = priced ?? {}
  return {
    generated_at: generatedAt,
    base,
    head,
    changes: changes.map((change, index) => changeToJson(change, ownerOf, priced, priced?.places[index])),
    totals: {
      ...countsOf(changes),
      ...{delta_usd_month: total && rangeToJson(total), delta_pct: priced && percentOf(priced.replayed)},
    },
    budgets: budgets.map(({budget, projected, isExceeded}) => ({
      ...{name: budget.name, kind: budget.kind, currency: budget.currency},
      ...{first_day: formatDay(budget.from), last_day: formatDay(budget.to - 1)},
      ...{limit_usd: formatUsd(budget.amount), projected_usd: formatUsd(projected)},
      ...{headroom_usd: formatUsd(budget.amount - projected), exceeded: isExceeded},
    })),
    energy_wh_month: energy && energyToJson(energy),
    assumptions: priced === null ? [] : assumptionsOf(priced),
    skipped,
  }
}

function changeToJson(
  {kind, path, line, key, from, to, production}: Change,
  ownerOf: OwnerOf,
  diff: PricedDiff | null,
  place: Place | undefined,
) {
  const {traffic, replayed, delta, atMost, perThousand, assumptions} = place?.priced ?? UNPRICED
  const seen = traffic !== null && traffic.length > 0
  return {
    ...{kind, path, line, key},
    service: place?.service ?? null,
    owner: place === undefined ? ownerOf(path) : place.owner,
    organization: place?.organization ?? null,
    budget: place?.budget ?? null,
    ...{from, to, production},
    window: diff && seen ? windowToJson(diff.window) : null,
    observed: seen ? observedToJson(traffic) : null,
    delta_usd_month: delta && rangeToJson(delta),
    delta_usd_month_at_most: atMost === null ? null : formatUsd(atMost),
    delta_pct: delta && percentOf(replayed),
    replayed_usd: replayed && {from: formatUsd(replayed.from), to: formatUsd(replayed.to)},
    per_1000_requests_usd: perThousand && {from: usdOrNull(perThousand.from), to: usdOrNull(perThousand.to)},
    energy_wh_month: place?.energy ? energyToJson(place.energy) : null,
    confidence: place?.confidence ?? null,
    action_class: place?.action ?? 'observe',
    assumptions,
  }
}

const UNPRICED: PricedChange = {
  ...{
    traffic: null,
    replayed: null,
    delta: null,
    atMost: null,
    perThousand: null,
    moves: [],
    assumptions: [],
  },
}

const usdOrNull = (nanos: Nanos | null): string | null => (nanos === null ? null : formatUsd(nanos))

const rangeToJson = ({low, mid, high}: Money) => ({
  ...{low: formatUsd(low), mid: formatUsd(mid), high: formatUsd(high)},
})

/** The last day is among them. */
const windowToJson = ({from, to}: Window) => ({
  ...{since: formatDay(from), until: formatDay(to - 1), days: to - from},
})

function observedToJson(traffic: readonly Traffic[]) {
  const {requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens} = sumOf(traffic)
  const paid = paidFor(traffic)
  return {
    ...{requests, input_tokens: inputTokens, output_tokens: outputTokens},
    ...{cache_read_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens, cost_usd: usdOrNull(paid)},
  }
}

/** Two significant digits: more would be made up. */
const energyToJson = ({low, mid, high}: Range) => {
  const rounded = (value: number): number => Number(value.toPrecision(2))
  return {low: rounded(low), mid: rounded(mid), high: rounded(high)}
}

/** What all figures rest on. */
const assumptionsOf = ({window}: PricedDiff): string[] => [
  `a month of 30.4375 days like ${formatDay(window.from)} to ${formatDay(window.to - 1)}, at the prices of its end; low and high are its quietest and busiest week`,
]

const countsOf = (changes: readonly Change[]) => ({
  changes: changes.length,
  production: changes.filter(({production}) => production).length,
  unresolved: changes.filter(({kind}) => kind === 'unresolved').length,
})

const CHANGE: readonly Column[] = [
  {key: 'where', label: 'Where', kind: 'text'},
  {key: 'what', label: 'What', kind: 'text'},
  {key: 'from', label: 'From', kind: 'text'},
  {key: 'to', label: 'To', kind: 'text'},
]
const OWNER: Column = {key: 'owner', label: 'Owner', kind: 'text', drop: 1}
const MONEY: readonly Column[] = [
  {key: 'service', label: 'Service', kind: 'text', drop: 3},
  {...OWNER, drop: 2},
  {key: 'observed_usd', label: 'Observed', kind: 'usd', drop: 4},
  {key: 'delta_usd', label: 'A month', kind: 'usd'},
  {key: 'low_usd', label: 'Low', kind: 'usd', drop: 5},
  {key: 'high_usd', label: 'High', kind: 'usd', drop: 5},
  {key: 'action', label: 'Action', kind: 'text', drop: 1},
  {key: 'why', label: 'Why', kind: 'note'},
]

export function toReport({base, head, detection: {changes, skipped}, ownerOf, priced}: Diff): Report {
  return {
    title: 'Model changes',
    subtitle: `${base.slice(0, 12)}..${head.slice(0, 12)}`,
    tables: [
      {
        key: 'changes',
        title: null,
        columns: [...CHANGE, ...(priced === null ? [OWNER] : MONEY)],
        rows: changes.map((change, index) => ({
          where: `${change.path}:${change.line}`,
          what: `${kindText(change.kind)}${named(change)}${change.production ? '' : ' (development)'}`,
          from: change.from,
          to: change.to,
          owner: ownerOf(change.path),
          ...(priced === null ? {} : moneyOf(priced.places[index]!)),
        })),
        empty: 'No change to models, routes, limits, prompts or schedules.',
      },
      ...(priced === null || priced.budgets.length === 0 ? [] : [budgetTable(priced.budgets)]),
    ],
    closing: [
      ...skipped.slice(0, MOST_SKIPPED).map(skippedText),
      ...moreSkipped(skipped),
      ...(priced === null || changes.length === 0 ? [] : [...assumptionsOf(priced), ...energyText(priced)]),
      closing(changes, priced),
    ],
  }
}

function moneyOf({service, owner, priced, action}: Place): Row {
  const {traffic, delta, atMost, perThousand, assumptions} = priced
  const notes = [
    ...(atMost === null ? [] : [`up to ${showUsd(atMost)} a month`]),
    ...(perThousand === null ? [] : [perThousandText(perThousand)]),
    ...assumptions,
  ]
  return {
    ...{service: service?.name ?? null, owner, action},
    observed_usd: traffic && traffic.length > 0 ? paidFor(traffic) : null,
    ...{delta_usd: delta?.mid ?? null, low_usd: delta?.low ?? null, high_usd: delta?.high ?? null},
    why: notes.length === 0 ? null : notes.join('; '),
  }
}

const perThousandText = ({from, to}: NonNullable<PricedChange['perThousand']>): string => {
  const shown = (nanos: Nanos | null): string => (nanos === null ? '–' : showUsd(nanos))
  return `a thousand requests: ${shown(from)} → ${shown(to)}`
}

const budgetTable = (budgets: readonly BudgetAfter[]): Table => ({
  ...{key: 'budgets', title: 'Budgets with these changes', empty: 'None.'},
  columns: [
    {key: 'budget_of', label: 'Budget of', kind: 'text'},
    {key: 'kind', label: 'Kind', kind: 'text', drop: 2},
    {key: 'last_day', label: 'Ends', kind: 'day', drop: 1},
    {key: 'amount_usd', label: 'Budget', kind: 'usd'},
    {key: 'projected_usd', label: 'Would come to', kind: 'usd'},
    {key: 'headroom_usd', label: 'Headroom', kind: 'usd'},
  ],
  rows: budgets.map(({budget, projected}) => ({
    ...{budget_of: budget.name, kind: budget.kind, last_day: formatDay(budget.to - 1)},
    ...{amount_usd: budget.amount, projected_usd: projected, headroom_usd: budget.amount - projected},
  })),
})

const energyText = ({energy}: PricedDiff): string[] => {
  if (energy === null) return []
  const {low, mid, high} = energyToJson(energy)
  const kwh = (wh: number): string => Number((wh / 1000).toPrecision(2)).toLocaleString('en-US')
  return [`electricity: ${kwh(mid)} kWh a month (${kwh(low)} to ${kwh(high)}), from the models’ sizes`]
}

const MOST_SKIPPED = 5

/** Which of several settings, where the kind alone leaves it open. */
const named = ({kind, key}: Change): string =>
  /^(?:limit|batch|cache|reasoning)_/.test(kind) && key !== '' ? ` ${key}` : ''

const skippedText = ({path, reason}: Skipped): string => `not read: ${path}, ${reason}`

const moreSkipped = (skipped: readonly Skipped[]): string[] =>
  skipped.length > MOST_SKIPPED ? [`and ${skipped.length - MOST_SKIPPED} more not read`] : []

function closing(changes: readonly Change[], priced: PricedDiff | null): string {
  if (changes.length === 0) return 'no change'
  const {production, unresolved} = countsOf(changes)
  const parts = [
    changes.length === 1 ? '1 change' : `${changes.length} changes`,
    `${production} in production`,
    ...(unresolved > 0 ? [`${unresolved} whose model could not be found`] : []),
  ]
  return `${parts.join(', ')}; ${priced === null ? 'not priced: no traffic was looked at' : totalText(priced)}`
}

function totalText({places, total, replayed}: PricedDiff): string {
  const known = places.filter(({priced: {delta}}) => delta !== null).length
  if (total === null) return 'none has a figure'
  const percent = percentOf(replayed)
  const share = percent === null ? '' : `, ${signed(percent)} %`
  return `${known} with a figure, together ${showUsd(total.mid)} a month (${showUsd(total.low)} to ${showUsd(total.high)}${share})`
}

const signed = (percent: number): string => `${percent > 0 ? '+' : ''}${percent.toFixed(1)}`
