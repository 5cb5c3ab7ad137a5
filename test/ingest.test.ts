import {spawn} from 'node:child_process'
import {copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {gzipSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import {type InputFile, listFiles} from '../src/connectors/files.ts'
import {type IngestSummary, ingestFiles} from '../src/connectors/ingest.ts'
import {UserError} from '../src/model/errors.ts'
import {priceRows} from '../src/server/price-rows.ts'
import {explainDatabase} from '../src/store/explain-error.ts'
import {openForWriting} from '../src/store/open.ts'
import {folderWith, venturi} from './commands/cli.ts'
import {contentOf} from './store-content.ts'

const BIN = resolve('bin/run.js')

/** A gateway row; the same number is the same call. */
const spend = (id: number, fields: object = {}): string =>
  JSON.stringify({
    request_id: `chatcmpl-${String(id).padStart(6, '0')}`,
    call_type: 'acompletion',
    api_key: `key-${id % 17}`,
    spend: id % 5 === 0 ? 0 : (id % 97) / 10_000,
    prompt_tokens: 800 + (id % 13),
    completion_tokens: 200,
    startTime: new Date(Date.UTC(2026, 9, 1) + id * 61_000).toISOString(),
    model: id % 3 === 0 ? 'gpt-5-mini' : 'claude-haiku-4-5',
    custom_llm_provider: id % 3 === 0 ? 'openai' : 'anthropic',
    team_id: `team-${id % 7}`,
    ...fields,
  })
const range = (from: number, to: number): number[] =>
  Array.from({length: to - from}, (_, index) => from + index)
const dump = (ids: readonly number[], fields: object = {}): string =>
  `${ids.map(id => spend(id, fields)).join('\n')}\n`

async function ingest(
  db: string,
  files: readonly InputFile[],
  price = priceRows({}),
): Promise<IngestSummary> {
  using store = openForWriting(db)
  return await ingestFiles(store, files, {price})
}
const statuses = ({files}: IngestSummary): string[] => files.map(({status}) => status)

/** Every sample of every connector, and spend dumps that overlap each other and themselves. */
async function world(): Promise<{folder: string; files: readonly InputFile[]}> {
  const folder = folderWith({
    'spend/monday.jsonl': dump(range(0, 600)),
    'spend/tuesday.jsonl': dump(range(400, 1000)),
    // Read before its rows were complete: the fuller row stays.
    'spend/early.jsonl': dump(range(300, 500), {spend: null, completion_tokens: null}),
    'spend/twice.jsonl': dump([...range(950, 1100), ...range(950, 1000)]),
    'spend/again/monday.jsonl': dump(range(0, 600)),
    // Equal in all that ranks them, different in the rest: only the content may decide.
    'spend/tie-1.jsonl': dump(range(2000, 2050), {team_id: 'team-tie-1'}),
    'spend/tie-2.jsonl': dump(range(2000, 2050), {team_id: 'team-tie-2'}),
  })
  cpSync('fixtures/connectors', join(folder, 'samples'), {
    recursive: true,
    filter: path => !/\/(expected|huge)$/.test(path),
  })
  return {folder, files: await listFiles(['.'], folder)}
}

describe('the same content, read again', () => {
  test('is unchanged, and so is the database', async () => {
    const {folder, files} = await world()
    const db = join(folder, '.venturi', 'one.db')
    const first = await ingest(db, files)
    const before = contentOf(db)
    expect(first.files.filter(({status}) => status === 'failed')).toEqual([])
    expect(before.usage!.length).toBeGreaterThan(1000)
    const second = await ingest(db, files)
    expect(
      new Set(
        second.files.filter(({format}) => format !== null && format !== 'empty').map(({status}) => status),
      ),
    ).toEqual(new Set(['unchanged']))
    expect(contentOf(db)).toEqual(before)
  })

  test('in another order gives the same database', async () => {
    const {folder, files} = await world()
    const middle = Math.floor(files.length / 2)
    const orders = [files, [...files].reverse(), [...files.slice(middle), ...files.slice(0, middle)]]
    const contents = []
    for (const [index, order] of orders.entries()) {
      const db = join(folder, '.venturi', `${index}.db`)
      await ingest(db, order)
      contents.push(contentOf(db))
    }
    expect(contents[1]).toEqual(contents[0])
    expect(contents[2]).toEqual(contents[0])
  })

  test('in one go or file by file gives the same database', async () => {
    const {folder, files} = await world()
    const few = files.filter(({name}) => name.startsWith('spend/'))
    const [whole, parts] = [join(folder, '.venturi', 'whole.db'), join(folder, '.venturi', 'parts.db')]
    await ingest(whole, few)
    for (const file of few) await ingest(parts, [file])
    expect(contentOf(parts)).toEqual(contentOf(whole))
  })

  test('at a second place is shown at the first by name', async () => {
    const folder = folderWith({'b.jsonl': dump(range(0, 5)), 'a/a.jsonl': dump(range(0, 5))})
    const db = join(folder, 'v.db')
    const [a, b] = (await listFiles(['.'], folder)) as [InputFile, InputFile]
    expect(statuses(await ingest(db, [b]))).toEqual(['ingested'])
    expect(statuses(await ingest(db, [a]))).toEqual(['unchanged'])
    expect(contentOf(db).batch).toEqual([expect.stringContaining('"path":"a/a.jsonl"')])
  })

  test('zipped is another file of the same calls: nothing doubles', async () => {
    const folder = folderWith({'a.jsonl': dump(range(0, 20))})
    writeFileSync(join(folder, 'b.jsonl.gz'), gzipSync(dump(range(0, 20))))
    const db = join(folder, 'v.db')
    const summary = await ingest(db, await listFiles(['.'], folder))
    expect(summary.files.map(({duplicates}) => duplicates).sort()).toEqual([0, 20])
    expect(contentOf(db).usage).toHaveLength(20)
  })
})

describe('content that only differs in the middle', () => {
  const long = (figure: string): string =>
    `${dump(range(0, 800))}${spend(800, {spend: figure})}\n${dump(range(801, 1600))}`

  test('is two contents, each known when it comes again', async () => {
    const folder = folderWith({
      'a.jsonl': long('0.0001'),
      'b.jsonl': long('0.0002'),
      'c.jsonl': long('0.0003'),
    })
    const files = await listFiles(['.'], folder)
    const db = join(folder, 'v.db')
    expect(statuses(await ingest(db, files))).toEqual(['ingested', 'ingested', 'ingested'])
    expect(statuses(await ingest(db, files))).toEqual(['unchanged', 'unchanged', 'unchanged'])
    expect(statuses(await ingest(db, [...files].reverse()))).toEqual(['unchanged', 'unchanged', 'unchanged'])
    const {usage, batch} = contentOf(db)
    expect([usage!.length, batch!.length]).toEqual([1600, 3])
    expect(usage!.filter(row => row.includes('chatcmpl-000800'))).toEqual([
      expect.stringContaining('"cost_nanos":"300000"'),
    ])
  })

  test('a file that grew while it was read is not read twice', async () => {
    const folder = folderWith({'a.jsonl': dump(range(0, 10))})
    const db = join(folder, 'v.db')
    const [file] = (await listFiles(['.'], folder)) as [InputFile]
    expect(statuses(await ingest(db, [{...file, size: file.size - 40}]))).toEqual(['ingested'])
    expect(statuses(await ingest(db, [file]))).toEqual(['unchanged'])
    expect(contentOf(db).usage).toHaveLength(10)
  })
})

describe('figures too large to hold', () => {
  test('a charge past nine million dollars, as billed or by the catalogue, never stops the file', async () => {
    const rows = [
      spend(1, {spend: '90000000'}),
      spend(2, {spend: 0, prompt_tokens: 9_000_000_000_000, model: 'gpt-5'}),
      spend(3),
    ]
    const folder = folderWith({'a.jsonl': `${rows.join('\n')}\n`})
    const db = join(folder, 'v.db')
    const summary = await ingest(db, await listFiles(['.'], folder))
    expect(statuses(summary)).toEqual(['ingested'])
    expect(summary.issues.map(({line, code}) => [line, code])).toEqual([[1, 'too-large']])
    expect(contentOf(db).usage!.map(row => /"cost_nanos":("\d+"|null)/.exec(row)![1])).toEqual([
      'null',
      '"300000"',
    ])
  })

  test.each([
    ['budgets', 'team,amount,currency,start,end\nPayments,1e30,USD,2026-10-01,2026-10-31\n'],
    [
      'invoices',
      'invoice_id,provider,amount,currency,period_start,period_end\nINV-1,openai,1e30,USD,2026-10-01,2026-10-31\n',
    ],
  ])('an amount of 10³⁰ among the %s is an issue', async (_, text) => {
    const folder = folderWith({'finance.csv': text})
    const summary = await ingest(join(folder, 'v.db'), await listFiles(['.'], folder))
    expect(statuses(summary)).toEqual(['ingested'])
    expect(summary.issues.map(({line}) => line)).toEqual([2])
  })
})

describe('files nobody can read to the end', () => {
  test('leave nothing behind and stop no other file', async () => {
    const folder = folderWith({'b.jsonl': dump(range(0, 5))})
    writeFileSync(join(folder, 'a.jsonl.gz'), gzipSync(dump(range(10, 3000))).subarray(0, -20))
    writeFileSync(join(folder, 'c.jsonl'), `${dump(range(20, 30))}${'x'.repeat(33 << 20)}\n`)
    const db = join(folder, 'v.db')
    const summary = await ingest(
      db,
      (await listFiles(['.'], folder)).filter(({name}) => name !== 'c.jsonl'),
    )
    expect(statuses(summary)).toEqual(['failed', 'ingested'])
    expect(contentOf(db).usage).toHaveLength(5)
    // Past four megabytes a thread of its own parses: the same words, the same exit.
    const {status, json} = venturi(folder, ['ingest', 'c.jsonl', '--db', db, '--json'])
    expect(status).toBe(0)
    expect(json().files.map((file: {status: string}) => file.status)).toEqual(['failed'])
    expect(json().issues).toEqual([
      expect.objectContaining({
        code: 'unreadable',
        message: 'line 11 is longer than 32 MiB',
        mend: 'check that the file is what its name says',
      }),
    ])
    expect(contentOf(db).usage).toHaveLength(5)
  })
})

describe('a machine that fails', () => {
  test('a disk that fills leaves whole files only, and the rest can follow', async () => {
    const {folder, files} = await world()
    const few = files.filter(({name}) => name.startsWith('spend/'))
    const [db, wanted] = [join(folder, '.venturi', 'full.db'), join(folder, '.venturi', 'wanted.db')]
    let failure: unknown
    {
      using store = openForWriting(db)
      store.database.pragma(
        `max_page_count = ${Number(store.database.pragma('page_count', {simple: true})) + 15}`,
      )
      failure = await ingestFiles(store, few, {price: () => null}).catch((error: unknown) => error)
      expect(store.database.inTransaction).toBe(false)
    }
    expect(explainDatabase(failure, 'v.db')).toEqual(
      new UserError(
        'v.db: the disk is full (database or disk is full)',
        'free some space and run it again: what was finished is kept',
      ),
    )
    const kept = contentOf(db)
    expect(kept.usage!.length % 50).toBe(0)
    expect(kept.batch!.every(row => !row.includes('"sha256":""'))).toBe(true)
    await ingest(db, few, () => null)
    await ingest(wanted, few, () => null)
    expect(contentOf(db)).toEqual(contentOf(wanted))
  })

  test.each([
    ['a database under a file', 'a.jsonl/venturi.db'],
    ['a database that is a folder', 'folder'],
    ['a database that is something else', 'a.jsonl'],
  ])('%s is refused in one line', (_, db) => {
    const folder = folderWith({'a.jsonl': dump(range(0, 300)), 'folder/x': ''})
    const {status, stderr} = venturi(folder, ['ingest', 'a.jsonl', '--db', db])
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^.*: not a database venturi can open .*\nTry this: .*\n$/),
    ])
    expect(readFileSync(join(folder, 'a.jsonl'), 'utf8')).toBe(dump(range(0, 300)))
  })
})

