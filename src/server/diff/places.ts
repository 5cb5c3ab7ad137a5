/** Which service a file of a repository is part of, as catalogs, manifests and deployments say. */
import type {Graph, Node} from '../../engine/graph.ts'
import {named, pathIn, remote} from '../../model/alias.ts'

/** A remote's address that the graph knows, else (without a remote) the name of the checkout's folder; null: neither is known. */
export function repositoryIn(graph: Graph, address: string | null, folder: string): Node | null {
  if (address !== null) return graph.node(remote(address)) ?? null
  const alias = named('repo', folder)
  const known = graph.node(alias)
  if (known) return known
  const called = graph.nodes.filter(({aliases}) =>
    aliases.some(
      text => /^(?:github|git|gitlab):repo\//.test(text) && text.endsWith(`/${folder.toLowerCase()}`),
    ),
  )
  return called.length === 1 ? called[0]! : null
}

export type ServiceOf = (path: string) => Node | null

/**
 * The service of the innermost folder that one is built from; else the only one of the repository; else the one of its services that a
 * folder of the path is named for.
 */
export function servicesIn(graph: Graph, repository: Node | null): ServiceOf {
  if (repository === null) return () => null
  const builtFrom = (node: Node): Node[] => [
    ...new Set(
      graph
        .everInto(node, 'built_from')
        .map(({to}) => to)
        .filter(({kind}) => kind === 'service'),
    ),
  ]
  const all = builtFrom(repository)
  return path => {
    const folders = path.split('/').slice(0, -1)
    for (let depth = folders.length; depth > 0; depth--) {
      const folder = folders.slice(0, depth).join('/')
      const found = repository.aliases.flatMap(alias => graph.node(pathIn(alias, folder)) ?? [])
      const services = [...new Set(found.flatMap(builtFrom))]
      if (services.length === 1) return services[0]!
      if (services.length > 1) return null
    }
    if (all.length === 1) return all[0]!
    const namesakes = all.filter(({name}) => folders.includes(name))
    return namesakes.length === 1 ? namesakes[0]! : null
  }
}
