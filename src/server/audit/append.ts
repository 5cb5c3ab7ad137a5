/** Adds to the audit trail; whoever calls holds the write lock. */
import {follow, type Json} from '../../model/audit.ts'
import type {Action, Details} from '../../model/decisions.ts'
import {insertEntry, lastEntry} from '../../store/queries/audit.ts'
import {one, run, type WritableStore} from '../../store/query.ts'

export interface Act<A extends Action> {
  /** Epoch ms. */
  readonly at: number
  readonly actor: string
  readonly action: A
  readonly subject: string
  readonly detail: Details[A]
}

/** Returns the number of the new entry. */
export function append<A extends Action>(store: WritableStore, act: Act<A>): number {
  const detail = act.detail as unknown as {readonly [key: string]: Json}
  const entry = follow(one(store, lastEntry, {}) ?? null, {...act, detail})
  run(store, insertEntry, {...entry})
  return entry.seq
}
