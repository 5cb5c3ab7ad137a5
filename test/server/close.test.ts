/** A closed period never changes, whatever comes after; what does change is an adjustment, exact for every owner. */
import {createHash} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {loadDecisions} from '../../src/engine/run-rulings.ts'
import {formatUsd} from '../../src/model/money.ts'
import type {AdjustmentLine} from '../../src/report/adjustments.ts'
import {recordsToText} from '../../src/report/export-records.ts'
import {eligible, type Line, linesOf, totalsOf} from '../../src/report/lines.ts'
import {loadSpend} from '../../src/report/load.ts'
import {RecordFinder, recordsOf} from '../../src/report/load-closed.ts'
import {loadDays} from '../../src/report/load-days.ts'
import {type Period, parsePeriod} from '../../src/report/period.ts'
import {append} from '../../src/server/audit/append.ts'
import {closePeriod} from '../../src/server/audit/close.ts'
import {addOverride, openDispute, resolveDispute, revokeOverride} from '../../src/server/audit/decide.ts'
import {isWhole, verify} from '../../src/server/audit/verify.ts'
import type {WritableStore} from '../../src/store/query.ts'
import {APRIL, CATALOG, log, MARCH} from '../commands/two-teams.ts'
import {invoices, litellmLog, openaiCosts, otelSpans} from '../engine/reports.ts'
import {type Company, company, NOW} from './company.ts'

const HERON = 'backstage:component/default/heron-api'
const ALWAYS = {from: null, to: null}
const close = ({desk}: Company, period: string, more: object = {}) =>
  closePeriod(desk, {period, force: false, config: {}, venturi: '0', ...more})

const exported = (store: WritableStore, period: string): string =>
  [
    ...recordsToText(recordsOf(store, parsePeriod({period}, NOW), {unsettled: 0}), 'jsonl', {records: 0}),
  ].join('')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Money by owner and class, and what of it may be charged; `closed`: as the periods closed show it, else as settled now. */
function owners(store: WritableStore, period: string, how: 'closed' | 'now'): Map<string, bigint> {
  const request = {period: parsePeriod({period}, NOW), asOf: 'event'} as const
  const {spend} = how === 'closed' ? loadSpend(store, request) : loadSpend(store, request, [])
  const sums = new Map<string, bigint>()
  for (const line of linesOf(spend)) add(sums, line, 'cost', line.cost)
  for (const line of linesOf(spend.filter(eligible))) add(sums, line, 'charge', line.cost)
  return sums
}
function add(
  sums: Map<string, bigint>,
  {organization, spendClass, state}: Pick<Line, 'organization' | 'spendClass' | 'state'>,
  what: string,
  nanos: bigint,
): void {
  const key = [organization?.name, spendClass, state, what].join(' ')
  const sum = (sums.get(key) ?? 0n) + nanos
  if (sum === 0n) sums.delete(key)
  else sums.set(key, sum)
}
const adjustments = (store: WritableStore): readonly AdjustmentLine[] =>
  loadSpend(store, {period: ALWAYS, asOf: 'event'}).closing.adjustments

/** What was frozen, with every adjustment about it, is what settling now says. */
function expectExact(store: WritableStore, period: string): void {
  const sums = owners(store, period, 'closed')
  for (const line of adjustments(store).filter(({period: of}) => of === period)) {
    add(sums, line, 'cost', line.cost)
    add(sums, line, 'charge', line.chargeable)
  }
  expect(Object.fromEntries(sums)).toEqual(Object.fromEntries(owners(store, period, 'now')))
  for (const when of [parsePeriod({period}, NOW), ALWAYS]) expectDays(store, when)
}

/** Charts over time show what tables show: closed days as frozen. */
function expectDays(store: WritableStore, period: Period): void {
  for (const asOf of ['event', 'current'] as const) {
    const {owned, contested, unresolved} = totalsOf(loadSpend(store, {period, asOf}).spend)
    const sums = {owned: 0n, contested: 0n, unresolved: 0n}
    for (const {spendClass, cost} of loadDays(store, {period, asOf})) sums[spendClass] += cost
    expect(sums).toEqual({owned, contested, unresolved})
  }
}

