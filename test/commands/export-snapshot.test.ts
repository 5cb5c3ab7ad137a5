/** The bundled company as a snapshot: a review says the same from it, nobody is in it, and nothing else takes it for a database. */
import {spawnSync} from 'node:child_process'
import {copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {observe} from '../../src/server/diff/observe.ts'
import {readSnapshot} from '../../src/server/diff/snapshot.ts'
import {openForReading, openForReview, openForWriting} from '../../src/store/open.ts'
import {BIN, venturi} from './cli.ts'
import {ASK, commit, git, repository} from './git-repository.ts'

const folder = mkdtempSync(join(tmpdir(), 'venturi-snapshot-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))
const db = join(folder, 'v.db')
const snapshot = join(folder, 'snapshot.db')

const run = (cwd: string, ...args: string[]) => {
  const {status, stdout, stderr} = venturi(cwd, args)
  return {status, stdout, stderr}
}
const exported = (...args: string[]) => run(folder, 'export', 'snapshot', '--db', db, ...args)

beforeAll(() => {
  for (const args of [
    ['ingest', join(process.cwd(), 'fixtures/acme')],
    ['attribute'],
    ['export', 'snapshot', '--output', snapshot],
  ]) {
    const {status, stderr} = run(folder, ...args, '--db', db)
    expect([status, stderr], stderr).toEqual([0, expect.anything()])
  }
}, 240_000)

/** A pull request to acme/storefront with something for every part of a review: models, limits, a prompt, a schedule, a place without service. */
function storefront(): string {
  const made = repository({
    '.github/CODEOWNERS': '/services/payments/ @acme/payments-core-eng\n/tools/ @acme/sre\n',
    'services/payments/explain.py': ASK('gpt-5'),
    'services/product-qa/answer.py': ASK('gpt-5'),
    'services/checkout-api/hint.py': ASK('gpt-5-mini'),
    'services/checkout-api/prompts/system.md': `# System prompt\n\n${'Answer in one sentence. '.repeat(40)}\n`,
  })
  git(made, 'remote', 'add', 'origin', 'git@github.com:acme/storefront.git')
  commit(made, {
    'services/payments/explain.py': ASK('gpt-5-mini'),
    'services/product-qa/answer.py': ASK('claude-sonnet-4-5'),
    'services/checkout-api/hint.py': ASK('gpt-5', 900),
    'services/checkout-api/prompts/system.md': `# System prompt\n\n${'Answer in one sentence. '.repeat(90)}\n`,
    'tools/summarise.py': ASK('gpt-5-mini'),
    'x/nobody.py': ASK('gpt-5-mini'),
  })
  return made
}

const withoutTime = (text: string): string => text.replace(/"generated_at": "[^"]*"/, '"generated_at"')

test('a review says the same, to the byte, in every window', () => {
  const cwd = storefront()
  const rules = ['--fail-on', 'delta>1usd|unowned|budget']
  for (const args of [['--json'], ['--window', '7d', '--json'], rules]) {
    const [whole, small] = [db, snapshot].map(path => {
      const {status, stdout, stderr} = run(cwd, 'diff', ...args, '--db', path)
      return {status, stdout: withoutTime(stdout), stderr}
    })
    expect(small).toEqual(whole)
    expect(whole!.status).toBe(args === rules ? 3 : 0)
  }
  const {changes, budgets, totals} = JSON.parse(run(cwd, 'diff', '--json', '--db', snapshot).stdout)
  // It says something: services, their traffic, budgets, and a typical request.
  expect(changes.map(({service}: {service: {name: string} | null}) => service?.name ?? null)).toEqual([
    ...['checkout-api', 'checkout-api', 'checkout-api', 'payments-gateway', 'product-qa', null, null],
  ])
  expect(changes.at(-1).per_1000_requests_usd.to).toMatch(/^\d/)
  expect(totals.delta_usd_month.mid).toMatch(/^-\d/)
  expect(budgets.length).toBeGreaterThan(1)
})

test('what is read from it is what was written', () => {
  using whole = openForReading(db)
  using small = openForReview(snapshot)
  expect(readSnapshot(small)).toEqual(observe(whole, [], 90, Date.now()))
})

test('the same database gives the same bytes', () => {
  const again = join(folder, 'again.db')
  const {status, stdout, stderr} = exported('--output', again, '--json')
  expect(status).toBe(0)
  expect(readFileSync(again).equals(readFileSync(snapshot))).toBe(true)
  const bytes = readFileSync(again).length
  expect(JSON.parse(stdout)).toEqual({
    ...{schema_version: '1', output: again, bytes, made_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/)},
    ...{since: '2026-10-01', until: '2026-10-31', whole: true},
    ...{repositories: 22, services: 38, budgets: 21, rows: 5184},
  })
  expect(stderr).toContain('38 services, 21 budgets, 5184 rows of traffic from 2026-10-01 to 2026-10-31')
  // A hundredth of the database.
  expect(bytes * 50).toBeLessThan(readFileSync(db).length)
})

/** Every name, address, login and id of a person, and every id of a key, in all the company's files. */
function canaries(): Set<string> {
  const found = new Set<string>()
  for (const entry of readdirSync('fixtures/acme', {recursive: true, withFileTypes: true})) {
    if (!entry.isFile()) continue
    const raw = readFileSync(join(entry.parentPath, entry.name))
    const text = (raw[0] === 0x1f ? gunzipSync(raw) : raw).toString('utf8')
    for (const [, name] of text.matchAll(
      /"(?:firstName|lastName|login|user_id|sso_user_id|user_email|employeeNumber|created_by)": ?"([^"]+)"/g,
    ))
      found.add(name!)
    for (const [word] of text.matchAll(
      /[\w.+-]+@[\w-]+\.[a-z]+|\b(?:user[-_]\w{20,}|apikey_\w{20,}|key_\w{12,}|svac_\w{20,}|00u\w{17}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|sk-[\w.*-]+|canary\w*)/gi,
    ))
      found.add(word)
    if (entry.name === 'workers.csv')
      for (const line of text.trim().split('\n').slice(1)) {
        const [id, name] = line.split(',')
        found.add(id!).add(name!)
      }
  }
  // What a machine's key is called may be what its service is called.
  return found
}

