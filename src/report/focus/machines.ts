/**
 * What of a record may stand in a file that leaves the house. FOCUS rows are read by many, so nothing in them is about one
 * person: an identity is shown only where it is a service's, and names that hold a person's are left out.
 */
import {createHash} from 'node:crypto'
import type {AttributionRecord} from '../record.ts'

/** Kinds of identity that no person is. */
const MACHINE =
  /^(?:[\w-]+:(?:service_account|service_principal|workload|app)|aws:role|gcp:service_account)\//
/** Keys, which a person can hold: a machine's only where the call is known to be a service's. */
const KEY = /^[\w-]+:(?:key|subscription)\//
const ADDRESS = /[^\s@]@[^\s@]+\.[a-z]/i

export function machineOf({
  owner: {identity, service},
}: AttributionRecord): AttributionRecord['owner']['identity'] {
  if (identity === null || ADDRESS.test(identity.id)) return null
  return MACHINE.test(identity.id) || (service !== null && KEY.test(identity.id)) ? identity : null
}

/** Ids of reports' rows spell out what they are of; one that tells of a user, or of a key nobody knows a service for, becomes a digest. */
export function shownId(record: AttributionRecord): string {
  const {id, granularity} = record
  const told =
    granularity === 'request'
      ? ADDRESS.test(id)
      : /@|user|actor|e-?mail|login|person/i.test(id) || (machineOf(record) === null && /key/i.test(id))
  if (!told) return id
  const day = id.slice(0, id.indexOf('.'))
  return `${day}.sha256:${createHash('sha256').update(id).digest('hex').slice(0, 32)}`
}

/** Tags without those that hold somebody's address; null: none. */
export function shownTags(tags: AttributionRecord['tags']): {readonly [tag: string]: string} | null {
  const shown = Object.entries(tags).filter(([, value]) => !ADDRESS.test(value))
  return shown.length === 0 ? null : Object.fromEntries(shown)
}
