import {describe, expect, test} from 'vitest'
import {counted} from './one-traffic.ts'

const lines = (...values: readonly object[]): string =>
  values.map(value => `${JSON.stringify(value)}\n`).join('')

const spend = (id: string, of: object = {}) => ({
  request_id: id,
  call_type: 'acompletion',
  api_key: '88dc',
  spend: 0.001,
  prompt_tokens: 812,
  completion_tokens: 233,
  startTime: '2026-09-14T10:22:31.120Z',
  model: 'gpt-5-mini',
  custom_llm_provider: 'openai',
  ...of,
})
const span = (id: string, at: string, input = 812) => ({
  resourceSpans: [
    {
      resource: {attributes: [{key: 'service.name', value: {stringValue: 'heron-api'}}]},
      scopeSpans: [
        {
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              startTimeUnixNano: `${Date.parse(at)}000000`,
              attributes: [
                {key: 'gen_ai.operation.name', value: {stringValue: 'chat'}},
                {key: 'gen_ai.provider.name', value: {stringValue: 'openai'}},
                {key: 'gen_ai.request.model', value: {stringValue: 'gpt-5-mini'}},
                {key: 'gen_ai.response.id', value: {stringValue: id}},
                {key: 'gen_ai.usage.input_tokens', value: {intValue: `${input}`}},
                {key: 'gen_ai.usage.output_tokens', value: {intValue: '233'}},
              ],
            },
          ],
        },
      ],
    },
  ],
})
const kong = (id: string, of: {readonly at?: number; readonly input?: number} = {}) => ({
  started_at: of.at ?? Date.UTC(2026, 8, 14, 10, 22, 31),
  request: {id},
  consumer: {username: 'heron'},
  workspace: 'w',
  ai: {
    proxy: {
      meta: {provider_name: 'openai', request_model: 'gpt-5-mini'},
      usage: {prompt_tokens: of.input ?? 812, completion_tokens: 233, cost: 0.002},
    },
  },
})

describe('what a gateway answered from its cache', () => {
  test('is one call with the span that saw the answer, and cost nothing', async () => {
    const {records, nanos, kept} = await counted({
      'log.jsonl': lines(spend('chatcmpl-1_cache_hit1789381351.5', {spend: 0, cache_hit: 'True'})),
      'spans.jsonl': lines(span('chatcmpl-1', '2026-09-14T10:22:31.100Z')),
    })
    expect({records, nanos}).toEqual({records: 1, nanos: 0n})
    expect(JSON.parse(kept[0]!.evidence)).toMatchObject({channel: 'litellm', service: 'heron-api'})
  })

  test('is a call of its own beside the one that filled the cache', async () => {
    const hit = spend('chatcmpl-1_cache_hit1789381351.5', {spend: 0, cache_hit: 'True'})
    const {records, nanos} = await counted({
      'log.jsonl': lines(spend('chatcmpl-1'), hit),
      'spans.jsonl': lines(span('chatcmpl-1', '2026-09-14T10:22:31.100Z')),
    })
    expect({records, nanos}).toEqual({records: 2, nanos: 1_000_000n})
  })
})

test('a call that began before midnight and was logged after it is one', async () => {
  const {records, nanos} = await counted({
    'log.jsonl': lines(spend('chatcmpl-1', {startTime: '2026-09-15T00:00:02Z'})),
    // Tokens that differ (the observer missed some): only the id says that it is one call.
    'spans.jsonl': lines(span('chatcmpl-1', '2026-09-14T23:59:50Z', 700)),
  })
  expect({records, nanos}).toEqual({records: 1, nanos: 1_000_000n})
})

test('retries and fallbacks of one request are rows of one trace, each billed', async () => {
  const {records, nanos} = await counted({
    'log.jsonl': lines(spend('a', {session_id: 't-1'}), spend('b', {session_id: 't-1', model: 'gpt-5'})),
  })
  expect({records, nanos}).toEqual({records: 2, nanos: 2_000_000n})
})

describe('two gateways', () => {
  test('in a row log the same calls', async () => {
    const {records, nanos, kept} = await counted({
      'litellm.jsonl': lines(spend('a'), spend('b', {prompt_tokens: 900})),
      'kong.jsonl': lines(kong('x'), kong('y', {input: 900})),
    })
    expect({records, nanos}).toEqual({records: 2, nanos: 2_000_000n})
    expect(JSON.parse(kept[0]!.evidence)).toMatchObject({key: 'litellm:key/88dc', key_name: 'heron'})
  })

  test('side by side log their own, though one in five looks alike', async () => {
    const others = [1, 2, 3, 4].map(n => kong(`k${n}`, {input: n, at: Date.UTC(2026, 8, 14, n)}))
    const own = [1, 2, 3, 4].map(n => spend(`l${n}`, {prompt_tokens: 50 + n}))
    const {records} = await counted({
      'litellm.jsonl': lines(spend('a'), ...own),
      'kong.jsonl': lines(kong('x'), ...others),
    })
    expect(records).toBe(10)
  })
})

