import {execFileSync} from 'node:child_process'
import {appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect, test} from 'vitest'
import {listFiles} from '../../src/connectors/files.ts'
import {type IngestSummary, ingestFiles} from '../../src/connectors/ingest.ts'
import {openForWriting} from '../../src/store/open.ts'
import {folderWith, venturi} from '../commands/cli.ts'

const ENV = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'CANARY Quill',
  GIT_COMMITTER_NAME: 'CANARY Quill',
  GIT_COMMITTER_EMAIL: 'quill@fen.example',
}

/** A checkout in a folder that goes with the test. */
function checkout(folder = folderWith(), name = 'heron') {
  const at = join(folder, name)
  mkdirSync(at, {recursive: true})
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', at, ...args], {
      env: {...ENV, ...dated},
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
  let commits = 0
  let dated = {}
  git('init', '-q', '-b', 'main')
  return {
    folder,
    at,
    git,
    /** One commit that changes the files, a minute after the last one. */
    commit(files: readonly string[], email = 'quill@fen.example', content = `CANARY ${commits}`): string {
      for (const file of files) {
        mkdirSync(dirname(join(at, file)), {recursive: true})
        appendFileSync(join(at, file), `${content}\n`)
      }
      const at_ = `2026-09-14T10:${String(commits++).padStart(2, '0')}:00Z`
      dated = {GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: at_, GIT_COMMITTER_DATE: at_}
      git('add', '-A')
      git('commit', '-q', '--allow-empty', '-m', 'CANARY message')
      return git('rev-parse', 'HEAD')
    },
  }
}

interface Commit {
  readonly repository: string
  readonly author: string
  readonly at: string
  readonly files: number
  readonly folders: [string, number][]
}

async function ingest(
  folder: string,
  db: string,
  paths = ['.'],
): Promise<{summary: IngestSummary; commits: Commit[]}> {
  using store = openForWriting(db)
  const summary = await ingestFiles(store, await listFiles(paths, folder), {price: () => null})
  const rows = store.database
    .prepare('SELECT repository, author, at, files, folders FROM repository_commit ORDER BY at, sha')
    .all() as (Omit<Commit, 'at' | 'folders'> & {at: number; folders: string})[]
  return {
    summary,
    commits: rows.map(row => ({
      ...row,
      at: new Date(row.at).toISOString(),
      folders: JSON.parse(row.folders),
    })),
  }
}
const history = ({files}: IngestSummary) => files.filter(({path}) => path.endsWith('.git'))

test('who, when and which folders, under the name of the remote; no message, no content, no name', async () => {
  const {folder, commit, git} = checkout()
  git('remote', 'add', 'fork', 'https://github.com/somebody/heron')
  git('remote', 'add', 'origin', 'https://x-access-token:CANARY-ghp_secret@github.com/Fen/Heron.git')
  commit(['README.md', 'services/api/src/main/deep/a.ts', 'services/api/src/b.ts'])
  commit(['services/api/src/b.ts'], '583231+Octocat@users.noreply.github.com')
  commit(['docs/a.md'], '49699333+dependabot[bot]@users.noreply.github.com')
  const db = join(folder, 'v.db')
  const {summary, commits} = await ingest(folder, db)
  expect(history(summary)).toEqual([
    {
      path: 'heron/.git',
      format: 'git-history',
      status: 'ingested',
      rows: 3,
      facts: 3,
      duplicates: 0,
      issues: 0,
    },
  ])
  const repository = 'github:repo/fen/heron'
  expect(commits).toEqual([
    {
      ...{repository, author: 'email:quill@fen.example', at: '2026-09-14T10:00:00.000Z', files: 3},
      folders: [
        ['', 1],
        ['services/api/src', 2],
      ],
    },
    {
      ...{repository, author: 'github:user/octocat', at: '2026-09-14T10:01:00.000Z', files: 1},
      folders: [['services/api/src', 1]],
    },
    {
      ...{repository, author: 'github:user/dependabot[bot]', at: '2026-09-14T10:02:00.000Z', files: 1},
      folders: [['docs', 1]],
    },
  ])
  expect(
    readFileSync(db, 'latin1') + readFileSync(`${db}-wal`, {encoding: 'latin1', flag: 'a+'}),
  ).not.toContain('CANARY')
})

