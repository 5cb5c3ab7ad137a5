/**
 * What the folder somebody worked in says of the repository. Such a path holds the name of a person, so nothing of it is kept
 * but the one part that names a checkout, and that is a claim: a folder can be called anything.
 */
import * as alias from '../model/alias.ts'
import {isIdentifier} from './fields.ts'

/** Where people keep their checkouts, one folder each. */
const SHELVES = new Set(
  [
    'src',
    'code',
    'repos',
    'repositories',
    'projects',
    'workspace',
    'workspaces',
    'work',
    'dev',
    'development',
  ].concat(['git', 'github', 'gitlab', 'source', 'sources', 'sites']),
)
/** Folders that are nobody's checkout. */
const NO_CHECKOUT = new Set(
  [
    'app',
    'build',
    'data',
    'desktop',
    'documents',
    'downloads',
    'home',
    'mnt',
    'opt',
    'private',
    'root',
    'srv',
  ].concat(['temp', 'tmp', 'users', 'usr', 'var']),
)

/**
 * The checkout's name; `owner/name` where the path has a code host's layout; undefined where no part is sure to name one.
 *
 * @example checkoutName('/Users/quill/src/heron/services/api') // 'heron'
 * @example checkoutName('/home/quill') // undefined
 */
export function checkoutName(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined
  const all = folder.replaceAll('\\', '/').split('/').filter(Boolean)
  const host = all.findIndex(name => /^(github|gitlab)\.com$/i.test(name))
  if (host !== -1 && all.length > host + 2) return short(`${all[host + 1]}/${all[host + 2]}`)
  const hidden = all.findIndex((name, index) => index > 0 && name.startsWith('.'))
  const inside = withoutHome(hidden === -1 ? all : all.slice(0, hidden))
  const shelf = inside.findIndex(name => SHELVES.has(name.toLowerCase()))
  const rest = shelf === -1 ? inside : inside.slice(shelf + 1)
  const name = shelf === -1 ? rest.at(-1) : rest.find(part => !SHELVES.has(part.toLowerCase()))
  return name === undefined || NO_CHECKOUT.has(name.toLowerCase()) ? undefined : short(name)
}

/** The folders below somebody's home, which is called as they are. */
function withoutHome(folders: readonly string[]): readonly string[] {
  const at = folders.findIndex(name => /^(users|home)$/i.test(name))
  return at === -1 || at > 2 ? folders.filter(name => !/^[a-z]:$/i.test(name)) : folders.slice(at + 2)
}

const short = (name: string): string | undefined => (isIdentifier(name) ? name : undefined)

/** An e-mail address that a folder of the path is called, where dumps of several people lie side by side. */
export function personOf(path: string): string | undefined {
  const found = path.split('/').find(name => /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(name))
  return found && alias.email(found)
}
