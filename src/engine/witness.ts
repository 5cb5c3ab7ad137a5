/** What one source says on a question of ownership, and the arithmetic of several. Pure. */
import type {Basis} from '../model/fact.ts'
import type {Graph, Node} from './graph.ts'
import {type Distribution, topOf} from './probability.ts'

/** One source's word on a question, with the places it stands. */
export interface Witness {
  /** Witnesses of one family are not independent and speak once. */
  readonly family: string
  readonly basis: Basis
  readonly says: Distribution
  readonly because: string
  readonly where: readonly string[]
  /** Of commits: when each team's people last changed the thing, epoch ms. */
  readonly last?: ReadonlyMap<string, number>
}

/** Sources in which somebody wrote down the owner of this very thing, and the people who change it. */
const STATEMENTS: ReadonlySet<string> = new Set([
  ...['declared', 'catalog', 'label', 'codeowners', 'repository'],
])
/** They say who is near a thing or a person; nobody has written down whose it is. */
const NEAR = new Set([
  ...['commits', 'changed together', 'contributors', 'manager', 'namespace name', 'runs inside'],
])

/** Whether somebody has written down what a witness of this family says. */
export const isWritten = (family: string): boolean => !NEAR.has(family)

/** Enough to count as naming one team and not several. */
const OUTRIGHT = 0.6

/** What the likeliest must be ahead by: a whole statement is one vote, and a few more commits tell of nothing. */
const TELLING = 0.75
/** A team whose people stopped changing a thing so long before those of the likeliest had it before. */
const LEFT_MS = 120 * 86_400_000

/**
 * Whether written statements leave it open who owns a thing: they speak for another team as much as for the likeliest. Which of
 * them is stale nobody can tell from here. Two catalogs that name two teams share their one vote.
 */
export function isOpenConflict(
  witnesses: readonly Witness[],
  says: Distribution,
  isKnown: (organization: string) => boolean,
): boolean {
  const votes = new Map<string, number>()
  const vote = (name: string, count: number) => votes.set(name, (votes.get(name) ?? 0) + count)
  const written = witnesses.filter(({family}) => STATEMENTS.has(family))
  // Somebody looked at it and wrote down who is right.
  if (written.some(({family}) => family === 'declared')) return false
  for (const same of Map.groupBy(written, ({family}) => family).values()) {
    const named = new Set(
      same.flatMap(witness =>
        [...witness.says].filter(([, probability]) => probability >= OUTRIGHT).map(([name]) => name),
      ),
    )
    for (const name of named) vote(name, 1 / named.size)
  }
  // Those who change it are of several teams, each as many as they are.
  for (const {says: near} of witnesses.filter(({family}) => family === 'commits'))
    for (const [name, part] of near) vote(name, part)
  const likeliest = topOf(says) ?? ''
  const own = votes.get(likeliest) ?? 0
  const last = witnesses.find(({last}) => last !== undefined)?.last
  const hasLeft = (name: string): boolean =>
    (last?.get(name) ?? Infinity) < (last?.get(likeliest) ?? -Infinity) - LEFT_MS
  // Commits alone make nobody an owner. A team that one source alone has heard of is more likely an old name than another owner.
  return [...votes].some(
    ([name, count]) =>
      name !== likeliest && count > own - (count < 1 || hasLeft(name) ? 0 : TELLING) && isKnown(name),
  )
}

export function merged(witnesses: readonly Witness[], family: string): Witness[] {
  const same = witnesses.filter(witness => witness.family === family)
  if (same.length < 2) return [...witnesses]
  const says = new Map(same.flatMap(witness => [...witness.says]))
  return [
    {...same[0]!, says, where: same.flatMap(({where}) => where)},
    ...witnesses.filter(witness => witness.family !== family),
  ]
}

/** A distribution believed only so far: each part times `by`. */
export const scaled = (says: Distribution, by: number): Distribution =>
  new Map([...says].map(([name, probability]) => [name, probability * by]))

/** A distribution whose parts add up to no more than its source is good for. */
export const capped = (says: Distribution, most: number): Distribution => {
  const sum = [...says.values()].reduce((total, probability) => total + probability, 0)
  return sum <= most ? says : scaled(says, most / sum)
}

/** One witness a family: its parts averaged, so that two catalogs' copies of one statement count once. */
export function byFamily(witnesses: readonly Witness[]): Witness[] {
  const families = new Map<string, Witness[]>()
  for (const witness of witnesses)
    families.set(witness.family, [...(families.get(witness.family) ?? []), witness])
  return [...families.values()].map(same => {
    if (same.length === 1) return same[0]!
    const says = new Map<string, number>()
    for (const witness of same)
      for (const [name, probability] of witness.says)
        says.set(name, (says.get(name) ?? 0) + probability / same.length)
    const reasons = [...new Set(same.map(({because}) => because))]
    return {
      ...same[0]!,
      says,
      because: reasons.join('; '),
      where: [...new Set(same.flatMap(({where}) => where))].slice(0, 5),
    }
  })
}

/** In how many systems an organization is known. */
export const systemsOf = (node: Node): number =>
  new Set(
    node.aliases.filter(known => !/^(?:name|email):/.test(known)).map(known => known.replace(/:.*/, '')),
  ).size

export function membersOf(graph: Graph, node: Node): ReadonlySet<string> {
  return new Set(graph.everInto(node, 'member_of').map(({to}) => to.id))
}

const DESCRIBED: {readonly [basis in Basis]: string} = {
  declared: 'a declared mapping',
  verified: 'a verified identity',
  key_record: "the key's own record",
  key_history: 'the audit log of the key',
  billed: 'the billed identity',
  deployment: 'the workload manifest',
  catalog: 'the service catalog',
  codeowners: 'CODEOWNERS',
  repository: 'the code host',
  directory: 'the directory',
  hr: 'HR',
  finance: 'finance',
  label: 'a label set on it',
  caller: "the caller's tag",
  name: 'its name',
}
export const describe = (basis: Basis): string => DESCRIBED[basis]
