/** What nobody has written down, and what each answer would settle. Pure. */
import type {Alias, Signature} from '../../model/fact.ts'
import {type Graph, type Node, Span} from '../graph.ts'
import type {Outcome, Question, Ref} from '../outcome.ts'
import {CHARGEBACK_FLOOR, coperOf} from '../probability.ts'
import {answerWith, contactsOf, questionText} from './contacts.ts'
import {boundOf, dearest} from './dearest.ts'
import {type Subject, subjectsOf} from './subjects.ts'
import {type Asked, type Settled, tryAnswers} from './suppose.ts'

export interface Gap {
  readonly question: Question
  readonly settles: readonly Settling[]
}

export interface Open {
  readonly gaps: readonly Gap[]
  /** Open attributions, as they were given, of which a question was not tried: others have more money behind them. */
  readonly untried: ReadonlySet<number>
}

/** What an answer does to one open attribution. */
export interface Settling {
  /** Which attribution, as they were given. */
  readonly index: number
  /** Whether the likeliest answer settles it. */
  readonly likeliest: boolean
  /** How probably the true answer does, parts per million. */
  readonly ppm: number
  /** Whom it is about; null: nobody in particular. */
  readonly person: Alias | null
}

const MOST_CANDIDATES = 5
const LEAST_CANDIDATE = 0.01

/**
 * Questions whose answer settles something. Each is tried with two answers: the likeliest, and a team that nothing speaks
 * for. How probably the answer settles an attribution is the mean of the two, by the probability that the likeliest is right.
 */
export function openQuestions(base: Settled, bound = boundOf(base.actives.length)): Open {
  const costs = new Map(base.actives.map(({id, cost}) => [id, cost]))
  const costAt = (index: number) => costs.get(base.attributions[index]!.signatureId)!
  const {tried: asked, untried} = dearest(questionsOf(base), costAt, bound)
  return {gaps: asked.length === 0 ? [] : gapsOf(base, asked), untried}
}

function gapsOf(base: Settled, asked: readonly Grouped[]): Gap[] {
  const teams = namable(base)
  const costOf = new Map(base.actives.map(({id, cost}) => [id, Number(cost)]))
  const candidates = new Map(asked.map(question => [question, candidatesOf(base, costOf, question)]))
  const stranger = (question: Grouped): Alias => {
    const known = new Set(question.touched.flatMap(index => expectedFor(base, index)))
    for (const {organization} of candidates.get(question)!) known.add(organization.id)
    return (teams.find(({id}) => !known.has(id)) ?? teams.at(-1))?.id ?? 'name:team/nobody-named'
  }
  const byLikeliest = tryAnswers(
    base,
    asked.filter(question => candidates.get(question)!.length > 0),
    question => candidates.get(question)![0]!.organization.id,
  )
  const byStranger = tryAnswers(base, asked, stranger)
  return asked.flatMap(question => {
    const [best] = candidates.get(question)!
    const sure = best?.probability ?? 0
    const other = byStranger.get(question)!
    const likely = byLikeliest.get(question) ?? other
    const settles = question.touched
      .filter(index => likely.has(index) || other.has(index))
      .map(index => ({
        index,
        likeliest: likely.has(index),
        ppm: Math.round(
          1_000_000 * (sure * Number(likely.has(index)) + (1 - sure) * Number(other.has(index))),
        ),
        person: question.personOf.get(index) ?? null,
      }))
    return settles.length === 0
      ? []
      : [{question: toQuestion(base, question, candidates.get(question)!), settles}]
  })
}

interface Grouped extends Asked {
  readonly personOf: ReadonlyMap<number, Alias>
}

const HINTS: ReadonlySet<string> = new Set(['service', 'repository'])

interface Group {
  readonly subject: Subject
  readonly touched: number[]
  readonly people: Map<Alias, Node>
  readonly personOf: Map<number, Alias>
}

function questionsOf(base: Settled): Grouped[] {
  const {world, actives, attributions} = base
  const activeOf = new Map(actives.map(active => [active.id, active]))
  const shared = sharedThings(base)
  const groups = new Map<string, Group>()
  attributions.forEach((attribution, index) => {
    const {outcome, signatureId, from} = attribution
    if (isOwned(attribution) || outcome.output_state === 'not_identifiable') return
    for (const subject of subjectsOf(world, activeOf.get(signatureId)!, from)) {
      if (subject.alias !== null && shared.has(subject.alias)) continue
      // A key of several is not one team's; what a request says of itself is.
      if (outcome.output_state === 'bounded' && !HINTS.has(subject.kind)) continue
      const group: Group = groups.get(subject.id) ?? {
        ...{subject, touched: [], people: new Map(), personOf: new Map()},
      }
      groups.set(subject.id, group)
      group.touched.push(index)
      if (!subject.person) continue
      group.people.set(subject.person.id, subject.person)
      group.personOf.set(index, subject.person.id)
    }
  })
  return [...groups.values()]
    .map(({people, ...group}) => ({...group, people: [...people.values()]}))
    .sort((a, b) => (a.subject.id < b.subject.id ? -1 : 1))
}

