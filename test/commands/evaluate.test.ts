/** How often answers are right, by the built command line, on a company of known edges. */
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'
import {CATALOG, log, MARCH} from './two-teams.ts'

/** Whose each key really is: two of three of Marsh, by the key's own record; every seventh tag says the other one. */
const TEAMS = ['marsh', 'marsh', 'rivers'] as const
const SERVICE = {marsh: 'heron-api', rivers: 'crane-api'} as const
const call = (index: number, known: boolean): string => {
  const team = TEAMS[index % 3]!
  const tagged = index % 7 === 0 ? (team === 'marsh' ? 'rivers' : 'marsh') : team
  return JSON.stringify({
    ...{
      request_id: `${known ? 'k' : 'o'}${index}`,
      call_type: 'acompletion',
      spend: index % 7 === 0 ? '1.00' : '3.00',
    },
    ...{api_key: `hash-${known ? 'known' : 'open'}-${index}`, model: 'gpt-5-2025-08-07'},
    ...{startTime: `2025-03-04T10:${String(index % 60).padStart(2, '0')}:00Z`, custom_llm_provider: 'openai'},
    ...{prompt_tokens: 100, completion_tokens: 10, total_tokens: 110},
    ...(known && {metadata: {user_api_key_team_alias: team}}),
    request_tags: JSON.stringify([`service:${SERVICE[tagged]}`]),
  })
}
const CALLS = [
  ...Array.from({length: 90}, (_, index) => call(index, true)),
  ...Array.from({length: 5}, (_, index) => call(index + 1, false)),
].join('\n')

const folder = mkdtempSync(join(tmpdir(), 'venturi-evaluate-'))
const run = (...args: readonly string[]) => venturi(folder, [...args, '--db', 'v.db'])
const figure = {
  n: expect.any(Number),
  coverage: expect.any(Number),
  ece: expect.any(Number),
  brier: expect.any(Number),
}

beforeAll(() => {
  writeFileSync(join(folder, 'catalog.yaml'), CATALOG)
  writeFileSync(join(folder, 'calls.jsonl'), CALLS)
  expect(run('ingest', 'catalog.yaml', 'calls.jsonl').status).toBe(0)
  expect(run('attribute').status).toBe(0)
})
afterAll(() => rmSync(folder, {recursive: true}))