/** Whole words of a file, and all that several of them make. */
const holds = (text: string) => {
  const plain = ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}@._-]+/gu, ' ')} `
  return (word: string): boolean =>
    plain.includes(` ${word.toLowerCase()} `) || (word.length >= 12 && plain.includes(word.toLowerCase()))
}

describe('people', () => {
  const known = canaries()

  test('are many, and in the database', () => {
    expect(known.size).toBeGreaterThan(1000)
    const inDatabase = holds(readFileSync(db).toString('latin1'))
    expect([...known].slice(0, 300).filter(inDatabase).length).toBeGreaterThan(20)
  })

  test('none is in its bytes, nor any key', () => {
    const inSnapshot = holds(readFileSync(snapshot).toString('latin1'))
    expect([...known].filter(inSnapshot)).toEqual([])
  })

  test('nor how any system calls an account', () => {
    expect(readFileSync(snapshot).toString('latin1')).not.toMatch(
      /email:|name:person|hr:worker|[a-z0-9]+:(?:user|key|service_account|api_key|role)\//,
    )
  })
})

describe('anything else', () => {
  const refused = `${snapshot}: a snapshot, which holds what \`venturi diff\` needs and nothing else\nTry this: name the database it was made from with --db\n`

  test.each([['ingest', 'fixtures/acme/hr'], ['attribute'], ['report', 'all']])(
    '%s %s refuses it and leaves it as it is',
    (...args) => {
      const before = readFileSync(snapshot)
      const words = args.map(word => (word.startsWith('fixtures') ? join(process.cwd(), word) : word))
      expect(run(folder, ...words, '--db', snapshot)).toEqual({status: 2, stdout: '', stderr: refused})
      expect(readFileSync(snapshot).equals(before)).toBe(true)
    },
  )

  test('whatever opens a database refuses it, but a review', () => {
    expect(() => openForReading(snapshot)).toThrow(/a snapshot/)
    expect(() => openForWriting(snapshot)).toThrow(/a snapshot/)
    const opening = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter(
      path => path.endsWith('.ts') && readFileSync(join('src', path), 'utf8').includes('openForReview'),
    )
    expect(opening.sort()).toEqual(['commands/diff.ts', 'store/open.ts'])
  })

  test('doctor says what it is', () => {
    const {status, stdout} = run(folder, 'doctor', '--db', snapshot, '--json')
    expect(status).toBe(2)
    expect(stdout).toContain('a snapshot, which holds what `venturi diff` needs and nothing else')
  })

  test('one of another format is not read', () => {
    const later = join(folder, 'later.db')
    const bytes = readFileSync(snapshot)
    // Where SQLite keeps the user's version.
    bytes.writeUInt32BE(2, 60)
    writeFileSync(later, bytes)
    expect(() => openForReview(later)).toThrow(/a snapshot of format 2, this venturi reads 1/)
  })
})

