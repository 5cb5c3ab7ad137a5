/** The weekly burn review: cost by cost center, project, feature and owner, against the week before, with what owners say. */
import type {BurnComment} from '../../model/burn-comments.ts'
import {formatUsd, type Nanos} from '../../model/money.ts'
import {formatDay} from '../../model/time.ts'
import {type BurnFigures, showDays, summaryOf} from '../burn.ts'
import {actionText, commentText, commentToJson} from '../burn-comment-view.ts'
import type {BurnRow, Dimension, Mixed} from '../burn-rows.ts'
import {changeToJson} from '../change-view.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {totalsOf} from '../lines.ts'
import {type LoadedBurn, loadBurn} from '../load-burn.ts'
import {reconcilingLines} from '../reconcile.ts'
import type {Column, Report, Row} from '../report.ts'

const DEFAULT_TOP = 10

interface Model extends LoadedBurn {
  readonly figures: BurnFigures
  readonly shown: readonly BurnRow[]
  readonly rest: readonly BurnRow[]
}

export const burn = lens({
  id: 'burn',
  summary: "the week's cost by cost center, project, feature and owner, what changed and why",
  load: (store, request): Model => modelOf(loadBurn(store, request), request.top ?? DEFAULT_TOP),
  toReport,
  toJson,
})

function modelOf(loaded: LoadedBurn, top: number): Model {
  const {week, priorDays, rows, prior, comments} = loaded
  const figures = {
    ...{week, priorDays, rows, top, cost: sumOf(rows, ({cost}) => cost)},
    prior: prior === null ? null : sumOf(rows, row => row.prior!),
    commented: new Set(comments.keys()),
    budgets: loaded.budgets,
  }
  return {...loaded, figures, shown: rows.slice(0, top), rest: rows.slice(top)}
}

const sumOf = (rows: readonly BurnRow[], of: (row: BurnRow) => Nanos): Nanos =>
  rows.reduce((sum, row) => sum + of(row), 0n)

function toJson({loaded, figures, shown, rest, comments, week, priorDays}: Model) {
  const {cost, prior} = figures
  return {
    period: periodToJson(loaded.request.period),
    as_of: loaded.request.asOf,
    week: week && {first_day: formatDay(week.from), last_day: formatDay(week.to - 1)},
    prior_week: week && {
      first_day: formatDay(week.from - 7),
      last_day: formatDay(week.from - 1),
      days_with_usage: priorDays,
    },
    summary: summaryOf(figures).map(({text}) => text),
    totals: {
      total_usd: formatUsd(cost),
      prior_week_usd: usdOrNull(prior),
      variance_usd: usdOrNull(prior === null ? null : cost - prior),
      unpriced_records: totalsOf(loaded.spend).unpriced,
    },
    rows: shown.map(row => rowToJson(row, comments.get(row.key))),
    others:
      rest.length === 0
        ? null
        : {
            rows: rest.length,
            current_week_usd: formatUsd(sumOf(rest, row => row.cost)),
            prior_week_usd: usdOrNull(prior === null ? null : sumOf(rest, row => row.prior!)),
          },
  }
}

const usdOrNull = (nanos: Nanos | null): string | null => (nanos === null ? null : formatUsd(nanos))

const dimensionToJson = (dimension: Dimension | null) =>
  dimension && {value: dimension.name, id: dimension.id, source: dimension.by}

const mixToJson = (mix: readonly Mixed[]) => mix.map(({name, sharePpm}) => ({name, share_ppm: sharePpm}))

const rowToJson = (row: BurnRow, comment: BurnComment | undefined) => ({
  key: row.key,
  cost_center: dimensionToJson(row.costCenter),
  project_id: dimensionToJson(row.project),
  feature: dimensionToJson(row.feature),
  owner_team: row.owner,
  contradictions: row.contradictions,
  current_week_usd: formatUsd(row.cost),
  prior_week_usd: usdOrNull(row.prior),
  variance_usd: usdOrNull(row.prior === null ? null : row.cost - row.prior),
  variance_because: changeToJson(row.change),
  records: row.records,
  selected_model_mix: mixToJson(row.models),
  request_intent_mix: mixToJson(row.intents),
  top_route_reason: row.topReason,
  error_rate_ppm: row.errorPpm,
  retry_rate_ppm: row.retryPpm,
  owner_comment: comment === undefined ? null : commentToJson(comment),
  action_next_week: comment?.said.action ?? null,
})

const SUMMARY: readonly Column[] = [
  {key: 'about', label: 'In short', kind: 'text'},
  {key: 'text', label: '', kind: 'note'},
]