const two = async (): Promise<Company> => {
  const of = company()
  await of.read({'catalog.yaml': CATALOG, 'march.jsonl': log(...MARCH), 'april.jsonl': log(...APRIL)})
  of.attribute()
  return of
}

test('closing records the hash of the export, and keeps the export for good', async () => {
  const of = await two()
  const {store} = of.desk
  const before = exported(store, '2025-03')
  const {said, id} = close(of, '2025-03')
  expect(said).toMatchObject({sha256: sha256(before), records: 4, total_usd: '7.750000001', adjustments: []})
  expect(id).toBe(1)

  // Late calls, a call told again with more, a bill that decides, an override, a dispute.
  await of.read({
    'late.jsonl': log({id: 'm9', day: '2025-03-30', usd: '8.00'}),
    'again.jsonl': log({id: 'm1', day: '2025-03-04', usd: '1.75'}),
    'may.jsonl': log({id: 'y1', day: '2025-05-30', usd: '1.00'}),
  })
  addOverride(of.desk, {of: HERON, team: 'lakes', why: 'moved'})
  openDispute(of.desk, {of: 'litellm:key/hash-of-crane', why: 'not ours'})
  of.attribute()
  of.attribute(true)
  expect(exported(store, '2025-03')).toBe(before)
  expect(verify(store)).toMatchObject({broken: null, periods: [{same: true}]})
  expect(exported(store, '2025-04')).toContain('"name":"lakes"')
  expectExact(store, '2025-03')

  expect(
    adjustments(store).map(
      ({period, bookedTo, organization, spendClass, cost, chargeable}) =>
        `${period} in ${bookedTo}: ${organization?.name} ${spendClass} ${formatUsd(cost)}, ${formatUsd(chargeable)} to charge`,
    ),
  ).toEqual([
    '2025-03 in 2025-04: lakes owned 12.25, 12.25 to charge',
    '2025-03 in 2025-04: marsh owned -3.500000001, -3.500000001 to charge',
    '2025-03 in 2025-04: rivers contested 0.25, 0.00 to charge',
    '2025-03 in 2025-04: rivers owned -0.25, -0.25 to charge',
  ])
})

test('a later bill changes what was frozen no more than anything else', async () => {
  const of = company()
  await of.read({
    'catalog.yaml': CATALOG,
    'march.jsonl': log(...MARCH.map(call => ({...call, day: '2026-10-03'}))),
  })
  of.attribute()
  const {store} = of.desk
  const before = exported(store, '2026-10')
  close(of, '2026-10', {force: true})
  await of.read({'costs.json': openaiCosts({day: 3, usd: '20.00'})})
  of.attribute()
  expect(exported(store, '2026-10')).toBe(before)
  expect(owners(store, '2026-10', 'now')).not.toEqual(owners(store, '2026-10', 'closed'))
  expectExact(store, '2026-10')
})

test('a store with two sources for the same calls, bills and invoices is kept as it is', async () => {
  const of = company()
  const {store} = of.desk
  const calls = [
    {id: 'a', day: 1, tokens: [100, 10], usd: '11.00'},
    {id: 'b', day: 2, tokens: [200, 10], usd: '2.00'},
  ] as const
  await of.read({
    'log.jsonl': litellmLog(...calls),
    'spans.jsonl': otelSpans(...calls),
    'costs.json': openaiCosts({day: 1, usd: '10.00'}, {day: 2, usd: '3.00'}),
    'invoices.csv': invoices({id: 'INV-7', usd: '14.00'}),
  })
  of.attribute()
  const before = exported(store, '2026-10')
  expect(before).toContain('invoice-openai-INV-7')
  expect(store.database.prepare('SELECT count(*) FROM matched').pluck().get()).toBeGreaterThan(0)
  const {said} = close(of, '2026-10', {force: true})
  expect(said).toMatchObject({sha256: sha256(before), total_usd: '14.00'})
  await of.read({'costs-2.json': openaiCosts({day: 1, usd: '10.50'}, {day: 2, usd: '3.50'})})
  of.attribute()
  expect(exported(store, '2026-10')).toBe(before)
  expectExact(store, '2026-10')
})

