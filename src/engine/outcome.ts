/** What the engine settles for a signature over an interval. Stored once per distinct answer; a record is a row joined with it. */
import type {Alias, Basis} from '../model/fact.ts'

export const OUTPUT_STATES = [
  'deterministically_resolved',
  'strongly_inferred',
  'bounded',
  'ambiguous',
  'unknown',
  'not_identifiable',
] as const
export type OutputState = (typeof OUTPUT_STATES)[number]
export type SpendClass = 'owned' | 'contested' | 'unresolved'
export type Stage = 'stage_a' | 'stage_b' | 'stage_c'

/** Whose money it is: what has one owner is contested while somebody disputes it. */
export const spendClassOf = ({
  output_state: state,
  disputed,
}: Pick<Outcome, 'output_state' | 'disputed'>): SpendClass => {
  switch (state) {
    case 'deterministically_resolved':
    case 'strongly_inferred':
      return disputed === undefined ? 'owned' : 'contested'
    case 'bounded':
    case 'ambiguous':
      return 'contested'
    case 'unknown':
    case 'not_identifiable':
      return 'unresolved'
  }
}

export interface Ref {
  readonly id: Alias
  readonly name: string
}

export interface Evidence {
  readonly rule: string
  readonly basis: string
  readonly source: string
  /** `file:line`, or null when the row itself is the evidence. */
  readonly where: string | null
  readonly log_odds: number
}

export interface Edge {
  readonly relation: string
  readonly wire: string | null
  /** Null: the invocation itself. */
  readonly from: Alias | null
  readonly to: Alias
  readonly output_state: OutputState
  readonly coper: number
  readonly stage_origin: Stage
  readonly evidence: readonly Evidence[]
}

export interface Candidate {
  readonly organization: Ref
  readonly probability: number
  readonly evidence_basis: readonly string[]
}

export interface Share {
  /** Null: a remainder nobody can be named for. */
  readonly organization: Ref | null
  readonly budget: Ref | null
  readonly share_ppm: number
  readonly basis: string
}

export interface WaterfallStep {
  readonly because: string
  readonly log_odds: number
  readonly evidence: readonly string[]
}

/** What an answer hangs on. Steps are places in its waterfall. */
export interface Contrast {
  /** Steps without any one of which the answer would be another; `organization`: the likeliest then, null: nobody. */
  readonly withdrawn: readonly {
    readonly step: number
    readonly organization: Ref | null
    readonly probability: number
  }[]
  /** The least kind of source whose word besides would make it theirs: of the likeliest while open, and of the next. Null: none. */
  readonly would_need: readonly {readonly organization: Ref; readonly basis: Basis | null}[]
  /** Why each of the next likeliest lost: what speaks for it, and what speaks more for the best, strongest first. */
  readonly losers: readonly {
    readonly organization: Ref
    readonly speaks: readonly number[]
    readonly outweighs: readonly number[]
  }[]
}

export interface Outcome {
  readonly output_state: OutputState
  readonly coper: number
  readonly stage_origin: Stage
  readonly owner: {
    readonly service: Ref | null
    readonly identity: Ref | null
    readonly project: Ref | null
    readonly organization: Ref | null
    readonly budget: Ref | null
  }
  readonly environment: string | null
  readonly shares: readonly Share[]
  readonly edges: readonly Edge[]
  readonly candidates: readonly Candidate[]
  readonly waterfall: readonly WaterfallStep[]
  /** Kinds of source behind the answer, best first. */
  readonly basis: readonly Basis[]
  readonly rationale: string
  /** Caller's claims that billed identity contradicts, and what the evidence says against somebody's decision. */
  readonly contradictions: readonly string[]
  /** The open dispute about it; absent: there is none. */
  readonly disputed?: {readonly id: number; readonly why: string}
  /** Where evidence was weighed. */
  readonly contrast?: Contrast
  readonly degradation_state: 'none' | 'degraded_serving' | 'disabled' | 'model_recalled'
  readonly model_version: string | null
}

/** A fact nobody has written down that would settle spend, as it is stored beside the answers. */
export interface Question {
  /** Kind and alias. */
  readonly id: string
  readonly kind: string
  readonly text: string
  /** Null: the people whose team nobody says. */
  readonly alias: Alias | null
  readonly name: string
  /** Likeliest first. */
  readonly candidates: readonly Pick<Candidate, 'organization' | 'probability'>[]
  readonly ask: readonly Contact[]
  /** A command, or what to write where. */
  readonly answer_with: string
}

/** Who could know. A person only where a source already names one as the contact for it. */
export interface Contact {
  readonly who: string
  readonly because: string
  /** `file:line`; null: nobody said so, it follows from what kind of thing it is. */
  readonly where: string | null
}
