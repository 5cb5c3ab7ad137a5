/** Which teams have AI in real workflows, which only have access to it, and what for it is used. */
import {FEWEST_SHOWN} from '../../model/cohort.ts'
import {formatUsd, showExactUsd} from '../../model/money.ts'
import * as sql from '../../store/queries/teams.ts'
import {all} from '../../store/query.ts'
import {type Adoption, type Money, type Shown, type ShownTeam, shownOf, sumOf, usageOf} from '../adoption.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {lens, periodToJson} from '../lens.ts'
import {totalsOf} from '../lines.ts'
import type {Loaded} from '../load.ts'
import {loadActivity} from '../load-activity.ts'
import {closedPeriods} from '../load-closed.ts'
import {reconcilingLines} from '../reconcile.ts'
import type {Column, Report, Row} from '../report.ts'

interface Model {
  readonly loaded: Loaded
  /** Of closed periods in view. */
  readonly kept: readonly string[]
  readonly shown: Shown
}

export const adoption = lens({
  id: 'adoption',
  summary: 'teams with AI in their workflows, teams that only have access, and nobody by name',
  load: (store, request): Model => {
    const {loaded, uses} = loadActivity(store, request, {day: true})
    const sizes = all(store, sql.allTeams, {}).map(({tools, ...team}) => ({
      ...team,
      tools: JSON.parse(tools) as {readonly [tool: string]: number},
    }))
    const {teams, ...rest} = shownOf(usageOf(uses, sizes))
    const kept = settledNowRemarks(closedPeriods(store), request.period)
    return {loaded, kept, shown: {...rest, teams: teams.toSorted(byAdoption)}}
  },
  toReport,
  toJson,
})

const ORDER: readonly Adoption[] = ['embedded', 'trying', 'interactive', 'licensed', 'none']

const byAdoption = (a: ShownTeam, b: ShownTeam): number => {
  const [x, y] = [a.money?.workflow ?? -1n, b.money?.workflow ?? -1n]
  return (
    ORDER.indexOf(a.adoption) - ORDER.indexOf(b.adoption) ||
    (x === y ? 0 : x > y ? -1 : 1) ||
    (a.use.organization.name < b.use.organization.name ? -1 : 1)
  )
}

const WORDS: {readonly [adoption in Adoption]: string} = {
  embedded: 'in workflows',
  trying: 'not in production',
  interactive: 'interactive only',
  licensed: 'only licensed',
  none: 'no workflow seen',
}

const COLUMNS: readonly Column[] = [
  {key: 'team', label: 'Team', kind: 'text'},
  {key: 'adoption', label: 'AI is', kind: 'text'},
  {key: 'people', label: 'People', kind: 'count', drop: 4},
  {key: 'workflow_usd', label: 'In workflows', kind: 'usd'},
  {key: 'interactive_usd', label: 'Interactive', kind: 'usd'},
  {key: 'untold_usd', label: 'Not told', kind: 'usd', drop: 2},
  {key: 'active_days', label: 'Days', kind: 'count', drop: 3},
  {key: 'growth', label: 'Growth', kind: 'share', drop: 5},
  {key: 'tools', label: 'Access to', kind: 'list', drop: 6},
  {key: 'workflows', label: 'Workflows', kind: 'list', drop: 1},
]

/** Tools that at least five of a team have. */
const toolsOf = ({use: {size}}: ShownTeam): string[] =>
  Object.entries(size!.tools)
    .filter(([, people]) => people >= FEWEST_SHOWN)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([tool]) => tool)

const moneyToRow = (money: Money | null) => ({
  workflow_usd: money?.workflow ?? null,
  interactive_usd: money?.interactive ?? null,
  untold_usd: money?.untold ?? null,
})

function toReport({loaded, kept, shown}: Model): Report {
  const {teams, pool, nobody} = shown
  const smaller: Row = {
    ...{team: 'smaller teams and cohorts', adoption: null, people: null, ...moneyToRow(pool.money)},
    ...{active_days: null, growth: null, tools: [], workflows: []},
  }
  const sum = teams.reduce((total, {money}) => total + (money === null ? 0n : sumOf(money)), 0n)
  return {
    title: 'Adoption',
    subtitle: `${loaded.label}, by team and workflow; nothing about fewer than ${FEWEST_SHOWN} people`,
    tables: [
      {
        key: 'teams',
        title: null,
        columns: COLUMNS,
        rows: [
          ...teams.map(team => ({
            ...{team: team.use.organization.name, adoption: WORDS[team.adoption]},
            ...{people: team.use.size!.people, ...moneyToRow(team.money)},
            ...{active_days: team.use.activeDays, growth: team.use.growth},
            tools: toolsOf(team),
            workflows: team.use.workflows,
          })),
          ...(pool.teams > 0 ? [smaller] : []),
        ],
        empty: 'No team is known to have five people or more.',
      },
    ],
    closing: [
      ...counted(teams),
      'spend shown as – is in the row of smaller teams and cohorts: alone it would be about too few people',
      ...kept,
      `teams shown ${showExactUsd(sum)} + smaller teams and cohorts ${showExactUsd(pool.total)} + no team named ${showExactUsd(nobody)} = total ${showExactUsd(sum + pool.total + nobody)}`,
      ...reconcilingLines(totalsOf(loaded.spend), loaded),
    ],
  }
}

function counted(teams: readonly ShownTeam[]): string[] {
  const said = ORDER.flatMap(adoption => {
    const count = teams.filter(team => team.adoption === adoption).length
    return count === 0 ? [] : [`${count} ${WORDS[adoption]}`]
  })
  return said.length === 0 ? [] : [`of ${teams.length} teams: ${said.join(', ')}`]
}

const moneyToJson = (money: Money | null) => ({
  workflow_usd: money === null ? null : formatUsd(money.workflow),
  interactive_usd: money === null ? null : formatUsd(money.interactive),
  untold_usd: money === null ? null : formatUsd(money.untold),
})

function toJson({loaded, shown: {teams, pool, nobody}}: Model) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    fewest_people_shown: FEWEST_SHOWN,
    totals: {
      total_usd: formatUsd(totalsOf(loaded.spend).total),
      smaller_usd: formatUsd(pool.total),
      no_team_usd: formatUsd(nobody),
    },
    teams: teams.map(team => ({
      team: team.use.organization,
      adoption: team.adoption,
      people: team.use.size!.people,
      ...moneyToJson(team.money),
      active_days: team.use.activeDays,
      workflow_growth_ppm: team.use.growth,
      access_to: toolsOf(team),
      workflows: team.use.workflows,
    })),
    smaller: {teams: pool.teams, total_usd: formatUsd(pool.total), ...moneyToJson(pool.money)},
  }
}