test('what changes about a closed period is booked to the first open one, and frozen with that', async () => {
  const of = await two()
  const {store} = of.desk
  close(of, '2025-03')
  addOverride(of.desk, {of: HERON, team: 'lakes', why: 'moved', until: '2025-03-31'})
  of.attribute()
  const {said} = close(of, '2025-04')
  expect(said.adjustments).toMatchObject([
    {period: '2025-03', organization: {name: 'lakes'}, spend_class: 'owned', cost_usd: '3.500000001'},
    {period: '2025-03', organization: {name: 'marsh'}, spend_class: 'owned', cost_usd: '-3.500000001'},
  ])
  revokeOverride(of.desk, '2', 'wrong')
  of.attribute()
  expect(
    adjustments(store).map(({period, bookedTo, organization, cost}) => [
      period,
      bookedTo,
      organization?.name,
      cost,
    ]),
  ).toEqual([
    ['2025-03', '2025-04', 'lakes', 3_500_000_001n],
    ['2025-03', '2025-04', 'marsh', -3_500_000_001n],
    ['2025-03', '2025-05', 'lakes', -3_500_000_001n],
    ['2025-03', '2025-05', 'marsh', 3_500_000_001n],
  ])
  expectExact(store, '2025-03')
  expectExact(store, '2025-04')
})

test('one record of a closed period is what was frozen, also one that is gone', async () => {
  const of = await two()
  const {store} = of.desk
  close(of, '2025-03')
  await of.read({'late.jsonl': log({id: 'm9', day: '2025-03-30', usd: '8.00'})})
  addOverride(of.desk, {of: HERON, team: 'lakes', why: 'moved'})
  of.attribute()
  store.database.exec("DELETE FROM usage WHERE id = 'm2'")
  using finder = new RecordFinder(store)
  const told = (id: string) => {
    const {found, closed} = finder.find(id)
    return `${found.record.owner.organization?.name} ${closed?.said.period ?? 'open'}`
  }
  expect(['m1', 'm2', 'm9', 'a1'].map(told)).toEqual([
    'marsh 2025-03',
    'marsh 2025-03',
    'lakes open',
    'lakes open',
  ])
  expect(() => told('zzz')).toThrow('zzz: no such record')
  expect(verify(store).periods).toMatchObject([{same: true}])
})

describe('a period is not closed', () => {
  test.each([
    ['before it is over', '2025-06', {}, '2025-06: not over before 2025-07-01'],
    ['without records', '2025-01', {}, '2025-01: holds no records'],
    ['by another name', 'march', {}, '--period "march" is not a month'],
  ])('%s', async (_, period, more, message) => {
    const of = await two()
    expect(() => close(of, period, more)).toThrow(
      expect.objectContaining({message: expect.stringContaining(message), exit: 2}),
    )
    expect(loadDecisions(of.desk.store).closed).toEqual([])
  })

  test('twice, or when something has been read, decided or priced since', async () => {
    const of = await two()
    close(of, '2025-03')
    expect(() => close(of, '2025-03')).toThrow('2025-03: closed already, by quill@fen.example (audit:1)')
    addOverride(of.desk, {of: HERON, team: 'lakes', why: 'moved'})
    expect(() => close(of, '2025-04')).toThrow('2025-04: not attributed up to date')
    of.attribute()
    const rates = [{model: 'gpt-5', per_million_usd: {input: '1', output: '2'}}]
    expect(() => close(of, '2025-04', {config: {rates}})).toThrow('2025-04: not attributed up to date')
    await of.read({'late.jsonl': log({id: 'a9', day: '2025-04-30', usd: '8.00'})})
    expect(() => close(of, '2025-04')).toThrow('2025-04: not attributed up to date')
  })
})

