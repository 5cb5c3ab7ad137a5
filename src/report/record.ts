/** The AttributionRecord, version 1: one usage row with what was settled for it. Key order is part of the contract. */
import type {Candidate, Edge, Evidence, Outcome, Ref, SpendClass} from '../engine/outcome.ts'
import {COST_SOURCES, GRANULARITIES, type ModelIdentity} from '../model/chunk.ts'
import {bandOf, type ConfidenceBand, isEligible} from '../model/confidence.ts'
import {type Energy, type EnergyRate, energyOf, isLongContext, shown} from '../model/energy/estimate.ts'
import type {Granularity, Signature} from '../model/fact.ts'
import {allocate, formatUsd, type Nanos} from '../model/money.ts'
import {type Tags, tagsOf} from '../model/tags.ts'
import {formatTime} from '../model/time.ts'

export const RECORD_VERSION = '1'

const REQUEST = GRANULARITIES.indexOf('request')

export type CostSource = 'invoice' | 'provider' | 'gateway' | 'catalogue'

export interface RecordPrice {
  readonly catalogue: string
  readonly model: string
  readonly valid_from: string | null
  readonly tier: string
  /** Version of the overlay, where it changed the catalogue's price. */
  readonly overlay?: string
  /** What to know of the price: an unknown tier, a bucket's base price, a long context. */
  readonly notes?: readonly string[]
}

export interface RecordEvidence {
  readonly rule: string
  readonly basis: string
  readonly source: string
  readonly where: string | null
  readonly observed_at: string | null
  readonly log_odds: number
}

export interface RecordEdge {
  readonly relation: string
  readonly wire: string | null
  readonly from: string
  readonly to: string
  readonly output_state: Outcome['output_state']
  readonly coper: number
  readonly stage_origin: Outcome['stage_origin']
  readonly evidence: readonly RecordEvidence[]
}

export interface Allocation {
  readonly organization: Ref | null
  readonly budget: Ref | null
  readonly share_ppm: number
  readonly cost_usd: string | null
  readonly basis: string
}

/** Watt-hours and grams of CO2 equivalent, to two significant digits. */
export interface RecordEnergy extends Energy {
  readonly tier: EnergyRate['tier']
  readonly zone: string
  /** What to know of the figure. */
  readonly notes?: readonly string[]
}

export type ActionClass = 'observe' | 'shape' | 'review' | 'chargeback'

export interface AttributionRecord {
  readonly id: string
  readonly schema_version: string
  readonly event_id: string
  readonly granularity: Granularity
  readonly occurred_at: string
  readonly period_end: string | null
  readonly provider: string | null
  readonly requested_model: string | null
  readonly served_model: string | null
  readonly usage: {
    readonly requests: number | null
    readonly input_tokens: number | null
    readonly output_tokens: number | null
    readonly cache_read_tokens: number | null
    readonly cache_write_tokens: number | null
  }
  readonly cost: {
    readonly billed_usd: string | null
    readonly source: CostSource
    readonly method: 'reconciled' | 'estimated'
    readonly price: RecordPrice | null
  }
  readonly energy: RecordEnergy | null
  readonly owner: Outcome['owner']
  readonly spend_class: SpendClass
  readonly output_state: Outcome['output_state']
  readonly coper: number
  readonly confidence_band: ConfidenceBand
  readonly chargeback_eligible: boolean
  readonly allocations: readonly Allocation[]
  readonly edges: readonly RecordEdge[]
  readonly candidates: readonly Candidate[]
  readonly interpretation: {
    readonly stage_origin: Outcome['stage_origin']
    readonly confidence: number
    readonly confidence_band: ConfidenceBand
    readonly evidence_basis: readonly string[]
    readonly model_version: string | null
    readonly degradation_state: Outcome['degradation_state']
    readonly freshness: string
    readonly export_eligibility: 'chargeback' | 'showback'
  }
  readonly selection_rationale: string
  readonly workflow: {
    readonly trace_id: string
    readonly root_event_id: string | null
    readonly depth: number | null
  } | null
  readonly tags: Tags
  readonly action_class: ActionClass
}

