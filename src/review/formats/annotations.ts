/**
 * A diff as commands of a GitHub Actions job, which shows them beside the lines they speak of:
 *
 *     ::warning file=services/bot/ask.py,line=8,title=model::gpt-4o → gpt-4.1: +$310.00 a month
 *
 * GitHub shows ten of each level a step, so what breaks a rule or costs more comes first.
 */
import {clean} from '../../model/clean.ts'
import {
  kindText,
  percentText,
  perThousandText,
  rangeText,
  settingOf,
  signedUsd,
  trafficText,
} from '../change-text.ts'
import {type Reviewed, type ReviewedChange, totalOf} from '../reviewed.ts'
import type {Breach} from '../thresholds.ts'

type Level = 'error' | 'warning' | 'notice'

/** Ends without a newline. */
export function toAnnotations(diff: Reviewed, breaches: readonly Breach[]): string {
  const changes = diff.changes.map((change, index) => {
    const broken = breaches.filter(breach => breach.change === index)
    const level = levelOf(change, broken)
    const {path, line} = change
    return {
      level,
      text: command(level, {file: path, line, title: titleOf(change)}, messageOf(change, broken)),
    }
  })
  const whole = breaches
    .filter(({change}) => change === null)
    .map(({rule, because}) => command('error', {title: 'AI cost'}, `${because}, which breaks ${rule}`))
  const found = LEVELS.flatMap(level =>
    changes.filter(change => change.level === level).map(({text}) => text),
  )
  return [...whole, ...found, command('notice', {title: 'AI cost'}, totalText(diff))].join('\n')
}

const LEVELS: readonly Level[] = ['error', 'warning', 'notice']

function levelOf(
  {production, kind, delta_usd_month: delta}: ReviewedChange,
  broken: readonly Breach[],
): Level {
  if (broken.length > 0) return 'error'
  return production && (kind === 'unresolved' || (delta !== null && delta.mid > 0n)) ? 'warning' : 'notice'
}

/** What kind of change, and of which setting. */
export const titleOf = (change: ReviewedChange): string =>
  [kindText(change.kind) ?? change.kind, settingOf(change)].filter(part => part !== null).join(' ')

/** From what to what, and what that costs. */
export function messageOf(change: ReviewedChange, broken: readonly Breach[]): string {
  const {from, to, production, delta_usd_month: delta, delta_pct: percent} = change
  const values = from === null && to === null ? [] : [`${from ?? '–'} → ${to ?? '–'}`]
  const amount =
    delta === null
      ? [trafficText(change), perThousandText(change)].filter(part => part !== null)
      : [
          `${rangeText(delta)} a month${percent === null ? '' : `, ${percentText(percent)}`}`,
          trafficText(change),
        ]
  return [
    ...values,
    ...(production ? amount : ['outside production, not priced']),
    ...broken.map(({rule, because}) => `${because}, which breaks ${rule}`),
  ].join('; ')
}

export function totalText(diff: Reviewed): string {
  const total = totalOf(diff)
  if (diff.changes.length === 0) return 'nothing changes'
  return `${diff.changes.length} ${diff.changes.length === 1 ? 'change' : 'changes'}, ${total === null ? 'amount not known' : `${signedUsd(total.mid)} a month`}`
}

function command(
  level: Level,
  properties: {readonly [name: string]: string | number | null},
  message: string,
): string {
  const written = Object.entries(properties)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${property(String(value))}`)
  return `::${level} ${written.join(',')}::${data(message)}`
}

/** As `actions/toolkit` writes them. */
const data = (text: string): string => clean(text.toWellFormed()).replace(/%/g, '%25')

const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
