/**
 * What an answer would do is tried, not guessed: the statement is added to the graph and the open signatures are resolved
 * again. Questions that share no signature and no key cannot disturb each other and are tried together.
 */
import type {Alias} from '../../model/fact.ts'
import {
  type Active,
  type Attribution,
  attributeAll,
  deciding,
  type Facts,
  type Known,
  type World,
  worldOf,
} from '../attribute.ts'
import type {LinkRow, Node} from '../graph.ts'
import {CHARGEBACK_FLOOR} from '../probability.ts'
import {NO_RULINGS, type OwnerRuling} from '../rulings.ts'
import type {Subject} from './subjects.ts'

/** A question with the open attributions that lead to it. */
export interface Asked {
  readonly subject: Subject
  readonly people: readonly Node[]
  /** Indexes of open attributions. */
  readonly touched: readonly number[]
}

export interface Settled {
  readonly facts: Facts
  readonly known: Known
  readonly world: World
  readonly actives: readonly Active[]
  readonly attributions: readonly Attribution[]
}

/** Of each question the attributions that become its answer's, when every question is answered with its `answerOf`. */
export function tryAnswers<Q extends Asked>(
  base: Settled,
  asked: readonly Q[],
  answerOf: (question: Q) => Alias,
): Map<Q, ReadonlySet<number>> {
  const activeOf = new Map(base.actives.map(active => [active.id, active]))
  const keyOf = (index: number) => {
    const {key} = activeOf.get(base.attributions[index]!.signatureId)!.signature
    return key === undefined ? [] : [key]
  }
  const settled = new Map<Q, ReadonlySet<number>>()
  for (const batch of apart(asked, base.attributions, keyOf)) {
    const supposed = supposing(base, batch, answerOf)
    const signatures = new Set<number>()
    const keys = new Set<string>()
    for (const {touched} of batch)
      for (const index of touched) {
        signatures.add(base.attributions[index]!.signatureId)
        for (const key of keyOf(index)) keys.add(key)
      }
    // What a key is remembered by are its other rows.
    const again = base.actives.filter(
      ({id, signature}) => signatures.has(id) || (signature.key !== undefined && keys.has(signature.key)),
    )
    const answers = Map.groupBy(attributeAll(supposed, again), ({signatureId}) => signatureId)
    for (const question of batch) {
      const owner = supposed.graph.node(answerOf(question))?.id
      settled.set(
        question,
        new Set(
          question.touched.filter(index => {
            const {signatureId, from, to} = base.attributions[index]!
            const over = answers.get(signatureId)!.filter(answer => answer.from < to && from < answer.to)
            return over.every(
              ({outcome}) => outcome.coper >= CHARGEBACK_FLOOR && outcome.owner.organization?.id === owner,
            )
          }),
        ),
      )
    }
  }
  return settled
}

/** Answers that say which nodes are one, or who is in a team, make another graph; the rest only add to it. */
const isRebuilding = ({subject: {kind}}: Asked): boolean => kind === 'team' || kind === 'people'

/** Fewest batches are not needed: each question goes into the first one it does not disturb. */
function apart<Q extends Asked>(
  asked: readonly Q[],
  attributions: readonly Attribution[],
  keyOf: (index: number) => readonly string[],
): Q[][] {
  const batches: {
    readonly questions: Q[]
    readonly taken: Set<number | string>
    readonly rebuilds: boolean
  }[] = []
  for (const question of [...asked].sort((a, b) => b.touched.length - a.touched.length || byId(a, b))) {
    const needs = question.touched.flatMap(index => [attributions[index]!.signatureId, ...keyOf(index)])
    const rebuilds = isRebuilding(question)
    let batch = batches.find(
      known => known.rebuilds === rebuilds && !needs.some(need => known.taken.has(need)),
    )
    if (!batch) batches.push((batch = {questions: [], taken: new Set(), rebuilds}))
    batch.questions.push(question)
    for (const need of needs) batch.taken.add(need)
  }
  return batches.map(({questions}) => questions)
}

const byId = (a: Asked, b: Asked): number => (a.subject.id < b.subject.id ? -1 : 1)

function supposing<Q extends Asked>(
  {facts, known, world}: Settled,
  batch: readonly Q[],
  answerOf: (question: Q) => Alias,
): World {
  const {owners, disputes} = facts.rulings ?? NO_RULINGS
  const same: (readonly [Alias, Alias])[] = []
  const links: LinkRow[] = []
  const answers: OwnerRuling[] = []
  for (const question of batch) {
    const {subject, people} = question
    const answer = answerOf(question)
    if (subject.kind === 'team') same.push([subject.alias!, answer])
    else if (subject.alias !== null) answers.push(decided(subject.alias, answer))
    for (const {id} of people) {
      links.push(membership(id, answer))
      answers.push(decided(id, answer))
    }
  }
  if (!batch.some(isRebuilding)) return deciding(world, {owners, disputes}, answers)
  const union = known.union.copy()
  for (const [name, answer] of same) union.join(name, answer)
  const supposed = {
    ...facts,
    links: [...facts.links, ...links],
    rulings: {owners: [...owners, ...answers], disputes},
  }
  return worldOf(supposed, {...known, union}, world.model)
}

const decided = (of: Alias, team: Alias): OwnerRuling => ({
  ...{rule: 'declared', of: {alias: of}, team, from: null, to: null},
  ...{who: 'venturi.yaml', on: null, why: null, where: 'venturi.yaml'},
})

const membership = (from: Alias, to: Alias): LinkRow => ({
  relation: 'member_of',
  from,
  to,
  basis: 'hr',
  validFrom: null,
  validTo: null,
  exclusive: false,
  where: 'venturi.yaml',
})