/** A stored row or remainder, brought to one shape. */
export interface Event {
  readonly day: number
  readonly id: string
  readonly granularity: number
  readonly at: number
  readonly until: number | null
  readonly requests: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly trace: string | null
  readonly channel: string
  /** Nano-dollars the row itself says it costs, or we said of it; null: nobody does. */
  readonly costNanos: number | null
  readonly batchId: number
  readonly line: number
  /** `file:line` of the row itself. */
  readonly place: string
}

export interface Settled {
  readonly event: Event
  readonly model: ModelIdentity
  readonly signature: Signature
  readonly outcome: Outcome
  readonly spendClass: SpendClass
  /** Nano-dollars once the bill has decided; null: nobody knows. */
  readonly billed: Nanos | null
  /** A bill gave this row its amount in place of its own estimate. */
  readonly spread: boolean
  /** Who said what the row costs, an index of `COST_SOURCES`. */
  readonly costSource: number
  readonly price: RecordPrice | null
  /** What its tokens take; null: nobody can say. */
  readonly rate: EnergyRate | null
  /** The latest use the store knows of, as the record writes it. */
  readonly freshness: string
}

/** `attr_`, the day in base 36, `.`, the event's own id: stable everywhere, and leads straight back to the row. */
export const recordId = (day: number, eventId: string): string => `attr_${day.toString(36)}.${eventId}`

export function toRecord(settled: Settled): AttributionRecord {
  const {event, model, signature, outcome, spendClass, freshness} = settled
  const {coper} = outcome
  const id = recordId(event.day, event.id)
  const eligible = isEligible(spendClass, coper)
  const band = bandOf(coper)
  const [provider, requested, served] = model
  const occurredAt = formatTime(event.at)
  return {
    id,
    schema_version: RECORD_VERSION,
    event_id: event.id,
    granularity: GRANULARITIES[event.granularity]!,
    occurred_at: occurredAt,
    period_end: event.until === null ? null : formatTime(event.until),
    provider: provider ?? signature.provider ?? null,
    requested_model: requested,
    served_model: served,
    usage: {
      requests: event.requests,
      input_tokens: event.inputTokens,
      output_tokens: event.outputTokens,
      cache_read_tokens: event.cacheReadTokens,
      cache_write_tokens: event.cacheWriteTokens,
    },
    cost: costOf(settled),
    energy: recordEnergy(settled),
    owner: outcome.owner,
    spend_class: spendClass,
    output_state: outcome.output_state,
    coper,
    confidence_band: band,
    chargeback_eligible: eligible,
    allocations: allocationsOf(outcome, settled.billed),
    edges: edgesOf(outcome, id, event.place, occurredAt),
    candidates: outcome.candidates,
    interpretation: {
      stage_origin: outcome.stage_origin,
      confidence: coper,
      confidence_band: band,
      evidence_basis: outcome.basis,
      model_version: outcome.model_version,
      degradation_state: outcome.degradation_state,
      freshness,
      export_eligibility: eligible ? 'chargeback' : 'showback',
    },
    selection_rationale: outcome.rationale,
    workflow: event.trace === null ? null : {trace_id: event.trace, root_event_id: null, depth: null},
    tags: tagsOf(signature, outcome.environment),
    action_class: actionOf(outcome, spendClass, eligible),
  }
}

/** A row that carries no figure of its own gets one from a bill (then `provider`), or from nobody: the catalogue was asked. */
function costOf({billed, spread, costSource, price}: Settled): AttributionRecord['cost'] {
  const said = COST_SOURCES[costSource]!
  const decided = said === 'provider' || said === 'invoice'
  return {
    billed_usd: billed === null ? null : formatUsd(billed),
    source: spread && !decided ? 'provider' : said === 'none' ? 'catalogue' : said,
    method: billed !== null && (spread || decided) ? 'reconciled' : 'estimated',
    price,
  }
}