describe('what was frozen and tampered with is found', () => {
  const tampered = async (sql: string) => {
    const of = await two()
    const {store} = of.desk
    close(of, '2025-03')
    expect(isWhole(verify(store))).toBe(true)
    const triggers = store.database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
      .pluck()
      .all()
    for (const name of triggers) store.database.exec(`DROP TRIGGER ${name}`)
    store.database.exec(sql)
    return verify(store)
  }
  test.each([
    "UPDATE usage SET cost_nanos = cost_nanos + 1 WHERE id = 'm1'",
    "DELETE FROM usage WHERE id = 'm1'",
    `UPDATE frozen_cell SET billed_nanos = billed_nanos + 1 WHERE day = (SELECT min(day) FROM frozen_cell)`,
    'UPDATE frozen_outcome SET answer = replace(answer, \'"marsh"\', \'"lakes"\')',
    "UPDATE frozen_batch SET path = 'other'",
    'UPDATE frozen_spend SET billed_nanos = billed_nanos + 1 WHERE day = (SELECT min(day) FROM frozen_spend)',
    'UPDATE frozen_spend SET day = day + 1',
    'DELETE FROM frozen_attribution WHERE id = (SELECT min(id) FROM frozen_attribution)',
  ])('%s', async sql => expect((await tampered(sql)).periods).toMatchObject([{same: false}]))

  test('the entry itself, or the end of the trail', async () => {
    expect(
      (await tampered('UPDATE audit SET detail = replace(detail, \'"records":4\', \'"records":5\')')).broken,
    ).toMatchObject({seq: 1})
    expect((await tampered('DELETE FROM audit')).broken).toEqual({
      seq: 1,
      what: 'is missing: entry 1 has closed a period',
    })
  })

  test('a hash noted elsewhere', async () => {
    const of = await two()
    const {store} = of.desk
    close(of, '2025-03')
    const {head} = verify(store)
    expect(verify(store, {head}).broken).toBe(null)
    addOverride(of.desk, {of: HERON, team: 'lakes', why: 'moved'})
    expect(verify(store, {head}).broken).toBe(null)
    expect(verify(store, {head: 'f00'}).broken).toEqual({
      seq: 3,
      what: 'is missing: no entry has the hash f00',
    })
  })
})

test('raw SQL cannot change the trail, nor lose what was frozen', async () => {
  const of = await two()
  const {store} = of.desk
  close(of, '2025-03')
  for (const sql of [
    "UPDATE audit SET actor = 'x'",
    'DELETE FROM audit',
    "INSERT OR REPLACE INTO audit VALUES (1, 1, 'x', 'x', 'x', '{}', 'x', 'x')",
  ])
    expect(() => store.database.exec(sql)).toThrow('the audit trail is only added to')
  store.database.exec('UPDATE usage SET cost_nanos = 1; UPDATE usage SET line = 9; DELETE FROM usage')
  expect(isWhole(verify(store))).toBe(true)
})