/** What is ambiguous, bounded or unknown never gets so sure. */
const isOwned = ({outcome}: Settled['attributions'][number]): boolean => outcome.coper >= CHARGEBACK_FLOOR

const HELD = [
  'key',
  'project',
  'role',
  'account',
  'organization',
  'workload',
  'namespace',
  'repository',
] as const

/** What settled usage already shows in the hands of several teams: whose it is has no one answer. */
function sharedThings({world, actives, attributions}: Settled): ReadonlySet<Alias> {
  const activeOf = new Map(actives.map(active => [active.id, active]))
  const owners = new Map<Alias, Set<Alias>>()
  for (const attribution of attributions) {
    const owner = attribution.outcome.owner.organization
    if (!isOwned(attribution) || owner === null) continue
    const {signature} = activeOf.get(attribution.signatureId)!
    for (const node of thingsBehind(world.graph, signature, attribution.outcome))
      owners.set(node.id, (owners.get(node.id) ?? new Set()).add(owner.id))
  }
  return new Set([...owners].filter(([, of]) => of.size > 1).map(([id]) => id))
}

/** What a row names, and what the service behind it is built from and runs in; a repository with each part of it. */
function thingsBehind(graph: Graph, signature: Signature, {owner}: Outcome): ReadonlySet<Node> {
  const named = HELD.flatMap(field => signature[field] ?? []).flatMap(known => graph.node(known) ?? [])
  const service = owner.service === null ? undefined : graph.node(owner.service.id)
  const around = (['built_from', 'runs_in'] as const).flatMap(relation =>
    service ? graph.everOut(service, relation).map(({to}) => to) : [],
  )
  const things = [...named, ...around]
  const whole = things.flatMap(({id}) => (id.includes('#') ? (graph.node(id.split('#')[0]!) ?? []) : []))
  return new Set([...things, ...whole])
}

/** Teams that may be named as owners, by id. */
function namable({world: {ownership}, attributions}: Settled): readonly Node[] {
  const at = attributions.reduce((latest, {from}) => Math.max(latest, from), 0)
  return ownership.organizations.filter(node =>
    ownership.organizationsOf(node, 1, at, new Span()).has(node.id),
  )
}

const expectedFor = ({attributions}: Settled, index: number): Alias[] =>
  attributions[index]!.outcome.candidates.map(({organization}) => organization.id)

/** What speaks for whom on the thing itself; where nothing does, on the usage behind it, by what it costs. */
function candidatesOf(
  base: Settled,
  costOf: ReadonlyMap<number, number>,
  {subject, touched}: Asked,
): Question['candidates'] {
  const {world, attributions} = base
  if (subject.kind === 'people') return []
  const node = subject.alias === null ? undefined : world.graph.node(subject.alias)
  const at = attributions[touched.at(-1)!]!.from
  const told =
    node && (node.kind === 'service' || subject.kind === 'repository' || subject.kind === 'namespace')
      ? world.ownership.ownerOf(node, at).says
      : new Map<Alias, number>()
  const says = new Map(told)
  if (says.size === 0) {
    let weight = 0
    for (const index of touched) {
      const {signatureId, outcome} = attributions[index]!
      const cost = 1 + Math.max(0, costOf.get(signatureId) ?? 0)
      weight += cost
      for (const {organization, probability} of outcome.candidates)
        says.set(organization.id, (says.get(organization.id) ?? 0) + probability * cost)
    }
    for (const [id, sum] of says) says.set(id, sum / weight)
  }
  return [...says]
    .filter(([, probability]) => probability >= LEAST_CANDIDATE)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_CANDIDATES)
    .map(([id, probability]) => ({
      organization: {id, name: world.graph.node(id)!.name} satisfies Ref,
      probability: coperOf(probability),
    }))
}

function toQuestion(base: Settled, {subject, touched}: Asked, candidates: Question['candidates']): Question {
  return {
    id: subject.id,
    kind: subject.kind,
    text: questionText(subject),
    alias: subject.alias,
    name: subject.name,
    candidates,
    ask: contactsOf(base.world, subject, base.attributions[touched.at(-1)!]!.from),
    answer_with: answerWith(subject),
  }
}
