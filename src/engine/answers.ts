/** Answers as they are stored: owner, shares, candidates and the steps that led there. */
import type {Signature} from '../model/fact.ts'
import type {Node} from './graph.ts'
import type {Outcome, OutputState, Ref, Share, WaterfallStep} from './outcome.ts'
import {CAP, CONTESTED_CAP, type Combined, coperOf, logit, waterfall} from './probability.ts'
import type {Case, Claim} from './stages/claims.ts'
import {environmentOf} from './stages/deterministic.ts'
import {edge, evidenceOf, type Voice} from './voices.ts'
import type {Verdict} from './weigh.ts'

/** Signature fields that could name an owner, had anybody written down whose they are. */
const TELLING: readonly (keyof Signature)[] = [
  'key',
  'key_name',
  'project',
  'user',
  'team',
  'role',
  'session',
  'service',
  'namespace',
  'workload',
  'repository',
  'model_deployment',
  'tag_service',
  'tag_team',
  'tag_cost_center',
  'tag_repository',
  'tag_namespace',
]

export const ref = (node: Node): Ref => ({id: node.id, name: node.name})

export function ownerOf(
  voices: readonly Voice[],
): Pick<Outcome['owner'], 'service' | 'identity' | 'project'> {
  const service = voices.find(voice => voice.service)?.service
  const identity = voices.find(voice => voice.person)?.person ?? voices.find(voice => voice.key)?.key
  const project = voices.find(voice => voice.project)?.project
  return {
    service: service ? ref(service) : null,
    identity: identity ? ref(identity) : null,
    project: project ? ref(project) : null,
  }
}

/** Everybody plausible in proportion, and a named remainder for whoever else it may be. */
export function ambiguousShares(open: Case, {ranked}: Combined): Share[] {
  const likely = ranked.filter(({probability}) => probability >= 0.05).slice(0, 8)
  const shares = likely.map(({name, probability}) => ({
    organization: ref(open.graph.node(name)!),
    budget: budgetOf(open, open.graph.node(name)!),
    share_ppm: Math.floor(probability * 1_000_000),
    basis: 'in proportion to probability',
  }))
  const given = shares.reduce((sum, {share_ppm}) => sum + share_ppm, 0)
  return given === 1_000_000
    ? shares
    : [
        ...shares,
        {organization: null, budget: null, share_ppm: 1_000_000 - given, basis: 'nobody can be named'},
      ]
}

export function budgetOf(
  open: Pick<Case, 'graph' | 'at' | 'span' | 'ownership'>,
  organization: Node,
): Ref | null {
  const center = open.ownership.budgetOf(organization, open.at, open.span)
  return center && ref(center)
}

export function rationale(
  name: string,
  state: OutputState,
  coper: number,
  supporting: readonly Voice[],
  against: readonly Voice[],
): string {
  const percent = `${Math.round(coper * 100)} %`
  const why = supporting.map(({because}) => because).join('. Also, ')
  const but = against.length === 0 ? '' : `. Against it: ${against.map(({because}) => because).join('; ')}`
  const verb = state === 'ambiguous' ? 'is the likeliest owner' : 'owns this spend'
  return `${name} ${verb} (${percent}): ${why}${but}.`
}

/** What every answer holds, whatever it is. */
export const described = (
  open: Case,
  voices: readonly Voice[],
  {ranked}: Combined,
): Pick<Outcome, 'candidates' | 'environment' | 'degradation_state' | 'model_version'> => ({
  candidates: ranked
    .filter(({probability}) => probability >= 0.005)
    .slice(0, 10)
    .map(({name, probability}) => ({
      organization: ref(open.graph.node(name)!),
      probability: Math.round(Math.min(CAP, probability) * 10_000) / 10_000,
      evidence_basis: [...new Set(voices.filter(voice => voice.says.has(name)).flatMap(({bases}) => bases))],
    })),
  environment: environmentOf(open),
  degradation_state: open.model.state,
  model_version: open.model.version,
})

const CURVE = 'how often answers scored like this one proved right'
const UNTRAINED = 'without a trained model what is only inferred stays contested'

