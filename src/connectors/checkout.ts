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

/** Folders and file name of a path, without empty and `.` segments. */
export function segmentsOf(path: string): {folders: string[]; file: string} {
  const segments = path.split('/').filter(name => name !== '' && name !== '.')
  return {folders: segments.slice(0, -1), file: segments.at(-1) ?? ''}
}
