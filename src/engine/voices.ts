/**
 * Claims become voices: each an independent word on who owns this, with the path it came by. Claims that share a link (the
 * owner of one service, one key's record) are one voice, so that nothing counts twice.
 */
import type {Basis} from '../model/fact.ts'
import type {Node} from './graph.ts'
import type {Edge, Evidence} from './outcome.ts'
import {adjusted, combine, type Distribution, type Heard, logit} from './probability.ts'
import {WEAKER} from './reliability.ts'
import {type Case, type Claim, NEAR_FAMILIES} from './stages/claims.ts'
import {capped, scaled, type Witness} from './witness.ts'

/** Independent word on who owns this, ready to be combined. */
export interface Voice {
  readonly family: string
  /** What the model weighs it by: its family, told apart where names only resemble. */
  readonly kind: string
  readonly bases: readonly Basis[]
  readonly exact: boolean
  readonly says: Distribution
  readonly because: string
  readonly rule: string
  readonly where: readonly string[]
  readonly edges: readonly Omit<Edge, 'output_state' | 'coper' | 'stage_origin'>[]
  /** It says who is near, not who uses it. */
  readonly isNear: boolean
  /** It comes by something whose owner written statements leave open. */
  readonly isOpen?: boolean
  readonly service?: Node
  /** How likely it is that service. */
  readonly identified?: number
  readonly person?: Node
  /** The key, role or service account it came by. */
  readonly key?: Node
  readonly project?: Node
}

/** No family of claims leaves less than this out of a hundred to everybody it does not name. */
const MOST_SAID = 0.98

export const bestOf = (says: Distribution): number => Math.max(0, ...says.values())

/** A kind of evidence as the model counts them: `key name` joins exactly, `key name, alike` resembles. */
export const kindOfClaims = (family: string, claims: readonly Claim[]): string =>
  claims.some(({exact}) => exact) ? family : `${family}, alike`

/** What claims say of which service it is, one witness a family. */
export const serviceWitnesses = (about: readonly Claim[]): (Heard & {readonly family: string})[] =>
  [...Map.groupBy(about, ({family}) => family)].map(([family, same]) => ({
    family,
    kind: kindOfClaims(family, same),
    says: new Map(same.map(({node, probability}) => [node.id, probability])),
  }))

/** Claims about which service it is; a caller's word is worth more where the key's record lists whom it names. */
export function serviceClaims(claims: readonly Claim[], consumers: readonly Claim[]): readonly Claim[] {
  const users = new Set(consumers.map(({node}) => node.id))
  return claims
    .filter(claim => claim.about === 'service')
    .map(claim =>
      claim.family === 'caller' && users.has(claim.node.id)
        ? {
            ...claim,
            family: 'caller in closed set',
            probability: WEAKER.hintInClosedSet,
            because: `${claim.because}, one of the key's listed users`,
          }
        : claim,
    )
}

const isNear = (claims: readonly Claim[]): boolean => claims.every(({family}) => NEAR_FAMILIES.has(family))

export const plain = (
  claims: readonly Claim[],
  family: string,
  says: Distribution,
  because: string,
): Voice => ({
  family,
  kind: kindOfClaims(family, claims),
  isNear: isNear(claims),
  bases: [...new Set(claims.map(({basis}) => basis))],
  exact: claims.every(({exact}) => exact),
  says,
  because,
  rule: claims[0]?.rule ?? 'R1',
  where: [...new Set(claims.flatMap(({where}) => where))].slice(0, 6),
  edges: [],
})

/** Which service it is, and through it who owns that service at the time. */
export function serviceVoice(
  open: Case,
  claims: readonly Claim[],
  consumers: readonly Claim[],
): Voice | null {
  const about = serviceClaims(claims, consumers)
  if (about.length === 0) return null
  const ranked = adjusted(
    combine(serviceWitnesses(about), open.lookup.serviceCount, open.model.weighing('invocation_service')),
    scored => open.model.probability('invocation_service', 'exact', scored),
  ).ranked
  const orgs = new Map<string, number>()
  for (const {name, probability} of ranked) {
    if (probability < 0.02) continue
    const answer = open.ownership.ownerOf(open.graph.node(name)!, open.at)
    open.span.within(answer.span)
    for (const [id, owns] of answer.says) orgs.set(id, (orgs.get(id) ?? 0) + owns * probability)
  }
  const [best] = ranked
  const node = open.graph.node(best!.name)!
  const chosen = about.filter(claim => claim.node.id === node.id)
  const owner = open.ownership.ownerOf(node, open.at)
  const project = projectOf(open, node)
  const ownerText = owner.witnesses.map(({because}) => because).join('; ')
  const where = [
    ...chosen.flatMap(claim => claim.where),
    ...owner.witnesses.flatMap(witness => witness.where),
  ]
  const [owning] = [...owner.says].sort((a, b) => b[1] - a[1])
  return {
    family: 'service',
    kind: kindOfClaims('service', chosen),
    isNear: false,
    bases: [...new Set([...chosen.map(({basis}) => basis), ...owner.witnesses.map(({basis}) => basis)])],
    exact: chosen.some(({exact, basis}) => exact && basis !== 'caller'),
    says: orgs,
    because: `it is ${node.name} (${chosen.map(({because}) => because).join('; ')})${ownerText === '' ? ', which nobody is known to own' : `; ${ownerText}`}`,
    rule: chosen[0]!.rule,
    where: [...new Set(where)].slice(0, 8),
    isOpen: owner.isOpen,
    service: node,
    identified: best!.probability,
    ...(project ? {project} : {}),
    ...keyOf(chosen),
    edges: [
      edge(
        'invocation_service',
        null,
        node.id,
        chosen.map(claim => evidenceOf(claim)),
      ),
      ...(project ? [edge('service_project', node.id, project.id, [])] : []),
      ...(owning
        ? [
            edge(
              'project_organization',
              (project ?? node).id,
              owning[0],
              ownerEvidence(owner.witnesses, owning[0]),
            ),
          ]
        : []),
    ],
  }
}

