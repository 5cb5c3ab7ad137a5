/** A change, its amounts and its traffic in words. Names are left as they are: who prints them makes them safe. */
import {type Nanos, showUsd} from '../model/money.ts'
import type {ChangeKind} from './change.ts'
import type {ReviewedChange, UsdRange} from './reviewed.ts'

const KINDS: {readonly [kind in ChangeKind]: string} = {
  model_changed: 'model',
  model_added: 'model added',
  model_removed: 'model removed',
  provider_changed: 'provider',
  fallback_changed: 'route',
  reasoning_introduced: 'reasoning introduced',
  reasoning_changed: 'reasoning',
  limit_changed: 'limit',
  batch_changed: 'batch',
  schedule_changed: 'schedule',
  cache_changed: 'cache',
  tier_changed: 'tier',
  prompt_changed: 'prompt',
  unresolved: 'model not found',
}

/** Null: a kind that a newer version tells apart. */
export const kindText = (kind: string): string | null =>
  Object.hasOwn(KINDS, kind) ? KINDS[kind as ChangeKind] : null

/** Which of several settings, where the kind alone leaves it open. */
export const settingOf = ({kind, key}: ReviewedChange): string | null =>
  key !== 'model' && /^(?:limit|batch|cache|reasoning)_/.test(kind) ? key : null

export const signedUsd = (nanos: Nanos): string => `${nanos > 0n ? '+' : ''}${showUsd(nanos)}`

/** The middle, and between what it lies. */
export const rangeText = ({low, mid, high}: UsdRange): string =>
  low === mid && mid === high ? signedUsd(mid) : `${signedUsd(mid)} (${signedUsd(low)} to ${signedUsd(high)})`

export const percentText = (percent: number): string => `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`

export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

export const counted = (count: number, one: string, many = `${one}s`): string =>
  count === 1 ? `1 ${one}` : `${grouped(count)} ${many}`

/** How much traffic the amounts rest on. */
export function trafficText({observed, window}: ReviewedChange): string {
  if (observed === null) return 'no traffic seen'
  const days = window === null ? '' : ` in ${counted(window.days, 'day')}`
  return `${counted(observed.requests, 'request')}${days}`
}

/** What a thousand typical requests cost, where there is no traffic to replay; null: that is not known either. */
export function perThousandText({per_1000_requests_usd: cost}: ReviewedChange): string | null {
  if (cost === null || (cost.from === null && cost.to === null)) return null
  const sides = [cost.from, cost.to].map(amount => (amount === null ? '–' : showUsd(amount)))
  return `${sides.join(' → ')} per 1,000 requests`
}

/** A band in words, or a probability as one. */
export const confidenceText = (confidence: string | number | null): string =>
  typeof confidence === 'number' ? confidence.toFixed(2) : (confidence ?? '–')
