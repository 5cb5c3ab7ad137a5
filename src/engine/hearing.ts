/** What the rules say about one signature at one instant, and who of several shares it: everything before it is weighed. */
import type {Node} from './graph.ts'
import {CHARGEBACK_FLOOR} from './probability.ts'
import {WEAKER} from './reliability.ts'
import {type Case, type Claim, NEAR_FAMILIES} from './stages/claims.ts'
import {rules, usersListed} from './stages/deterministic.ts'
import {bestOf, organizationVoices, personVoice, plain, serviceVoice, type Voice} from './voices.ts'

/** Claims about a service this sure make the spend a service's, whoever holds the key. */
const SERVICE_SPEND = 0.5
const PLACES = new Set(['repository', 'namespace', 'deployment'])

/** What several use, and who they certainly are: Stage C splits among them and never changes them. */
export interface Shared {
  /** The key, project or role whose record, or a declared rule, lists its users. */
  readonly holder: Node
  /** Organizations of those users, by id. */
  readonly among: readonly Node[]
  /** Which organization each service among the users stands for, by their ids. */
  readonly services: ReadonlyMap<string, string>
}

/** Everything said about one signature at one instant, before it is weighed. */
export interface Hearing {
  readonly claims: readonly Claim[]
  /** As they were said: `weigh.ts` believes some of them less. */
  readonly voices: readonly Voice[]
  readonly consumers: readonly Claim[]
  /** Who shares the key, when they are several and nothing tells which it is; null: one owner is to be found. */
  readonly shared: Shared | null
}

export function hear(open: Case, history: readonly Claim[] = []): Hearing {
  const hears = (claim: Claim): boolean => open.hears?.(claim) ?? true
  // What is not heard tells no story either.
  const said = withStory(rules.flatMap(rule => [...rule.apply(open)]).filter(hears))
  const all = [...said, ...history.filter(hears)]
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

/** What went out right before a key's first call says something only of a key that nothing else tells of. */
function withStory(claims: readonly Claim[]): readonly Claim[] {
  const told = claims.filter(({rule, family}) => rule !== 'R2' && !NEAR_FAMILIES.has(family))
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
