/**
 * The audit trail: who decided what, when and why. Each entry's hash covers the one before, so that no entry can be changed,
 * taken out or put in between unseen. Pure.
 */
import {createHash} from 'node:crypto'

/** JSON as the trail stores it: a value of these has one text. */
export type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json}
export interface Detail {
  readonly [key: string]: Json
}

export interface Entry {
  /** From 1 on, without gaps. */
  readonly seq: number
  /** Epoch ms. */
  readonly at: number
  readonly actor: string
  readonly action: string
  /** What it is about, as a person names it: an alias, a record, a period. */
  readonly subject: string
  readonly detail: Detail
}

/** An entry as stored. */
export interface StoredEntry extends Omit<Entry, 'detail'> {
  readonly detail: string
  /** Hash of the entry before; of the first `NO_ENTRY`. */
  readonly previous: string
  readonly hash: string
}

export const NO_ENTRY = '0'.repeat(64)

/** Keys sorted, nothing between the tokens, undefined ones left out: equal values have equal texts. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const said = Object.entries(value).filter(([, part]) => part !== undefined)
  return `{${said
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
    .join(',')}}`
}

/** SHA-256 over the hash before and the entry as canonical JSON, with a line feed between. */
export const hashOf = (previous: string, {seq, at, actor, action, subject, detail}: Entry): string =>
  createHash('sha256')
    .update(`${previous}\n${canonical({seq, at, actor, action, subject, detail})}`)
    .digest('hex')

/** The next entry after `last` (null: none yet). */
export function follow(last: StoredEntry | null, said: Omit<Entry, 'seq'>): StoredEntry {
  const entry = {seq: (last?.seq ?? 0) + 1, ...said}
  const previous = last?.hash ?? NO_ENTRY
  return {...entry, detail: canonical(entry.detail), previous, hash: hashOf(previous, entry)}
}

/** Where a chain breaks first. */
export interface Break {
  readonly seq: number
  readonly what: string
}

/** The first entry that is not as it was written; null: all are. `entries` by `seq`. */
export function firstBreak(entries: readonly StoredEntry[]): Break | null {
  let last: StoredEntry | null = null
  for (const entry of entries) {
    const {seq} = entry
    const expected: number = (last?.seq ?? 0) + 1
    if (seq !== expected) return {seq: expected, what: 'is missing'}
    if (entry.previous !== (last?.hash ?? NO_ENTRY))
      return {
        seq,
        what: `says that what came before it had the hash ${entry.previous.slice(0, 12)}…, which it has not`,
      }
    const detail = parsed(entry.detail)
    if (detail === null || canonical(detail) !== entry.detail)
      return {seq, what: 'has a detail that is not as it was written'}
    if (hashOf(entry.previous, {...entry, detail}) !== entry.hash)
      return {seq, what: 'has a time, actor, action, subject, detail or hash that is not the one written'}
    last = entry
  }
  return null
}

function parsed(text: string): Detail | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Detail) : null
  } catch {
    return null
  }
}
