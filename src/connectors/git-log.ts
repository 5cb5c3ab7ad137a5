/**
 * The edge that asks git for the history of a checkout: who, when and which paths, never messages or contents. The answer is
 * spooled to a file that the `git-history` connector reads as any other. The repository's own configuration is somebody
 * else's: nothing it names is run, and nothing is fetched.
 */
import {execFile, spawn} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {createWriteStream, readFileSync, statSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {devNull, tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {promisify} from 'node:util'
import * as alias from '../model/alias.ts'
import type {Alias} from '../model/fact.ts'
import {checkoutOf, segmentsOf} from './checkout.ts'
import type {InputFile} from './files.ts'
import type {HistoryEntry, HistoryHead} from './git-history.ts'
import {UnreadableFile} from './unreadable-file.ts'

export interface SpooledHistory extends AsyncDisposable {
  readonly repository: Alias
  readonly head: string
  readonly shallow: boolean
  readonly file: InputFile
}

/**
 * Spools what a git directory has beyond the `known` heads. Null when there is nothing: no commit yet, or nothing new.
 * Throws `UnreadableFile` when git is missing or refuses.
 */
export async function spoolHistory(
  {file: gitDirectory, name}: InputFile,
  known: (repository: Alias) => readonly string[],
): Promise<SpooledHistory | null> {
  const git = gitOf(gitDirectory)
  const head = await git.line('rev-parse', '--verify', '--quiet', 'HEAD^{commit}')
  if (head === null) return null
  const repository = await repositoryOf(git, gitDirectory, name)
  const seen = known(repository)
  if (seen.includes(head)) return null
  const boundary = await boundaryOf(git, gitDirectory)
  // No path can be named to look like a commit.
  const mark = randomUUID()
  const folder = await mkdtemp(join(tmpdir(), 'venturi-'))
  const spool = join(folder, 'history.jsonl')
  const remove = () => rm(folder, {recursive: true, force: true})
  const first: HistoryHead = {repository, head, shallow: boundary.size > 0}
  try {
    await git.stream(logArguments(mark, seen), chunks => historyLines(first, chunks, mark, boundary), spool)
  } catch (error) {
    await remove()
    throw error
  }
  return {
    repository,
    head,
    shallow: first.shallow,
    file: {file: spool, name, size: statSync(spool).size},
    [Symbol.asyncDispose]: remove,
  }
}

/** Neither blobs are read (names need trees alone) nor anything of the repository's choosing is run. */
const logArguments = (mark: string, seen: readonly string[]): string[] => [
  'log',
  '--no-merges',
  '--name-only',
  '-z',
  ...['--no-renames', '--no-ext-diff', '--no-textconv', '--no-relative'],
  ...['--no-color', '--no-decorate', '--no-notes', '--no-show-signature'],
  '--encoding=UTF-8',
  `--format=${mark}%H%x09%at%x09%aE`,
  '--ignore-missing',
  'HEAD',
  ...(seen.length > 0 ? ['--not', ...seen] : []),
  '--',
]

type Git = ReturnType<typeof gitOf>

function gitOf(gitDirectory: string) {
  const cwd = dirname(gitDirectory)
  // An explicit directory: a broken one is refused instead of taken for a part of the repository around it.
  const own = [
    `--git-dir=${gitDirectory}`,
    '--no-pager',
    '--no-replace-objects',
    ...[
      'safe.directory=*',
      'core.fsmonitor=false',
      `core.hooksPath=${devNull}`,
      'core.pager=cat',
      'log.showSignature=false',
      'log.showRoot=true',
      'diff.external=',
      'protocol.allow=never',
    ].flatMap(setting => ['-c', setting]),
  ]
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([variable]) => !variable.startsWith('GIT_'))),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  }
  return {
    /** What git answers in one line; null when it says no. */
    async line(...args: readonly string[]): Promise<string | null> {
      try {
        const {stdout} = await promisify(execFile)('git', [...own, ...args], {cwd, env, maxBuffer: 1 << 24})
        return stdout.trimEnd()
      } catch (error) {
        const {code, stderr = ''} = error as {code?: unknown; stderr?: string}
        // 1 is git's "no"; anything else is trouble.
        if (code === 1) return null
        throw refusal(code, stderr)
      }
    },
    /** Writes what `transform` makes of git's answer to a file; all of it or an error. */
    async stream(
      args: readonly string[],
      transform: (chunks: AsyncIterable<Buffer>) => AsyncGenerator<string>,
      file: string,
    ): Promise<void> {
      const child = spawn('git', [...own, ...args], {cwd, env, stdio: ['ignore', 'pipe', 'pipe']})
      let stderr = ''
      child.stderr.on('data', (piece: Buffer) => {
        if (stderr.length < 2000) stderr += piece.toString()
      })
      const ended = new Promise<unknown>(settle => {
        child.on('error', ({code}: NodeJS.ErrnoException) => settle(code))
        child.on('close', settle)
      })
      await pipeline(child.stdout, transform, createWriteStream(file, {mode: 0o600}))
      const code = await ended
      if (code !== 0) throw refusal(code, stderr)
    },
  }
}

