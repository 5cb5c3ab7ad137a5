/** Which team a person is in at an instant, by HR, by directories, else by the people around them. */
import type {DatedLink, Graph, Node, Span} from './graph.ts'
import type {Distribution} from './probability.ts'
import {RELIABILITY, WEAKER} from './reliability.ts'
import {describe, membersOf, merged, scaled, systemsOf, type Witness} from './witness.ts'

/** What membership is asked of. */
export interface Company {
  readonly graph: Graph
  /** Whether an organization is a team, not a whole department or everybody. */
  readonly isTeam: (node: Node) => boolean
}

/** What HR and directories call somebody who is gone. */
const LEFT = /^(?:terminated|departed|deprovisioned|left|former)$/

/** How often what was a gone team's went where most of its people went. */
const HEIR = 0.95

export function teamWitnesses(company: Company, person: Node, at: number, span: Span): Witness[] {
  const own = ownWitnesses(company, person, at, span)
  if (own === 'left') return []
  if (own.length > 0) return own
  const around = aroundWitness(company, person, at, span)
  return around ? [around] : []
}

/** What is said of a person's own membership; `left`: HR says the person is gone. */
function ownWitnesses({graph, isTeam}: Company, person: Node, at: number, span: Span): Witness[] | 'left' {
  const links = [...graph.out(person, 'member_of', at, span)].filter(({to}) => isTeam(to))
  const dated = [...graph.everOut(person, 'member_of'), ...graph.everOut(person, 'budgeted_under')]
  const changed = Math.max(
    Number.NEGATIVE_INFINITY,
    ...dated.flatMap(({link}) => (link.basis === 'hr' && link.validFrom !== null ? [link.validFrom] : [])),
  )
  const hr = links.filter(({link}) => link.basis === 'hr')
  // Somebody HR lists as gone is in no team, whatever groups still hold the account.
  const ends = graph
    .everOut(person, 'member_of')
    .flatMap(({link}) => (link.basis === 'hr' ? [link.validTo] : []))
  if (hr.length === 0 && ends.length > 0 && ends.every(end => end !== null && end <= at)) return 'left'
  // Since when, nobody says: what the person used may have been used by another.
  if (LEFT.test(person.status ?? '') && dated.every(({link}) => link.validTo === null)) return 'left'
  const found: Witness[] = []
  if (hr.length === 0) {
    const center = centerWitness({graph, isTeam}, person, at, span)
    if (center) found.push(center)
  }
  const hrTeams = new Map(hr.map(({link, to}) => [to.id, {link, to}]))
  for (const {link, to} of hrTeams.values())
    found.push({
      family: 'hr',
      basis: 'hr',
      says: new Map([[to.id, RELIABILITY.hr / hrTeams.size]]),
      because: `HR lists the person in ${to.name}`,
      where: [link.where],
    })
  // A directory says who is in a group today. Before somebody's last move in HR that is the wrong team.
  const asOfToday = !Number.isFinite(changed) || span.narrow(at, changed, null)
  if (!asOfToday) return merged(found, 'hr')
  const groups = new Map<string, DatedLink>()
  for (const item of links)
    if (item.link.basis !== 'hr' && !groups.has(item.to.id)) groups.set(item.to.id, item)
  const agreeing = [...groups.values()].filter(({to}) => hrTeams.has(to.id))
  // A rota or a project has members of many teams; a team is one in more systems than one.
  const confirmed = [...groups.values()].filter(({to}) => systemsOf(to) > 1)
  const chosen = agreeing.length > 0 ? agreeing : confirmed.length > 0 ? confirmed : [...groups.values()]
  if (chosen.length > 0) {
    const weights = chosen.map(({to}) => 1 / Math.max(2, membersOf(graph, to).size))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    // The one group of a person that other systems know as a team too.
    const sure = confirmed.length === 1 ? WEAKER.onlyTeam : RELIABILITY.directory
    found.push({
      family: 'directory',
      basis: 'directory',
      says: new Map(chosen.map(({to}, index) => [to.id, (sure * weights[index]!) / sum])),
      because: `the directory lists the person in ${chosen.map(({to}) => to.name).join(', ')}`,
      where: chosen.map(({link}) => link.where).slice(0, 3),
    })
  }
  return merged(found, 'hr')
}