/** The key or principal that claims came by. */
function keyOf(claims: readonly Claim[]): {key?: Node} {
  const key = claims.find(({via}) => via?.kind === 'identity')?.via
  return key ? {key} : {}
}

function projectOf(open: Case, service: Node): Node | undefined {
  for (const {to} of open.graph.out(service, 'built_from', open.at, open.span)) return to
  for (const {to} of open.graph.out(service, 'runs_in', open.at, open.span)) return to
  return undefined
}

const WIRE: {readonly [relation: string]: string} = {
  invocation_service: 'called_by',
  invocation_identity: 'produced_by',
  invocation_project: 'deployed_in',
  service_project: 'deployed_in',
  service_identity: 'owns',
  identity_organization: 'member_of',
  project_organization: 'owned_by_org',
}

export const edge = (relation: string, from: string | null, to: string, evidence: readonly Evidence[]) => ({
  relation,
  wire: WIRE[relation] ?? null,
  from,
  to,
  evidence,
})

export const evidenceOf = (claim: Claim): Evidence => ({
  rule: claim.rule,
  basis: claim.basis,
  source: claim.family,
  where: claim.where[0] ?? null,
  log_odds: round(logit(bounded(claim.probability))),
})

const bounded = (probability: number): number => Math.min(0.999, Math.max(0.001, probability))

const round = (value: number): number => Math.round(value * 1000) / 1000

/** Who made a key, and who only administers it, are stories of their own. */
function storyOf(claims: readonly Claim[]): string {
  if (claims.every(({family}) => family === 'administrator')) return 'administrator'
  return isNear(claims) ? 'creator' : kindOfClaims('person', claims)
}

/** Whose personal use it is, and so which team's. */
export function personVoice(open: Case, claims: readonly Claim[]): Voice | null {
  const about = claims.filter(claim => claim.about === 'person')
  if (about.length === 0) return null
  const strength = new Map<string, number>()
  for (const {node, probability} of about)
    strength.set(node.id, 1 - (1 - (strength.get(node.id) ?? 0)) * (1 - probability))
  const [best] = [...strength].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const node = open.graph.node(best![0])!
  const chosen = about.filter(claim => claim.node.id === node.id)
  const answer = open.ownership.teamOf(node, open.at)
  open.span.within(answer.span)
  if (answer.says.size === 0) return null
  const [team] = [...answer.says].sort((a, b) => b[1] - a[1])
  return {
    family: 'person',
    kind: storyOf(chosen),
    isNear: isNear(chosen),
    bases: [...new Set([...chosen.map(({basis}) => basis), ...answer.witnesses.map(({basis}) => basis)])],
    exact: chosen.some(({exact, basis}) => exact && basis !== 'caller'),
    says: scaled(answer.says, best![1]),
    because: `${chosen.map(({because}) => because).join('; ')}; ${answer.witnesses.map(({because}) => because).join('; ')}`,
    rule: chosen[0]!.rule,
    where: [
      ...new Set([
        ...chosen.flatMap(claim => claim.where),
        ...answer.witnesses.flatMap(witness => witness.where),
      ]),
    ].slice(0, 8),
    person: node,
    edges: [
      edge('invocation_identity', null, node.id, chosen.map(evidenceOf)),
      ...(team
        ? [edge('identity_organization', node.id, team[0], ownerEvidence(answer.witnesses, team[0]))]
        : []),
    ],
  }
}

/** Claims that name an organization outright, one voice a family. */
export function organizationVoices(claims: readonly Claim[]): Voice[] {
  const families = new Map<string, Claim[]>()
  for (const claim of claims)
    if (claim.about === 'organization')
      families.set(claim.family, [...(families.get(claim.family) ?? []), claim])
  return [...families].map(([family, same]) => {
    const says = new Map<string, number>()
    for (const {node, probability} of same) says.set(node.id, Math.max(says.get(node.id) ?? 0, probability))
    const voice = plain(
      same,
      family,
      capped(says, MOST_SAID),
      [...new Set(same.map(({because}) => because))].join('; '),
    )
    const via = same.find(claim => claim.via)?.via
    const to = same.reduce((a, b) => (b.probability > a.probability ? b : a)).node
    const project = via?.kind === 'project' ? via : undefined
    const relation = project ? 'project_organization' : 'identity_organization'
    return {
      ...voice,
      exact: same.some(({exact, basis}) => exact && basis !== 'caller'),
      ...(project ? {project} : {}),
      ...(via?.kind === 'identity' ? {key: via} : {}),
      edges: via
        ? [
            edge(project ? 'invocation_project' : 'invocation_identity', null, via.id, []),
            edge(relation, via.id, to.id, same.map(evidenceOf)),
          ]
        : [edge(relation, null, to.id, same.map(evidenceOf))],
    }
  })
}

const ownerEvidence = (witnesses: readonly Witness[], organization: string): Evidence[] =>
  witnesses
    .filter(({says}) => says.has(organization))
    .map(({basis, family, says, where}) => ({
      rule: 'R1',
      basis,
      source: family,
      where: where[0] ?? null,
      log_odds: round(logit(bounded(says.get(organization)!))),
    }))