test('read again it is unchanged; grown, only what is new is read; either way the same commits', async () => {
  const {folder, commit, git} = checkout()
  for (let made = 0; made < 5; made++) commit([`a/${made}`])
  const db = join(folder, 'v.db')
  expect(history((await ingest(folder, db, ['heron'])).summary)).toMatchObject([
    {status: 'ingested', facts: 5},
  ])
  expect(history((await ingest(folder, db, ['heron'])).summary)).toMatchObject([
    {status: 'unchanged', facts: 0},
  ])
  git('checkout', '-q', '-b', 'side')
  commit(['b/1'])
  git('checkout', '-q', 'main')
  commit(['c/1'])
  git('merge', '-q', '--no-ff', '-m', 'CANARY merge', 'side')
  const grown = await ingest(folder, db, ['heron'])
  // A merge changes nothing that its sides have not.
  expect(history(grown.summary)).toMatchObject([{status: 'ingested', facts: 2, duplicates: 0}])
  expect(history((await ingest(folder, db, ['heron'])).summary)).toMatchObject([{status: 'unchanged'}])
  const anew = await ingest(folder, join(folder, 'anew.db'), ['heron'])
  expect(anew.commits).toEqual(grown.commits)
  expect(anew.commits).toHaveLength(7)
})

test('a second clone of the repository, behind or beside, adds what the first has not', async () => {
  const {folder, at, commit, git} = checkout()
  commit(['a'])
  git('remote', 'add', 'origin', 'git@github.com:fen/heron.git')
  execFileSync('git', ['clone', '-q', at, join(folder, 'again')], {env: ENV})
  execFileSync('git', [
    '-C',
    join(folder, 'again'),
    'remote',
    'set-url',
    'origin',
    'ssh://git@github.com/Fen/heron',
  ])
  commit(['b'])
  const db = join(folder, 'v.db')
  const {summary, commits} = await ingest(folder, db)
  expect(history(summary).map(({path, status}) => [path, status])).toEqual([
    ['again/.git', 'ingested'],
    ['heron/.git', 'ingested'],
  ])
  expect(commits.map(({repository, folders}) => [repository, folders])).toEqual([
    ['github:repo/fen/heron', [['', 1]]],
    ['github:repo/fen/heron', [['', 1]]],
  ])
})

test('odd paths, renames, a root commit and a commit of very many folders', async () => {
  const {folder, commit, git} = checkout()
  commit(['tab\there/x', 'new\nline/x', 'ümlaut/x', ' lead/x'])
  git('mv', 'ümlaut/x', 'ümlaut/y')
  commit([])
  commit(Array.from({length: 300}, (_, made) => `deep/${made % 3}/${made}/x`))
  const {commits} = await ingest(folder, join(folder, 'v.db'))
  expect(commits.map(({files, folders}) => [files, folders])).toEqual([
    [
      4,
      [
        [' lead', 1],
        ['new\nline', 1],
        ['tab\there', 1],
        ['ümlaut', 1],
      ],
    ],
    [2, [['ümlaut', 2]]],
    [
      300,
      [
        ['deep/0', 100],
        ['deep/1', 100],
        ['deep/2', 100],
      ],
    ],
  ])
})

test('a path that is named like a commit is a path', async () => {
  const {folder, commit} = checkout()
  commit([`${'a'.repeat(40)}\t1790000000\tsomebody@else.example`])
  const {commits} = await ingest(folder, join(folder, 'v.db'))
  expect(commits).toMatchObject([{author: 'email:quill@fen.example', files: 1}])
})

test('the mailmap of the repository joins the addresses of a person', async () => {
  const {folder, commit} = checkout()
  commit(['a'], 'quill@old.example')
  writeFileSync(join(folder, 'heron', '.mailmap'), 'Quill <quill@fen.example> <quill@old.example>\n')
  commit([])
  const {commits} = await ingest(folder, join(folder, 'v.db'))
  expect(commits.map(({author}) => author)).toEqual(['email:quill@fen.example', 'email:quill@fen.example'])
})

test('a shallow clone says so, its last commit claims nothing, and the rest is read once it is there', async () => {
  const {folder, at, commit} = checkout()
  for (let made = 0; made < 4; made++) commit([`a/${made}.ts`, 'b/x.py'])
  const clone = join(folder, 'clones', 'heron')
  execFileSync('git', ['clone', '-q', '--depth', '2', `file://${at}`, clone], {env: ENV})
  const db = join(folder, 'v.db')
  const {summary, commits} = await ingest(folder, db, ['clones'])
  expect(commits.map(({files}) => files)).toEqual([2])
  expect(summary.issues).toEqual([
    {
      path: 'clones/heron/.git',
      line: 1,
      code: 'shallow-history',
      message: 'the checkout holds only the end of its history',
      mend: 'run git fetch --unshallow in it and ingest it again',
    },
  ])
  execFileSync('git', ['-C', clone, 'fetch', '-q', '--unshallow'], {env: ENV})
  const whole = await ingest(folder, db, ['clones'])
  expect(whole.commits).toHaveLength(4)
  expect(whole.summary.issues).toEqual([])
  expect(history((await ingest(folder, db, ['clones'])).summary)).toMatchObject([{status: 'unchanged'}])
})

