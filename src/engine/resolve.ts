/**
 * One signature at one instant: the rules' claims, what they say together, and the answer with its reasons.
 * `docs/engine.md` has the arithmetic.
 */
import type {Signature} from '../model/fact.ts'
import {contrastOf} from './contrast.ts'
import type {Node} from './graph.ts'
import type {Candidate, Outcome, OutputState, Ref, Share, WaterfallStep} from './outcome.ts'
import {
  adjusted,
  CAP,
  CHARGEBACK_FLOOR,
  type Combined,
  combine,
  coperOf,
  logit,
  topOf,
  waterfall,
} from './probability.ts'
import {WEAKER} from './reliability.ts'
import type {Case, Claim} from './stages/claims.ts'
import {environmentOf, rules, usersListed} from './stages/deterministic.ts'
import {
  bestOf,
  edge,
  evidenceOf,
  organizationVoices,
  personVoice,
  plain,
  serviceVoice,
  type Voice,
} from './voices.ts'
import {capped} from './witness.ts'

/** What several use, and who they certainly are: Stage C splits among them and never changes them. */
export interface Shared {
  /** The key, project or role whose record, or a declared rule, lists its users. */
  readonly holder: Node
  /** Organizations of those users, by id. */
  readonly among: readonly Node[]
  /** Which organization each service among the users stands for, by their ids. */
  readonly services: ReadonlyMap<string, string>
}

export interface Settled {
  readonly outcome: Outcome
  /** Null: it is one owner's, or nobody knows whose. */
  readonly shared: Shared | null
  /** The likeliest service, whatever else speaks; null: nothing tells of one. */
  readonly service: {readonly node: Node; readonly probability: number} | null
}

/** Below this the best candidate is not worth naming: the answer is "unknown". */
const NAMEABLE = 0.2
/** What a caller says of itself once its key's own record has caught it contradicting. */
const CONTRADICTED = 0.4
/** Claims about a service this sure make the spend a service's, whoever holds the key. */
const SERVICE_SPEND = 0.5
/** Who made a key, looks after it or works beside it need not be who uses it. */
const ONLY_NEAR = new Set(['creator', 'administrator', 'contributors, alike'])
/** The most an answer may say that written statements leave open, or nobody has stated. */
const MOST_SPLIT = 0.79
const PLACES = new Set(['repository', 'namespace', 'deployment'])

/** Everything said about one signature at one instant, before it is weighed. */
export interface Hearing {
  readonly claims: readonly Claim[]
  readonly voices: readonly Voice[]
  readonly consumers: readonly Claim[]
  /** Who shares the key, when they are several and nothing tells which it is; null: one owner is to be found. */
  readonly shared: Shared | null
}

export function hear(open: Case, history: readonly Claim[] = []): Hearing {
  const said = withStory(rules.flatMap(rule => [...rule.apply(open)]))
  const all = [...said, ...history].filter(claim => open.hears?.(claim) ?? true)
  const {claims, consumers, holder} = usersOf(open, all)
  const services = serviceVoice(open, claims, consumers)
  const voices: Voice[] = services ? [services] : []
  const identified = services?.identified ?? 0
  const person = personVoice(open, claims)
  // Whoever holds a service's key uses it for the service; a name that is merely like one does not make a person's key a service's.
  const servicePays = identified >= SERVICE_SPEND && (services!.exact || !person?.exact)
  if (person && !servicePays) voices.push(person)
  const {among: closed, services: listed} = closedSet(open, consumers)
  // Who holds a shared key is not who uses it. A rule may give a part to one team and leave the rest open.
  const shared = closed.length > 1 || (closed.length === 1 && consumers[0]!.basis === 'declared')
  const pointing = claims.filter(
    claim =>
      (!shared || claim.basis === 'caller') &&
      // Where it ran is part of which service it is: that has spoken already.
      !(servicePays && PLACES.has(claim.family)),
  )
  voices.push(...organizationVoices(pointing))
  if (closed.length === 1 && !services)
    voices.push(
      plain(
        consumers,
        'closed set',
        new Map([[closed[0]!.id, WEAKER.closedSetOfOne]]),
        `every listed user of the key is ${closed[0]!.name}'s`,
      ),
    )
  // A request that says which service it is of is not shared, though that service's owner may be in doubt.
  const told = services !== null && Math.max(identified, bestOf(services.says)) >= CHARGEBACK_FLOOR
  return {
    claims,
    voices,
    consumers,
    shared: shared && !told ? {holder: holder!, among: closed, services: listed} : null,
  }
}

