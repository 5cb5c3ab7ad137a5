/** Which single facts could settle a signature: whose its key is, its service, its project, its people's team. */
import * as alias from '../../model/alias.ts'
import type {Alias} from '../../model/fact.ts'
import type {Active, World} from '../attribute.ts'
import {type Node, Span} from '../graph.ts'
import type {Case} from '../stages/claims.ts'
import {rules} from '../stages/deterministic.ts'
import {isPerson} from '../stages/holders.ts'

export const SUBJECT_KINDS = [
  'key',
  'role',
  'service_account',
  'project',
  'service',
  'repository',
  'namespace',
  'team',
  'account',
  'people',
] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]

/** A thing whose owner, or whose counterpart in another system, is the question. */
export interface Subject {
  /** Unique and stable: kind and alias. */
  readonly id: string
  readonly kind: SubjectKind
  /** Null: the people whose team nobody says, who are one question together. */
  readonly alias: Alias | null
  readonly name: string
  /** Of `people`: the one whom this signature is about. */
  readonly person?: Node
}

/** A claim this weak that a signature is a service does not make it a question about the service. */
const LIKELY_SERVICE = 0.3

const KINDS: readonly (readonly [RegExp, SubjectKind])[] = [
  [/:(key|subscription)\//, 'key'],
  [/:role\/|^aws:user\//, 'role'],
  [/service_account|service_principal|^entra:(app|registration)\//, 'service_account'],
  [/namespace\//, 'namespace'],
  [/:repo\//, 'repository'],
  [/:(account|org|organization)\//, 'account'],
]

const kindOfSubject = (node: Node): SubjectKind =>
  KINDS.find(([pattern]) => pattern.test(node.id))?.[1] ??
  (node.kind === 'service' ? 'service' : node.kind === 'project' ? 'project' : 'service_account')

const about = (node: Node, kind: SubjectKind = kindOfSubject(node), name = node.name): Subject => ({
  id: `${kind} ${node.id}`,
  kind,
  alias: node.id,
  name,
})

const named = (kind: 'service' | 'team', name: string): Subject => {
  const known = alias.named(kind, name)
  return {id: `${kind} ${known}`, kind, alias: known, name}
}

/** Every thing a signature at an instant leads to whose owner would say whose the signature is. */
export function subjectsOf(world: World, {signature}: Active, at: number): Subject[] {
  const {graph, lookup, ownership} = world
  const found = new Map<string, Subject>()
  const add = (subject: Subject) => {
    const node = subject.kind === 'repository' ? graph.node(subject.alias!) : undefined
    // The parts of such a one have owners of their own.
    if (node && ownership.isMonorepo(node)) return
    if (!found.has(subject.id)) found.set(subject.id, subject)
  }
  const nodeOf = (known: Alias | undefined) => (known === undefined ? undefined : graph.node(known))
  const holder = (node: Node | undefined, name?: string) => {
    if (!node || node.kind === 'organization') return
    const person = isPerson(node) ? node : holderOf(world, node, name)
    if (person) addPerson(person)
    else add(about(node, kindOfSubject(node), name))
  }
  // An id of a user may be anybody's: it is a person's until its record says that it is a machine's.
  const addPerson = (person: Node) => {
    if (person.type !== 'service_account' && person.type !== 'bot')
      add({id: 'people', kind: 'people', alias: null, name: 'people', person})
    else add(about(person, 'service_account'))
  }
  const {key, project, role, user, account, organization, session} = signature
  holder(nodeOf(key), signature.key_name)
  for (const known of [project, role]) holder(nodeOf(known))
  const caller = nodeOf(user) ?? (session?.includes('@') ? nodeOf(alias.email(session)) : undefined)
  if (caller && caller.kind === 'identity') addPerson(caller)
  if (key === undefined && project === undefined && role === undefined && user === undefined)
    for (const known of [account, organization]) {
      const node = nodeOf(known)
      if (node && node.kind !== 'organization') add(about(node, 'account'))
    }
  for (const field of ['workload', 'namespace', 'repository'] as const) holder(nodeOf(signature[field]))
  for (const name of [signature.service, signature.tag_service])
    if (name !== undefined && lookup.service(name).length === 0) add(named('service', name))
  for (const name of [signature.team_name, signature.tag_team])
    if (name !== undefined && lookup.team(name).every(({exact}) => !exact)) add(named('team', name))
  const open: Case = {...world, signature, at, span: new Span(), keyFirstSeen: null}
  for (const claim of rules.flatMap(rule => [...rule.apply(open)])) {
    holder(claim.via)
    if (claim.about !== 'service' || claim.probability < LIKELY_SERVICE) continue
    add(about(claim.node))
    for (const relation of ['built_from', 'runs_in'] as const)
      for (const {to} of graph.out(claim.node, relation, at, open.span)) add(about(to))
  }
  return [...found.values()]
}

/** The person whose own a key is, by its record or its name: its question is about that person. */
function holderOf({graph, lookup}: World, node: Node, name = node.name): Node | undefined {
  const acting = graph.everOut(node, 'acts_for').find(({to}) => isPerson(to))
  return acting?.to ?? (node.kind === 'identity' ? lookup.personOfKey(name)[0]?.node : undefined)
}
