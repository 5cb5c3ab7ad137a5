/**
 * Questions whose answers are known, as the model meets them. Edges that rules settled are asked again with the evidence hidden that
 * open signatures lack: what is known usually has tidier names than what is not, and would flatter the model.
 */
import type {Signature} from '../../model/fact.ts'
import {DAY_MS} from '../../model/time.ts'
import {type Active, firstSeen, type World} from '../attribute.ts'
import {Span} from '../graph.ts'
import {type Hearing, hear} from '../hearing.ts'
import type {Outcome} from '../outcome.ts'
import {CHARGEBACK_FLOOR, type Heard, logWeights, topOf} from '../probability.ts'
import {resolve} from '../resolve.ts'
import type {Case, Claim} from '../stages/claims.ts'
import {serviceClaims, serviceWitnesses} from '../voices.ts'
import {contestedAmong, discounted} from '../weigh.ts'
import {isWritten} from '../witness.ts'
import type {Example} from './fit.ts'
import {hashOf} from './split.ts'
import type {Examples} from './train.ts'

/** A signature, with what its answer counts for. */
export interface Weighed extends Active {
  /** The signature as the store writes it. */
  readonly evidence: string
  readonly records: number
}

/** Whose a signature's spend is at an instant, where that is known: an organization, or null for none in the graph; undefined: not known. */
export type Oracle = (signature: Signature, at: number) => string | null | undefined

/** What signatures have in common when they are of one key, role, user, project or service. */
export function entityOf(signature: Signature): string {
  const {key, role, user, project, workload, service, namespace, tag_service, account} = signature
  return key ?? role ?? user ?? project ?? workload ?? service ?? namespace ?? tag_service ?? account ?? ''
}

const kindOf = ({family, exact}: Claim): string => (exact ? family : `${family}, alike`)

interface Asked {
  readonly weighed: Weighed
  readonly open: Case
  readonly hearing: Hearing
  readonly kinds: ReadonlySet<string>
}

/** Every signature in the middle of its days, as the engine would ask. */
function askAll(world: World, signatures: readonly Weighed[]): Asked[] {
  const seen = firstSeen(signatures)
  return signatures.map(weighed => {
    const {signature, firstDay, lastDay} = weighed
    const open: Case = {
      ...{...world, signature, span: new Span()},
      at: Math.floor((firstDay + lastDay + 1) / 2) * DAY_MS,
      keyFirstSeen: seen.get(signature.key ?? '') ?? null,
    }
    const hearing = hear(open)
    return {weighed, open, hearing, kinds: new Set(hearing.claims.map(kindOf))}
  })
}

/** Of the user's own data: what Stage A settled, with evidence hidden. */
export function hiddenEdges(world: World, signatures: readonly Weighed[]): Examples {
  const settled = askAll(world, signatures).map(one => ({...one, outcome: resolve(one.open).outcome}))
  const open = settled.filter(({outcome}) => outcome.output_state !== 'deterministically_resolved')
  const known = settled.filter(({outcome}) => outcome.output_state === 'deterministically_resolved')
  const now = Math.max(0, ...signatures.map(({lastDay}) => lastDay)) * DAY_MS
  // Signatures that nothing is known of teach nothing.
  const situations = open.map(({kinds}) => kinds).filter(kinds => kinds.size > 0)
  return {
    owner: known.map(({outcome, ...one}) => {
      const hidden = hiding(one, situations)
      return ownerExample(hidden, outcome.owner.organization!.id)
    }),
    invocation_service: known.flatMap(one => serviceExample(one, situations) ?? []),
    project_organization: graphExamples(world, now, 'project_organization'),
    identity_organization: graphExamples(world, now, 'identity_organization'),
  }
}

