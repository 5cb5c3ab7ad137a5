/** One signature at one instant: who is heard, what they say together, and the answer with its reasons. */
import {
  ambiguousShares,
  bounded,
  budgetOf,
  described,
  ownerOf,
  rationale,
  ref,
  stepsOf,
  unresolved,
} from './answers.ts'
import {contrastOf} from './contrast.ts'
import type {Node} from './graph.ts'
import {hear, type Shared} from './hearing.ts'
import type {Outcome, OutputState} from './outcome.ts'
import {CHARGEBACK_FLOOR, CONTESTED_CAP, coperOf} from './probability.ts'
import type {Case, Claim} from './stages/claims.ts'
import type {Voice} from './voices.ts'
import {discounted, isFromCaller, weigh} from './weigh.ts'

export interface Settled {
  readonly outcome: Outcome
  /** Null: it is one owner's, or nobody knows whose. */
  readonly shared: Shared | null
  /** The likeliest service, whatever else speaks; null: nothing tells of one. */
  readonly service: {readonly node: Node; readonly probability: number} | null
}

/** Below this the best candidate is not worth naming: the answer is "unknown". */
const NAMEABLE = 0.2

export function resolve(open: Case, history: readonly Claim[] = []): Settled {
  const {voices, consumers, shared} = hear(open, history)
  const heard = voices.find(voice => voice.service)
  return {
    outcome: shared ? bounded(open, shared.among, consumers, discounted(voices)) : settle(open, voices),
    shared,
    service: heard ? {node: heard.service!, probability: heard.identified!} : null,
  }
}

function settle(open: Case, said: readonly Voice[]): Outcome {
  const voices = discounted(said)
  const speaking = voices.filter(voice => voice.says.size > 0)
  const verdict = weigh(open, speaking)
  const {supporting, exact} = verdict
  const [best] = verdict.ranked
  if (!best || best.probability < NAMEABLE) return unresolved(open, voices, verdict)
  const organization = open.graph.node(best.name)!
  const sure = best.probability >= CHARGEBACK_FLOOR
  const state: OutputState = sure ? (exact ? 'deterministically_resolved' : 'strongly_inferred') : 'ambiguous'
  const coper = sure ? coperOf(best.probability) : Math.min(CONTESTED_CAP, coperOf(best.probability))
  const against = speaking.filter(voice => !supporting.includes(voice))
  const contradictions = against.filter(isFromCaller).map(({because}) => because)
  const budget = budgetOf(open, organization)
  return {
    ...described(open, voices, verdict),
    waterfall: stepsOf(open, verdict, speaking),
    output_state: state,
    coper,
    stage_origin: exact ? 'stage_a' : 'stage_b',
    owner: {...ownerOf(supporting), organization: ref(organization), budget},
    shares: sure
      ? [{organization: ref(organization), budget, share_ppm: 1_000_000, basis: 'sole owner'}]
      : ambiguousShares(open, verdict),
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
      together: verdict,
      weigh: heard => weigh(open, discounted(heard)),
      weight: open.model.weighing('owner').weight,
      candidates: open.ownership.candidates,
      nameable: NAMEABLE,
      nameOf: id => ref(open.graph.node(id)!),
    }),
  }
}