/** Git's own words, in one line and without the paths and addresses after them. */
function refusal(code: unknown, stderr: string): UnreadableFile {
  if (code === 'ENOENT')
    return new UnreadableFile(
      'git is not installed, so its history cannot be read',
      'install git, or leave the .git folder out',
    )
  const [said = 'without a word'] = stderr.split('\n').filter(line => /^(fatal|error):/.test(line))
  return new UnreadableFile(
    `git refuses to tell its history (${said.replace(/^\w+:\s*/, '').slice(0, 120)})`,
    'run git fsck in the checkout; a partial clone lacks folders that git fetch --refetch brings',
  )
}

/** The address of `origin`, else of the only or first remote; without one, as the path names it. */
async function repositoryOf(git: Git, gitDirectory: string, name: string): Promise<Alias> {
  const listed = (await git.line('config', '--get-regexp', '^remote\\..*\\.url$')) ?? ''
  const urls = listed
    .split('\n')
    .map(line => /^remote\.(.*)\.url (.+)$/.exec(line))
    .filter(match => match !== null)
  const chosen = urls.find(([, remote]) => remote === 'origin') ?? urls[0]
  if (chosen) return alias.remote(chosen[2]!)
  const {folders, file} = segmentsOf(name)
  const within = file === '.git' ? folders : [...folders, file.replace(/\.git$/, '')]
  return checkoutOf(within)?.repository ?? alias.remote(within.at(-1) ?? dirname(resolve(gitDirectory)))
}

/** Commits at the end of a shallow history: without parents they seem to have made every file there is. */
async function boundaryOf(git: Git, gitDirectory: string): Promise<ReadonlySet<string>> {
  if ((await git.line('rev-parse', '--is-shallow-repository')) !== 'true') return new Set()
  const file = await git.line('rev-parse', '--git-path', 'shallow')
  return new Set(
    readFileSync(resolve(dirname(gitDirectory), file ?? 'shallow'), 'utf8')
      .split('\n')
      .filter(Boolean),
  )
}

const HEADER = /^([0-9a-f]{40,64})\t(-?\d+)\t(.*)$/s
/** Paths a record holds; the rest of a large commit follows in further records of it. */
const MOST_PATHS = 5000

/** Git's answer, NUL between its parts, as JSON Lines. What begins with the mark is a commit, all else a path. */
async function* historyLines(
  head: HistoryHead,
  chunks: AsyncIterable<Buffer>,
  mark: string,
  boundary: ReadonlySet<string>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head)}\n`
  let commit: Omit<HistoryEntry, 'paths'> | null = null
  let paths: string[] = []
  const told = function* () {
    if (commit && paths.length > 0) yield `${JSON.stringify({...commit, paths} satisfies HistoryEntry)}\n`
    paths = []
  }
  for await (const part of parts(chunks)) {
    const header = part.startsWith(mark) ? HEADER.exec(part.slice(mark.length)) : null
    if (header) {
      yield* told()
      const [, sha = '', authored_at = '', author = ''] = header
      commit = boundary.has(sha) ? null : {commit: sha, authored_at, author}
    } else if (part !== '' && commit) {
      // Git breaks the line between a commit and its first path.
      paths.push(paths.length === 0 ? part.replace(/^\n/, '') : part)
      if (paths.length === MOST_PATHS) yield* told()
    }
  }
  yield* told()
}

async function* parts(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const found = (rest + decoder.decode(chunk, {stream: true})).split('\0')
    rest = found.pop()!
    yield* found
  }
  if (rest !== '') yield rest
}
