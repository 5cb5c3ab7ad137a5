/** Twenty calls of one service on one day as each source that saw them would export them. */

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {InputFile} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {attributeStore} from '../../src/engine/run.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForWriting} from '../../src/store/open.ts'

const DAY = Date.UTC(2026, 8, 14)
const MODEL = 'gpt-5-mini'
const SERVED = 'gpt-5-mini-2025-08-07'

export interface TestCall {
  readonly n: number
  readonly at: number
  readonly input: number
  readonly output: number
  /** Ten calls carry the provider's response id through every source; the others are known by their tokens alone. */
  readonly response: string | null
}

export const CALLS: readonly TestCall[] = Array.from({length: 20}, (_, n) => ({
  n,
  at: DAY + 10 * 3_600_000 + n * 60_000,
  input: 800 + 37 * n,
  output: 200 + 11 * n,
  response: n < 10 ? `chatcmpl-heron-${n}` : null,
}))

/** What the gateway estimates a call to cost, in dollars. */
export const estimate = ({input, output}: TestCall): number => (input * 0.25 + output * 2) / 1_000_000

/** What an observer makes of it, by a price list of its own; whole nano-dollars. */
export const watched = (call: TestCall): number => Number((estimate(call) * 1.01).toFixed(9))

/** Where ids agree clocks need not: the host of those spans is three minutes behind. */
const skew = ({response}: TestCall): number => (response === null ? 0 : 180_000)

const iso = (at: number): string => new Date(at).toISOString()
const nanos = (at: number): string => `${at}000000`
const hex = (n: number, length: number): string => (n + 1).toString(16).padStart(length, '0')
const attributes = (of: {readonly [key: string]: string | number}) =>
  Object.entries(of).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? {intValue: `${value}`} : {stringValue: value},
  }))
const heron = {attributes: attributes({'service.name': 'heron-api', 'service.instance.id': 'i-1'})}
const lines = (values: readonly object[]): string =>
  values.map(value => `${JSON.stringify(value)}\n`).join('')
const sum = (calls: readonly TestCall[], of: 'input' | 'output'): number =>
  calls.reduce((total, call) => total + call[of], 0)

/** Each source's file for these calls. */
export const SOURCES = {
  litellm: calls =>
    lines(
      calls.map(call => ({
        request_id: call.response ?? `gateway-${call.n}`,
        call_type: 'acompletion',
        api_key: '88dc28d0',
        spend: estimate(call),
        prompt_tokens: call.input,
        completion_tokens: call.output,
        startTime: iso(call.at),
        model: MODEL,
        model_group: 'fast',
        custom_llm_provider: 'openai',
        team_id: 't-marsh',
        metadata: {user_api_key_alias: 'heron-prod'},
      })),
    ),
  langfuse: calls =>
    JSON.stringify({
      data: calls.map(call => ({
        id: call.response ? `time-10-00-00-000000_${call.response}` : `obs-${call.n}`,
        traceId: hex(call.n, 32),
        type: 'GENERATION',
        startTime: iso(call.at + 40),
        projectId: 'p-heron',
        providedModelName: MODEL,
        usageDetails: {input: call.input, output: call.output, total: call.input + call.output},
        totalCost: watched(call),
      })),
      meta: {cursor: null},
    }),
  spans: calls =>
    lines(
      calls.map(call => ({
        resourceSpans: [
          {
            resource: heron,
            scopeSpans: [
              {
                scope: {name: 'fen.genai'},
                spans: [
                  {
                    traceId: hex(call.n, 32),
                    spanId: hex(call.n, 16),
                    name: `chat ${MODEL}`,
                    kind: 3,
                    startTimeUnixNano: nanos(call.at - 25 - skew(call)),
                    endTimeUnixNano: nanos(call.at + 900 - skew(call)),
                    attributes: attributes({
                      'gen_ai.operation.name': 'chat',
                      'gen_ai.provider.name': 'openai',
                      'gen_ai.request.model': MODEL,
                      'gen_ai.response.model': SERVED,
                      'gen_ai.usage.input_tokens': call.input,
                      'gen_ai.usage.output_tokens': call.output,
                      ...(call.response === null ? {} : {'gen_ai.response.id': call.response}),
                    }),
                  },
                ],
              },
            ],
          },
        ],
      })),
    ),
  metrics: calls => {
    const point = (kind: 'input' | 'output') => ({
      startTimeUnixNano: nanos(Math.min(...calls.map(({at}) => at)) - 1000),
      timeUnixNano: nanos(Math.max(...calls.map(({at}) => at)) + 60_000),
      count: `${calls.length}`,
      sum: sum(calls, kind),
      attributes: attributes({
        'gen_ai.token.type': kind,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': MODEL,
        'gen_ai.response.model': SERVED,
      }),
    })
    const histogram = {aggregationTemporality: 2, dataPoints: [point('input'), point('output')]}
    const metrics = [{name: 'gen_ai.client.token.usage', unit: '{token}', histogram}]
    return lines([
      {resourceMetrics: [{resource: heron, scopeMetrics: [{scope: {name: 'fen.genai'}, metrics}]}]},
    ])
  },
  usage: calls => {
    const [first] = calls
    const start = Math.floor(first!.at / 86_400_000) * 86_400
    const result = {
      object: 'organization.usage.completions.result',
      input_tokens: sum(calls, 'input'),
      output_tokens: sum(calls, 'output'),
      num_model_requests: calls.length,
      project_id: 'proj_heron',
      api_key_id: 'key_gateway',
      model: SERVED,
    }
    return JSON.stringify({
      object: 'page',
      data: [{object: 'bucket', start_time: start, end_time: start + 86_400, results: [result]}],
      has_more: false,
    })
  },
  costs: () => {
    const start = DAY / 1000
    const result = {
      object: 'organization.costs.result',
      amount: {value: BILL, currency: 'usd'},
      line_item: null,
      project_id: 'proj_heron',
    }
    return JSON.stringify({
      object: 'page',
      data: [{object: 'bucket', start_time: start, end_time: start + 86_400, results: [result]}],
      has_more: false,
    })
  },
} as const satisfies {readonly [source: string]: (calls: readonly TestCall[]) => string}
export type SourceName = keyof typeof SOURCES

