/** What the path of a file says about the repository it was checked out from. */
import * as alias from '../model/alias.ts'
import type {Alias} from '../model/fact.ts'

/** Folder under which dumps keep checkouts, `repos/{name}/…`; go-style trees keep `github.com/{org}/{name}/…`. */
const HOMES = ['repos', 'github.com']

export interface Checkout {
  readonly repository: Alias
  /** Folders between the repository's root and the file; empty at the root. */
  readonly folders: readonly string[]
}

/**
 * The repository by the folders (file name left out) of a path that a known layout holds, else null. `owner` may be given
 * as known from elsewhere: `repos/fen/heron` is then read as two levels when the first is that owner.
 */
export function checkoutOf(folders: readonly string[], owner?: string): Checkout | null {
  const at = folders.findLastIndex(name => HOMES.includes(name.toLowerCase()))
  const [first, second, ...rest] = at === -1 ? [] : folders.slice(at + 1)
  if (first === undefined) return null
  const twoLevels =
    folders[at]!.toLowerCase() === 'github.com' || first.toLowerCase() === owner?.toLowerCase()
  return twoLevels && second !== undefined
    ? {repository: alias.githubRepo(first, second), folders: rest}
    : {
        repository: alias.named('repo', first),
        folders: second === undefined ? rest : [second, ...rest],
      }
}

/**
 * What a component is built from: what its descriptor states and, where the descriptor lies in a checkout of that repository
 * (or states none), the folder it lies in. A catalog kept in a repository of its own describes others: then its place says
 * nothing.
 */
export function withOwnFolder(stated: readonly Alias[], path: string, owner?: string): Set<Alias> {
  const found = [...stated]
  const {folders} = segmentsOf(path)
  const checkout = elsewhere(folders, found) ?? checkoutOf(folders, owner)
  const name = checkout?.repository.replace(/^.*\//, '')
  if (
    checkout &&
    (found.length === 0 || found.some(known => known.replace(/#.*/, '').endsWith(`/${name}`)))
  ) {
    const repository = found[0]?.replace(/#.*/, '') ?? checkout.repository
    if (found.length === 0) found.push(repository)
    // `.datadog/`, `.cortex/catalog/`: where tools look is no part of the code.
    if (checkout.folders.length > 0 && !checkout.folders.some(folder => folder.startsWith('.')))
      found.push(alias.pathIn(repository, checkout.folders.join('/')))
  }
  return new Set(found)
}

/** A checkout kept by its whole address, `gitlab.com/{group}/{subgroup}/{name}/…`: how deep that goes the address tells. */
function elsewhere(folders: readonly string[], stated: readonly Alias[]): Checkout | null {
  const places = folders.map(folder => folder.toLowerCase())
  for (const repository of stated) {
    const address = /^git:repo\/([^#]+)$/.exec(repository)?.[1]?.split('/') ?? []
    const at = address.length === 0 ? -1 : places.indexOf(address[0]!)
    if (at !== -1 && address.every((part, index) => places[at + index] === part))
      return {repository, folders: folders.slice(at + address.length)}
  }
  return null
}

/** Folders and file name of a path, without empty and `.` segments. */
export function segmentsOf(path: string): {folders: string[]; file: string} {
  const segments = path.split('/').filter(name => name !== '' && name !== '.')
  return {folders: segments.slice(0, -1), file: segments.at(-1) ?? ''}
}