export function resolve(open: Case, history: readonly Claim[] = []): Settled {
  const {voices, consumers, shared} = hear(open, history)
  const heard = voices.find(voice => voice.service)
  return {
    outcome: shared ? bounded(open, shared.among, consumers, discounted(voices)) : settle(open, voices),
    shared,
    service: heard ? {node: heard.service!, probability: heard.identified!} : null,
  }
}

interface Users {
  readonly claims: readonly Claim[]
  readonly consumers: readonly Claim[]
  readonly holder: Node | undefined
}

/**
 * The users of what is shared, by the record nearest to the request. Where they are declared, neither what that record
 * says of its holder nor who owns a shared service is heard: it is declared that others use it too.
 */
function usersOf(open: Case, claims: readonly Claim[]): Users {
  const ofService = claims
    .filter(({about, probability}) => about === 'service' && probability >= SERVICE_SPEND)
    .flatMap(({node}) => [...usersListed(open, node, 'R1')].filter(({basis}) => basis === 'declared'))
  const named = [...claims.filter(({about}) => about === 'consumer'), ...ofService]
  const holder = named.find(({basis}) => basis === 'declared')?.via ?? named[0]?.via
  const consumers = named.filter(({via}) => via === holder)
  if (!consumers.some(({basis}) => basis === 'declared')) return {claims, consumers, holder}
  return {claims: claims.filter(({via, node}) => via !== holder && node !== holder), consumers, holder}
}

/** Said of keys of all kinds of owners: no story. */
const HARDLY_TELLING = new Set(['creator', 'administrator', 'contributors'])

/** What went out right before a key's first call says something only of a key that nothing else tells of. */
function withStory(claims: readonly Claim[]): readonly Claim[] {
  const told = claims.filter(({rule, family}) => rule !== 'R2' && !HARDLY_TELLING.has(family))
  return told.length > 0 ? claims.filter(({rule}) => rule !== 'R2') : claims
}

/** Organizations behind a key's listed users, and which services these are. */
function closedSet(open: Case, consumers: readonly Claim[]): Omit<Shared, 'holder'> {
  const found = new Map<string, Node>()
  const services = new Map<string, string>()
  for (const {node, basis} of consumers) {
    let service: string | null = null
    const organizations = new Map<string, number>()
    if (node.kind === 'organization') {
      const named = open.ownership.organizationsOf(node, 1, open.at, open.span)
      for (const [id, probability] of named) organizations.set(id, probability)
      // A record may list a team nobody else knows; what is declared has to name one that exists.
      if (named.size === 0 && basis !== 'declared') organizations.set(node.id, 1)
    } else
      for (const found of open.lookup.service(node.name).slice(0, 1)) {
        service = found.node.id
        const answer = open.ownership.ownerOf(found.node, open.at)
        open.span.within(answer.span)
        for (const [id, probability] of answer.says) organizations.set(id, probability)
      }
    const [best] = [...organizations].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    if (!best) continue
    found.set(best[0], open.graph.node(best[0])!)
    if (service !== null) services.set(service, best[0])
  }
  return {among: [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), services}
}

const FROM_CALLER = (voice: Voice): boolean =>
  voice.bases.length > 0 && voice.bases[0] === 'caller' && !voice.exact