/** Dollars the provider asks for; no source's own estimate. */
export const BILL = 0.0117

export interface Counted {
  /** Dollars as text of nano-dollars. */
  readonly nanos: bigint
  readonly records: number
  readonly requests: number
  readonly unpriced: number
}

export interface Evidence {
  readonly evidence: string
  readonly records: number
}

/** Ingests the files in a folder of their own, attributes, and says what counts in the end. */
export async function counted(files: {
  readonly [name: string]: string
}): Promise<Counted & {readonly kept: readonly Evidence[]}> {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-traffic-'))
  try {
    const inputs: InputFile[] = Object.entries(files).map(([name, text]) => {
      const file = join(folder, name)
      writeFileSync(file, text)
      return {file, name, size: Buffer.byteLength(text)}
    })
    using store = openForWriting(':memory:')
    const {files: read} = await ingestFiles(store, inputs, {price: priceRows({})})
    for (const {path, status, issues} of read)
      if (status !== 'ingested' || issues > 0) throw new Error(`${path} is ${status} with ${issues} issues`)
    attributeStore(store)
    const [row] = store.database
      .prepare(
        `SELECT ifnull(sum(billed_nanos), 0) AS nanos, sum(records) AS records, sum(requests) AS requests, sum(unpriced) AS unpriced
         FROM cell WHERE counts = 1`,
      )
      .safeIntegers()
      .all() as {nanos: bigint; records: bigint; requests: bigint; unpriced: bigint}[]
    const kept = store.database
      .prepare(
        `SELECT s.evidence, sum(c.records) AS records FROM cell AS c JOIN attribution AS a ON a.id = c.attribution_id
         JOIN signature AS s ON s.id = a.signature_id WHERE c.counts = 1 GROUP BY s.evidence ORDER BY s.evidence`,
      )
      .all() as Evidence[]
    const {nanos, records, requests, unpriced} = row!
    return {nanos, records: Number(records), requests: Number(requests), unpriced: Number(unpriced), kept}
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

export const filesOf = (
  names: readonly SourceName[],
  calls: readonly TestCall[] = CALLS,
): {readonly [name: string]: string} =>
  Object.fromEntries(names.map(name => [`${name}.json`, SOURCES[name](calls)]))
