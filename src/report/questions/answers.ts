/** The four questions answered in a sentence each, from the figures alone. Pure. */
import {type Nanos, showUsd} from '../../model/money.ts'
import {causeText, showDays, signed} from '../burn.ts'
import {ppmOf} from '../reconcile.ts'
import type {Environment} from './environments.ts'
import type {Features} from './features.ts'
import {GROWTH_DAYS, type Growth, type Windows} from './growth.ts'
import type {OutcomeCost} from './outcome-costs.ts'

export interface Figures {
  readonly features: Features
  readonly outcomes: readonly OutcomeCost[]
  readonly growth: {readonly windows: Windows; readonly teams: readonly Growth[]} | null
  readonly environments: readonly Environment[]
}

export const answersOf = (figures: Figures): {readonly question: string; readonly answer: string}[] => [
  {question: 'Which features make 60 % of the cost?', answer: featuresText(figures.features)},
  {question: 'What does a successful outcome cost?', answer: outcomesText(figures.outcomes)},
  {question: `Which team grew most in ${GROWTH_DAYS} days, and why?`, answer: growthText(figures.growth)},
  {question: 'How much is production, how much development?', answer: environmentsText(figures)},
]

const percent = (part: Nanos, whole: Nanos): string => `${(ppmOf(part, whole) / 10_000).toFixed(1)} %`

function featuresText({most, reached, unknown, total}: Features): string {
  if (total <= 0n) return 'Nothing was spent.'
  const sum = most.reduce((all, {cost}) => all + cost, 0n)
  const names = most.slice(0, 5).map(({name}) => name)
  const rest = most.length - names.length
  const list = `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  if (reached) return `${most.length}: ${list}. Together ${showUsd(sum)}, ${percent(sum, total)}.`
  return `All that are known do not: they make ${percent(sum, total)}; of ${showUsd(unknown.cost)}, ${percent(unknown.cost, total)}, no feature, service or project is known.`
}

function outcomesText(outcomes: readonly OutcomeCost[]): string {
  if (outcomes.length === 0) return '–: no outcomes have been read for this period.'
  const known = outcomes.filter(({each}) => each !== null)
  if (known.length === 0) return '–: no outcome is joined to spend; see below what they say.'
  return `${known
    .slice(0, 3)
    .map(({name, each, by}) => `${name} ${showUsd(each!)} (${by})`)
    .join('; ')}.`
}

function growthText(growth: Figures['growth']): string {
  if (growth === null) return '–: usage is of less than two days.'
  const {windows, teams} = growth
  const days = windows.now.to - windows.now.from
  const short =
    days < GROWTH_DAYS
      ? ` Usage does not reach back ${2 * GROWTH_DAYS} days: this is the last ${days} against the ${days} before.`
      : ''
  const most = teams.find(({team, change}) => team !== null && change.total > 0n)
  if (most === undefined) return `None of ${showDays(windows.now)}.${short}`
  const {team, before, now, change} = most
  return `${team!.name}: ${showUsd(before)} became ${showUsd(now)}, ${signed(change.total)}. ${causeText(change, {requests: {now: null, before: null}})}${short}`
}

function environmentsText({environments, features: {total}}: Figures): string {
  const said = environments.map(({name, cost}) => `${name ?? 'not known'} ${percent(cost, total)}`)
  return said.length === 0 ? 'Nothing was used.' : `${said.join(', ')}.`
}