/** The question as an open signature would ask it: only with kinds of evidence that one of those has. */
function hiding(asked: Asked, situations: readonly ReadonlySet<string>[]): Asked {
  const {open, weighed} = asked
  const kept =
    situations.length === 0 ? null : situations[hashOf(entityOf(weighed.signature)) % situations.length]!
  const hears = (claim: Claim) => (kept === null ? !claim.exact : kept.has(kindOf(claim)))
  const hearing = hear({...open, hears, span: new Span()})
  return {...asked, open, hearing, kinds: new Set(hearing.claims.map(kindOf))}
}

/** Of a company whose truth is known: every signature as it is. */
export function knownOwners(world: World, signatures: readonly Weighed[], oracle: Oracle): Example[] {
  return askAll(world, signatures).flatMap(asked => {
    const truth = oracle(asked.weighed.signature, asked.open.at)
    // Who uses a shared key is Stage C's question.
    return truth === undefined || asked.hearing.shared !== null ? [] : [ownerExample(asked, truth)]
  })
}

const countsFor = ({records, cost}: Weighed) => ({weight: records, cost: Number(cost) / 1e9})

function ownerExample({open, hearing, weighed}: Asked, truth: string | null): Example {
  const speaking = discounted(hearing.voices).filter(({says}) => says.size > 0)
  const {candidates} = open.ownership
  return {
    heard: oddsOf(speaking, candidates),
    exact: new Set(speaking.filter(({exact}) => exact).flatMap(({says}) => topOf(says) ?? [])),
    contested: contestedAmong(speaking),
    ...{candidates, truth, entity: entityOf(weighed.signature), ...countsFor(weighed)},
  }
}

function serviceExample(
  asked: Asked & {outcome: Outcome},
  situations: readonly ReadonlySet<string>[],
): Example | null {
  const service = asked.outcome.owner.service
  if (service === null || asked.outcome.stage_origin !== 'stage_a') return null
  const {open, hearing, weighed} = hiding(asked, situations)
  const claims = serviceClaims(hearing.claims, hearing.consumers)
  const candidates = open.lookup.serviceCount
  return {
    heard: oddsOf(serviceWitnesses(claims), candidates),
    exact: new Set(claims.filter(({exact}) => exact).map(({node}) => node.id)),
    contested: NOBODY,
    ...{candidates, truth: service.id, entity: entityOf(weighed.signature), ...countsFor(weighed)},
  }
}

const NOBODY: ReadonlySet<string> = new Set()

const oddsOf = (heard: readonly Heard[], candidates: number): Example['heard'] =>
  heard.map(({kind, says}) => ({kind, odds: logWeights(says, candidates)}))

/**
 * Things whose owner, and people whose team, several kinds of source tell: asked again without the best of those that say it, which is
 * what somebody has written down, where anybody has.
 */
const graphExamples = (
  {graph, ownership}: World,
  at: number,
  relation: 'project_organization' | 'identity_organization',
): Example[] =>
  graph.nodes.flatMap(node => {
    const people = relation === 'identity_organization'
    if (
      people
        ? node.kind !== 'identity' || graph.everOut(node, 'member_of').length === 0
        : node.kind !== 'service' && node.kind !== 'project'
    )
      return []
    const {says, witnesses} = people ? ownership.teamOf(node, at) : ownership.ownerOf(node, at)
    const truth = topOf(says)
    if (truth === null || says.get(truth)! < CHARGEBACK_FLOOR || witnesses.length < 2) return []
    const written = witnesses.filter(({family}) => isWritten(family))
    const best = (written.length > 0 ? written : witnesses).reduce((a, b) =>
      (b.says.get(truth) ?? 0) > (a.says.get(truth) ?? 0) ? b : a,
    )
    const rest = witnesses
      .filter(witness => witness !== best)
      .map(({family, says: said}) => ({kind: family, says: said}))
    const {candidates} = ownership
    const exact = new Set(
      rest.filter(({kind}) => isWritten(kind)).flatMap(({says: said}) => topOf(said) ?? []),
    )
    return [
      {
        ...{heard: oddsOf(rest, candidates), exact, contested: NOBODY, candidates},
        ...{truth, entity: node.id, weight: 1, cost: 0},
      },
    ]
  })
