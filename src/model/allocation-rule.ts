/** How a company has written down that a shared cost is split: `allocations:` of its configuration, checked. */
import type {Alias} from './fact.ts'

/** What requests are counted by: values they carry, or how much use is known to be whose. */
export const ALLOCATION_KEYS = [
  'tenant',
  'product_surface',
  'calling_application',
  'requests',
  'tokens',
  'cost',
] as const
export type AllocationKey = (typeof ALLOCATION_KEYS)[number]

export const BILLIONTHS = 1_000_000_000

export interface AllocationRule {
  /** The key, project, service, account or role that is shared. */
  readonly of: Alias
  /** Who agreed on it, in the company's own words. */
  readonly why: string
  /** Epoch ms, included and excluded; null: always, still. */
  readonly from: number | null
  readonly until: number | null
  /** Holds even where use has been measured. */
  readonly always: boolean
  readonly split:
    | {readonly shares: readonly {readonly team: Alias; readonly billionths: number}[]}
    | {readonly by: AllocationKey; readonly map: readonly {readonly value: string; readonly team: Alias}[]}
  /** Whose is what the rule gives nobody; null: nobody's, a line of its own. */
  readonly remainder: Alias | null
  /** Where it stands: `venturi.yaml allocations.0`. */
  readonly place: string
}

/** Teams that a rule names: by that they are users of what it is for. */
export const teamsOf = ({split, remainder}: AllocationRule): Alias[] => [
  ...new Set([
    ...('shares' in split ? split.shares : split.map).map(({team}) => team),
    ...(remainder === null ? [] : [remainder]),
  ]),
]
