/**
 * Which files a list of paths means: folders recursively, links followed once; of a checkout also its history, as one entry.
 */
import {createWriteStream, existsSync, readdirSync, readFileSync, realpathSync, statSync} from 'node:fs'
import {glob, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, join, resolve, sep} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {UserError} from '../model/errors.ts'

export interface InputFile {
  /** Where to read it. */
  readonly file: string
  /** As shown, and where ids are read from: as given, with `/` separators. */
  readonly name: string
  readonly size: number
  /** A git directory: what is read is the history that git tells of it. */
  readonly git?: true
  /** When it was fetched or exported, epoch ms, where whoever hands it over knows: of two exports the later counts. */
  readonly exportedAt?: number
}

const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '.venturi', '__MACOSX'])
/** Program text and pictures of a checkout: nothing that anybody exports. */
const SKIPPED_SOURCE =
  /\.([cm]?[jt]sx?|vue|svelte|py|go|rs|rb|php|java|kts?|scala|swift|cs|c|h|cc|cpp|hpp|m|sh|bash|zsh|ps1|css|scss|less|proto|tf|map|svg|ico|webp|woff2?|ttf|eot|mp[34])$/i
const SKIPPED_FILES =
  /^(\.DS_Store|Thumbs\.db|\.gitkeep|venturi\.ya?ml|.*\.(md|png|jpe?g|gif|pdf|db|db-wal|db-shm|sqlite|zip|tar|tgz|lock))$/i

/** Every file below the paths, sorted by name. A path that does not exist or cannot be read is a `UserError`. */
export async function listFiles(paths: readonly string[], cwd: string): Promise<InputFile[]> {
  const found = new Map<string, InputFile>()
  for (const path of paths)
    for (const given of await expand(path, cwd)) walk(resolve(cwd, given), given, new Set(), found, true)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

async function expand(path: string, cwd: string): Promise<string[]> {
  if (!/[*?{[]/.test(path)) return [path]
  const matches: string[] = []
  for await (const match of glob(path, {cwd})) matches.push(match)
  if (matches.length === 0)
    throw new UserError(
      `${path}: matches no file`,
      'quote the pattern so that the shell leaves it alone, or check it',
    )
  return matches.sort()
}

function walk(
  path: string,
  name: string,
  above: ReadonlySet<string>,
  found: Map<string, InputFile>,
  asked: boolean,
): void {
  let stat: ReturnType<typeof statSync>
  try {
    stat = statSync(path)
  } catch (error) {
    if (!asked) return
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new UserError(
      `${name}: ${missing ? 'no such file or folder' : 'cannot be read'}`,
      missing ? 'check the path' : 'check its permissions',
    )
  }
  if (stat.isFile()) {
    const shown = name.split(sep).join('/')
    const own = shown.split('/').at(-1)!
    if (asked || !(SKIPPED_FILES.test(own) || SKIPPED_SOURCE.test(own)))
      found.set(path, {file: path, name: shown, size: stat.size})
    return
  }
  if (!stat.isDirectory()) return
  const real = realpathSync(path)
  if (above.has(real)) return
  if (isGitDirectory(path)) {
    addGit(path, name, found)
    return
  }
  if (isGitDirectory(join(path, '.git'))) addGit(join(path, '.git'), join(name, '.git'), found)
  const inside = new Set([...above, real])
  let entries: string[]
  try {
    entries = readdirSync(path)
  } catch {
    throw new UserError(
      `${name}: the folder cannot be read`,
      'check its permissions, or name the files you may read',
    )
  }
  for (const entry of entries.sort()) {
    if (SKIPPED_FOLDERS.has(entry)) continue
    walk(join(path, entry), join(name, entry), inside, found, false)
  }
}

/** A bare repository, the `.git` folder of a checkout, or the `.git` file of a worktree or submodule. */
function isGitDirectory(path: string): boolean {
  const held = statSync(path, {throwIfNoEntry: false})
  if (held?.isFile()) return basename(path) === '.git' && readFileSync(path, 'utf8').startsWith('gitdir:')
  return held !== undefined && ['HEAD', 'objects', 'refs'].every(part => existsSync(join(path, part)))
}

const addGit = (path: string, name: string, found: Map<string, InputFile>): void =>
  void found.set(path, {file: path, name: name.split(sep).join('/'), size: 0, git: true})

/** Standard input as a file of its own, removed when disposed of: content is known by its digest before it is kept. */
export async function spoolStdin(
  input: NodeJS.ReadableStream,
): Promise<AsyncDisposable & {readonly file: InputFile}> {
  const folder = await mkdtemp(join(tmpdir(), 'venturi-'))
  const file = join(folder, 'stdin')
  await pipeline(input, createWriteStream(file))
  return {
    file: {file, name: 'stdin', size: statSync(file).size},
    [Symbol.asyncDispose]: () => rm(folder, {recursive: true, force: true}),
  }
}
