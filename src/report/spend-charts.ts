/** What spend looks like: over time, by team, by how sure. Each chart sums to the total of its tables, exactly. */
import type {SpendClass} from '../engine/outcome.ts'
import {CHARGEBACK_FLOOR} from '../model/confidence.ts'
import type {Nanos} from '../model/money.ts'
import {type Bars, type Histogram, type Series, type StackedTime, sumOf} from './chart.ts'
import {nobody} from './line-table.ts'
import type {Line} from './lines.ts'
import type {Spend} from './load.ts'
import type {DaySpend} from './load-days.ts'

export const CLASSES = ['owned', 'contested', 'unresolved'] as const satisfies readonly SpendClass[]

const SERIES: readonly Series[] = CLASSES.map(tone => ({tone, label: tone}))

/** Money that is added by class: parts in the order of `CLASSES`. */
class Stack {
  readonly parts: Nanos[] = CLASSES.map(() => 0n)

  add(spendClass: SpendClass, cost: Nanos): void {
    this.parts[CLASSES.indexOf(spendClass)]! += cost
  }
}

/** More columns than this are a wall: days become weeks, weeks become four of them. */
const MOST_POINTS = 66
const SPANS = [1, 7, 28] as const

const SPAN_WORDS = {1: 'day', 7: 'week', 28: 'four weeks'} as const

/** Null where no day has usage. */
export function spendOverTime(days: readonly DaySpend[]): StackedTime | null {
  if (days.length === 0) return null
  const [first, last] = [days[0]!.day, days.at(-1)!.day]
  const span = SPANS.find(size => (last - first + 1) / size <= MOST_POINTS) ?? 28
  const stacks = Array.from({length: Math.floor((last - first) / span) + 1}, () => new Stack())
  for (const {day, spendClass, cost} of days) stacks[Math.floor((day - first) / span)]!.add(spendClass, cost)
  return {
    ...{kind: 'stacked-time', key: 'spend_over_time', title: `Spend by ${SPAN_WORDS[span]}`, after: 'totals'},
    series: SERIES,
    points: stacks.map(({parts}, index) => {
      const day = first + index * span
      return {day, days: Math.min(span, last - day + 1), parts}
    }),
  }
}

const MOST_TEAMS = 16

/** The dearest organizations; all others, and what nobody owns, have bars of their own. */
export function spendByTeam(lines: readonly Line[]): Bars {
  const teams = new Map<string, {readonly label: string; readonly stack: Stack}>()
  for (const line of lines) {
    const label = line.organization?.name ?? nobody(line)
    const id = line.organization?.id ?? label
    const team = teams.get(id) ?? {label, stack: new Stack()}
    teams.set(id, team)
    team.stack.add(line.spendClass, line.cost)
  }
  const ranked = [...teams.values()]
    .map(({label, stack}) => ({label, parts: stack.parts}))
    .sort((a, b) => (sumOf(a.parts) === sumOf(b.parts) ? 0 : sumOf(a.parts) > sumOf(b.parts) ? -1 : 1))
  const [best, others] =
    ranked.length <= MOST_TEAMS + 1 ? [ranked, []] : [ranked.slice(0, MOST_TEAMS), ranked.slice(MOST_TEAMS)]
  const parts = CLASSES.map((_, index) => sumOf(others.map(team => team.parts[index]!)))
  return {
    ...{kind: 'bars', key: 'spend_by_team', title: 'Spend by organization', after: 'totals'},
    ...{of: 'Organization', series: SERIES},
    bars: others.length === 0 ? best : [...best, {label: `${others.length} others`, parts}],
  }
}

/** From where each range begins; the last ends at the ceiling. */
const RANGES = [
  [0, 'none', 'none'],
  [0.000_1, 'below 0.5', '<0.5'],
  [0.5, '0.5 to 0.6', '0.5'],
  [0.6, '0.6 to 0.7', '0.6'],
  [0.7, '0.7 to 0.8', '0.7'],
  [CHARGEBACK_FLOOR, '0.8 to 0.9', '0.8'],
  [0.9, '0.9 to 0.95', '0.9'],
] as const

/** By the confidence of the answer, whatever it names. */
export function spendByConfidence(spend: readonly Spend[]): Histogram {
  const stacks = RANGES.map(() => new Stack())
  for (const {outcome, spendClass, cost} of spend)
    stacks[RANGES.findLastIndex(([from]) => outcome.coper >= from)]!.add(spendClass, cost)
  return {
    ...{kind: 'histogram', key: 'spend_by_confidence', title: 'Spend by confidence', after: 'totals'},
    ...{of: 'Confidence', series: SERIES},
    bins: RANGES.map(([, label, short], index) => ({label, short, parts: stacks[index]!.parts})),
  }
}