describe('venturi evaluate', () => {
  test('without saving leaves nothing behind', () => {
    const {status, stdout, stderr} = run('evaluate', '--no-save')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^How often venturi is right\n/)
    expect(stdout).toMatch(/owner of a record +90 /)
    expect(stdout).toMatch(/the same, by cost +90 /)
    expect(stdout).toContain('Sure against right')
    expect(existsSync(join(folder, 'evaluations.jsonl'))).toBe(false)
  })

  test('says its figures as the contract has them, and what is right of them shows by hand', () => {
    const {schema_version, owner, edges, reliabilities, model, before, cross_validated} = run(
      'evaluate',
      '--no-save',
      '--json',
    ).json()
    expect({schema_version, before, cross_validated}).toEqual({
      schema_version: '1',
      before: null,
      cross_validated: false,
    })
    expect(model).toEqual({version: expect.stringMatching(/^default-/), degradation_state: 'none'})
    // By the tag alone: wrong for every seventh of ninety. The commonest owner is Marsh.
    expect(owner).toMatchObject({...figure, n: 90, accuracy: 0.8556, coverage: 1, baseline_accuracy: 0.6667})
    expect(owner.by_cost).toMatchObject({...figure, n: 90})
    // 77 right ones of $3 in 77 of $3 and 13 of $1.
    expect(owner.by_cost.accuracy).toBe(0.9467)
    for (const bin of owner.bins)
      expect(Object.keys(bin)).toEqual(['from', 'to', 'n', 'mean_confidence', 'accuracy'])
    expect(owner.bins.reduce((sum: number, {n}: {n: number}) => sum + n, 0)).toBe(90)
    for (const edge of edges)
      expect(edge).toMatchObject({
        type: expect.any(String),
        ...figure,
        baseline_accuracy: expect.any(Number),
        bins: expect.any(Array),
      })
    expect(edges.map(({type}: {type: string}) => type)).not.toContain('owner')
    expect(reliabilities).toContainEqual(
      expect.objectContaining({relation: 'owner', n: 90, accuracy: 0.8556, weight: expect.any(Number)}),
    )
  })

  test('remembers, and says the next time what changed', () => {
    expect(run('evaluate').stdout).not.toContain('since')
    const [line] = readFileSync(join(folder, 'evaluations.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(one => JSON.parse(one))
    expect(line).toMatchObject({
      of: 'this database',
      accuracy: 0.8556,
      model: expect.stringMatching(/^default-/),
    })
    // A measurement that was worse, and one cut short.
    writeFileSync(
      join(folder, 'evaluations.jsonl'),
      `${JSON.stringify({...line, at: '2025-03-01T00:00:00Z', accuracy: 0.8, model: 'own-abc'})}\n{"at": "2025-`,
    )
    expect(run('evaluate', '--no-save').stdout.replaceAll(/\s+/g, ' ')).toContain(
      '+5.6 points since 2025-03-01 (own-abc).',
    )
    expect(run('evaluate', '--no-save', '--json').json().before).toMatchObject({
      accuracy: 0.8,
      model: 'own-abc',
    })
    rmSync(join(folder, 'evaluations.jsonl'))
  })

  test('of nothing known says so', () => {
    const cwd = folderWith({'log.jsonl': log({id: 'm4', day: '2025-03-21', usd: '4.00', key: 'odd'})})
    for (const args of [['ingest', 'log.jsonl'], ['attribute']]) expect(venturi(cwd, args).status).toBe(0)
    const {status, stdout} = venturi(cwd, ['evaluate'])
    expect(status).toBe(0)
    expect(stdout).toContain('No owner is known by rules')
    expect(venturi(cwd, ['evaluate', '--json']).json()).toMatchObject({owner: null, edges: []})
  })

  test('of a known world shows what was shown, and of that what was right', {timeout: 240_000}, () => {
    const before = readFileSync('fixtures/acme.truth.json')
    const {status, stdout} = venturi(process.cwd(), [
      'evaluate',
      '--world',
      'fixtures/acme',
      '--json',
      '--db',
      join(folder, 'none.db'),
    ])
    expect(status).toBe(0)
    const world = JSON.parse(stdout)
    expect(world).toMatchObject({
      schema_version: '1',
      world: 'fixtures/acme',
      unknowable_claimed: expect.any(Number),
      owner: {...figure, by_cost: figure},
    })
    expect(world.right_at_080).toBeGreaterThanOrEqual(0.97)
    expect(world.knowable_reached).toBeGreaterThanOrEqual(0.75)
    expect(existsSync(join(folder, 'none.db'))).toBe(false)
    expect(readFileSync('fixtures/acme.truth.json').equals(before)).toBe(true)
  })

  test('of a folder without its truth exits 2', () => {
    const {status, stderr} = run('evaluate', '--world', '.')
    expect(status).toBe(2)
    expect(stderr).toMatch(/its truth is not beside it.*\nTry this: /)
  })
})

describe('venturi train', () => {
  test('on too few known edges exits 2 and says how to mend it', () => {
    const cwd = folderWith({'catalog.yaml': CATALOG, 'log.jsonl': log(...MARCH)})
    for (const args of [['ingest', '.'], ['attribute']]) expect(venturi(cwd, args).status).toBe(0)
    const {status, stderr} = venturi(cwd, ['train'])
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /known edges are too few to learn from: 40 of one kind are needed\nTry this: ingest more/,
    )
    expect(existsSync(join(cwd, '.venturi/model.json'))).toBe(false)
  })

  test('where nothing hidden can be answered nothing is kept', () => {
    // Every key has its record and nothing else: without it nobody is named.
    const records = Array.from({length: 50}, (_, index) => {
      const {request_tags: _tags, ...known} = JSON.parse(call(index, true))
      return JSON.stringify(known)
    })
    const cwd = folderWith({'catalog.yaml': CATALOG, 'log.jsonl': records.join('\n')})
    for (const args of [['ingest', '.'], ['attribute']]) expect(venturi(cwd, args).status).toBe(0)
    const {status, stdout} = venturi(cwd, ['train'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/owner +50 labels +Brier – \(present –\)/)
    expect(stdout).toContain('Not kept')
  })

  test('keeps what measures better, with its card, and the next answers are its', () => {
    const {status, json} = run('train', '--json')
    expect(status).toBe(0)
    const {schema_version, version, kept, why, path, card, compared} = json()
    expect({schema_version, kept, why}).toEqual({
      schema_version: '1',
      kept: true,
      why: 'it measures better on entities it had not seen',
    })
    expect(version).toMatch(/^own-[0-9a-f]{12}$/)
    expect(JSON.parse(readFileSync(path, 'utf8')).version).toBe(version)
    expect(readFileSync(card, 'utf8')).toContain(`# ${version}\n`)
    for (const one of compared)
      expect(one).toMatchObject({
        relation: expect.any(String),
        labels: expect.any(Number),
        trained: figure,
        present: figure,
      })
    const attributed = run('attribute', '--json').json()
    expect(attributed.degradation_state).toBe('none')
    const [{interpretation}] = run('export', 'records')
      .stdout.trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(interpretation).toMatchObject({model_version: version, degradation_state: 'none'})
    expect(run('evaluate', '--no-save', '--json').json()).toMatchObject({
      cross_validated: true,
      model: {version},
    })
    expect(run('evaluate', '--no-save').stdout.replaceAll(/\s+/g, ' ')).toContain(
      'each entity answered by a fit that never saw it',
    )
  })

  test('keeps nothing that measures no better, but with --force', () => {
    const again = run('train', '--json', '--output', 'again.json').json()
    expect(again).toMatchObject({
      kept: false,
      path: null,
      card: null,
      why: expect.stringMatching(/^it measures no better than own-/),
    })
    expect(existsSync(join(folder, 'again.json'))).toBe(false)
    expect(run('train', '--force', '--output', 'again.json', '--json').json()).toMatchObject({
      kept: true,
      path: 'again.json',
      card: 'again.card.md',
    })
    expect(existsSync(join(folder, 'again.card.md'))).toBe(true)
  })

  test('a damaged model is said, and what it did not answer stands in the answers', () => {
    writeFileSync(join(folder, 'model.json'), '{"venturi_model": 1')
    const {stderr, json, status} = run('attribute', '--json')
    expect(status).toBe(0)
    expect(stderr).toMatch(/model\.json is damaged: .*run `venturi train`, or restore the file/)
    expect(json().degradation_state).toBe('degraded_serving')
    expect(run('attribute').stdout).toContain(
      'Plain rules answered what no usable model answered in its time',
    )
    const records = run('export', 'records')
      .stdout.trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(new Set(records.map(({interpretation}) => interpretation.degradation_state))).toEqual(
      new Set(['degraded_serving']),
    )
    rmSync(join(folder, 'model.json'))
  })

  test.each([
    ['enabled: false', 'disabled', 'inference is disabled'],
    ['budget_seconds: 0.000001', 'degraded_serving', 'in its time'],
    ['budget_seconds: 3600', 'none', ''],
  ])('with inference %s the state is %s', (setting, state, said) => {
    writeFileSync(join(folder, 'c.yaml'), `inference:\n  ${setting}\n`)
    expect(run('attribute', '--json', '--config', 'c.yaml').json().degradation_state).toBe(state)
    expect(run('attribute', '--config', 'c.yaml').stdout).toContain(said)
  })
})

describe('a waterfall', () => {
  test('sums to the shown log-odds exactly, with weights and with the closing step', () => {
    expect(run('attribute').status).toBe(0)
    const ids = run('export', 'records')
      .stdout.trim()
      .split('\n')
      .map(line => JSON.parse(line).id)
    const explained = [...new Set(ids)].slice(-8).map(id => run('explain', id as string, '--json').json())
    let closing = 0
    for (const {waterfall, log_odds, probability, record} of explained) {
      const thousandths = waterfall.reduce(
        (sum: number, step: {log_odds: number}) => sum + Math.round(step.log_odds * 1000),
        0,
      )
      expect(thousandths / 1000).toBe(log_odds)
      for (const {log_odds: step} of waterfall) expect(step).toBe(Math.round(step * 1000) / 1000)
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-log_odds)), 4)
      if (record.output_state !== 'ambiguous')
        expect(record.coper).toBeCloseTo(Math.min(0.95, probability), 3)
      if (waterfall.at(-1).because === 'how often answers scored like this one proved right') closing++
    }
    expect(closing).toBeGreaterThan(0)
  })
})
