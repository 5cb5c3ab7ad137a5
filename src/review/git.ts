/** The edge: a range of the repository around a folder, through git itself. Nothing is written. */
import {spawn} from 'node:child_process'
import {UserError} from '../model/errors.ts'
import {Blobs} from './blobs.ts'
import type {Skipped} from './change.ts'
import type {ChangedFile, Repository, Side} from './detect.ts'

/** More than any file people write settings in. */
const LARGEST = 1024 * 1024

export interface Range {
  /** Commits, 40 hex digits; `base` is the merge base. */
  readonly base: string
  readonly head: string
  readonly repository: Repository & Disposable
  /** Its folder on this machine. */
  readonly root: string
  /** Where it was cloned from; null: no remote, or none called `origin` among several. */
  readonly remote: string | null
}

/** `BASE..HEAD`, `BASE...HEAD` or `BASE`; nothing is the branch's own changes since it left the default branch. */
export async function openRange(
  cwd: string,
  range: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Range> {
  const root = (await git(cwd, ['rev-parse', '--show-toplevel'])).text.trim()
  if (root === '')
    throw new UserError(
      `${cwd} is in no git repository`,
      'run `venturi diff` inside the checkout whose changes you want to see',
    )
  const [from, to] = range === undefined ? [undefined, 'HEAD'] : namesOf(range)
  const head = await commit(root, to)
  const before = from === undefined ? await defaultBase(root, environment) : await commit(root, from)
  const base = await mergeBase(root, before, head, from ?? 'the default branch', to)
  const [changed, skipped] = changedFiles(
    await git(root, ['diff', '--raw', '-z', '--no-abbrev', '-M', '--no-ext-diff', '-l0', base, head]),
  )
  const remote = await remoteOf(root)
  return {base, head, root, remote, repository: new GitRepository(root, {base, head}, changed, skipped)}
}

async function remoteOf(root: string): Promise<string | null> {
  const remotes = (await git(root, ['remote'])).text.split('\n').filter(name => name !== '')
  const name = remotes.includes('origin') ? 'origin' : remotes.length === 1 ? remotes[0]! : null
  const address = name === null ? '' : (await git(root, ['remote', 'get-url', '--', name])).text.trim()
  return address === '' ? null : address
}

function namesOf(range: string): [string, string] {
  const found = /^(.*?)\.{2,3}(.*)$/.exec(range)
  if (!found) return [range, 'HEAD']
  return [found[1] || 'HEAD', found[2] || 'HEAD']
}

async function commit(root: string, name: string): Promise<string> {
  const {text} = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
  if (text.trim() !== '') return text.trim()
  throw new UserError(
    `${name}: no such commit in ${root}${(await isShallow(root)) ? ', which holds only a part of the history' : ''}`,
    `fetch it (\`git fetch origin ${name.replace(/^origin\//, '')}\`; in GitHub Actions: \`fetch-depth: 0\` for actions/checkout), or name another: venturi diff BASE..HEAD`,
  )
}

async function defaultBase(root: string, {GITHUB_BASE_REF: target}: NodeJS.ProcessEnv): Promise<string> {
  const names = [
    ...(target ? [`origin/${target}`] : []),
    'origin/HEAD',
    'origin/main',
    'origin/master',
    'main',
    'master',
  ]
  for (const name of names) {
    const {text} = await git(root, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${name}^{commit}`,
    ])
    if (text.trim() !== '') return text.trim()
  }
  throw new UserError(
    `${root} has no branch main or master to compare with`,
    'say what to compare: venturi diff BASE..HEAD',
  )
}

async function mergeBase(
  root: string,
  from: string,
  to: string,
  fromName: string,
  toName: string,
): Promise<string> {
  const base = (await git(root, ['merge-base', from, to])).text.trim()
  if (base !== '') return base
  if (await isShallow(root))
    throw new UserError(
      `${root} holds only a part of the history: where ${toName} left ${fromName} is not in it`,
      'fetch all of it: `git fetch --unshallow`, in GitHub Actions `fetch-depth: 0` for actions/checkout',
    )
  throw new UserError(
    `${fromName} and ${toName} have no commit in common`,
    'name two commits of one history: venturi diff BASE..HEAD',
  )
}

const isShallow = async (root: string): Promise<boolean> =>
  (await git(root, ['rev-parse', '--is-shallow-repository'])).text.trim() === 'true'

interface Blob {
  readonly id: string
  readonly path: string
}

interface Changed extends ChangedFile {
  readonly blobs: {readonly [side in Side]: Blob | null}
}

/** `:100644 100644 <id> <id> R087\0old\0new\0`: plain files only; links and submodules hold no settings of this repository. */
function changedFiles({text}: {readonly text: string}): [Changed[], Skipped[]] {
  const fields = text.split('\0')
  const changed: Changed[] = []
  const skipped: Skipped[] = []
  for (let at = 0; at + 1 < fields.length; ) {
    const [before, after, oldId, newId, status = ''] = fields[at]!.slice(1).split(' ')
    const from = fields[at + 1]!
    const to = /^[RC]/.test(status) ? fields[at + 2]! : from
    at += to === from && !/^[RC]/.test(status) ? 2 : 3
    if (before === '160000' || after === '160000' || before === '120000' || after === '120000') {
      skipped.push({
        path: to,
        reason: before === '160000' || after === '160000' ? 'a submodule' : 'a symbolic link',
      })
      continue
    }
    // A copy leaves the original where it was.
    const base = status.startsWith('A') || status.startsWith('C') ? null : {id: oldId!, path: from}
    const head = status.startsWith('D') ? null : {id: newId!, path: to}
    changed.push({base: base?.path ?? null, head: head?.path ?? null, blobs: {base, head}})
  }
  return [changed, skipped]
}

class GitRepository implements Repository {
  readonly changed: readonly ChangedFile[]
  readonly skipped: Skipped[]
  readonly #root: string
  readonly #blobs: Blobs
  /** One question at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  readonly #commits: {readonly [side in Side]: string}
  readonly #ids: {readonly [side in Side]: ReadonlyMap<string, string>}

  constructor(
    root: string,
    commits: {readonly [side in Side]: string},
    changed: readonly Changed[],
    skipped: Skipped[],
  ) {
    this.#root = root
    this.#blobs = new Blobs(root)
    this.#commits = commits
    this.changed = changed
    this.skipped = skipped
    const ids = (side: Side): Map<string, string> =>
      new Map(
        changed.flatMap(({blobs}) => (blobs[side] ? [[blobs[side].path, blobs[side].id] as const] : [])),
      )
    this.#ids = {base: ids('base'), head: ids('head')}
  }

  async read(side: Side, paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const names = paths
      .filter(path => !path.includes('\n'))
      .map(path => [path, this.#ids[side].get(path) ?? `${this.#commits[side]}:${path}`] as const)
    const turn = this.#turn.then(() =>
      this.#blobs.read(
        names.map(([, name]) => name),
        LARGEST,
        index => this.#skip(names[index]![0], `larger than ${LARGEST / 1024 / 1024} MB`),
      ),
    )
    this.#turn = turn.catch(() => [])
    const bytes = await turn
    return new Map(names.flatMap(([path], index) => (bytes[index] ? [[path, bytes[index]] as const] : [])))
  }

  [Symbol.dispose](): void {
    this.#blobs[Symbol.dispose]()
  }

  #skip(path: string, reason: string): void {
    if (!this.skipped.some(item => item.path === path)) this.skipped.push({path, reason})
  }

  async mentioning(words: readonly string[]): Promise<readonly string[]> {
    const asked = words.filter(word => /^[\w.-]+$/.test(word))
    if (asked.length === 0) return []
    const {text} = await git(
      this.#root,
      ['grep', '-l', '-z', '-w', '-I', '-F', '-f', '-', this.#commits.head],
      `${asked.join('\n')}\n`,
    )
    return text
      .split('\0')
      .filter(name => name !== '')
      .map(name => name.slice(this.#commits.head.length + 1))
      .sort()
  }
}

/** Nothing said where git answers with an error: what that means is the caller's to know. */
function git(
  cwd: string,
  args: readonly string[],
  input = '',
): Promise<{readonly text: string; readonly bytes: Buffer}> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-c', 'core.quotePath=false', ...args], {
      cwd,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', error =>
      reject(
        (error as NodeJS.ErrnoException).code === 'ENOENT'
          ? new UserError('git is not installed, or not on the path', 'install git 2.24 or later')
          : error,
      ),
    )
    child.on('close', () => {
      const bytes = Buffer.concat(chunks)
      resolve({
        bytes,
        get text() {
          return bytes.toString('utf8')
        },
      })
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
