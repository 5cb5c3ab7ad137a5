import {describe, expect, test} from 'vitest'
import {
  BILL,
  CALLS,
  counted,
  estimate,
  filesOf,
  SOURCES,
  type SourceName,
  type TestCall,
  watched,
} from './one-traffic.ts'

const ALL = Object.keys(SOURCES) as SourceName[]
const BILLED = BigInt(Math.round(BILL * 1e9))
const nanosOf = (dollars: (call: TestCall) => number): bigint =>
  CALLS.reduce((sum, call) => sum + BigInt(Math.round(dollars(call) * 1e9)), 0n)

describe('twenty calls that a gateway, Langfuse, spans, metrics, a usage report and a bill all report', () => {
  test('are twenty records that cost the bill, to the nano-dollar', async () => {
    const {nanos, records, requests, unpriced} = await counted(filesOf(ALL))
    expect({nanos, records, requests, unpriced}).toEqual({
      nanos: BILLED,
      records: 20,
      requests: 20,
      unpriced: 0,
    })
  })

  test('carry the evidence of all who saw them', async () => {
    const {kept} = await counted(filesOf(ALL))
    expect(kept.map(({evidence, records}) => [JSON.parse(evidence), records])).toEqual([
      [
        {
          channel: 'litellm',
          provider: 'openai',
          key: 'litellm:key/88dc28d0',
          key_name: 'heron-prod',
          project: 'langfuse:project/p-heron',
          team: 'litellm:team/t-marsh',
          service: 'heron-api',
        },
        20,
      ],
    ])
  })

  test('in whatever order the files come', async () => {
    const files = Object.entries(filesOf(ALL)).reverse()
    expect(await counted(Object.fromEntries(files))).toEqual(await counted(filesOf(ALL)))
  })
})

/** The same number of calls that are no others': other ids, instants and tokens. */
const stranger = (call: TestCall): TestCall => ({
  ...call,
  n: call.n + 100,
  at: call.at + 3 * 3_600_000,
  input: call.input + 5,
  output: call.output + 3,
  response: call.response && `${call.response}-other`,
})

describe('were one of them counted twice, it would show', () => {
  const once = {nanos: nanosOf(estimate), records: 20, requests: 20, unpriced: 0}
  const unbilled = ALL.filter(name => name !== 'costs' && name !== 'usage')

  test('without a bill all of them are the gateway’s twenty', async () => {
    const {kept: _, ...all} = await counted(filesOf(unbilled))
    expect(all).toEqual(once)
  })

  test.each(['litellm', 'langfuse', 'spans'] as const)('%s', async name => {
    const {records, requests, nanos} = await counted({
      ...filesOf(unbilled),
      'twice.json': SOURCES[name](CALLS.map(stranger)),
    })
    expect({records, requests}).toEqual({records: 40, requests: 40})
    expect(nanos).toBeGreaterThan(once.nanos)
  })

  test('metrics', async () => {
    const files = filesOf(unbilled.filter(name => name !== 'metrics'))
    const metrics = SOURCES.metrics([...CALLS, ...CALLS.map(stranger)])
    const {records, nanos} = await counted({...files, 'metrics.json': metrics})
    // What the metrics hold beyond the spans stays, as one record.
    expect(records).toBe(21)
    expect(nanos).toBeGreaterThan(once.nanos)
  })

  test('the usage report', async () => {
    const later = CALLS.map(call => ({...call, at: call.at + 86_400_000}))
    const {nanos} = await counted({...filesOf(ALL), 'twice.json': SOURCES.usage(later)})
    expect(nanos).toBeGreaterThan(BILLED)
  })

  test('the bill', async () => {
    const other = SOURCES.costs().replaceAll('proj_heron', 'proj_other')
    expect((await counted({...filesOf(ALL), 'twice.json': other})).nanos).toBe(2n * BILLED)
  })
})

test.each(['litellm', 'langfuse', 'spans', 'metrics'] as const)(
  'strangers in %s cost no more than the bill of their day asks for',
  async name => {
    const files = {...filesOf(ALL), 'more.json': SOURCES[name](CALLS.map(stranger))}
    expect((await counted(files)).nanos).toBe(BILLED)
  },
)

describe('without a bill', () => {
  const WATCHERS = ['litellm', 'langfuse', 'spans', 'metrics'] as const
  const subsets = Array.from({length: 2 ** WATCHERS.length - 1}, (_, bits) =>
    WATCHERS.filter((_, index) => (bits + 1) & (1 << index)),
  )
  const says: {readonly [name in (typeof WATCHERS)[number]]: bigint | null} = {
    litellm: nanosOf(estimate),
    langfuse: nanosOf(watched),
    spans: null,
    metrics: null,
  }
  test.each(subsets)('%s %s %s %s', async (...given) => {
    const names = given.filter(name => name !== undefined)
    const {nanos, records, requests} = await counted(filesOf(names))
    expect({records, requests}).toEqual({records: names[0] === 'metrics' ? 1 : 20, requests: 20})
    // Spans and metrics are priced from the catalogue, alike.
    const alone = says[names[0]!] ?? (await counted(filesOf(['spans']))).nanos
    expect(nanos).toBe(alone)
  })
})
