/** Four questions whoever pays for AI should be able to answer, answered from the records. */
import {formatUsd, type Nanos} from '../../model/money.ts'
import {formatDay} from '../../model/time.ts'
import {showDays} from '../burn.ts'
import {changeToJson} from '../change-view.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {totalsOf} from '../lines.ts'
import {type LoadedQuestions, loadQuestions} from '../load-questions.ts'
import {answersOf} from '../questions/answers.ts'
import {type Environment, environmentsOf} from '../questions/environments.ts'
import {type Features, featuresOf} from '../questions/features.ts'
import {questionTables} from '../questions/tables.ts'
import {ppmOf, reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'

interface Model extends LoadedQuestions {
  readonly features: Features
  readonly environments: readonly Environment[]
  readonly top: number
}

const DEFAULT_TOP = 10

export const questions = lens({
  id: 'questions',
  summary:
    'which features cost most, what an outcome costs, who grew and why, production against development',
  load: (store, request): Model => {
    const loaded = loadQuestions(store, request)
    const {uses} = loaded
    return {
      ...{...loaded, features: featuresOf(uses), environments: environmentsOf(uses)},
      top: request.top ?? DEFAULT_TOP,
    }
  },
  toReport,
  toJson,
})

const days = ({from, to}: {readonly from: number; readonly to: number}) => ({
  first_day: formatDay(from),
  last_day: formatDay(to - 1),
})

/** Billionths as a decimal, as money is written but without its two places: `12`, `2.5`. */
const quantity = (billionths: bigint): string => formatUsd(billionths).replace(/\.?0+$/, '')

const usdOrNull = (nanos: Nanos | null): string | null => (nanos === null ? null : formatUsd(nanos))

function toJson(model: Model) {
  const {loaded, features, outcomes, growth, environments} = model
  const {total, most, others, unknown, reached} = features
  return {
    period: periodToJson(loaded.request.period),
    as_of: loaded.request.asOf,
    answers: answersOf(model),
    totals: {total_usd: formatUsd(total), unpriced_records: totalsOf(model.uses).unpriced},
    features: {
      reached,
      most: most.map(({name, by, cost, records, owner}) => ({
        ...{name, source: by, owner, cost_usd: formatUsd(cost)},
        ...{share_ppm: ppmOf(cost, total), records},
      })),
      others: {
        features: others.length,
        cost_usd: formatUsd(others.reduce((sum, {cost}) => sum + cost, 0n)),
      },
      not_known_usd: formatUsd(unknown.cost),
    },
    outcomes: outcomes.map(({name, unit, by, succeeded, failed, events, joined, unsaid, cost, each}) => ({
      ...{outcome: name, unit, joined_by: by},
      ...{succeeded: quantity(succeeded), failed: quantity(failed)},
      ...{events, joined_events: joined, events_without_success: unsaid},
      ...{cost_usd: usdOrNull(cost), share_ppm: cost === null ? null : ppmOf(cost, total)},
      cost_per_outcome_usd: usdOrNull(each),
    })),
    growth: growth && {
      ...{last: days(growth.windows.now), before: days(growth.windows.before)},
      teams: growth.teams.map(({team, before, now, change}) => ({
        ...{organization: team, before_usd: formatUsd(before), now_usd: formatUsd(now)},
        ...{change_usd: formatUsd(change.total), because: changeToJson(change)},
      })),
    },
    environments: environments.map(({name, cost, records, tagged}) => ({
      ...{environment: name, cost_usd: formatUsd(cost), share_ppm: ppmOf(cost, total)},
      ...{records, only_tagged_usd: formatUsd(tagged)},
    })),
  }
}

const ANSWERS: readonly Column[] = [
  {key: 'question', label: 'Question', kind: 'text'},
  {key: 'answer', label: 'Answer', kind: 'note'},
]

function toReport(model: Model): Report {
  const {loaded, features, outcomes, growth, closed} = model
  const unsaid = outcomes.reduce((sum, events) => sum + events.unsaid, 0)
  return {
    title: 'Four questions',
    subtitle: loaded.label,
    tables: [
      {key: 'answers', title: null, columns: ANSWERS, rows: answersOf(model), empty: ''},
      ...questionTables(model, quantity),
    ],
    closing: [
      ...(features.most.some(({by}) => by !== 'tag')
        ? ['* service or project from the attribution: the caller tagged no feature']
        : []),
      ...(unsaid > 0 ? [`outcomes that say nothing of success count as delivered: ${unsaid}`] : []),
      ...(outcomes.length > 0
        ? [
            'outcomes of one service or feature are each measured against all it costs: these costs do not add up',
          ]
        : []),
      ...(growth === null
        ? []
        : [
            `growth is of ${showDays(growth.windows.now)} against ${showDays(growth.windows.before)}, all else of ${loaded.label}`,
          ]),
      ...settledNowRemarks(closed, loaded.request.period),
      ...reconcilingLines(totalsOf(model.uses), loaded),
    ],
  }
}
