/**
 * How long to wait before asking again. Pure: the answer, how often it was tried and the time decide. Services say it in
 * many ways: `Retry-After` (seconds or a date), resets as epoch seconds (GitHub, Okta), as durations (OpenAI), as instants
 * (Anthropic).
 */

/** Tries of one request, the first included. */
export const MOST_TRIES = 6
const FIRST_WAIT = 1000
const LONGEST_WAIT = 60_000
/** Secondary limits that name no time want at least this. */
const SECONDARY_WAIT = 60_000

/** Quotas as pairs of headers: what is left, and when it is filled again. */
const QUOTAS = [
  ['x-ratelimit-remaining', 'x-ratelimit-reset'],
  ['x-rate-limit-remaining', 'x-rate-limit-reset'],
  ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset'],
  ['ratelimit-remaining', 'ratelimit-reset'],
] as const

export interface Trouble {
  /** Null: no whole answer came. */
  readonly status: number | null
  readonly headers: Headers
  /** The beginning of an error's text, looked at for the words of a limit and never shown. */
  readonly text: string
}

const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504, 529])

/** Whether the same request may well be answered later. GitHub and Google say 403 for a limit. */
export function isTransient({status, headers, text}: Trouble): boolean {
  if (status === null || TRANSIENT.has(status)) return true
  return status === 403 && (headers.has('retry-after') || spent(headers) || LIMIT.test(text))
}

const LIMIT = /rate.?limit|quotaExceeded/i

const spent = (headers: Headers): boolean => QUOTAS.some(([left]) => headers.get(left) === '0')

/** Milliseconds to wait after the `tries`-th failure (from 1); `random` in [0, 1). */
export function waitAfter(trouble: Trouble, tries: number, now: number, random: number): number {
  const {status, headers, text} = trouble
  const asked = statedWait(headers, now, status === 429)
  // A little more than asked: everybody else was told the same instant.
  if (asked !== null) return Math.max(0, asked) + Math.round(random * FIRST_WAIT)
  const growing = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1))
  const least = status === 403 && LIMIT.test(text) ? SECONDARY_WAIT * tries : 0
  return Math.max(least, Math.round(growing * (0.5 + random / 2)))
}

/** Milliseconds until a quota that this answer used up is filled again; 0 while something is left. */
export const pauseAfter = (headers: Headers, now: number): number =>
  spent(headers) ? Math.max(0, statedWait(headers, now, false) ?? 0) : 0

/** What the service itself asks for, by its own clock; null: it does not say. `limited`: a reset counts though nothing says that the quota is used up. */
function statedWait(headers: Headers, now: number, limited: boolean): number | null {
  const clock = Date.parse(headers.get('date') ?? '')
  const theirs = Number.isNaN(clock) ? now : clock
  const after = headers.get('retry-after')
  if (after !== null) return waitUntil(after, theirs)
  const waits = QUOTAS.filter(
    ([left]) => headers.get(left) === '0' || (limited && !headers.has(left)),
  ).flatMap(([, reset]) => {
    const written = headers.get(reset)
    return written === null ? [] : (waitUntil(written, theirs) ?? [])
  })
  return waits.length === 0 ? null : Math.max(...waits)
}

const UNITS = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000} as const
/** Seconds past this are an instant, not a duration. */
const EPOCH = 1_000_000_000

/**
 * @example waitUntil('120', now) // 120_000
 * @example waitUntil('6m0s', now) // 360_000
 * @example waitUntil('Wed, 21 Oct 2026 07:28:00 GMT', now)
 */
export function waitUntil(written: string, now: number): number | null {
  const text = written.trim()
  if (/^\d+(\.\d+)?$/.test(text)) {
    const seconds = Number(text)
    if (seconds < EPOCH) return seconds * 1000
    return (seconds < EPOCH * 100 ? seconds * 1000 : seconds) - now
  }
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text))
    return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
      0,
    )
  const instant = Date.parse(text)
  return Number.isNaN(instant) ? null : instant - now
}
