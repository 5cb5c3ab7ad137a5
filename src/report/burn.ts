/** The weekly burn: which seven days, which rows are shown, and what is to be said of them in plain words. Pure. */
import {type Nanos, showUsd} from '../model/money.ts'
import {formatDay} from '../model/time.ts'
import {type BudgetLine, overspent, willOverspend} from './budgets.ts'
import {type BurnRow, nameOf} from './burn-rows.ts'
import {type Change, FACTORS} from './change.ts'
import type {Period} from './period.ts'
import {ppmOf} from './reconcile.ts'

export interface Days {
  readonly from: number
  readonly to: number
}

/** A period of seven days is the week; of any other it is the seven that end with its last day with usage. Null: it has none. */
export function weekOf({from, to}: Period, lastUsed: number | null): Days | null {
  if (from !== null && to !== null && to - from === 7) return {from, to}
  return lastUsed === null ? null : {from: lastUsed - 6, to: lastUsed + 1}
}

export const weekBefore = ({from}: Days): Days => ({from: from - 7, to: from})

export const showDays = ({from, to}: Days): string => `${formatDay(from)} to ${formatDay(to - 1)}`

export interface BurnFigures {
  readonly week: Days | null
  /** Of the week before, days with usage: none means that there is nothing to compare with. */
  readonly priorDays: number
  readonly rows: readonly BurnRow[]
  /** How many of them are shown one by one. */
  readonly top: number
  readonly cost: Nanos
  readonly prior: Nanos | null
  /** Keys of rows that somebody has commented on. */
  readonly commented: ReadonlySet<string>
  /** Budgets as they stand at the end of the week. */
  readonly budgets: readonly BudgetLine[]
}

/** Whole rows of less than this share of the change are not called its cause. */
const LEAST_CAUSE = 100_000

/** Sentences, each with what it is about; only what the figures say. */
export function summaryOf(figures: BurnFigures): {readonly about: string; readonly text: string}[] {
  const {rows, week, cost, prior} = figures
  if (week === null) return []
  const said = [{about: 'Total', text: totalText(figures, week)}]
  const moved = rows
    .filter(({change}) => change !== null && change.total !== 0n)
    .sort((a, b) => order(size(b.change!.total), size(a.change!.total)) || (a.key < b.key ? -1 : 1))
  const [most] = moved
  if (most !== undefined)
    said.push({about: 'Moved most', text: movedText(most, prior === null ? 0n : cost - prior)})
  const failing = rows
    .slice(0, figures.top)
    .filter(({errorPpm}) => errorPpm !== null && errorPpm > 0)
    .sort((a, b) => b.errorPpm! - a.errorPpm! || (a.key < b.key ? -1 : 1))
  if (failing[0] !== undefined)
    said.push({
      about: 'Failed most',
      text: `${nameOf(failing[0])}: ${percent(failing[0].errorPpm!)} of the calls whose log tells.`,
    })
  said.push(...budgetTexts(figures.budgets))
  said.push({about: 'Explained', text: explainedText(figures)})
  return said
}

function totalText({cost, prior, priorDays}: BurnFigures, week: Days): string {
  const now = `${showUsd(cost)} from ${showDays(week)}`
  if (prior === null) return `${now}; no prior week: the seven days before have no usage.`
  const gap = cost - prior
  const compared =
    gap === 0n
      ? 'as much as in the week before'
      : `${showUsd(size(gap))}${prior > 0n ? ` (${percent(ppmOf(size(gap), prior))})` : ''} ${gap > 0n ? 'more' : 'less'} than the ${showUsd(prior)} of the week before`
  const partly = priorDays < 7 ? `; of that week only ${priorDays} of 7 days have usage` : ''
  return `${now}, ${compared}${partly}.`
}

function movedText(row: BurnRow, whole: Nanos): string {
  const change = row.change!
  const part =
    whole !== 0n && whole > 0n === change.total > 0n && size(change.total) <= size(whole)
      ? ppmOf(size(change.total), size(whole))
      : 0
  const ofAll = part >= LEAST_CAUSE ? `, ${percent(part)} of the whole change` : ''
  return `${nameOf(row)}: ${showUsd(row.prior!)} became ${showUsd(row.cost)}, ${signed(change.total)}${ofAll}. ${causeText(change, row)}`
}

const WORDS = {
  volume: 'volume',
  mix: 'another mix of models',
  tokens: 'tokens a request',
  price: 'cost a token',
} as const satisfies {[factor in (typeof FACTORS)[number]]: string}

/** What the change is made of, largest first; the parts shown are rounded, those in JSON sum. */
export function causeText(change: Change, {requests}: Pick<BurnRow, 'requests'>): string {
  const parts = [
    ...FACTORS.map(factor => ({word: WORDS[factor] as string, amount: change[factor]})),
    {word: 'charges that count neither requests nor tokens', amount: change.uncounted},
  ]
    .filter(({amount}) => amount !== 0n)
    .sort((a, b) => order(size(b.amount), size(a.amount)))
  if (parts.length === 0) return ''
  const counted =
    requests.now !== null && requests.before !== null && requests.now !== requests.before
      ? ` (${grouped(requests.before)} requests before, ${grouped(requests.now)} now)`
      : ''
  const text = parts.map(
    ({word, amount}) => `${word} ${signed(amount)}${word === WORDS.volume ? counted : ''}`,
  )
  return `Of that: ${text.join(', ')}.`
}

const MOST_NAMED = 5

/** Limits only, and only those that can be compared; nothing where none is known. */
function budgetTexts(lines: readonly BudgetLine[]): {readonly about: string; readonly text: string}[] {
  const named = (about: string, found: readonly string[]) => {
    const more = found.length - MOST_NAMED
    const text = `${found.slice(0, MOST_NAMED).join('; ')}${more > 0 ? `; and ${more} more` : ''}.`
    return found.length === 0 ? [] : [{about, text}]
  }
  return [
    ...named('Over budget', overspent(lines)),
    ...named('Will be over budget at this rate', willOverspend(lines)),
  ]
}

function explainedText({rows, top, commented}: BurnFigures): string {
  const shown = rows.slice(0, top)
  return `Rows with an owner's comment: ${shown.filter(({key}) => commented.has(key)).length} of the ${shown.length} shown.`
}

const size = (nanos: Nanos): Nanos => (nanos < 0n ? -nanos : nanos)
const order = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? 1 : -1)
export const signed = (nanos: Nanos): string => `${nanos < 0n ? '-' : '+'}${showUsd(size(nanos))}`
const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(1)} %`
const grouped = (count: bigint): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')
