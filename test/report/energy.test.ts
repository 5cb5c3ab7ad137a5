/** The energy lens: owners' parts are the whole, what has no figure is said and is null, and the money reconciles. */
import {afterAll, describe, expect, test} from 'vitest'
import {energyRates} from '../../src/model/energy/estimate.ts'
import {energyLines} from '../../src/report/energy.ts'
import {energy} from '../../src/report/lenses/energy.ts'
import {totalsOf} from '../../src/report/lines.ts'
import {loadSpend} from '../../src/report/load.ts'
import {loadEnergy} from '../../src/report/load-energy.ts'
import {RecordReader} from '../../src/report/records.ts'
import {acme, assistant, checkout, router} from './acme.ts'
import {team, world} from './world.ts'

const EVERYTHING = {period: {from: null, to: null}, asOf: 'event'} as const
const {store} = acme()
afterAll(() => store[Symbol.dispose]())
const parts = loadEnergy(store, EVERYTHING)
const lines = energyLines(parts)

const mids = (of: readonly {readonly wh: {readonly mid: number} | null}[]): number =>
  of.reduce((sum, {wh}) => sum + (wh?.mid ?? 0), 0)

test.each(['owners', 'services', 'models'] as const)('%s sum to the whole, in energy and in money', by => {
  expect(mids(lines[by])).toBeCloseTo(lines.total.wh!.mid, 9)
  expect(lines[by].reduce((sum, {cost}) => sum + cost, 0n)).toBe(lines.total.cost)
})

test('the whole is what its records say', () => {
  const records = [...new RecordReader(store).records(EVERYTHING.period, {unsettled: 0})]
  const sum = records.reduce((total, record) => total + (record.energy?.wh.mid ?? 0), 0)
  // Records are rounded to two digits.
  expect(Math.abs(sum - lines.total.wh!.mid)).toBeLessThan(sum * 0.05)
  expect(records.filter(record => record.energy === null).map(({event_id}) => event_id)).toEqual([
    'openai-costs:2026-10-18:code',
    'chatcmpl-router-0002',
  ])
})

test('its money is the money of every other lens', () => {
  expect(lines.total.cost).toBe(totalsOf(loadSpend(store, EVERYTHING).spend).total)
  expect(lines.coverage.reduce((sum, {cost}) => sum + cost, 0n)).toBe(lines.total.cost)
})

test('shared use is split by its shares', () => {
  const shares = energyLines(parts.filter(({outcome}) => outcome.rationale === assistant.rationale))
  const of = (name: string | undefined) =>
    shares.owners.find(({organization}) => organization?.name === name)!
  const whole = shares.total.wh!
  expect(of('CX Automation').wh!.mid).toBeCloseTo(whole.mid * 0.6155, 12)
  expect(of('Payments Core').wh!.high).toBeCloseTo(whole.high * 0.3412, 12)
  expect(of(undefined).wh!.low).toBeCloseTo(whole.low * 0.0433, 12)
})

describe('what has no figure', () => {
  const made = world()
    .call({
      id: 'a',
      at: '2026-10-14T09:30:00Z',
      usd: '1.00',
      outcome: router,
      model: ['openai', 'house', null, null],
    })
    .remainder({id: 'r', at: '2026-10-14T00:00:00Z', usd: '2.00', outcome: router})
  const {json} = energy.view(made.store, EVERYTHING) as {json: Record<string, never>}
  afterAll(() => made.store[Symbol.dispose]())

  test('is null everywhere, never zero', () => {
    expect(json.totals).toMatchObject({wh: null, gco2e: null, tier: null, zones: [], covered_cost_ppm: 0})
    expect(json.models).toMatchObject([
      {model: 'gpt-5', reason: 'no_tokens', wh: null, tokens: null},
      {model: 'house', reason: 'unknown_size', size: null, wh: null, tokens: 1200},
    ])
    expect(JSON.stringify(json)).not.toMatch(/"(low|mid|high)":0[,}]/)
  })
  test('says why, with its money', () =>
    expect(json.coverage).toEqual([
      {has_figure: false, reason: 'no_tokens', tokens: null, cost_usd: '2.00', records: 1},
      {has_figure: false, reason: 'unknown_size', tokens: 1200, cost_usd: '1.00', records: 1},
    ]))
  test('and people read as much', () =>
    expect(energy.view(made.store, EVERYTHING).report.closing).toEqual([
      'no use in this period has a figure',
      'spend with a figure $0.00 + without $3.00 = total $3.00',
      'owned $0.00 + contested $0.00 + unresolved $3.00 = total $3.00; no invoice for this period has been read',
    ]))
})

test('rates of the company are the ones used', () => {
  const rates = energyRates({
    intensity: {USA: 1000},
    models: {'house-model': {total: 7, active: 7, open: true}},
  })
  const with7 = energyLines(loadEnergy(store, {...EVERYTHING, rates}))
  expect(with7.models.map(({model}) => model)).toContain('house-model')
  expect(with7.coverage.map(({reason}) => reason)).toEqual([null, 'no_tokens'])
  expect(with7.total.gco2e!.mid).toBeCloseTo(with7.total.wh!.mid, 9)
})

test('calls that read a lot are told, and bill rows of many calls are not', () => {
  const long = {at: '2026-10-14T09:30:00Z', usd: '1.00', outcome: checkout} as const
  const made = world()
    .call({...long, id: 'a', tokens: [30_000, 100, 20_000]})
    .call({...long, id: 'b', tokens: [50_000, 100, 0], granularity: 'bucket', signature: {channel: 'openai'}})
  const {longTokens} = energyLines(loadEnergy(made.store, EVERYTHING)).total
  expect(longTokens).toBe(50_100)
  const records = [...new RecordReader(made.store).records(EVERYTHING.period, {unsettled: 0})]
  expect(records.map(({event_id, energy: of}) => [event_id, of?.notes])).toEqual([
    ['a', ['more than 32,000 tokens of context: the figure is too low']],
    ['b', undefined],
  ])
  made.store[Symbol.dispose]()
})

test('a region decides the zone, and no person is named', () => {
  const person = {id: 'email:ada@acme.example', name: 'Ada Quill'}
  const outcome = {...checkout, owner: {...checkout.owner, identity: person}, rationale: 'hers'}
  const made = world().call({
    ...{id: 'a', at: '2026-10-14T09:30:00Z', usd: '1.00', outcome},
    ...{signature: {region: 'eu-west-3', user: 'openai:user/ada'}, model: ['aws', 'gpt-oss-20b', null, null]},
  })
  const {json, report} = energy.view(made.store, EVERYTHING)
  expect(json).toMatchObject({
    totals: {zones: [{zone: 'FRA', gco2e_per_kwh: 44.18}]},
    organizations: [{organization: team('Payments Core')}],
  })
  const text = JSON.stringify([json, report], (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  expect(text).not.toMatch(/ada/i)
  made.store[Symbol.dispose]()
})
