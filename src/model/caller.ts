/** What the evidence of calls says of who made them: few are told apart, however many signatures there are. */
import type {Alias, Signature} from './fact.ts'

export interface Caller {
  /** What reported the calls. */
  readonly channel: string | null
  /** Key, role or account; null: nothing that could be held. */
  readonly credential: Alias | null
  /** What the calls call the key. */
  readonly keyName: string | null
  /** Which service the caller says it is. */
  readonly tagged: string | null
  readonly byKey: boolean
  /** Each call's session says who called. */
  readonly bySession: boolean
  /** Nothing says who called. */
  readonly nameless: boolean
}

/** Fields any of which says who called. */
const NAMES = [
  'key',
  'role',
  'user',
  'session',
  'service',
  'namespace',
  'workload',
  'team',
  'project',
] as const

export const callerOf = (signature: Signature): Caller => ({
  channel: signature.channel ?? null,
  credential: signature.key ?? signature.role ?? signature.user ?? null,
  keyName: signature.key_name ?? null,
  tagged: signature.tag_service ?? null,
  byKey: signature.key !== undefined,
  bySession: signature.session !== undefined,
  nameless: NAMES.every(field => signature[field] === undefined),
})
