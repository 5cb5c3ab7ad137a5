/** What reviews are priced from: sums over services, owners, models and days. Nobody's name, address or account is in it. Pure. */
import type {Outcome, Ref, SpendClass} from '../../engine/outcome.ts'
import {UserError} from '../../model/errors.ts'
import type {Nanos} from '../../model/money.ts'
import {isPersonalAlias} from '../../model/person.ts'
import {dayOf, formatDay} from '../../model/time.ts'
import {type Budget, isUnder, problemOf, spentUnder} from '../../report/budgets.ts'
import type {Use} from '../../report/load-activity.ts'
import {COUNTS, sumOf, type Traffic, type Window} from '../../review/price/traffic.ts'
import type {Repository} from './places.ts'

type Owner = Outcome['owner']

/** What of an answer a review asks. */
export interface Answer {
  /** `project` only where a budget is limited to one. */
  readonly owner: Pick<Owner, 'service' | 'project' | 'organization' | 'budget'>
  readonly shares: Outcome['shares']
}

/** Records of one day, one model and one answer. */
export interface Seen extends Traffic {
  readonly outcome: Answer
  readonly spendClass: SpendClass
}

/** A budget and what was spent under it, by day. */
export interface Account {
  readonly budget: Budget
  readonly spent: ReadonlyMap<number, Nanos>
}

export interface Observed {
  /** Days [from, to). */
  readonly from: number
  readonly to: number
  /** Whether all that is settled is among them. */
  readonly isWhole: boolean
  readonly repositories: readonly Repository[]
  /** By day. What no service is known for is everybody's in one, without owners and without what people did. */
  readonly traffic: readonly Seen[]
  /** Those of these days, in the order of their names, then of their days. */
  readonly accounts: readonly Account[]
}

/** What one review sees of it. */
export interface InWindow {
  readonly window: Window
  readonly traffic: readonly Seen[]
  /** In force on the window's last day, comparable, with what was spent in the window. */
  readonly budgets: readonly {readonly budget: Budget; readonly spent: Nanos}[]
}

/** The last `days` days before the day of `now` (epoch ms), fewer where fewer are known; null: none is known. */
export function inWindow(observed: Observed, days: number, now: number): InWindow | null {
  const to = Math.min(observed.to, dayOf(now))
  const from = Math.max(observed.from, to - days)
  if (from >= to) return null
  if (!observed.isWhole && to - days < observed.from)
    throw new UserError(
      `the snapshot begins on ${formatDay(observed.from)}, and --window ${days}d asks for what was before`,
      `--window ${to - from}d, or export it again with --window ${days}d`,
    )
  const within = (day: number): boolean => day >= from && day < to
  const inForce = observed.accounts.filter(({budget}) => budget.from < to && budget.to >= to)
  const rivals = inForce.map(({budget}) => budget)
  return {
    window: {from, to},
    traffic: observed.traffic.filter(({day}) => within(day)),
    budgets: inForce
      .filter(({budget}) => problemOf(budget, rivals) === null)
      .map(({budget, spent}) => ({
        budget,
        spent: [...spent].reduce((sum, [day, nanos]) => (within(day) ? sum + nanos : sum), 0n),
      })),
  }
}

const NOBODY: Answered = {
  outcome: {owner: {service: null, project: null, organization: null, budget: null}, shares: []},
  ...{spendClass: 'unresolved', coper: 0},
}

type Answered = Pick<Seen, 'outcome' | 'spendClass' | 'coper'>

/** Alike in all a review asks, one: whoever called, with whatever key. `named`: a service as repositories know it. */
export function seenIn(
  uses: readonly Use[],
  budgets: readonly Budget[],
  named: (service: Ref) => Ref,
): Seen[] {
  const byProject = budgets.some(({project}) => project !== null)
  const answers = new Map<Use['workload'], {readonly answered: Answered; readonly text: string} | null>()
  const answerOf = (use: Use) => {
    let found = answers.get(use.workload)
    if (found === undefined) {
      const answered = answeredOf(use, byProject, named)
      answers.set(use.workload, (found = answered && {answered, text: JSON.stringify(answered)}))
    }
    return found
  }
  const alike = new Map<string, Seen[]>()
  for (const use of uses) {
    const answer = answerOf(use)
    if (answer === null) continue
    // A count that is not known is no 0: what has it is never added to what lacks it.
    const known = COUNTS.map(count => (use[count] === null ? '-' : '+')).join('')
    const text = `${answer.text} ${JSON.stringify(use.model)} ${known} ${use.day}`
    const items = alike.get(text)
    const seen = {...trafficOf(use), ...answer.answered}
    if (items) items.push(seen)
    else alike.set(text, [seen])
  }
  return [...alike]
    .map(([text, items]) => ({text, seen: summed(items)}))
    .sort((a, b) => a.seen.day - b.seen.day || (a.text < b.text ? -1 : 1))
    .map(({seen}) => seen)
}

const trafficOf = (use: Use): Omit<Traffic, 'coper'> => ({
  ...{day: use.day!, model: use.model!, cost: use.cost, unpriced: use.unpriced, records: use.records},
  ...{requests: use.requests, inputTokens: use.inputTokens, outputTokens: use.outputTokens},
  ...{cacheReadTokens: use.cacheReadTokens, cacheWriteTokens: use.cacheWriteTokens},
})

/** Null: it is what people did, and no review asks for that. */
function answeredOf(
  {outcome, spendClass}: Use,
  byProject: boolean,
  named: (service: Ref) => Ref,
): Answered | null {
  const {service, organization, budget, project} = outcome.owner
  if (service === null) return isAboutPeople(outcome) ? null : NOBODY
  const owner = {service: named(service), organization, budget, project: byProject ? project : null}
  const shares = outcome.shares.map(share => ({...share, basis: ''}))
  return {outcome: {owner, shares}, spendClass, coper: outcome.coper}
}

/** By whom it is used, or through whom it was found. */
const isAboutPeople = ({owner: {identity}, edges}: Outcome): boolean =>
  [identity?.id, ...edges.flatMap(({from, to}) => [from, to])].some(
    alias => alias != null && isPersonalAlias(alias),
  )

const summed = (items: readonly Seen[]): Seen => ({
  ...items[0]!,
  ...sumOf(items),
  cost: items.reduce((sum, {cost}) => sum + cost, 0n),
  records: items.reduce((sum, {records}) => sum + records, 0),
  unpriced: items.reduce((sum, {unpriced}) => sum + unpriced, 0),
})

export function accountsOf(budgets: readonly Budget[], uses: readonly Use[]): Account[] {
  const accounts = budgets.map(budget => ({budget, spent: new Map<number, Nanos>()}))
  const paying = new Map<Outcome, typeof accounts>()
  for (const use of uses) {
    let found = paying.get(use.outcome)
    if (found === undefined)
      paying.set(use.outcome, (found = accounts.filter(({budget}) => isUnder(budget, use))))
    for (const {budget, spent} of found) {
      const {owned, contested} = spentUnder(budget, [use])
      spent.set(use.day!, (spent.get(use.day!) ?? 0n) + owned + contested)
    }
  }
  return accounts
}