const COLUMNS: readonly Column[] = [
  {key: 'key', label: 'Key', kind: 'day'},
  {key: 'cost_center', label: 'Cost center', kind: 'text', drop: 3},
  {key: 'project_id', label: 'Project', kind: 'text', drop: 2},
  {key: 'feature', label: 'Feature', kind: 'text'},
  {key: 'owner_team', label: 'Owner', kind: 'text'},
  {key: 'current_week_usd', label: 'This week', kind: 'usd'},
  {key: 'prior_week_usd', label: 'Week before', kind: 'usd', drop: 1},
  {key: 'variance_usd', label: 'Change', kind: 'usd'},
  {key: 'selected_model_mix', label: 'Models', kind: 'text', drop: 6},
  {key: 'request_intent_mix', label: 'Intents', kind: 'text', drop: 7},
  {key: 'top_route_reason', label: 'Top route reason', kind: 'text', drop: 8},
  {key: 'error_rate', label: 'Errors', kind: 'share', drop: 4},
  {key: 'retry_rate', label: 'Retried', kind: 'share', drop: 5},
  {key: 'contradictions', label: 'Contradicted', kind: 'note'},
  {key: 'owner_comment', label: 'Owner comment', kind: 'note'},
  {key: 'action_next_week', label: 'Action next week', kind: 'note'},
]

function toReport(model: Model): Report {
  const {loaded, figures, shown, rest, comments, week, prior, closed} = model
  const rows = shown.map(row => rowToCells(row, comments.get(row.key)))
  const marked = shown.some(({costCenter, project}) =>
    [costCenter, project].some(one => one?.by === 'attributed'),
  )
  return {
    title: 'Weekly burn',
    subtitle: week === null ? loaded.label : subtitleOf(week, prior === null),
    tables: [
      {key: 'summary', title: null, columns: SUMMARY, rows: summaryOf(figures), empty: 'No usage.'},
      {
        key: 'burn',
        title: null,
        columns: COLUMNS,
        rows: rest.length === 0 ? rows : [...rows, restToCells(rest, prior !== null)],
        empty: 'No usage in this period.',
      },
    ],
    closing: [
      ...(marked ? ['* attributed: the caller set no such tag'] : []),
      ...(week === null ? [] : settledNowRemarks(closed, week)),
      ...reconcilingLines(totalsOf(model.uses), loaded),
    ],
  }
}

const subtitleOf = (week: {readonly from: number; readonly to: number}, alone: boolean): string =>
  `${showDays(week)}, ${alone ? 'no prior week' : `against ${showDays({from: week.from - 7, to: week.from})}`}`

const dimensionText = (dimension: Dimension | null): string | null =>
  dimension && (dimension.by === 'tag' ? dimension.name : `${dimension.name}*`)

const percent = (ppm: number): string => `${Math.round(ppm / 10_000)} %`
const MOST_MIXED = 3

/** A single one is the whole of it; null: nobody says. */
const mixText = (mix: readonly Mixed[]): string | null => {
  if (mix.length < 2) return mix[0]?.name ?? null
  return mix
    .slice(0, MOST_MIXED)
    .map(({name, sharePpm}) => `${name} ${percent(sharePpm)}`)
    .join(', ')
}

const rowToCells = (row: BurnRow, comment: BurnComment | undefined): Row => ({
  key: row.key,
  cost_center: dimensionText(row.costCenter),
  project_id: dimensionText(row.project),
  feature: dimensionText(row.feature),
  owner_team: row.owner?.name ?? null,
  current_week_usd: row.cost,
  prior_week_usd: row.prior,
  variance_usd: row.prior === null ? null : row.cost - row.prior,
  selected_model_mix: mixText(row.models),
  request_intent_mix: mixText(row.intents),
  top_route_reason: row.topReason,
  error_rate: row.errorPpm,
  retry_rate: row.retryPpm,
  contradictions: row.contradictions.length === 0 ? null : `contradicted: ${row.contradictions.join('; ')}`,
  owner_comment: comment === undefined ? null : commentText(comment),
  action_next_week: comment === undefined ? null : actionText(comment),
})

/** What is not shown one by one, so that the table sums to the total. */
const restToCells = (rest: readonly BurnRow[], compared: boolean): Row => {
  const cost = sumOf(rest, row => row.cost)
  const prior = compared ? sumOf(rest, row => row.prior!) : null
  return {
    key: null,
    feature: `${rest.length} ${rest.length === 1 ? 'other' : 'others'}`,
    ...{current_week_usd: cost, prior_week_usd: prior, variance_usd: prior === null ? null : cost - prior},
  }
}