/** The prior, one signed step for each voice, what measuring such answers has shown, and what limits this one; they sum to what is shown. */
export function stepsOf(
  open: Case,
  {ranked, measured, limit}: Verdict,
  speaking: readonly Voice[],
): WaterfallStep[] {
  const [best] = ranked
  if (!best || measured === null) return []
  const weighing = open.model.weighing('owner')
  const steps = waterfall(best.name, speaking, open.ownership.candidates, weighing).map((step, index) => ({
    ...step,
    evidence: index === 0 ? [] : speaking[index - 1]!.where,
  }))
  let reached = steps.reduce((sum, {millis}) => sum + millis, 0)
  for (const [because, probability] of [
    [open.model.state === 'none' ? CURVE : UNTRAINED, measured],
    [limit, best.probability],
  ] as const) {
    const odds = Math.round(1000 * logit(Math.min(1 - 1e-9, Math.max(1e-9, probability))))
    if (because === null || odds === reached) continue
    steps.push({because, millis: odds - reached, evidence: []})
    reached = odds
  }
  return steps.map(({because, millis, evidence}) => ({because, log_odds: millis / 1000, evidence}))
}

export function unresolved(open: Case, voices: readonly Voice[], together: Combined): Outcome {
  const telling = TELLING.filter(field => open.signature[field] !== undefined)
  const state = telling.length === 0 ? 'not_identifiable' : 'unknown'
  const rationaleText =
    state === 'not_identifiable'
      ? 'Nothing in this row could ever name an owner: it carries no key, project, user, service or tag.'
      : `Nobody has written down whose this is: ${telling.map(field => `${field} ${open.signature[field]}`).join(', ')} leads to no organization.`
  const service = voices.find(voice => voice.service)
  return {
    ...described(open, voices, together),
    waterfall: [],
    output_state: state,
    coper: 0,
    stage_origin: 'stage_a',
    owner: {...ownerOf(service ? [service] : []), organization: null, budget: null},
    shares: [
      {
        organization: null,
        budget: null,
        share_ppm: 1_000_000,
        basis: state === 'unknown' ? 'owner not known' : 'owner not identifiable',
      },
    ],
    edges: [],
    basis: [],
    contradictions: [],
    rationale: rationaleText,
  }
}

/** A closed set: the owner is certainly among the key's listed users. Stage C fills the shares in. */
export function bounded(
  open: Case,
  closed: readonly Node[],
  consumers: readonly Claim[],
  voices: readonly Voice[],
): Outcome {
  const even = closed.map(({id}) => ({name: id, probability: 1 / closed.length}))
  const together: Combined = {ranked: even, none: 0}
  return {
    ...described(open, voices, together),
    candidates: closed.map(node => ({
      organization: ref(node),
      probability: coperOf(1 / closed.length),
      evidence_basis: [...new Set(consumers.map(({basis}) => basis))],
    })),
    waterfall: [],
    output_state: 'bounded',
    coper: Math.min(CONTESTED_CAP, coperOf(1 / closed.length)),
    stage_origin: 'stage_c',
    owner: {service: null, identity: null, project: null, organization: null, budget: null},
    shares: [],
    edges: closed.map(node => ({
      ...edge('identity_organization', consumers[0]!.via?.id ?? null, node.id, [evidenceOf(consumers[0]!)]),
      output_state: 'bounded' as const,
      coper: Math.min(CONTESTED_CAP, coperOf(1 / closed.length)),
      stage_origin: 'stage_c' as const,
    })),
    basis: [...new Set(consumers.map(({basis}) => basis))],
    contradictions: [],
    rationale: `${sharedThing(consumers[0]!)} lists ${[...new Set(consumers.map(({node}) => node.name))].sort().join(', ')} as its users, so the owner is one of ${closed.map(({name}) => name).join(', ')}.`,
  }
}

const sharedThing = ({via, basis}: Claim): string => {
  const what = via === undefined || via.id.includes(':key/') ? 'A shared key' : `Shared use of ${via.name}`
  return `${what}: ${basis === 'declared' ? 'venturi.yaml' : 'its record'}`
}
