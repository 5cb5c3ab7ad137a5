import {spawn} from 'node:child_process'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {describe, expect, test} from 'vitest'
import {type Asked, type Reply, type Service, serve} from '../live/service.ts'
import {folderWith, venturi} from './cli.ts'

const BIN = resolve('bin/run.js')
const KEY = '00CANARY-token'

/** The command as a process of its own, while the service answers in this one. */
function run(cwd: string, args: readonly string[], env: {readonly [name: string]: string} = {}) {
  return new Promise<{status: number | null; stdout: string; stderr: string}>(done => {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(VENTURI|OKTA|OPENAI|GITHUB|LITELLM)_/.test(name),
    )
    const child = spawn(process.execPath, [BIN, ...args], {
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

const okta = (trouble?: (asked: Asked) => Reply | undefined) =>
  serve(asked => {
    if (asked.headers.authorization !== `SSWS ${KEY}`) return {status: 401, json: {error: KEY}}
    const wrong = trouble?.(asked)
    if (wrong) return wrong
    const user = {
      id: '00uada',
      status: 'ACTIVE',
      profile: {login: 'ada@acme.example', email: 'ada@acme.example'},
    }
    const group = {
      id: '00gpay',
      type: 'OKTA_GROUP',
      objectClass: ['okta:user_group'],
      profile: {name: 'payments'},
    }
    if (asked.query.has('filter')) return {json: []}
    return {json: asked.path.endsWith('/groups') ? [group] : [user], headers: {'x-canary': 'CANARY'}}
  })

const yaml = (service: Service, more = ''): string =>
  `sources:\n  - {type: okta, url: "${service.url}"}\n${more}`

test('asks every source and says what came of it', async () => {
  const service = await okta()
  const cwd = folderWith({'venturi.yaml': yaml(service)})
  const {status, stdout, stderr} = await run(cwd, ['ingest', '--json'], {OKTA_API_TOKEN: KEY})
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    schema_version: '1',
    totals: {files: 4, issues: 0},
    sources: [{source: 'okta', type: 'okta', status: 'done', requests: 4, problems: []}],
  })
  expect(JSON.parse(stdout).files[0]).toMatchObject({
    path: `${service.url}/api/v1/users`,
    format: 'okta',
    status: 'ingested',
  })
  expect(stderr).toBe(`okta: asking ${service.url}\n`)
  const again = await run(cwd, ['ingest'], {OKTA_API_TOKEN: KEY})
  expect(again.status).toBe(0)
  expect(again.stdout).toMatch(/okta +4 files +0 rows +4 unchanged/)
  expect(again.stdout).toMatch(/ {2}okta {2}up to date, 4 requests\n$/)
  // Neither the token nor a header is kept or said.
  const kept = readdirSync(join(cwd, '.venturi')).map(name =>
    readFileSync(join(cwd, '.venturi', name), 'latin1'),
  )
  expect([...kept, stdout, stderr, again.stdout].join()).not.toMatch(/CANARY/i)
})

describe('exit 4', () => {
  test('when a variable is not set: named with what it needs, and the other sources still run', async () => {
    const service = await okta()
    const cwd = folderWith({'venturi.yaml': yaml(service, '  - {type: openai}\n')})
    const {status, stdout, stderr} = await run(cwd, ['ingest'], {OKTA_API_TOKEN: KEY})
    expect(status).toBe(4)
    expect(stderr).toContain(
      'openai: OPENAI_ADMIN_KEY is not set\nTry this: set OPENAI_ADMIN_KEY to an admin key (sk-admin-…) with read permission for usage and management.\n',
    )
    expect(stdout).toMatch(
      /okta {4}up to date, 4 requests\n {2}openai {2}credentials missing or refused, 0 requests/,
    )
  })

  test('when the credential is refused', async () => {
    const service = await okta()
    const cwd = folderWith({'venturi.yaml': yaml(service)})
    const {status, stdout, stderr} = await run(cwd, ['ingest'], {OKTA_API_TOKEN: 'CANARY-wrong'})
    expect(status).toBe(4)
    expect(stderr).toContain(
      `okta: GET ${service.url}/api/v1/users: answered 401\nTry this: OKTA_API_TOKEN must be `,
    )
    expect(stdout + stderr).not.toContain('CANARY')
  })
})

test('exit 2 when it does not answer; what it said is kept', async () => {
  const service = await okta(({path}) => (path.endsWith('/groups') ? {status: 400, json: {}} : undefined))
  const cwd = folderWith({'venturi.yaml': yaml(service)})
  const {status, stderr} = await run(cwd, ['ingest'], {OKTA_API_TOKEN: KEY})
  expect(status).toBe(2)
  expect(stderr).toContain(`okta: GET ${service.url}/api/v1/groups: answered 400\nTry this: check url:`)
})

test('--dry-run sends and writes nothing, and says what would be asked', async () => {
  const service = await okta()
  const cwd = folderWith({'venturi.yaml': yaml(service, '  - {type: openai, since: 2026-10-01}\n')})
  const {status, stdout} = await run(cwd, ['ingest', '--dry-run'])
  expect(status).toBe(0)
  expect(service.asked).toEqual([])
  expect(existsSync(join(cwd, '.venturi'))).toBe(false)
  expect(stdout).toContain(`okta: OKTA_API_TOKEN is not set: a token of a read-only administrator`)
  expect(stdout).toContain(
    `  GET ${service.url}/api/v1/groups/{id}/users?limit=200\n    from the whole list\n`,
  )
  expect(stdout).toContain('  GET https://api.openai.com/v1/organization/costs?start_time=1790812800&')
  expect(stdout).toContain('    from 2026-10-01\n')
  const json = await run(cwd, ['ingest', '--dry-run', '--source', 'okta', '--json'], {OKTA_API_TOKEN: KEY})
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema_version: '1',
    credentials: [{source: 'okta', variable: 'OKTA_API_TOKEN', set: true}],
    would_ask: [
      {source: 'okta', stream: 'users', method: 'GET', url: `${service.url}/api/v1/users?limit=200`},
      {stream: 'users-deprovisioned'},
      {stream: 'groups'},
      {stream: 'groups/{id}/users'},
    ],
  })
})

test.each<[string, {[file: string]: string}, string[], string]>([
  [
    'without sources',
    {'venturi.yaml': 'version: 1\n'},
    ['ingest'],
    'no PATH given, and venturi.yaml lists no sources\nTry this: name files or folders, or list what to ask under sources: (see docs/live.md)\n',
  ],
  [
    'without a configuration',
    {},
    ['ingest'],
    'no PATH given, and there is no venturi.yaml\nTry this: name files or folders, or list what to ask under sources: (see docs/live.md)\n',
  ],
  [
    'with a source that is not listed',
    {'venturi.yaml': 'sources: [{type: openai}, {type: anthropic}]\n'},
    ['ingest', '--source', 'okta'],
    '--source okta: no such source\nTry this: give one of openai, anthropic\n',
  ],
  [
    'with a path and a source',
    {'venturi.yaml': 'sources: [{type: openai}]\n', 'a.csv': 'x'},
    ['ingest', 'a.csv', '--source', 'openai'],
    '--source goes without a PATH\nTry this: leave the paths out to ask the sources of venturi.yaml, or the flag out to read files\n',
  ],
])('%s: exit 2', (_, files, args, stderr) => {
  expect(venturi(folderWith(files), args)).toMatchObject({status: 2, stdout: '', stderr})
})
