/** How much of the money is attributed, how fresh and whole the sources are, and what would close the rest. */
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import {formatDay} from '../../model/time.ts'
import * as sql from '../../store/queries/lenses.ts'
import {all, type ReadableStore} from '../../store/query.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {type Totals, totalsOf} from '../lines.ts'
import type {Loaded, Request} from '../load.ts'
import {type Activity, loadActivity, type Use} from '../load-activity.ts'
import {closedPeriods} from '../load-closed.ts'
import {loadReconciliation} from '../load-reconciliation.ts'
import {boundsOf} from '../period.ts'
import {ppmOf, reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'
import {type Held, heldBack, REASONS} from './chargeback.ts'
import {loadGaps} from './gaps.ts'

/** A part of a whole, both money. */
interface Measure {
  readonly id: string
  readonly label: string
  readonly part: Nanos
  readonly of: Nanos
}

interface Channel {
  readonly channel: string
  readonly first: number
  readonly last: number
  /** Days with usage, of those from the period's first day with any to its last. */
  readonly days: number
  readonly missing: number
  /** Days its last lies before the last day anything was used. */
  readonly behind: number
  readonly rows: number
}

interface Question {
  readonly text: string
  readonly settles: Nanos
  readonly answerWith: string
}

interface Coverage {
  readonly loaded: Loaded
  /** Of closed periods in view. */
  readonly remarks: readonly string[]
  readonly totals: Totals
  readonly measures: readonly Measure[]
  readonly open: readonly Held[]
  readonly questions: readonly Question[]
  readonly channels: readonly Channel[]
  readonly formats: readonly {
    readonly format: string
    readonly files: number
    readonly rows: number
    readonly issues: number
  }[]
}

export const coverage = lens({
  id: 'coverage',
  summary: 'how much is attributed, how fresh and whole the sources are, and what would close the rest',
  load,
  toReport,
  toJson,
})

/** As many questions as people answer in a sitting. */
const QUESTIONS_SHOWN = 5

function load(store: ReadableStore, request: Request): Coverage {
  const activity = loadActivity(store, request)
  const {lines} = loadReconciliation(store, {period: request.period, by: ['provider']})
  const sum = (of: (line: (typeof lines)[number]) => Nanos) =>
    lines.reduce((total, line) => total + of(line), 0n)
  const detail = {
    part: sum(({explained}) => explained),
    of: sum(({explained, undetailed}) => explained + undetailed),
  }
  return {
    loaded: activity.loaded,
    remarks: settledNowRemarks(closedPeriods(store), request.period),
    totals: totalsOf(activity.uses),
    measures: measuresOf(activity, detail),
    open: heldBack(activity.uses.filter(({spendClass}) => spendClass !== 'owned')),
    questions: loadGaps(store, request)
      .questions.slice(0, QUESTIONS_SHOWN)
      .map(({question, settles}) => ({text: question.text, settles, answerWith: question.answer_with})),
    channels: channelsOf(all(store, sql.channelDays, boundsOf(request.period))),
    formats: all(store, sql.readFormats, {}),
  }
}

function measuresOf({uses}: Activity, detail: {readonly part: Nanos; readonly of: Nanos}): Measure[] {
  const totals = totalsOf(uses)
  const {total} = totals
  const where = (holds: (use: Use) => boolean): Nanos =>
    uses.reduce((sum, use) => (holds(use) ? sum + use.cost : sum), 0n)
  const tagged = (...tags: readonly (keyof Use['workload']['tags'])[]) =>
    where(({workload}) => tags.every(tag => workload.tags[tag] !== undefined))
  return [
    {id: 'attributed', label: 'has one owner', part: totals.owned, of: total},
    {id: 'candidates', label: 'has plausible owners', part: totals.owned + totals.contested, of: total},
    {
      id: 'chargeback',
      label: 'may be charged, of what can be identified',
      part: totals.eligible,
      of: total - totals.notIdentifiable,
    },
    {
      id: 'service',
      label: 'has a service',
      part: where(({outcome}) => outcome.owner.service !== null),
      of: total,
    },
    {
      id: 'budget',
      label: 'has a budget',
      part: where(({outcome}) => outcome.owner.budget !== null),
      of: total,
    },
    {id: 'environment', label: 'has an environment', part: tagged('environment'), of: total},
    {id: 'feature', label: 'has a feature', part: tagged('feature'), of: total},
    {
      id: 'tokens',
      label: 'has token counts',
      part: where(({inputTokens}) => inputTokens !== null),
      of: total,
    },
    {id: 'detail', label: 'of the bill is explained by calls or reports', ...detail},
  ]
}

function channelsOf(found: readonly NonNullable<(typeof sql.channelDays)['row']>[]): Channel[] {
  const last = Math.max(...found.map(channel => channel.last))
  return found.map(channel => ({
    ...channel,
    missing: channel.last - channel.first + 1 - channel.days,
    behind: last - channel.last,
  }))
}

function toJson({loaded, totals, measures, open, questions, channels, formats}: Coverage) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      total_usd: formatUsd(totals.total),
      owned_usd: formatUsd(totals.owned),
      contested_usd: formatUsd(totals.contested),
      unresolved_usd: formatUsd(totals.unresolved),
      unpriced_records: totals.unpriced,
      records: totals.records,
    },
    measures: measures.map(({id, part, of}) => ({
      id,
      usd: formatUsd(part),
      of_usd: formatUsd(of),
      share_ppm: of === 0n ? null : ppmOf(part, of),
    })),
    open: open.map(({reason, cost, records}) => ({
      ...{reason, cost_usd: formatUsd(cost), records, would_close: REASONS[reason][1]},
    })),
    questions: questions.map(({text, settles, answerWith}) => ({
      ...{question: text, settles_usd: formatUsd(settles), answer_with: answerWith},
    })),
    channels: channels.map(({first, last, ...rest}) => ({
      ...{channel: rest.channel, first_day: formatDay(first), last_day: formatDay(last), days: rest.days},
      ...{missing_days: rest.missing, days_behind: rest.behind, rows: rest.rows},
    })),
    formats,
  }
}

