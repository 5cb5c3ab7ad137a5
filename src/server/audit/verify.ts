/** Proves that the audit trail is whole, and that closed periods make the very records they were closed with. */
import {type Break, firstBreak, type StoredEntry} from '../../model/audit.ts'
import {type Closed, decisionsOf} from '../../model/decisions.ts'
import {frozenOf} from '../../report/load-closed.ts'
import {openFrozen} from '../../store/frozen.ts'
import {auditTrail} from '../../store/queries/audit.ts'
import {lastFreeze} from '../../store/queries/frozen.ts'
import {all, one, type ReadableStore} from '../../store/query.ts'
import {type Digest, readFrozen} from './close.ts'

export interface Verified {
  readonly entries: number
  /** Hash of the last entry: noted elsewhere, it also proves that none was cut off. Null: there is none. */
  readonly head: string | null
  /** The first entry that is not as it was written; those behind it are not looked at. */
  readonly broken: Break | null
  readonly periods: readonly VerifiedPeriod[]
}

export interface VerifiedPeriod {
  readonly closed: Closed
  /** What its records are now. */
  readonly found: Digest
  readonly sameRecords: boolean
  /** Whether reports show the money of those records. */
  readonly sameMoney: boolean
  readonly same: boolean
}

export const isWhole = ({broken, periods}: Verified): boolean =>
  broken === null && periods.every(({same}) => same)

/** `head`: the hash of an entry that must be there. */
export function verify(
  store: ReadableStore,
  {head = null, say = () => {}}: {readonly head?: string | null; readonly say?: (line: string) => void} = {},
): Verified {
  const entries = all(store, auditTrail, {})
  const broken = firstBreak(entries) ?? cutOff(store, entries, head)
  const trusted = broken === null ? entries : entries.filter(({seq}) => seq < broken.seq)
  const periods = decisionsOf(trusted).closed.map(closed => {
    say(`writing the records of ${closed.said.period} again`)
    using frozen = openFrozen(store, frozenOf(closed))
    const {sameMoney, ...found} = readFrozen(store, closed, frozen)
    const sameRecords = found.sha256 === closed.said.sha256
    return {closed, found, sameRecords, sameMoney, same: sameRecords && sameMoney}
  })
  return {entries: entries.length, head: entries.at(-1)?.hash ?? null, broken, periods}
}

/** Entries cut off at the end leave a chain that is whole; what they froze, and who noted a hash, still know of them. */
function cutOff(store: ReadableStore, entries: readonly StoredEntry[], head: string | null): Break | null {
  const {freeze} = one(store, lastFreeze, {})!
  if (freeze !== null && freeze > entries.length)
    return {seq: entries.length + 1, what: `is missing: entry ${freeze} has closed a period`}
  if (head !== null && !entries.some(({hash}) => hash === head))
    return {seq: entries.length + 1, what: `is missing: no entry has the hash ${head}`}
  return null
}