/** A caller contradicted by the key's own record is believed less than one nobody contradicts. */
function discounted(voices: readonly Voice[]): Voice[] {
  const billed = voices.filter(voice => voice.exact && !FROM_CALLER(voice))
  return voices.map(voice => {
    if (!FROM_CALLER(voice) || billed.length === 0) return voice
    const top = topOf(voice.says)
    const contradicted = billed.some(other => topOf(other.says) !== null && topOf(other.says) !== top)
    return contradicted
      ? {...voice, says: capped(voice.says, Math.min(CONTRADICTED, bestOf(voice.says)))}
      : voice
  })
}

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

/** What voices say together, measured against how often such answers proved right. */
function weighed(open: Case, voices: readonly Voice[]): Combined {
  const scored = combine(voices, open.ownership.candidates, open.model.weighing('owner'))
  const supporting = voices.filter(voice => topOf(voice.says) === scored.ranked[0]?.name)
  const exact = supporting.some(voice => voice.exact)
  // An owner on whom the sources are split stays contested, whatever the scores say; so does one whom nearness alone names.
  const split =
    supporting.some(({isOpen}) => isOpen) && !supporting.some(voice => voice.exact && !voice.isOpen)
  const near = supporting.length === 1 && ONLY_NEAR.has(supporting[0]!.kind)
  return adjusted(scored, probability => {
    const measured = open.model.probability('owner', exact ? 'exact' : 'inferred', probability)
    return split || near ? Math.min(MOST_SPLIT, measured) : measured
  })
}

function settle(open: Case, said: readonly Voice[]): Outcome {
  const voices = discounted(said)
  const speaking = voices.filter(voice => voice.says.size > 0)
  const weigh = (some: readonly Voice[]): Combined => weighed(open, some)
  const together = weigh(speaking)
  const supporting = speaking.filter(voice => topOf(voice.says) === together.ranked[0]?.name)
  const exact = supporting.some(voice => voice.exact)
  const [best] = together.ranked
  if (!best || best.probability < NAMEABLE) return unresolved(open, voices, together)
  const organization = open.graph.node(best.name)!
  const sure = best.probability >= CHARGEBACK_FLOOR
  const state: OutputState = sure ? (exact ? 'deterministically_resolved' : 'strongly_inferred') : 'ambiguous'
  const coper = sure ? coperOf(best.probability) : Math.min(0.79, coperOf(best.probability))
  const against = speaking.filter(voice => !supporting.includes(voice))
  const contradictions = against.filter(FROM_CALLER).map(({because}) => because)
  const base = described(open, voices, together, speaking)
  const budget = budgetOf(open, organization)
  return {
    ...base,
    output_state: state,
    coper,
    stage_origin: exact ? 'stage_a' : 'stage_b',
    owner: {...ownerOf(supporting), organization: ref(organization), budget},
    shares: sure
      ? [{organization: ref(organization), budget, share_ppm: 1_000_000, basis: 'sole owner'}]
      : ambiguousShares(open, together),
    edges: supporting.flatMap(voice =>
      voice.edges.map(item => ({
        ...item,
        output_state: state,
        coper,
        stage_origin: exact ? ('stage_a' as const) : ('stage_b' as const),
      })),
    ),
    basis: [...new Set(supporting.flatMap(({bases}) => bases))],
    contradictions: sure ? contradictions : [],
    rationale: rationale(organization.name, state, coper, supporting, against),
    contrast: contrastOf({
      voices: said.filter(voice => voice.says.size > 0),
      heard: speaking,
      together,
      weigh: heard => weigh(discounted(heard)),
      weight: open.model.weighing('owner').weight,
      candidates: open.ownership.candidates,
      nameable: NAMEABLE,
      nameOf: id => ref(open.graph.node(id)!),
    }),
  }
}

const ref = (node: Node): Ref => ({id: node.id, name: node.name})