describe('processes', () => {
  const run = (folder: string, db: string) => {
    const child = spawn(process.execPath, [BIN, 'ingest', 'dumps', '--db', db, '--json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', piece => void (out += piece))
    child.stderr.on('data', piece => void (err += piece))
    const done = new Promise<{code: number | null; out: string; err: string}>(settle =>
      child.on('close', code => settle({code, out, err})),
    )
    return {child, done}
  }
  const records = (folder: string, db: string): string => {
    expect(venturi(folder, ['attribute', '--db', db]).status).toBe(0)
    return venturi(folder, ['export', 'records', '--db', db]).stdout
  }
  const dumps = () => {
    const folder = folderWith({
      'dumps/big.jsonl': dump(range(0, 14_000)),
      'dumps/small.jsonl': dump(range(13_900, 14_100)),
    })
    mkdirSync(join(folder, 'dumps', 'okta'))
    copyFileSync('fixtures/connectors/okta/users.json', join(folder, 'dumps', 'okta', 'users.json'))
    return folder
  }

  test('killed at any moment and run again: the same database, the same records, to the byte', async () => {
    const folder = dumps()
    const started = performance.now()
    expect((await run(folder, 'whole.db').done).code).toBe(0)
    const whole = performance.now() - started
    for (let kill = 1; kill <= 5; kill++) {
      const {child, done} = run(folder, 'killed.db')
      await Promise.race([done, sleep(whole * ((kill + Math.random()) / 7))])
      child.kill('SIGKILL')
      await done
    }
    expect((await run(folder, 'killed.db').done).code).toBe(0)
    expect(contentOf(join(folder, 'killed.db'))).toEqual(contentOf(join(folder, 'whole.db')))
    const exported = records(folder, 'whole.db')
    expect(exported.split('\n').length).toBeGreaterThan(14_000)
    expect(records(folder, 'killed.db') === exported).toBe(true)
  })

  test('three ingests at once read every file once', async () => {
    const folder = dumps()
    expect((await run(folder, 'alone.db').done).code).toBe(0)
    const three = await Promise.all([1, 2, 3].map(() => run(folder, 'shared.db').done))
    expect(three.map(({code, err}) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ])
    const ingested = three.flatMap(({out}) => JSON.parse(out).files as {path: string; status: string}[])
    for (const path of ['dumps/big.jsonl', 'dumps/small.jsonl', 'dumps/okta/users.json'])
      expect(
        ingested
          .filter(file => file.path === path)
          .map(({status}) => status)
          .sort(),
      ).toEqual(['ingested', 'unchanged', 'unchanged'])
    expect(contentOf(join(folder, 'shared.db'))).toEqual(contentOf(join(folder, 'alone.db')))
  })
})
