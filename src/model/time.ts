/** Instants are epoch milliseconds, UTC; days are whole days since 1970-01-01; periods are half-open. */
export const DAY_MS = 86_400_000

const FIRST = Date.UTC(2015, 0, 1)
const LAST = Date.UTC(2100, 0, 1)

/** Whether an instant lies where AI usage can: 2015 to 2099. Anything else is a wrong unit or a broken clock. */
export const plausible = (at: number): boolean => at >= FIRST && at < LAST

export const dayOf = (at: number): number => Math.floor(at / DAY_MS)

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i

/**
 * `2026-09-14`, `2026-09-14 10:22:31.120000`, `2026-09-14T10:22:31Z`, `…+02:00` to epoch milliseconds; without a zone
 * it is UTC. Null when it is not such a text, not a real date, or outside 2015–2099.
 */
export function parseTime(text: string): number | null {
  return plainTime(text) ?? anyTime(text)
}

/** The two shapes that logs are full of, `2026-09-14T10:22:31.120Z` and `2026-09-14 10:22:31.120`; else undefined. */
function plainTime(text: string): number | undefined {
  const end = text.endsWith('Z') ? text.length - 1 : text.length
  const between = text.charCodeAt(10)
  if (end < 19 || end > 29 || (between !== 84 && between !== 32)) return undefined
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return undefined
  if (end > 19 && (end === 20 || text[19] !== '.')) return undefined
  let millis = 0
  for (let at = 20; at < end; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    if (at < 23) millis += digit * 10 ** (22 - at)
  }
  const [year, month, day] = [pair(text, 0) * 100 + pair(text, 2), pair(text, 5), pair(text, 8)]
  const [hour, minute, second] = [pair(text, 11), pair(text, 14), pair(text, 17)]
  // Days 29 to 31 may not exist, and what is out of range is for the careful way to judge.
  const sure = month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60
  const at = sure ? Date.UTC(year, month - 1, day, hour, minute, second, millis) : Number.NaN
  return plausible(at) ? at : undefined
}

/**
 * The same for ASCII among bytes: the two shapes that logs are full of to epoch milliseconds; NaN for what `parseTime` has to
 * read, the 29th of February among it.
 */
export function plainTimeAt(bytes: Uint8Array, from: number, to: number): number {
  const end = bytes[to - 1] === 90 ? to - 1 : to
  const length = end - from
  const between = bytes[from + 10]!
  if (length < 19 || length > 29 || length === 20 || (between !== 84 && between !== 32)) return Number.NaN
  if (bytes[from + 4] !== 45 || bytes[from + 7] !== 45 || bytes[from + 13] !== 58 || bytes[from + 16] !== 58)
    return Number.NaN
  if (length > 20 && bytes[from + 19] !== 46) return Number.NaN
  let millis = 0
  for (let at = from + 20, unit = 100; at < end; at++, unit = Math.floor(unit / 10)) {
    const digit = bytes[at]! - 48
    if (digit < 0 || digit > 9) return Number.NaN
    millis += digit * unit
  }
  const year = twoAt(bytes, from) * 100 + twoAt(bytes, from + 2)
  const month = twoAt(bytes, from + 5)
  const day = twoAt(bytes, from + 8)
  const hour = twoAt(bytes, from + 11)
  const minute = twoAt(bytes, from + 14)
  const second = twoAt(bytes, from + 17)
  // Not so for NaN either. Whether February has a 29th is for the careful way to know.
  if (
    !(
      month >= 1 &&
      month <= 12 &&
      day >= 1 &&
      day <= SURE_DAYS[month]! &&
      hour < 24 &&
      minute < 60 &&
      second < 60
    )
  )
    return Number.NaN
  const at = daysBefore(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + millis
  return plausible(at) ? at : Number.NaN
}

const SURE_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function twoAt(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48
  const ones = bytes[at + 1]! - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** Days from 1970 to a date, by counting years from March: the leap day is then a year's last. */
function daysBefore(year: number, month: number, day: number): number {
  const since = month > 2 ? year : year - 1
  const century = Math.floor(since / 100)
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return since * 365 + Math.floor(since / 4) - century + Math.floor(century / 4) + ofYear - 719_468
}

/** Two digits as a number, else NaN. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** `parseTime` for every shape. */
export function anyTime(text: string): number | null {
  const match = ISO.exec(text.trim())
  if (!match) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match
  const [y, m, d, h, min, s] = [+year!, +month! - 1, +day!, +hour, +minute, +second]
  const real = m >= 0 && m < 12 && d > 0 && (d < 29 || d <= daysOf(y, m))
  // A leap second is the next minute's first; 24:00 is the next day's.
  const shown = min < 60 && s <= 60 && (h < 24 || (h === 24 && min === 0 && s === 0))
  const offset = zone && /^[+-]/.test(zone) ? offsetMs(zone) : 0
  if (!real || !shown || offset === null) return null
  const at = Date.UTC(y, m, d, h, min, s, +fraction.padEnd(3, '0').slice(0, 3)) - offset
  return plausible(at) ? at : null
}

const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate()

function offsetMs(zone: string): number | null {
  const [hours, minutes] = [+zone.slice(1, 3), +zone.slice(-2)]
  if (hours > 18 || minutes > 59) return null
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/** Unix seconds (a number or its text, `1790553600` or `1790553600.0`) to epoch milliseconds; null when implausible. */
export function parseUnixSeconds(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return null
  const at = Math.round(seconds * 1000)
  return plausible(at) ? at : null
}

/** ISO-8601 with `Z`; whole seconds carry no fraction. */
export const formatTime = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

export const formatDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
