/** Which service a file of a repository is part of, as catalogs, manifests and deployments say. */
import type {Graph, Node} from '../../engine/graph.ts'
import type {Ref} from '../../engine/outcome.ts'
import {named, pathIn, remote} from '../../model/alias.ts'
import type {Alias} from '../../model/fact.ts'

/** A repository that services are built from. */
export interface Repository {
  readonly aliases: readonly Alias[]
  /** Built from it, no source says from which folder. */
  readonly services: readonly Ref[]
  /** By folder: `services/heron`. */
  readonly folders: {readonly [path: string]: readonly Ref[]}
}

const ADDRESS = /^(?:(?:github|git|gitlab):repo|name:repo)\//
const WITH_OWNER = /^(?:github|git|gitlab):repo\//

/** In the order of their first aliases. */
export function repositoriesOf(graph: Graph): Repository[] {
  const builtFrom = (node: Node | undefined): Ref[] => {
    const links = node === undefined ? [] : graph.everInto(node, 'built_from')
    const services = new Set(links.map(({to}) => to).filter(({kind}) => kind === 'service'))
    return [...services].map(({id, name}) => ({id, name})).sort((a, b) => (a.id < b.id ? -1 : 1))
  }
  const below = Map.groupBy(
    graph.nodes.flatMap(({aliases}) => aliases).filter(alias => ADDRESS.test(alias) && alias.includes('#')),
    alias => alias.slice(0, alias.indexOf('#')),
  )
  return graph.nodes.flatMap((node): Repository[] => {
    const aliases = node.aliases.filter(alias => ADDRESS.test(alias) && !alias.includes('#'))
    const paths = new Set(
      aliases.flatMap(alias => (below.get(alias) ?? []).map(path => path.slice(alias.length + 1))),
    )
    const folders = [...paths].sort().flatMap(path => {
      const found = aliases.flatMap(alias => builtFrom(graph.node(pathIn(alias, path))))
      const services = [...new Map(found.map(service => [service.id, service])).values()]
      return services.length === 0 ? [] : [[path, services] as const]
    })
    const services = builtFrom(node)
    if (aliases.length === 0 || (services.length === 0 && folders.length === 0)) return []
    return [{aliases, services, folders: Object.fromEntries(folders)}]
  })
}

/** The one at a remote's address, else (without a remote) the one with the name of the checkout's folder; null: neither is known. */
export function repositoryIn(
  repositories: readonly Repository[],
  address: string | null,
  folder: string,
): Repository | null {
  const at = (alias: Alias) => repositories.find(({aliases}) => aliases.includes(alias)) ?? null
  if (address !== null) return at(remote(address))
  const known = at(named('repo', folder))
  if (known) return known
  const called = repositories.filter(({aliases}) =>
    aliases.some(alias => WITH_OWNER.test(alias) && alias.endsWith(`/${folder.toLowerCase()}`)),
  )
  return called.length === 1 ? called[0]! : null
}

export type ServiceOf = (path: string) => Ref | null

/**
 * The service of the innermost folder that one is built from; else the only one of the repository; else the one of its services that a
 * folder of the path is named for.
 */
export function servicesIn(repository: Repository | null): ServiceOf {
  if (repository === null) return () => null
  const {services: all, folders: known} = repository
  return path => {
    const folders = path.split('/').slice(0, -1)
    for (let depth = folders.length; depth > 0; depth--) {
      const folder = folders.slice(0, depth).join('/')
      const services = Object.hasOwn(known, folder) ? known[folder]! : []
      if (services.length === 1) return services[0]!
      if (services.length > 1) return null
    }
    if (all.length === 1) return all[0]!
    const namesakes = all.filter(({name}) => folders.includes(name))
    return namesakes.length === 1 ? namesakes[0]! : null
  }
}
