/** What somebody may mean by the name of a team, a service or a key. */
import type {Graph, Node} from '../../engine/graph.ts'
import {canonicalService, canonicalTeam, chosenNames} from '../../engine/names.ts'
import {UserError} from '../../model/errors.ts'
import {isPersonal} from './people.ts'

const MOST_NAMED = 3

/** An alias, else everything of that name, else everything of that name but for case, punctuation and words like `team`. */
export function findNodes(graph: Graph, wanted: string): Node[] {
  const known = graph.node(wanted) ?? graph.node(wanted.toLowerCase())
  const same = (text: string): boolean => text.toLowerCase() === wanted.toLowerCase()
  const alike = (text: string): boolean =>
    canonicalTeam(text) === canonicalTeam(wanted) || canonicalService(text) === canonicalService(wanted)
  const named = (is: (text: string) => boolean): Node[] =>
    graph.nodes.filter(({name, aliases}) => is(name) || aliases.some(alias => chosenNames(alias).some(is)))
  const exact = known ? [known] : named(same)
  const found = exact.length > 0 ? exact : named(alike)
  const shown = found.filter(node => !isPersonal(node))
  if (shown.length > 0) return shown
  if (found.length > 0)
    throw new UserError(
      `${wanted}: a person, and nothing is shown about one`,
      'name a team, a service, a key or a repository',
    )
  const near = graph.nodes
    .filter(node => !isPersonal(node) && node.name.toLowerCase().includes(wanted.toLowerCase()))
    .slice(0, MOST_NAMED)
    .map(({name}) => name)
  throw new UserError(
    `${wanted}: no team, service, key or repository of that name`,
    near.length > 0 ? `one of these: ${near.join(', ')}` : 'list them with `venturi export graph`',
  )
}
