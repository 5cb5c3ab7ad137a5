import {spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {diff, many} from '../review/comment/diffs.ts'
import {githubLike} from '../review/comment/github-like.ts'
import {BIN, folderWith, venturi} from './cli.ts'

const files = {'diff.json': JSON.stringify(diff()), 'event.json': '{"pull_request": {"number": 7}}'}

/** The command as a process of its own, while GitHub answers in this one. */
function run(cwd: string, args: readonly string[], env: {readonly [name: string]: string}) {
  return new Promise<{status: number | null; stdout: string; stderr: string}>(done => {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(VENTURI|GITHUB)_/.test(name))
    const child = spawn(process.execPath, [BIN, 'comment', 'github', ...args], {
      cwd,
      env: {...Object.fromEntries(inherited), NO_COLOR: '1', ...env},
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', text => void (stdout += text))
    child.stderr.on('data', text => void (stderr += text))
    child.on('close', status => done({status, stdout, stderr}))
  })
}

const actions = (url: string) => ({
  ...{GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_PATH: 'event.json'},
  ...{GITHUB_API_URL: url, GITHUB_GRAPHQL_URL: `${url}/graphql`, GITHUB_TOKEN: 'T0KEN'},
})

test('in GitHub Actions it needs to be told nothing', async () => {
  const github = await githubLike()
  const cwd = folderWith(files)
  const created = await run(cwd, ['--path', 'diff.json'], actions(github.url))
  expect(created).toEqual({
    status: 0,
    stdout: 'https://github.example/acme/shop/pull/7#issuecomment-1001\n',
    stderr: 'created: a new comment\n',
  })
  const again = await run(cwd, ['--path', 'diff.json', '--json'], actions(github.url))
  expect({...again, stdout: JSON.parse(again.stdout)}).toEqual({
    status: 0,
    stdout: {
      schema_version: '1',
      action: 'skipped',
      reason: 'the comment already says so',
      url: 'https://github.example/acme/shop/pull/7#issuecomment-1001',
    },
    stderr: 'skipped: the comment already says so\n',
  })
})

test('a fork writes to the summary and exits 0', async () => {
  const github = await githubLike(({method}) =>
    method === 'POST' ? {status: 403, json: {message: 'Resource not accessible by integration'}} : undefined,
  )
  const cwd = folderWith(files)
  const {status, stdout, stderr} = await run(cwd, ['--path', 'diff.json'], {
    ...actions(github.url),
    GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'),
  })
  expect({status, stdout}).toEqual({status: 0, stdout: ''})
  expect(stderr).toMatch(/^summarized: the token may not write here: /)
  expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toContain('AI cost: +$310.25 a month')
})

test('a refused token exits 4', async () => {
  const github = await githubLike()
  const {status, stderr} = await run(folderWith(files), ['--path', 'diff.json'], {
    ...actions(github.url),
    GITHUB_TOKEN: 'wr0ng',
  })
  expect(status).toBe(4)
  expect(stderr).toBe(
    `GET ${github.url}/repos/acme/shop/issues/7/comments: the credentials were refused (401)\nTry this: GITHUB_TOKEN must be a valid token that may write pull requests (permissions: pull-requests: write)\n`,
  )
})

describe('--dry-run', () => {
  test('prints the comment, needs nothing and sends nothing', () => {
    const {status, stdout, stderr} = venturi(
      folderWith(),
      ['comment', 'github', '--path', '-', '--dry-run'],
      {
        input: JSON.stringify(many),
        env: {GITHUB_API_URL: 'http://127.0.0.1:9', GITHUB_TOKEN: '', GITHUB_REPOSITORY: ''},
      },
    )
    expect({status, stderr}).toEqual({status: 0, stderr: 'skipped: --dry-run: nothing was sent\n'})
    expect(stdout).toBe(readFileSync('test/review/golden/comment-many.md', 'utf8'))
  })
  test('under --json the comment is a field', () => {
    const {json} = venturi(folderWith(files), [
      'comment',
      'github',
      '--path',
      'diff.json',
      '--dry-run',
      '--json',
      '--threshold',
      'delta>9999usd',
    ])
    expect(json()).toMatchObject({
      action: 'skipped',
      reason: '--dry-run: nothing was sent; no rule is broken (--threshold delta>9999usd)',
      url: null,
      body: expect.stringMatching(/^<!-- venturi:default generated_at=/),
    })
  })
})

test.each<[string, string[], string]>([
  ['no such file', ['--path', 'nope.json'], 'nope.json: cannot be read (ENOENT)'],
  ['not a diff', ['--path', 'event.json'], 'event.json: generated_at: '],
  ['a rule that is none', ['--path', 'diff.json', '--threshold', 'much'], '--threshold "much" is not a rule'],
  ['a tag that is none', ['--path', 'diff.json', '--tag', 'a b'], '--tag "a b" is not a tag'],
  ['no repository', ['--path', 'diff.json'], 'which repository is not known'],
  ['no number', ['--path', 'diff.json', '--repo', 'a/b'], 'which pull request is not known'],
])('%s: exit 2', (_, args, message) => {
  const env = {GITHUB_TOKEN: 'x', GITHUB_REPOSITORY: '', GITHUB_EVENT_PATH: '', GITHUB_REF: ''}
  const {status, stdout, stderr} = venturi(folderWith(files), ['comment', 'github', ...args], {env})
  expect({status, stdout}).toEqual({status: 2, stdout: ''})
  expect(stderr.startsWith(message), stderr).toBe(true)
})

test('no token: exit 4', () => {
  const {status, stderr} = venturi(
    folderWith(files),
    ['comment', 'github', '--path', 'diff.json', '--repo', 'a/b', '--pull-request', '1'],
    {env: {GITHUB_TOKEN: ''}},
  )
  expect(status).toBe(4)
  expect(stderr).toMatch(/^GITHUB_TOKEN is not set\n/)
})
