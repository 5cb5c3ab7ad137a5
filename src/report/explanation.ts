/** Why a record says what it says, as a value: what `explain` shows and prints as JSON. */
import type {Candidate, Outcome, WaterfallStep} from '../engine/outcome.ts'
import type {Signature} from '../model/fact.ts'
import {type KnownCost, knownCosts, type ListPrice} from './known-costs.ts'
import type {AttributionRecord, RecordEdge} from './record.ts'
import type {Found} from './records.ts'
import {losingReasons, wouldChange} from './would-change.ts'

export const LAYERS = ['invocation', 'service', 'project', 'identity', 'organization', 'budget'] as const
export type LayerName = (typeof LAYERS)[number]

export interface Layer {
  readonly layer: LayerName
  readonly id: string | null
  readonly name: string | null
  /** What leads there; empty: nothing does. */
  readonly edges: readonly RecordEdge[]
}

export interface Explanation {
  readonly record: AttributionRecord
  /** Every figure there is for it, the most trusted first: that one counts. */
  readonly costs: readonly KnownCost[]
  readonly layers: readonly Layer[]
  readonly waterfall: readonly WaterfallStep[]
  /** Whom the waterfall is about: the best candidate. */
  readonly about: string | null
  /** The steps' sum to the last thousandth; null where nothing was weighed. */
  readonly log_odds: number | null
  /** What that sum means before the policy ceiling. */
  readonly probability: number | null
  /** What would settle a record that is not owned. */
  readonly would_settle: readonly string[]
  /** What the answer hangs on, and what would make it the next candidate's; absent where nothing was weighed. */
  readonly would_change?: readonly string[]
  /** The record's, each loser with why it lost. */
  readonly candidates?: readonly (Candidate & {readonly because: string | null})[]
  /** `file:line` of the row itself. */
  readonly place: string
}

/** `listPrices`: what contract rates and the catalogue make of the record, where somebody has asked them. */
export function explain({record, settled}: Found, listPrices: readonly ListPrice[] = []): Explanation {
  const {event, outcome, signature} = settled
  const millis = outcome.waterfall.reduce((sum, {log_odds}) => sum + Math.round(log_odds * 1000), 0)
  const weighed = outcome.waterfall.length > 0
  return {
    record,
    costs: knownCosts(settled, record, listPrices),
    layers: layersOf(record),
    waterfall: outcome.waterfall.map(({because, log_odds, evidence}) => ({
      because,
      log_odds: Math.round(log_odds * 1000) / 1000,
      evidence,
    })),
    about: weighed ? (outcome.candidates[0]?.organization.name ?? null) : null,
    log_odds: weighed ? millis / 1000 : null,
    probability: weighed ? Math.round(10_000 / (1 + Math.exp(-millis / 1000))) / 10_000 : null,
    would_settle: wouldSettle(outcome, record, signature),
    ...contrasted(outcome),
    place: event.place,
  }
}

function contrasted(outcome: Outcome): Pick<Explanation, 'would_change' | 'candidates'> {
  const {contrast, candidates, waterfall} = outcome
  if (contrast === undefined) return {}
  const reasons = losingReasons(contrast, waterfall)
  return {
    would_change: wouldChange(contrast, outcome),
    candidates: candidates.map(candidate => ({
      ...candidate,
      because: reasons.get(candidate.organization.id) ?? null,
    })),
  }
}

/** Relations that lead to a layer, the most direct first. */
const LEADS_TO: {readonly [layer in Exclude<LayerName, 'invocation'>]: readonly string[]} = {
  service: ['invocation_service'],
  project: ['invocation_project', 'service_project'],
  identity: ['invocation_identity', 'service_identity'],
  organization: ['project_organization', 'identity_organization'],
  budget: ['organization_budget'],
}

function layersOf(record: AttributionRecord): Layer[] {
  return LAYERS.map(layer => {
    if (layer === 'invocation') return {layer, id: record.id, name: record.event_id, edges: []}
    const node = record.owner[layer]
    const edges = LEADS_TO[layer].flatMap(relation => record.edges.filter(edge => edge.relation === relation))
    return {
      layer,
      id: node?.id ?? null,
      name: node?.name ?? null,
      edges: node === null ? [] : edges.filter(({to}) => to === node.id),
    }
  })
}

/** What of a row could name an owner, in words for the person who would know. */
const CLUES: readonly (readonly [keyof Signature, string])[] = [
  ['key_name', 'key'],
  ['key', 'key'],
  ['project', 'provider project'],
  ['role', 'role'],
  ['user', 'user'],
  ['team', 'gateway team'],
  ['service', 'service'],
  ['workload', 'workload'],
  ['namespace', 'namespace'],
  ['repository', 'repository'],
  ['tag_service', 'tagged service'],
  ['tag_team', 'tagged team'],
]

function wouldSettle(outcome: Outcome, record: AttributionRecord, signature: Signature): string[] {
  const named = CLUES.filter(([field]) => signature[field] !== undefined)
  const clues = named
    .filter(([, words], index) => named.findIndex(([, other]) => other === words) === index)
    .map(([field, words]) => `${words} ${signature[field]}`)
  const [first, second] = outcome.candidates.map(({organization}) => organization.name)
  switch (outcome.output_state) {
    case 'deterministically_resolved':
    case 'strongly_inferred':
      return record.spend_class === 'owned' ? [] : ['closing the open dispute about it']
    case 'bounded':
      return [
        `requests that say which of its users they are for: a service tag beside ${clues[0] ?? 'the shared key'}`,
        'a key of its own for each of its users',
      ]
    case 'ambiguous':
      return [
        `one exact link from ${clues[0] ?? 'this usage'} to ${second === undefined ? first : `${first} or ${second}`}: the key's own record, a catalog entry, or an override`,
      ]
    case 'unknown':
      return clues
        .slice(0, 3)
        .map(clue => `writing down whose ${clue} is: in its own record, a catalog, or an override`)
    case 'not_identifiable':
      return [
        'calling through a key, project or gateway that says who calls: this row carries nothing to go by',
      ]
    default:
      return outcome.output_state satisfies never
  }
}