function ownerOf(voices: readonly Voice[]): Pick<Outcome['owner'], 'service' | 'identity' | 'project'> {
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
function ambiguousShares(open: Case, {ranked}: Combined): Share[] {
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
  const found = open.ownership.budgetOf(organization, open.at)
  open.span.within(found.span)
  return found.center ? ref(found.center) : null
}

function rationale(
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

function described(
  open: Case,
  voices: readonly Voice[],
  together: Combined,
  speaking: readonly Voice[],
): Pick<Outcome, 'candidates' | 'waterfall' | 'environment' | 'degradation_state' | 'model_version'> {
  const candidates: Candidate[] = together.ranked
    .filter(({probability}) => probability >= 0.005)
    .slice(0, 10)
    .map(({name, probability}) => ({
      organization: ref(open.graph.node(name)!),
      probability: Math.round(Math.min(CAP, probability) * 10_000) / 10_000,
      evidence_basis: [...new Set(voices.filter(voice => voice.says.has(name)).flatMap(({bases}) => bases))],
    }))
  return {
    candidates,
    waterfall: stepsOf(open, together, speaking),
    environment: environmentOf(open),
    degradation_state: open.model.state,
    model_version: open.model.version,
  }
}

/** The prior, one signed step for each voice, and what measuring such answers has shown; they sum to what is shown. */
function stepsOf(open: Case, {ranked}: Combined, speaking: readonly Voice[]): WaterfallStep[] {
  const [best] = ranked
  if (!best) return []
  const weighing = open.model.weighing('owner')
  const steps = waterfall(best.name, speaking, open.ownership.candidates, weighing).map(
    ({because, millis}, index) => ({
      because,
      millis,
      evidence: index === 0 ? [] : speaking[index - 1]!.where,
    }),
  )
  const weighed = steps.reduce((sum, {millis}) => sum + millis, 0)
  const measured = Math.round(1000 * logit(Math.min(1 - 1e-9, Math.max(1e-9, best.probability)))) - weighed
  const because = 'how often answers scored like this one proved right'
  return [...steps, ...(measured === 0 ? [] : [{because, millis: measured, evidence: []}])].map(
    ({millis, ...step}) => ({...step, log_odds: millis / 1000}),
  )
}

function unresolved(open: Case, voices: readonly Voice[], together: Combined): Outcome {
  const telling = TELLING.filter(field => open.signature[field] !== undefined)
  const state = telling.length === 0 ? 'not_identifiable' : 'unknown'
  const rationaleText =
    state === 'not_identifiable'
      ? 'Nothing in this row could ever name an owner: it carries no key, project, user, service or tag.'
      : `Nobody has written down whose this is: ${telling.map(field => `${field} ${open.signature[field]}`).join(', ')} leads to no organization.`
  const service = voices.find(voice => voice.service)
  return {
    ...described(open, voices, together, []),
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
function bounded(
  open: Case,
  closed: readonly Node[],
  consumers: readonly Claim[],
  voices: readonly Voice[],
): Outcome {
  const even = closed.map(({id}) => ({name: id, probability: 1 / closed.length}))
  const together: Combined = {ranked: even, none: 0}
  return {
    ...described(open, voices, together, []),
    candidates: closed.map(node => ({
      organization: ref(node),
      probability: coperOf(1 / closed.length),
      evidence_basis: [...new Set(consumers.map(({basis}) => basis))],
    })),
    waterfall: [],
    output_state: 'bounded',
    coper: Math.min(0.79, coperOf(1 / closed.length)),
    stage_origin: 'stage_c',
    owner: {service: null, identity: null, project: null, organization: null, budget: null},
    shares: [],
    edges: closed.map(node => ({
      ...edge('identity_organization', consumers[0]!.via?.id ?? null, node.id, [evidenceOf(consumers[0]!)]),
      output_state: 'bounded' as const,
      coper: Math.min(0.79, coperOf(1 / closed.length)),
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
