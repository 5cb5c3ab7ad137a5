/** What the audit trail's entries add up to: overrides, disputes and closed periods, each with what became of it. Pure. */
import {firstBreak, type StoredEntry} from './audit.ts'
import type {BurnAction, Classification} from './burn-comments.ts'
import type {KeptRates} from './energy/estimate.ts'
import {UserError} from './errors.ts'
import type {Alias} from './fact.ts'
import {DAY_MS, parseTime} from './time.ts'

/** What a decision is about: everything of one node, or everything with one record's evidence. */
export type Subject = {readonly alias: Alias} | {readonly record: string; readonly evidence: string}

/** Days as written, both included; absent: unbounded. */
export interface Days {
  readonly from?: string
  readonly until?: string
}

/** What entries of each action hold besides who, when and what about. */
export interface Details {
  'override.add': Days & {
    readonly of: Subject
    readonly team: Alias
    readonly team_name: string
    readonly why: string
    /** The last day on which it is in force, whatever days it is about. */
    readonly expires?: string
    /** The dispute that it settles. */
    readonly dispute?: number
  }
  'override.revoke': {readonly override: number; readonly why: string}
  'dispute.open': Days & {readonly of: Subject; readonly why: string}
  'dispute.resolve': {readonly dispute: number; readonly why: string; readonly override?: number}
  'period.close': {
    readonly period: string
    /** Days since 1970, [from_day, to_day). */
    readonly from_day: number
    readonly to_day: number
    /** Of the period's `export records`, JSON Lines. */
    readonly sha256: string
    readonly records: number
    readonly total_usd: string
    /** Latest use the store knew of, epoch ms: records say so. */
    readonly latest_use: number
    /** Of the version that wrote those records. */
    readonly venturi: string
    /** What tokens took by then; absent: closed by a version whose records say nothing of energy. */
    readonly energy?: KeptRates
    /** What has changed about periods closed before and is settled with this one. */
    readonly adjustments: readonly Adjustment[]
  }
  'burn.comment': {
    /** Of the row, and what it is called. */
    readonly key: string
    readonly row: string
    /** The week: days since 1970, [from_day, to_day). */
    readonly from_day: number
    readonly to_day: number
    readonly comment: string
    readonly classification: Classification
    /** Absent: none is decided. */
    readonly action?: BurnAction
    /** `2026-11-06`. */
    readonly due?: string
  }
}
export type Action = keyof Details

/** What one owner has to pay more (or less) for a closed period than was frozen. Money as decimal text. */
export interface Adjustment {
  readonly period: string
  readonly organization: {readonly id: Alias; readonly name: string} | null
  readonly budget: {readonly id: Alias; readonly name: string} | null
  readonly spend_class: string
  /** Of unresolved money, which has no owner. */
  readonly output_state: string | null
  readonly cost_usd: string
  /** The part of it that may be charged. */
  readonly chargeback_usd: string
  readonly records: number
}

/** Who said something when, and where it stands: `audit:7`. */
interface Said {
  readonly id: number
  readonly at: number
  readonly who: string
  readonly where: string
}

export interface Ended {
  readonly id: number
  readonly at: number
  readonly who: string
  readonly why: string
}

export interface Override extends Said {
  readonly said: Details['override.add']
  readonly revoked: Ended | null
}

export interface Dispute extends Said {
  readonly said: Details['dispute.open']
  /** `override`: the one that settled it; null: it was settled without. */
  readonly resolved: (Ended & {readonly override: number | null}) | null
}

export interface Closed extends Said {
  readonly said: Details['period.close']
}

export interface Decisions {
  readonly overrides: readonly Override[]
  readonly disputes: readonly Dispute[]
  /** By period. */
  readonly closed: readonly Closed[]
}

/** What a whole trail adds up to. One that has been tampered with decides nothing: a `UserError` says where it breaks. */
export function decisionsIn(trail: readonly StoredEntry[]): Decisions {
  const broken = firstBreak(trail)
  if (broken === null) return decisionsOf(trail)
  throw new UserError(
    `the audit trail is broken: entry ${broken.seq} ${broken.what}`,
    'see `venturi audit verify`, and go back to a copy of the database whose trail is whole',
  )
}

/** In the order of the entries. Entries of other actions are passed over. */
export function decisionsOf(entries: readonly StoredEntry[]): Decisions {
  const overrides = new Map<number, Override>()
  const disputes = new Map<number, Dispute>()
  const closed: Closed[] = []
  for (const {seq: id, at, actor: who, action, detail} of entries) {
    const entry = {action, said: JSON.parse(detail)} as {
      [A in Action]: {readonly action: A; readonly said: Details[A]}
    }[Action]
    const base = {id, at, who, where: placeOf(id)}
    switch (entry.action) {
      case 'override.add':
        overrides.set(id, {...base, said: entry.said, revoked: null})
        break
      case 'override.revoke': {
        const {override, why} = entry.said
        const found = overrides.get(override)
        if (found) overrides.set(override, {...found, revoked: {id, at, who, why}})
        break
      }
      case 'dispute.open':
        disputes.set(id, {...base, said: entry.said, resolved: null})
        break
      case 'dispute.resolve': {
        const {dispute, why, override = null} = entry.said
        const found = disputes.get(dispute)
        if (found) disputes.set(dispute, {...found, resolved: {id, at, who, why, override}})
        break
      }
      case 'period.close':
        closed.push({...base, said: entry.said})
    }
  }
  return {
    overrides: [...overrides.values()],
    disputes: [...disputes.values()],
    closed: closed.sort((a, b) => a.said.from_day - b.said.from_day),
  }
}

export const placeOf = (id: number): string => `audit:${id}`

export type Standing = 'in force' | 'revoked' | 'expired'

/** How an override stands at an instant (epoch ms). */
export function standingOf({said, revoked}: Override, now: number): Standing {
  if (revoked !== null) return 'revoked'
  return said.expires !== undefined && now >= parseTime(said.expires)! + DAY_MS ? 'expired' : 'in force'
}

/** Days as an interval of epoch ms, end excluded; null: unbounded. */
export const intervalOf = ({from, until}: Days) => ({
  from: from === undefined ? null : parseTime(from)!,
  to: until === undefined ? null : parseTime(until)! + DAY_MS,
})

/** The words for a subject. */
export const subjectText = (of: Subject): string => ('alias' in of ? of.alias : of.record)

/** A day that a period covers lies in at most one closed period. */
export const closedOn = (closed: readonly Closed[], day: number): Closed | undefined =>
  closed.find(({said}) => day >= said.from_day && day < said.to_day)
