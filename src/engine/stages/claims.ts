/** What a rule says about a signature: it is this service, this person, this organization, or one of a closed set. */
import type {Basis, Signature} from '../../model/fact.ts'
import type {Graph, Node, Span} from '../graph.ts'
import type {Lookup} from '../lookup.ts'
import type {Ownership} from '../ownership.ts'
import type {Model} from '../rail/model.ts'

export type RuleId = 'R1' | 'R2' | 'R3' | 'R4' | 'R5'

interface Said {
  readonly rule: RuleId
  /** Claims of one family are one witness. */
  readonly family: string
  readonly basis: Basis
  readonly probability: number
  /** Joined by ids or by one canonical name, not by likeness. */
  readonly exact: boolean
  readonly because: string
  readonly where: readonly string[]
  /** The key, role, project or workload it goes through. */
  readonly via?: Node
}

export type Claim = Said &
  (
    | {readonly about: 'service'; readonly node: Node}
    | {readonly about: 'person'; readonly node: Node}
    | {readonly about: 'organization'; readonly node: Node}
    /** One of the users listed for a shared key. */
    | {readonly about: 'consumer'; readonly node: Node}
  )

/** Families of claims about who is near a key or project: of any owner's key, and no story of its own. */
export const NEAR_FAMILIES: ReadonlySet<string> = new Set(['creator', 'administrator', 'contributors'])

/** One signature at one instant, with everything a rule may look at. */
export interface Case {
  readonly signature: Signature
  readonly at: number
  readonly span: Span
  readonly graph: Graph
  readonly ownership: Ownership
  readonly lookup: Lookup
  readonly deployments: Deployments
  readonly model: Model
  /** Leaves out evidence whose worth is being measured; absent: everything is heard. */
  readonly hears?: (claim: Claim) => boolean
  /** When the signature's key was first seen, epoch ms; null: it has none. */
  readonly keyFirstSeen: number | null
}

/** Deployments by time, to be asked what went out right before an instant. */
export interface Deployments {
  /** How often anything goes out, by the millisecond. */
  readonly perMs: number
  before(
    at: number,
    within: number,
  ): readonly {readonly node: Node; readonly at: number; readonly where: string}[]
}

export interface Rule {
  readonly id: RuleId
  readonly name: string
  readonly apply: (open: Case) => Iterable<Claim>
}
