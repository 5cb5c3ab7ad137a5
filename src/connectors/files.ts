/** Which files a list of paths means: folders recursively, links followed once, nothing hidden but `.github`. */
import {createWriteStream, readdirSync, realpathSync, statSync} from 'node:fs'
import {glob, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve, sep} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {UserError} from '../model/errors.ts'

export interface InputFile {
  /** Where to read it. */
  readonly file: string
  /** As shown, and where ids are read from: as given, with `/` separators. */
  readonly name: string
  readonly size: number
}

const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '.venturi', '__MACOSX'])
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
    if (asked || !SKIPPED_FILES.test(shown.split('/').at(-1)!))
      found.set(path, {file: path, name: shown, size: stat.size})
    return
  }
  if (!stat.isDirectory()) return
  const real = realpathSync(path)
  if (above.has(real)) return
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
