/** The figures behind the four answers, as tables: features, environments and teams each sum to their total. Pure. */
import type {Nanos} from '../../model/money.ts'
import {FACTORS} from '../change.ts'
import {ppmOf} from '../reconcile.ts'
import type {Column, Row, Table} from '../report.ts'
import type {Figures} from './answers.ts'
import type {Environment} from './environments.ts'
import type {Features} from './features.ts'
import type {Growth} from './growth.ts'
import type {OutcomeCost} from './outcome-costs.ts'

/** `quantity`: how billionths are written. */
export const questionTables = (
  {features, outcomes, growth, environments, top}: Figures & {readonly top: number},
  quantity: (billionths: bigint) => string,
): Table[] => [
  {
    key: 'features',
    title: 'Features',
    columns: FEATURES,
    rows: featureRows(features),
    empty: 'No usage.',
  },
  {
    key: 'outcomes',
    title: 'Cost per successful outcome',
    columns: OUTCOMES,
    rows: outcomes.map(line => outcomeRow(line, features.total, quantity)),
    empty: 'No outcomes have been read for this period.',
  },
  {
    key: 'growth',
    title: 'Growth by team',
    columns: GROWTH,
    rows: growthRows(growth?.teams ?? [], top),
    empty: 'Usage is of less than two days.',
  },
  {
    key: 'environments',
    title: 'Production and development',
    columns: ENVIRONMENTS,
    rows: environments.map(line => environmentRow(line, features.total)),
    empty: 'No usage.',
  },
]

const FEATURES: readonly Column[] = [
  {key: 'feature', label: 'Feature', kind: 'text'},
  {key: 'owner', label: 'Owner', kind: 'text', drop: 2},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'share', label: 'Share', kind: 'share'},
  {key: 'cumulative', label: 'Together', kind: 'share', drop: 1},
  {key: 'records', label: 'Records', kind: 'count', drop: 3},
]

function featureRows({most, others, unknown, total}: Features): Row[] {
  let sum = 0n
  const rows: Row[] = most.map(({name, by, owner, cost, records}) => {
    sum += cost
    return {
      ...{feature: by === 'tag' ? name : `${name}*`, owner, cost_usd: cost, records},
      ...{share: ppmOf(cost, total), cumulative: ppmOf(sum, total)},
    }
  })
  const rest = others.reduce((all, {cost}) => all + cost, 0n)
  const count = others.reduce((all, {records}) => all + records, 0)
  if (others.length > 0)
    rows.push({
      ...{feature: `${others.length} ${others.length === 1 ? 'other' : 'others'}`, owner: null},
      ...{cost_usd: rest, share: ppmOf(rest, total), cumulative: ppmOf(sum + rest, total), records: count},
    })
  if (unknown.records > 0)
    rows.push({
      ...{feature: '(not known)', owner: null, cost_usd: unknown.cost, share: ppmOf(unknown.cost, total)},
      ...{cumulative: ppmOf(sum + rest + unknown.cost, total), records: unknown.records},
    })
  return rows
}

const OUTCOMES: readonly Column[] = [
  {key: 'outcome', label: 'Outcome', kind: 'text'},
  {key: 'joined_by', label: 'Joined by', kind: 'text'},
  {key: 'cost_per_outcome_usd', label: 'Each', kind: 'usd'},
  {key: 'succeeded', label: 'Succeeded', kind: 'text', drop: 1},
  {key: 'failed', label: 'Failed', kind: 'text', drop: 4},
  {key: 'joined_events', label: 'Joined', kind: 'text', drop: 3},
  {key: 'cost_usd', label: 'Cost', kind: 'usd', drop: 2},
  {key: 'share', label: 'Of all cost', kind: 'share', drop: 5},
]

const outcomeRow = (line: OutcomeCost, total: Nanos, quantity: (billionths: bigint) => string): Row => ({
  outcome: line.name,
  joined_by: line.by,
  cost_per_outcome_usd: line.each,
  succeeded: `${quantity(line.succeeded)}${line.unit === null ? '' : ` ${line.unit}`}`,
  failed: quantity(line.failed),
  joined_events: `${line.joined} of ${line.events}`,
  cost_usd: line.cost,
  share: line.cost === null ? null : ppmOf(line.cost, total),
})

const GROWTH: readonly Column[] = [
  {key: 'team', label: 'Team', kind: 'text'},
  {key: 'before_usd', label: 'Before', kind: 'usd', drop: 1},
  {key: 'now_usd', label: 'Now', kind: 'usd', drop: 2},
  {key: 'change_usd', label: 'Change', kind: 'usd'},
  {key: 'volume', label: 'Volume', kind: 'usd', drop: 3},
  {key: 'mix', label: 'Model mix', kind: 'usd', drop: 3},
  {key: 'tokens', label: 'Tokens', kind: 'usd', drop: 3},
  {key: 'price', label: 'Price', kind: 'usd', drop: 3},
  {key: 'uncounted', label: 'Uncounted', kind: 'usd', drop: 4},
]

function growthRows(teams: readonly Growth[], top: number): Row[] {
  const [shown, rest] = [teams.slice(0, top), teams.slice(top)]
  const rows = shown.map(line => growthRow(line.team?.name ?? '(owner not known)', [line]))
  if (rest.length === 0) return rows
  return [...rows, growthRow(`${rest.length} ${rest.length === 1 ? 'other' : 'others'}`, rest)]
}

function growthRow(team: string, lines: readonly Growth[]): Row {
  const sum = (of: (line: Growth) => Nanos): Nanos => lines.reduce((all, line) => all + of(line), 0n)
  const parts = [...FACTORS, 'uncounted'] as const
  return {
    ...{team, before_usd: sum(({before}) => before), now_usd: sum(({now}) => now)},
    change_usd: sum(({change}) => change.total),
    ...Object.fromEntries(parts.map(part => [part, sum(({change}) => change[part])])),
  }
}

const ENVIRONMENTS: readonly Column[] = [
  {key: 'environment', label: 'Environment', kind: 'text'},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'share', label: 'Share', kind: 'share'},
  {key: 'tagged_usd', label: 'Only a tag says so', kind: 'usd', drop: 2},
  {key: 'records', label: 'Records', kind: 'count', drop: 1},
]

const environmentRow = ({name, cost, records, tagged}: Environment, total: Nanos): Row => ({
  environment: name ?? '(not known)',
  cost_usd: cost,
  share: ppmOf(cost, total),
  tagged_usd: name === null ? null : tagged,
  records,
})
