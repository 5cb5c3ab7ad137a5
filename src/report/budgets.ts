/** Budgets against what was spent under them. Currencies are never mixed, budgets never added up. Pure. */
import type {Outcome, Ref} from '../engine/outcome.ts'
import * as alias from '../model/alias.ts'
import {formatUsd, type Nanos, showUsd} from '../model/money.ts'
import type {Forecast} from './forecast.ts'
import type {Spend} from './load.ts'
import {sharesOf, splitOver} from './record.ts'

export interface Budget {
  /** As finance calls whom it is for. */
  readonly name: string
  /** As `attribute` found it; null: not said, or nothing has that name. */
  readonly organization: Ref | null
  readonly costCenter: Ref | null
  /** As written; null: not limited to one. */
  readonly project: string | null
  /** Days, [from, to). */
  readonly from: number
  readonly to: number
  readonly amount: Nanos
  readonly currency: string
  readonly kind: string
}

/** Why a budget is shown but not compared. */
export type Problem = 'not_found' | 'other_currency' | 'overlapping'

export interface BudgetLine {
  readonly budget: Budget
  /** Null: nobody knows whose spend it is about. */
  readonly spent: {readonly owned: Nanos; readonly contested: Nanos} | null
  /** Through this day, excluded. */
  readonly until: number
  readonly problem: Problem | null
  /** Of the whole period; null: it is over, or too few days are known. */
  readonly projected: (Forecast & {readonly method: string}) | null
}

const isFor = ({organization, costCenter}: Budget): boolean => organization !== null || costCenter !== null

/** Two of one kind for the same money on the same day contradict each other: neither is compared. */
export function problemOf(budget: Budget, all: readonly Budget[]): Problem | null {
  if (!isFor(budget)) return 'not_found'
  const rivals = all.filter(
    other =>
      other !== budget &&
      scopeOf(other) === scopeOf(budget) &&
      other.from < budget.to &&
      other.to > budget.from,
  )
  if (rivals.length > 0) return 'overlapping'
  return budget.currency === 'USD' ? null : 'other_currency'
}

const scopeOf = ({organization, costCenter, project, kind, currency}: Budget): string =>
  JSON.stringify([organization?.id, costCenter?.id, project, kind, currency])

/** What of a spend tells which budgets pay it. */
export interface Payable extends Pick<Spend, 'spendClass' | 'cost'> {
  readonly outcome: {readonly owner: Pick<Outcome['owner'], 'project'>; readonly shares: Outcome['shares']}
}

/** Whether a budget pays some of it. */
export const isUnder = (budget: Budget, spend: Payable): boolean => partUnder(budget, spend) !== null

/** What of a spend a budget pays; null: nothing. */
function partUnder(budget: Budget, {outcome, spendClass, cost}: Payable): Nanos | null {
  if (spendClass === 'unresolved') return null
  const {organization, costCenter, project} = budget
  const found = outcome.owner.project
  if (project !== null && (found === null || !isProject(project, found))) return null
  const shares = sharesOf(outcome)
  const under = shares.map(share => {
    const team = organization === null || share.organization?.id === organization.id
    // A team's spend without a known cost center is still its own.
    const center =
      costCenter === null ||
      share.budget?.id === costCenter.id ||
      (organization !== null && share.budget === null)
    return team && center
  })
  if (!under.includes(true)) return null
  return splitOver(shares, cost).reduce((sum, part, index) => (under[index] ? sum + part : sum), 0n)
}

const isProject = (wanted: string, {id, name}: Ref): boolean =>
  [name, id.slice(id.lastIndexOf('/') + 1)].some(
    known => alias.named('project', known) === alias.named('project', wanted),
  )

export function spentUnder(budget: Budget, spend: readonly Payable[]): {owned: Nanos; contested: Nanos} {
  const spent = {owned: 0n, contested: 0n}
  for (const item of spend) {
    const part = partUnder(budget, item)
    if (part !== null) spent[item.spendClass as 'owned' | 'contested'] += part
  }
  return spent
}

export const totalOf = ({spent}: BudgetLine): Nanos | null => spent && spent.owned + spent.contested

/** What is left; negative: overspent. Null: it cannot be compared. */
export function headroomOf(line: BudgetLine): Nanos | null {
  const total = totalOf(line)
  return total === null || line.problem !== null ? null : line.budget.amount - total
}

/** A sentence for a line that is not compared. */
export function problemText({budget: {currency, amount, kind}, problem}: BudgetLine): string | null {
  switch (problem) {
    case null:
      return null
    case 'not_found':
      return 'no team or cost center that is known has this name: not compared'
    case 'other_currency':
      return `${currency} ${formatUsd(amount)}: no rate to USD is known: not compared`
    case 'overlapping':
      return `error: another ${kind} budget for the same covers some of these days, and nothing says which holds: not compared`
  }
}

/** Limits that are overspent, dearest first, a sentence each. */
export const overspent = (lines: readonly BudgetLine[]): string[] =>
  lines
    .map(line => ({line, headroom: headroomOf(line)}))
    .filter(({line, headroom}) => line.budget.kind === 'limit' && headroom !== null && headroom < 0n)
    .sort((a, b) => (a.headroom === b.headroom ? 0 : a.headroom! < b.headroom! ? -1 : 1))
    .map(
      ({line, headroom}) =>
        `${line.budget.name}: ${showUsd(totalOf(line)!)} of ${showUsd(line.budget.amount)}, ${showUsd(-headroom!)} over`,
    )

/** Limits that are kept so far, but not by the whole band of what they are heading for. */
export const willOverspend = (lines: readonly BudgetLine[]): string[] =>
  lines
    .filter(
      line =>
        line.budget.kind === 'limit' &&
        line.projected !== null &&
        line.projected.low > line.budget.amount &&
        headroomOf(line)! >= 0n,
    )
    .map(
      ({budget, projected}) =>
        `${budget.name}: at least ${showUsd(projected!.low)} of ${showUsd(budget.amount)}`,
    )