describe('whatever comes after', () => {
  const TEAMS = ['marsh', 'rivers', 'lakes'] as const
  const KEYS = ['heron', 'crane', 'odd'] as const
  const call = fc.record({
    id: fc.integer({min: 0, max: 11}).map(number => `c${number}`),
    day: fc.constantFrom('2025-03-03', '2025-03-28', '2025-04-05', '2025-05-06'),
    key: fc.constantFrom(...KEYS),
    usd: fc.bigInt({min: 0n, max: 3_000_000_001n}).map(formatUsd),
  })
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.array(call, {minLength: 1, maxLength: 4}).map(calls => ({do: 'read' as const, calls})),
    },
    fc.record({
      do: fc.constant('override' as const),
      key: fc.constantFrom(...KEYS),
      team: fc.constantFrom(...TEAMS),
    }),
    fc.record({do: fc.constant('dispute' as const), key: fc.constantFrom(...KEYS)}),
    fc.record({do: fc.constant('end' as const), number: fc.nat(4)}),
    {weight: 2, arbitrary: fc.constant({do: 'close' as const})},
  )

  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

  async function take(of: Company, what: Step, at: number): Promise<void> {
    const {desk} = of
    const {overrides, disputes, closed} = loadDecisions(desk.store)
    switch (what.do) {
      case 'read':
        return await of.read({[`log-${at}.jsonl`]: log(...what.calls)})
      case 'override':
        addOverride(desk, {of: `litellm:key/hash-of-${what.key}`, team: what.team, why: `step ${at}`})
        return
      case 'dispute':
        openDispute(desk, {of: `litellm:key/hash-of-${what.key}`, why: `step ${at}`})
        return
      case 'end': {
        const open = [
          ...overrides.filter(({revoked}) => !revoked),
          ...disputes.filter(({resolved}) => !resolved),
        ]
        const one = open[what.number % Math.max(1, open.length)]
        if (one && 'team' in one.said) revokeOverride(desk, String(one.id), 'over')
        else if (one)
          resolveDispute(desk, String(one.id), 'over', what.number % 2 === 0 ? 'lakes' : undefined)
        return
      }
      case 'close': {
        const period = ['2025-03', '2025-04', '2025-05'][closed.length]
        if (period !== undefined) close(of, period)
      }
    }
  }

  test('exports are frozen, sums exact, bookings final', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, {minLength: 3, maxLength: 12}), async steps => {
        const of = company()
        const {store} = of.desk
        const first = [...MARCH, ...APRIL, {id: 'y1', day: '2025-05-02', usd: '2.00', key: 'odd'}]
        await of.read({'catalog.yaml': CATALOG, 'first.jsonl': log(...first)})
        of.attribute()
        const frozen = new Map<string, {readonly text: string; readonly booked: string}>()
        const seen = (period: string) => ({
          text: exported(store, period),
          booked: JSON.stringify(
            adjustments(store).filter(({bookedTo}) => bookedTo === period),
            (_, value) => (typeof value === 'bigint' ? `${value}` : value),
          ),
        })
        for (const [at, what] of steps.entries()) {
          await take(of, what, at)
          of.attribute(at % 2 === 0)
          for (const {said} of loadDecisions(store).closed) {
            const now = seen(said.period)
            expect(now).toEqual(frozen.get(said.period) ?? now)
            frozen.set(said.period, now)
            expect(sha256(now.text)).toBe(said.sha256)
            expectExact(store, said.period)
          }
        }
        expect(isWhole(verify(store))).toBe(true)
      }),
      {numRuns: 25},
    )
  }, 120_000)
})

describe('energy of a closed period', () => {
  const HOUSE = {models: {'gpt-5': {total: 7, active: 7, open: true}}}
  const energies = (text: string): unknown[] =>
    text
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as {energy: unknown}).energy)

  test('is by what was known when it was closed, whatever is configured later', async () => {
    const of = await two()
    const {said} = close(of, '2025-03', {config: {energy: HOUSE}})
    expect(said.sha256).toBe(sha256(exported(of.desk.store, '2025-03')))
    expect(verify(of.desk.store)).toMatchObject({periods: [{same: true}]})
  })

  test('is null where it was closed before energy was kept: its bytes are the same', async () => {
    const of = await two()
    const {store} = of.desk
    const {said} = close(of, '2025-03')
    const bytes = exported(store, '2025-03').replaceAll(/"energy":\{.*?\},"owner"/g, '"energy":null,"owner"')
    const {energy: _, ...before} = {...said, sha256: sha256(bytes)}
    for (const name of ['audit_is_not_changed', 'audit_is_not_cut'])
      store.database.exec(`DROP TRIGGER ${name}`)
    store.database.exec('DELETE FROM audit')
    append(store, {at: NOW, actor: 'x', action: 'period.close', subject: '2025-03', detail: before})
    expect(verify(store)).toMatchObject({broken: null, periods: [{same: true}]})
    expect(new Set(energies(exported(store, '2025-03')))).toEqual(new Set([null]))
  })
})