test('nothing that the repository’s configuration names is run', async () => {
  const {folder, at, commit, git} = checkout()
  writeFileSync(join(at, '.gitattributes'), '* diff=evil\n')
  commit(['a', 'b'])
  const script = join(folder, 'evil.sh')
  const trace = join(folder, 'run')
  writeFileSync(script, `#!/bin/sh\ntouch ${trace}\ncat\n`)
  chmodSync(script, 0o755)
  for (const [key, value] of [
    ['core.fsmonitor', script],
    ['core.pager', script],
    ['pager.log', script],
    ['diff.external', script],
    ['diff.evil.textconv', script],
    ['diff.evil.command', script],
    ['gpg.program', script],
    ['log.showSignature', 'true'],
    ['core.hooksPath', folder],
    ['core.sshCommand', script],
    ['alias.log', `!${script}`],
  ] as const)
    git('config', key, value)
  const {commits} = await ingest(folder, join(folder, 'v.db'), ['heron'])
  expect(commits).toHaveLength(1)
  expect(existsSync(trace)).toBe(false)
})

test('a checkout that lacks what a partial clone left out is refused, and fetches nothing', async () => {
  const {folder, at, commit, git} = checkout()
  commit(['a/x'])
  commit(['a/x', 'b/x'])
  const tree = git('rev-parse', 'HEAD^{tree}')
  rmSync(join(at, '.git/objects', tree.slice(0, 2), tree.slice(2)), {force: true})
  git('remote', 'add', 'origin', 'https://example.invalid/heron.git')
  git('config', 'extensions.partialClone', 'origin')
  git('config', 'remote.origin.promisor', 'true')
  const {summary} = await ingest(folder, join(folder, 'v.db'), ['heron/.git'])
  expect(history(summary)).toMatchObject([{status: 'failed', issues: 1}])
  expect(summary.issues).toMatchObject([
    {code: 'unreadable', message: expect.stringMatching(/^git refuses to tell its history \(/)},
  ])
})

test('a broken git folder is not taken for a part of the repository around it', async () => {
  const {folder, at, commit} = checkout()
  commit(['a'])
  const inner = join(at, 'inner', '.git')
  for (const part of ['objects', 'refs']) mkdirSync(join(inner, part), {recursive: true})
  writeFileSync(join(inner, 'HEAD'), 'nonsense\n')
  const {summary, commits} = await ingest(folder, join(folder, 'v.db'))
  expect(history(summary).map(({path, status}) => [path, status])).toEqual([
    ['heron/.git', 'ingested'],
    ['heron/inner/.git', 'failed'],
  ])
  expect(commits).toHaveLength(1)
})

test('an empty repository, a bare one, a worktree, and one without a remote', async () => {
  const folder = folderWith()
  checkout(folder, 'empty')
  const {at, commit, git} = checkout(folder, 'repos/heron')
  commit(['a'])
  git('worktree', 'add', '-q', '-b', 'other', join(folder, 'other'))
  execFileSync('git', ['clone', '-q', '--bare', at, join(folder, 'mirror.git')], {env: ENV})
  execFileSync('git', ['-C', join(folder, 'mirror.git'), 'remote', 'remove', 'origin'], {env: ENV})
  const {summary, commits} = await ingest(folder, join(folder, 'v.db'))
  expect(history(summary).map(({path, status}) => [path, status])).toEqual([
    ['empty/.git', 'unchanged'],
    ['mirror.git', 'ingested'],
    ['other/.git', 'ingested'],
    ['repos/heron/.git', 'ingested'],
  ])
  expect(commits.map(({repository}) => repository)).toEqual([
    'name:repo/heron',
    'name:repo/mirror',
    'name:repo/other',
  ])
})

test('without git it says so and reads the rest', () => {
  const {folder, commit} = checkout()
  commit(['CODEOWNERS'], 'quill@fen.example', '* @fen/marsh')
  const {status, json} = venturi(folder, ['ingest', 'heron', '--json'], {env: {PATH: '/nonexistent'}})
  expect(status).toBe(0)
  expect(json().files.map((file: {status: string}) => file.status)).toEqual(['failed', 'ingested'])
  expect(json().issues).toMatchObject([
    {
      path: 'heron/.git',
      message: 'git is not installed, so its history cannot be read',
      mend: 'install git, or leave the .git folder out',
    },
  ])
})