const LONG = 'more than 32,000 tokens of context: the figure is too low'

function recordEnergy({event, rate}: Settled): RecordEnergy | null {
  const energy = rate === null ? null : energyOf(rate, event)
  if (rate === null || energy === null) return null
  const {tier, zone} = rate
  const long = event.granularity === REQUEST && isLongContext(event)
  return {
    ...{wh: shown(energy.wh), gco2e: shown(energy.gco2e), tier, zone},
    ...(long ? {notes: [LONG]} : {}),
  }
}

/** What nobody has split yet is one share of nobody's, so that shares always sum to the whole. */
const UNSPLIT: Outcome['shares'] = [
  {organization: null, budget: null, share_ppm: 1_000_000, basis: 'not split yet'},
]

export const sharesOf = ({shares}: Pick<Outcome, 'shares'>): Outcome['shares'] =>
  shares.length === 0 ? UNSPLIT : shares

/** An amount over an outcome's shares, in their order; exact. */
export function splitOver(shares: Outcome['shares'], amount: Nanos): Nanos[] {
  if (shares.length === 1) return [amount]
  return allocate(
    amount,
    shares.map(({organization, budget, share_ppm}) => ({
      key: `${organization?.id ?? '\uffff'}\n${budget?.id ?? ''}`,
      weight: BigInt(share_ppm),
    })),
  )
}

function allocationsOf(outcome: Outcome, billed: Nanos | null): Allocation[] {
  const shares = sharesOf(outcome)
  const costs = billed === null ? null : splitOver(shares, billed)
  return shares.map(({organization, budget, share_ppm, basis}, index) => ({
    organization,
    budget,
    share_ppm,
    cost_usd: costs === null ? null : formatUsd(costs[index]!),
    basis,
  }))
}

/** Edges of this record: the invocation gets its name, and what only the row itself shows gets the row's place. */
function edgesOf(outcome: Outcome, id: string, place: string, occurredAt: string): RecordEdge[] {
  const edges = outcome.edges.map(
    ({relation, wire, from, to, output_state, coper, stage_origin, evidence}) => ({
      relation,
      wire,
      from: from ?? id,
      to,
      output_state,
      coper,
      stage_origin,
      evidence: relation.startsWith('invocation_')
        ? withOwnPlace(evidence, place, occurredAt)
        : evidence.map(undated),
    }),
  )
  const payer = budgetEdge(outcome)
  return payer === null ? edges : [...edges, payer]
}

const undated = ({rule, basis, source, where, log_odds}: Evidence): RecordEvidence => ({
  rule,
  basis,
  source,
  where,
  observed_at: null,
  log_odds,
})

function withOwnPlace(evidence: readonly Evidence[], place: string, occurredAt: string): RecordEvidence[] {
  const own = evidence
    .filter(({where}) => where === null)
    .map(item => ({...undated(item), where: place, observed_at: occurredAt}))
  return [...own, ...evidence.filter(({where}) => where !== null).map(undated)]
}

/** The sixth layer is an attribute of the organization; on the wire it is an edge like the others. */
function budgetEdge({owner, edges, output_state, coper, stage_origin}: Outcome): RecordEdge | null {
  const {organization, budget} = owner
  const said = edges.some(({wire}: Edge) => wire === 'budgeted_under' || wire === 'billed_to')
  if (organization === null || budget === null || said) return null
  return {
    relation: 'organization_budget',
    wire: 'budgeted_under',
    from: organization.id,
    to: budget.id,
    output_state,
    coper,
    stage_origin,
    evidence: [],
  }
}

/**
 * What to do with a record: charge it where it is sure enough; have a person look where owners contend or a caller's
 * claim is contradicted; otherwise watch. `shape` is for cheaper ways to do the same and is not given here.
 */
function actionOf(outcome: Outcome, spendClass: SpendClass, eligible: boolean): ActionClass {
  if (eligible) return 'chargeback'
  return spendClass === 'contested' || outcome.contradictions.length > 0 ? 'review' : 'observe'
}