/** HR's cost center of a person, where finance says which team that is: departments are often broader than teams. */
function centerWitness(company: Company, person: Node, at: number, span: Span): Witness | null {
  const {graph, isTeam} = company
  for (const {link, to: center} of graph.out(person, 'budgeted_under', at, span)) {
    const teams = [...graph.into(center, 'budgeted_under', at, span)].filter(({to}) => isTeam(to))
    if (teams.length !== 1) continue
    return {
      family: 'hr',
      basis: link.basis,
      says: currentTeams(company, new Map([[teams[0]!.to.id, RELIABILITY.finance]]), at, span),
      because: `${describe(link.basis)} puts the person under cost center ${center.name}, which is ${teams[0]!.to.name}'s`,
      where: [link.where, teams[0]!.link.where],
    }
  }
  return null
}

/** Somebody in no team of their own: where those with the same manager are, else where the manager is. */
function aroundWitness(company: Company, person: Node, at: number, span: Span): Witness | null {
  const {graph} = company
  for (const {link, to: manager} of graph.out(person, 'reports_to', at, span)) {
    const peers = [...graph.into(manager, 'reports_to', at, span)].filter(({to}) => to !== person)
    const votes = new Map<string, number>()
    for (const {to: peer} of peers) vote(votes, ownWitnesses(company, peer, at, span))
    const several = votes.size > 0
    if (!several) vote(votes, ownWitnesses(company, manager, at, span))
    const sum = [...votes.values()].reduce((total, count) => total + count, 0)
    if (sum === 0) continue
    return {
      family: 'manager',
      basis: link.basis,
      says: scaled(new Map([...votes].map(([id, count]) => [id, count / sum])), WEAKER.manager),
      because: several
        ? `${describe(link.basis)} lists the person under ${manager.name}, and where the others under that manager are`
        : `${describe(link.basis)} lists the person under ${manager.name}, and where that manager is`,
      where: [link.where],
    }
  }
  return null
}

/** One person has one vote, for the team most is said for. */
function vote(votes: Map<string, number>, witnesses: readonly Witness[] | 'left'): void {
  if (witnesses === 'left') return
  const said = new Map<string, number>()
  for (const {says} of witnesses)
    for (const [id, probability] of says) said.set(id, Math.max(said.get(id) ?? 0, probability))
  const [best] = [...said].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  if (best) votes.set(best[0], (votes.get(best[0]) ?? 0) + 1)
}

/**
 * A team all of whose people HR has moved on is gone; what still names it means where most of them went. Before that day,
 * and where HR keeps no dates, names mean what they say.
 */
export function currentTeams(company: Company, says: Distribution, at: number, span: Span): Distribution {
  const current = new Map<string, number>()
  for (const [id, probability] of says) {
    const heir = heirOf(company, id, at, span)
    const share = heir === null ? probability : probability * HEIR
    current.set(heir ?? id, (current.get(heir ?? id) ?? 0) + share)
  }
  return current
}

function heirOf({graph, isTeam}: Company, id: string, at: number, span: Span): string | null {
  const node = graph.node(id)
  const former = node ? graph.everInto(node, 'member_of').filter(({link}) => link.basis === 'hr') : []
  const ends = former.map(({link}) => link.validTo)
  if (former.length === 0 || ends.includes(null)) return null
  const gone = Math.max(...(ends as number[]))
  if (!span.narrow(at, gone, null)) return null
  const heirs = new Map<string, number>()
  for (const {to: person} of former)
    for (const {link, to} of graph.everOut(person, 'member_of'))
      if (
        link.basis === 'hr' &&
        link.validFrom !== null &&
        link.validFrom >= gone &&
        to.id !== id &&
        isTeam(to)
      )
        heirs.set(to.id, (heirs.get(to.id) ?? 0) + 1)
  const [best] = [...heirs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return best && best[1] * 2 >= former.length ? best[0] : null
}