describe('LiteLLM’s daily tables', () => {
  const row = (of: object) => ({
    date: '2026-09-14',
    api_key: '88dc',
    model: 'gpt-5-mini',
    custom_llm_provider: 'openai',
    prompt_tokens: 1624,
    completion_tokens: 466,
    spend: 0.002,
    api_requests: 2,
    ...of,
  })
  const tables = {
    'user.jsonl': lines(row({user_id: 'u'})),
    'team.jsonl': lines(row({team_id: 't'})),
    'tags.jsonl': lines(row({tag: 'a', request_id: 'r'}), row({tag: 'b', request_id: 'r'})),
  }

  test('all of them together are their calls once', async () => {
    const {'tags.jsonl': tags, ...two} = tables
    const {nanos, records, requests} = await counted(two)
    expect({nanos, records, requests}).toEqual({nanos: 2_000_000n, records: 1, requests: 2})
    await expect(counted({tags})).rejects.toThrow('1 issues')
  })

  test('nothing beside the log they sum', async () => {
    const log = lines(spend('a'), spend('b', {startTime: '2026-09-14T11:00:00Z'}))
    const {'tags.jsonl': _, ...two} = tables
    const {nanos, records} = await counted({...two, 'log.jsonl': log})
    expect({nanos, records}).toEqual({nanos: 2_000_000n, records: 2})
  })

  test('what the log lost of them is left', async () => {
    const {nanos, records} = await counted({
      'user.jsonl': tables['user.jsonl'],
      'log.jsonl': lines(spend('a')),
    })
    expect({nanos, records}).toEqual({nanos: 2_000_000n, records: 2})
  })
})

describe('OpenRouter', () => {
  const activity = {
    date: '2026-09-14',
    model: 'openai/gpt-5-mini',
    model_permaslug: 'openai/gpt-5-mini-2025-08-07',
    endpoint_id: 'e',
    provider_name: 'OpenAI',
    usage: 0.01,
    byok_usage_inference: 0,
    requests: 2,
    prompt_tokens: 1624,
    completion_tokens: 466,
  }
  const generation = (id: string, of: object = {}) => ({
    data: {
      id,
      model: 'openai/gpt-5-mini-2025-08-07',
      created_at: '2026-09-14T10:22:31Z',
      total_cost: 0.004,
      usage: 0.004,
      native_tokens_prompt: 812,
      native_tokens_completion: 233,
      is_byok: false,
      provider_name: 'OpenAI',
      ...of,
    },
  })

  test('is the provider that bills: a gateway in front and single calls divide its activity', async () => {
    const {nanos, records, kept} = await counted({
      'activity.json': JSON.stringify({data: [activity]}),
      'generations.jsonl': lines(generation('gen-1')),
      'log.jsonl': lines(
        spend('gen-1', {
          custom_llm_provider: 'openrouter',
          model: 'openrouter/openai/gpt-5-mini',
          spend: 0.003,
        }),
        spend('gen-2', {
          custom_llm_provider: 'openrouter',
          model: 'openrouter/openai/gpt-5-mini',
          startTime: '2026-09-14T11:00:00Z',
          spend: 0.003,
        }),
      ),
    })
    expect({nanos, records}).toEqual({nanos: 10_000_000n, records: 2})
    expect(kept.map(({evidence}) => (JSON.parse(evidence) as {key?: string}).key)).toEqual([
      'litellm:key/88dc',
      'litellm:key/88dc',
    ])
  })

  test('on one’s own key the provider behind bills the call, OpenRouter its fee', async () => {
    const start = Date.UTC(2026, 8, 14) / 1000
    const result = {
      object: 'organization.costs.result',
      amount: {value: 0.02, currency: 'usd'},
      line_item: null,
      project_id: 'proj_1',
    }
    const bill = JSON.stringify({
      object: 'page',
      data: [{object: 'bucket', start_time: start, end_time: start + 86_400, results: [result]}],
    })
    const own = {...activity, usage: 0.001, byok_usage_inference: 0.018}
    const files = {
      'activity.json': JSON.stringify({data: [own]}),
      'generations.jsonl': lines(
        generation('gen-1', {is_byok: true, usage: 0.0005, upstream_inference_cost: 0.009}),
        generation('gen-2', {
          is_byok: true,
          usage: 0.0005,
          upstream_inference_cost: 0.009,
          created_at: '2026-09-14T11:00:00Z',
        }),
      ),
    }
    const estimated = await counted(files)
    expect(estimated.nanos).toBe(19_000_000n)
    expect((await counted({...files, 'bill.json': bill})).nanos).toBe(21_000_000n)
  })
})
