/** Money of calls is in a workflow, in a trace of one call, or in none: to the nano-dollar, whoever tells of the calls. */
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {parseUsd} from '../../src/model/money.ts'
import {RecordReader} from '../../src/report/records.ts'
import {outcome, world} from '../report/world.ts'
import {openaiCosts, settled} from './reports.ts'

interface Made {
  readonly id: string
  readonly at: number
  readonly usd: string | null
  /** What the gateway says it belongs to. */
  readonly session: string | null
  /** Its span's trace, below an agent; null: there is no span. */
  readonly trace: string | null
}

/** Two days, most of it around midnight. */
const NOON = Date.UTC(2026, 9, 1, 12)
const made = fc
  .array(
    fc.record({
      minutes: fc.oneof(fc.integer({min: 715, max: 725}), fc.integer({min: 0, max: 1400})),
      usd: fc.constantFrom('0.000000007', '1.5', '0.25', null),
      session: fc.constantFrom('s0', 's1', 's2', null),
      trace: fc.option(fc.constantFrom(0, 1, 2), {freq: 2}),
    }),
    {minLength: 1, maxLength: 9},
  )
  .map(drawn =>
    drawn.map(
      ({minutes, usd, session, trace}, index): Made => ({
        ...{id: `chatcmpl-${index}`, at: NOON + minutes * 60_000 + index * 1000, usd, session},
        trace: trace === null ? null : `${trace}`.padStart(32, '0'),
      }),
    ),
  )

const MODEL = 'a-model-nobody-prices'
const gateway = (calls: readonly Made[]): string =>
  calls
    .map(({id, at, usd, session}, index) =>
      JSON.stringify({
        ...{
          request_id: id,
          call_type: 'acompletion',
          api_key: 'hash',
          spend: usd,
          model: MODEL,
          session_id: session,
        },
        ...{startTime: new Date(at).toISOString(), custom_llm_provider: 'openai'},
        ...{prompt_tokens: 100 + index, completion_tokens: 3},
      }),
    )
    .join('\n')

const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'number' ? {intValue: `${value}`} : {stringValue: value},
})
const span = (
  traceId: string,
  spanId: string,
  at: number,
  parentSpanId: string | null,
  attributes: object[],
) => ({
  ...{traceId, spanId, name: 'x', startTimeUnixNano: `${at}000000`, endTimeUnixNano: `${at + 500}000000`},
  ...(parentSpanId === null ? {} : {parentSpanId}),
  attributes,
})
const AGENT = 'a'.padStart(16, '0')
/** Each trace with its agent, whose own counts sum up its calls'. */
const spans = (calls: readonly Made[]): string =>
  calls
    .filter(({trace}) => trace !== null)
    .flatMap(({id, at, trace}, index) => [
      span(trace!, `${index}`.padStart(16, '1'), at, AGENT, [
        attribute('gen_ai.operation.name', 'chat'),
        attribute('gen_ai.request.model', MODEL),
        attribute('gen_ai.response.id', id),
        attribute('gen_ai.usage.input_tokens', 100 + Number(id.slice(9))),
        attribute('gen_ai.usage.output_tokens', 3),
      ]),
      span(trace!, AGENT, at, null, [
        attribute('gen_ai.operation.name', 'invoke_agent'),
        attribute('gen_ai.usage.input_tokens', 900),
        attribute('gen_ai.usage.output_tokens', 9),
      ]),
    ])
    .map(one =>
      JSON.stringify({
        resourceSpans: [
          {
            resource: {attributes: [attribute('service.name', 'heron-api')]},
            scopeSpans: [{spans: [one]}],
          },
        ],
      }),
    )
    .join('\n')

/** A span knows its place in the trace, and goes before the session that the gateway knows. */
const traceOf = ({session, trace}: Made): string | null => trace ?? session

test('workflows, traces of one call and calls without trace make up the records’ money', async () => {
  const property = fc.asyncProperty(made, fc.constantFrom('none', 'first', 'both'), async (calls, billed) => {
    const {store} = await settled({
      'log.jsonl': gateway(calls),
      'spans.jsonl': spans(calls),
      ...(billed !== 'none' && {
        'costs.json': openaiCosts(
          ...[1, 2]
            .slice(0, billed === 'first' ? 1 : 2)
            .map(day => ({day, usd: '2.000000001', project: null, item: `${MODEL}, input`})),
        ),
      }),
    })
    using _ = store
    const found = new Map(calls.map(call => [call.id, traceOf(call)]))
    const sizes = Map.groupBy(calls, traceOf)
    const kindOf = (trace: string | null): 'workflow' | 'lone' | 'none' =>
      trace === null
        ? 'none'
        : sizes.get(trace)!.length > 1 || sizes.get(trace)!.some(call => call.trace !== null)
          ? 'workflow'
          : 'lone'
    const money = {workflow: 0n, lone: 0n, none: 0n}
    let total = 0n
    for (const {event_id, granularity, cost} of new RecordReader(store).records(
      {from: null, to: null},
      {unsettled: 0},
    )) {
      if (granularity !== 'request') continue
      const nanos = parseUsd(cost.billed_usd ?? '0')!
      total += nanos
      money[kindOf(found.get(event_id)!)] += nanos
    }
    const sum = (sql: string): bigint =>
      (store.database.prepare(sql).safeIntegers(true).pluck().get() as bigint | null) ?? 0n
    const [workflows, steps, lone] = ['workflow', 'step', 'lone'].map(table =>
      sum(`SELECT sum(billed_nanos) FROM ${table}`),
    ) as [bigint, bigint, bigint]
    expect({workflow: workflows, lone, none: total - workflows - lone}).toEqual(money)
    expect(steps).toBe(workflows)
    const counted = (kind: 'workflow' | 'lone') =>
      BigInt(calls.filter(call => kindOf(traceOf(call)) === kind).length)
    expect([sum('SELECT sum(calls) FROM workflow'), sum('SELECT sum(calls) FROM step')]).toEqual([
      counted('workflow'),
      counted('workflow'),
    ])
    expect(sum('SELECT sum(calls) FROM lone')).toBe(counted('lone'))
    expect(sum('SELECT sum(calls) FROM traffic')).toBe(BigInt(calls.length))
    expect(sum('SELECT count(*) FROM workflow WHERE depth > 1')).toBe(0n)
  })
  await fc.assert(property, {numRuns: 40})
}, 60_000)

test('calls that are but the detail of other records cost nothing of their own, known or not', () => {
  const calls = ['a', 'b'].map(id => ({
    ...{id, at: '2026-10-01T10:00:00Z', usd: null, trace: 's'},
    outcome: outcome({output_state: 'unknown'}),
  }))
  using store = world().call(calls[0]!).call(calls[1]!).detail('litellm').store
  expect(store.database.prepare('SELECT calls, billed_nanos, unpriced FROM workflow').all()).toEqual([
    {calls: 2, billed_nanos: null, unpriced: 0},
  ])
})