const MEASURES: readonly Column[] = [
  {key: 'measure', label: 'Of the spend', kind: 'text'},
  {key: 'share', label: 'Share', kind: 'share'},
  {key: 'part_usd', label: 'Cost', kind: 'usd'},
  {key: 'of_usd', label: 'Of', kind: 'usd', drop: 2},
  {key: 'bar', label: '', kind: 'bar', drop: 1},
]
const OPEN: readonly Column[] = [
  {key: 'reason', label: 'Not owned because', kind: 'text'},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'records', label: 'Records', kind: 'count', drop: 2},
  {key: 'release', label: 'What would close it', kind: 'text', drop: 1},
]
const QUESTIONS: readonly Column[] = [
  {key: 'question', label: 'Ask first', kind: 'text'},
  {key: 'settles_usd', label: 'Settles', kind: 'usd'},
  {key: 'answer', label: 'Answer with', kind: 'note'},
]
const CHANNELS: readonly Column[] = [
  {key: 'channel', label: 'Source of usage', kind: 'text'},
  {key: 'first', label: 'From', kind: 'day'},
  {key: 'last', label: 'To', kind: 'day'},
  {key: 'missing', label: 'Days missing', kind: 'count'},
  {key: 'behind', label: 'Days behind', kind: 'count'},
  {key: 'rows', label: 'Rows', kind: 'count', drop: 1},
]
const FORMATS: readonly Column[] = [
  {key: 'format', label: 'Read', kind: 'text'},
  {key: 'files', label: 'Files', kind: 'count'},
  {key: 'rows', label: 'Rows', kind: 'count'},
  {key: 'issues', label: 'Issues', kind: 'count'},
]

function toReport({loaded, remarks, totals, measures, open, questions, channels, formats}: Coverage): Report {
  const issues = formats.reduce((sum, format) => sum + format.issues, 0)
  return {
    title: 'Coverage',
    subtitle: `${loaded.label}: what is attributed, what is missing, and what would close it`,
    tables: [
      {
        ...{key: 'measures', title: null, columns: MEASURES, empty: 'No spend in this period.'},
        rows: measures.map(({label, part, of}) => {
          const share = of === 0n ? null : ppmOf(part, of)
          return {measure: label, share, part_usd: part, of_usd: of, bar: share ?? 0}
        }),
      },
      {
        ...{key: 'open', title: null, columns: OPEN, empty: 'Everything has one owner.'},
        rows: open.map(({reason, cost, records}) => ({
          ...{reason: REASONS[reason][0], cost_usd: cost, records, release: REASONS[reason][1]},
        })),
      },
      {
        ...{key: 'questions', title: null, columns: QUESTIONS},
        empty: 'No single answer would settle more.',
        rows: questions.map(({text, settles, answerWith}) => ({
          ...{question: text, settles_usd: settles, answer: answerWith},
        })),
      },
      {
        ...{key: 'channels', title: null, columns: CHANNELS, empty: 'No usage in this period.'},
        rows: channels.map(({channel, first, last, missing, behind, rows}) => ({
          ...{channel, first: formatDay(first), last: formatDay(last), missing, behind, rows},
        })),
      },
      {
        ...{key: 'formats', title: null, columns: FORMATS, empty: 'Nothing has been read.'},
        rows: formats.map(format => ({...format})),
      },
    ],
    closing: [
      ...remarks,
      ...(totals.unpriced > 0
        ? [`${totals.unpriced} of ${totals.records} records have no known cost and are in no sum`]
        : []),
      ...(issues > 0 ? [`${issues} rows could not be used; venturi doctor lists them with their mend`] : []),
      `not owned: ${showExactUsd(totals.contested + totals.unresolved)}`,
      ...reconcilingLines(totals, loaded),
    ],
  }
}
