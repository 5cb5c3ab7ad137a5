/** What nobody has written down, ranked by the money each answer would settle, and whom to ask. */
import type {Question} from '../../engine/outcome.ts'
import {formatUsd, type Nanos, showExactUsd} from '../../model/money.ts'
import {monthsIn} from '../../model/months.ts'
import * as sql from '../../store/queries/gaps.ts'
import {all, type ReadableStore} from '../../store/query.ts'
import {type Gaps, type RestReason, rankGaps} from '../gaps.ts'
import {lens, periodToJson} from '../lens.ts'
import {totalsOf} from '../lines.ts'
import {type Loaded, loadSpend, type Request} from '../load.ts'
import {boundsOf} from '../period.ts'
import {reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'

interface Model extends Gaps {
  readonly loaded: Loaded
  readonly total: Nanos
  readonly settled: Nanos
  readonly unsettled: Nanos
}

export const gaps = lens({
  id: 'gaps',
  summary: 'open questions by the money each answer would settle, and whom to ask',
  load: loadGaps,
  toReport,
  toJson,
})

export function loadGaps(store: ReadableStore, request: Request): Model {
  const loaded = loadSpend(store, request)
  const current = request.asOf === 'current' ? 1 : 0
  const open = all(store, sql.openSpend, {...monthsIn(boundsOf(request.period)), current}).map(row => ({
    ...{id: Number(row.attributionId), state: row.state, spendClass: row.spendClass},
    untried: row.untried === 1n,
    cost: row.billed ?? 0n,
    records: Number(row.records),
  }))
  const questions = new Map(
    all(store, sql.allQuestions, {}).map(({id, question}) => [id, JSON.parse(question) as Question]),
  )
  const settling = all(store, sql.allSettles, {}).map(
    ({attributionId, questionId, likeliest, ppm, person}) => ({
      ...{attribution: attributionId, question: questionId, likeliest: likeliest === 1, ppm, person},
    }),
  )
  const ranked = rankGaps(open, questions, settling)
  const sum = (parts: readonly Nanos[]): Nanos => parts.reduce((total, part) => total + part, 0n)
  return {
    ...ranked,
    loaded,
    total: totalsOf(loaded.spend).total,
    settled: sum(ranked.questions.map(({settles}) => settles)),
    unsettled: sum(ranked.rest.map(({cost}) => cost)),
  }
}

function toJson({loaded, questions, rest, total, settled, unsettled}: Model) {
  const costOf = (wanted: RestReason): Nanos => rest.find(({reason}) => reason === wanted)?.cost ?? 0n
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    totals: {
      total_usd: formatUsd(total),
      owned_usd: formatUsd(total - settled - unsettled),
      settled_by_answers_usd: formatUsd(settled),
      not_settled_usd: formatUsd(unsettled),
      bounded_usd: formatUsd(costOf('bounded')),
      not_tried_usd: formatUsd(costOf('not_tried')),
      several_facts_usd: formatUsd(costOf('several_facts')),
      few_people_usd: formatUsd(costOf('few_people')),
      disputed_usd: formatUsd(costOf('disputed')),
      not_identifiable_usd: formatUsd(costOf('not_identifiable')),
    },
    questions: questions.map(({question, settles, records, probability}) => ({
      id: question.id,
      question: question.text,
      about: {kind: question.kind, alias: question.alias, name: question.name},
      settles_usd: formatUsd(settles),
      records,
      would_settle_probability: probability / 10_000,
      candidates: question.candidates,
      ask: question.ask,
      answer_with: question.answer_with,
    })),
  }
}

const QUESTIONS: readonly Column[] = [
  {key: 'about', label: 'About', kind: 'text'},
  {key: 'settles_usd', label: 'Settles', kind: 'usd'},
  {key: 'would_settle_probability', label: 'Prob.', kind: 'ratio'},
  {key: 'records', label: 'Records', kind: 'count', drop: 2},
  {key: 'candidates', label: 'Likeliest', kind: 'list', drop: 1},
  {key: 'question', label: 'Question', kind: 'note'},
]

const REST: readonly Column[] = [
  {key: 'reason', label: 'No single answer settles', kind: 'text'},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'records', label: 'Records', kind: 'count'},
  {key: 'release', label: 'What would', kind: 'text', drop: 1},
]

const REASONS: {readonly [reason in RestReason]: readonly [why: string, release: string]} = {
  few_people: ['use of fewer than five people', 'the directory or HR with their teams'],
  not_tried: ['too little beside these', 'answers to these, then venturi attribute'],
  several_facts: ['evidence that contends', 'more than one fact'],
  bounded: ['shared by a known few', 'requests that say for whom, or a key for each'],
  disputed: ['disputed', 'settling the dispute'],
  not_identifiable: ['nothing could name an owner', 'a pathway that says who calls'],
}

function toReport({loaded, questions, rest, total, settled, unsettled}: Model): Report {
  const owned = total - settled - unsettled
  return {
    title: 'Open questions',
    subtitle: `${loaded.label}, by what each answer would settle beyond those before it`,
    tables: [
      {
        key: 'questions',
        title: null,
        columns: QUESTIONS,
        rows: questions.map(({question, settles, records, probability}) => ({
          about:
            question.alias === null ? question.name : `${question.kind.replace('_', ' ')} ${question.name}`,
          settles_usd: settles,
          would_settle_probability: probability,
          records,
          candidates: question.candidates.map(({organization}) => organization.name),
          question: `${question.text} Ask ${question.ask.map(({who, because}) => `${who} (${because})`).join(', ')}. Answer with: ${question.answer_with}`,
        })),
        empty: 'No answer would settle anything: nothing is open that one fact could settle.',
      },
      {
        key: 'rest',
        title: null,
        columns: REST,
        rows: rest.map(({reason, cost, records}) => ({
          ...{reason: REASONS[reason][0], cost_usd: cost, records, release: REASONS[reason][1]},
        })),
        empty: 'Nothing is left that no answer settles.',
      },
    ],
    closing: [
      ...reconcilingLines(totalsOf(loaded.spend), loaded),
      `settled by these answers ${showExactUsd(settled)} + what no answer can settle ${showExactUsd(unsettled)} + owned ${showExactUsd(owned)} = total ${showExactUsd(total)}`,
    ],
  }
}