test('a shorter one refuses what it does not hold, and says the same of what it does', () => {
  const week = join(folder, 'week.db')
  // The window ends with the last day of usage.
  expect(exported('--output', week, '--window', '7d').status).toBe(0)
  const cwd = storefront()
  const of = (path: string) => run(cwd, 'diff', '--window', '7d', '--json', '--db', path)
  expect(withoutTime(of(week).stdout)).toBe(withoutTime(of(db).stdout))
  expect(run(cwd, 'diff', '--db', week)).toEqual({
    ...{status: 2, stdout: ''},
    stderr:
      'the snapshot begins on 2026-10-25, and --window 30d asks for what was before\nTry this: --window 7d, or export it again with --window 30d\n',
  })
})

test('only another snapshot is replaced', () => {
  const copy = join(folder, 'copy.db')
  copyFileSync(snapshot, copy)
  expect(exported('--output', copy).status).toBe(0)
  expect(exported('--output', db)).toMatchObject({
    status: 2,
    stderr: `${db}: already there, and no snapshot: left as it is\nTry this: name another file with --output\n`,
  })
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  expect(exported('--output', join(folder, 'notes.txt')).status).toBe(2)
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
  expect(exported('--output', join(folder, 'nowhere', 's.db'))).toMatchObject({
    status: 2,
    stderr: `${join(folder, 'nowhere', 's.db')}: cannot be written (ENOENT)\nTry this: make its folder first\n`,
  })
})

test('the comment in docs/comment.md is what its steps print', () => {
  const page = readFileSync('docs/comment.md', 'utf8')
  const [, steps = ''] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text)
  const [, shown = ''] = /````markdown\n([\s\S]*?)````/.exec(page) ?? []
  const git = ['user.name=ada', 'user.email=ada@acme.example'].map(word => `-c ${word}`).join(' ')
  const words = `set -e\nventuri() { "${process.execPath}" "${BIN}" "$@"; }\ngit() { command git ${git} "$@"; }\n`
  const {status, stdout, stderr} = spawnSync('bash', ['-c', words + steps], {cwd: folder, encoding: 'utf8'})
  expect([status, stderr]).toEqual([0, 'skipped: --dry-run: nothing was sent\n'])
  const plain = (text: string): string =>
    text
      .replace(/generated_at=\S+ sha=\w+/, '')
      .replace(/diff of `\w+\.\.\w+`, analysed .*UTC/, '')
      .trim()
  expect(plain(stdout)).toBe(plain(shown))
  expect(plain(shown)).toContain('-$414.96 a month')
})

test('nothing settled, no snapshot', () => {
  const empty = join(folder, 'empty.db')
  openForWriting(empty)[Symbol.dispose]()
  expect(run(folder, 'export', 'snapshot', '--db', empty, '--output', join(folder, 'x.db'))).toEqual({
    ...{status: 2, stdout: ''},
    stderr: `${empty}: holds no attributed usage\nTry this: run \`venturi ingest PATH\`, then \`venturi attribute\`\n`,
  })
})
