/** Where the same work might cost less: what speaks for it, how much at most, and what could go wrong. */
import {formatUsd, type Nanos} from '../../model/money.ts'
import {DAY_MS} from '../../model/time.ts'
import type {ReadableStore} from '../../store/query.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {totalsOf} from '../lines.ts'
import type {Loaded, Request} from '../load.ts'
import {loadActivity} from '../load-activity.ts'
import {closedPeriods} from '../load-closed.ts'
import {reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'
import {type Saving, type SavingKind, savingsIn} from '../savings.ts'

interface Model {
  readonly loaded: Loaded
  /** Of closed periods in view. */
  readonly remarks: readonly string[]
  /** Null: nobody said what things cost elsewhere. */
  readonly savings: readonly Saving[] | null
}

export const optimize = lens({
  id: 'optimize',
  summary: 'where the same work might cost less, with evidence, range and risk',
  priced: true,
  load,
  toReport,
  toJson,
})

const LABELS: {readonly [kind in SavingKind]: string} = {
  model_swap: 'cheaper model',
  development_on_dear_model: 'development on a dear model',
  caching: 'prompt cache',
  batch: 'batch price',
  orphaned: 'nobody’s',
}

function load(store: ReadableStore, request: Request): Model {
  const {loaded, uses} = loadActivity(store, request, {model: true})
  const {quote} = request
  const at = loaded.until * DAY_MS - 1
  const remarks = settledNowRemarks(closedPeriods(store), request.period)
  return {loaded, remarks, savings: quote === undefined ? null : savingsIn({uses, quote, at})}
}

function toJson({loaded, savings}: Model) {
  const {period, asOf} = loaded.request
  const {total} = totalsOf(loaded.spend)
  return {
    ...{period: periodToJson(period), as_of: asOf, totals: {total_usd: formatUsd(total)}},
    savings:
      savings?.map(({cost, low, high, ...saving}) => ({
        ...saving,
        cost_usd: formatUsd(cost),
        saving_usd: {low: formatUsd(low), high: formatUsd(high)},
      })) ?? null,
  }
}

const COLUMNS: readonly Column[] = [
  {key: 'what', label: 'Might cost less by', kind: 'text'},
  {key: 'where', label: 'Where', kind: 'text'},
  {key: 'model', label: 'Model', kind: 'text', drop: 2},
  {key: 'instead', label: 'Instead', kind: 'text', drop: 3},
  {key: 'cost_usd', label: 'Cost', kind: 'usd', drop: 1},
  {key: 'low_usd', label: 'Saves from', kind: 'usd', drop: 4},
  {key: 'high_usd', label: 'up to', kind: 'usd'},
  {key: 'why', label: 'Why', kind: 'note'},
]

/** As many as anybody would look into. */
const SHOWN = 20

function toReport({loaded, remarks, savings}: Model): Report {
  const found = savings ?? []
  const rest = found.slice(SHOWN)
  // Amounts are bigints, which Math.max does not take.
  // biome-ignore lint/complexity/useMathMinMax: see above
  const sum = rest.reduce<Nanos>((total, {high}) => (high > total ? high : total), 0n)
  return {
    title: 'Where the same work might cost less',
    subtitle: `${loaded.label}, at the list prices of its end, as shares of what was paid`,
    tables: [
      {
        ...{key: 'savings', title: null, columns: COLUMNS},
        empty: savings === null ? 'No prices are at hand.' : 'Nothing in this usage points to a cheaper way.',
        rows: found.slice(0, SHOWN).map(saving => ({
          what: LABELS[saving.kind],
          where:
            [saving.organization?.name, saving.service?.name, saving.feature]
              .filter(name => name !== undefined && name !== null)
              .join(' / ') || null,
          ...{model: saving.model, instead: saving.instead},
          ...{cost_usd: saving.cost, low_usd: saving.low, high_usd: saving.high},
          why: `${saving.evidence}; ${saving.risk}`,
        })),
      },
    ],
    closing: [
      ...remarks,
      ...(rest.length > 0 ? [`${rest.length} more, each of at most $${formatUsd(sum)}, are in --json`] : []),
      'these overlap and are not to be added up; nothing is promised where nobody has compared the answers',
      ...reconcilingLines(totalsOf(loaded.spend), loaded),
    ],
  }
}
