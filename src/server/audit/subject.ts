/** What a person means by an alias, a record or a team's name: exactly one thing, or an error that lists what is near. */
import type {World} from '../../engine/attribute.ts'
import type {Node} from '../../engine/graph.ts'
import {signatureText} from '../../model/chunk.ts'
import type {Subject} from '../../model/decisions.ts'
import {UserError} from '../../model/errors.ts'
import {findRecord} from '../../report/find.ts'
import {RecordReader} from '../../report/records.ts'
import type {ReadableStore} from '../../store/query.ts'

const MOST_NEAR = 4

/** An alias that the graph knows, else a record by its id, its event's id or a beginning of one. */
export function findSubject(store: ReadableStore, world: World, text: string): Subject {
  const wanted = text.trim()
  if (world.graph.node(wanted)) return {alias: wanted}
  try {
    const {record, settled} = findRecord(store, new RecordReader(store), wanted)
    return {record: record.id, evidence: signatureText(settled.signature)}
  } catch (error) {
    if (!(error instanceof UserError) || !wanted.includes(':')) throw error
    const known = world.graph.nodes.flatMap(({aliases}) => aliases)
    throw new UserError(
      `${wanted}: no such key, project, role, service, repository or user, and no such record`,
      `write it as \`venturi explain\` prints it; ${listed(nearest(wanted, known))}`,
    )
  }
}

/** An organization by one of its aliases or by its name. */
export function findTeam(world: World, text: string): Node {
  const wanted = text.trim()
  const known = world.graph.node(wanted)
  if (known?.kind === 'organization') return known
  if (known)
    throw new UserError(
      `${wanted}: is ${known.name}, which is no team but ${known.kind === 'identity' ? 'an' : 'a'} ${known.kind}`,
      'name a team',
    )
  const found = wanted.includes(':') ? [] : world.lookup.team(wanted)
  const [first] = found
  if (first?.exact) return first.node
  const same = found.filter(({node}) => node.name.toLowerCase() === wanted.toLowerCase())
  if (same.length === 1) return same[0]!.node
  const near = found.length > 0 ? found.map(({node}) => node) : nearestTeams(world, wanted)
  throw new UserError(
    same.length > 1 ? `${wanted}: more than one team has that name` : `${wanted}: no team has that name`,
    `name one of its aliases; ${listed(near.map(({name, id}) => `${name} (${id})`))}`,
  )
}

function nearestTeams({ownership}: World, wanted: string): Node[] {
  const {organizations} = ownership
  return nearest(
    wanted,
    organizations.map(({name}) => name),
  ).map(name => organizations.find(node => node.name === name)!)
}

const listed = (near: readonly string[]): string =>
  near.length === 0 ? 'nothing is near' : `near are ${near.slice(0, MOST_NEAR).join(', ')}`

/** Those that begin with a text, then those that share the most pairs of letters with it; ties by text. */
function nearest(text: string, known: readonly string[]): string[] {
  const pairs = (of: string): Set<string> => {
    const plain = of.toLowerCase()
    return new Set(Array.from({length: Math.max(0, plain.length - 1)}, (_, at) => plain.slice(at, at + 2)))
  }
  const wanted = pairs(text)
  return [...new Set(known)]
    .map(other => {
      const own = pairs(other)
      const shared = [...own].filter(pair => wanted.has(pair)).length
      const likeness = (2 * shared) / Math.max(1, own.size + wanted.size)
      return {other, likeness: other.startsWith(text) ? 1 + likeness : likeness}
    })
    .filter(({likeness}) => likeness > 0.2)
    .sort((a, b) => b.likeness - a.likeness || (a.other < b.other ? -1 : 1))
    .slice(0, MOST_NEAR)
    .map(({other}) => other)
}
