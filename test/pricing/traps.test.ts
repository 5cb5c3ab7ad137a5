import {describe, expect, test} from 'vitest'
import {providerName} from '../../src/model/provider.ts'
import {priceUsage} from '../../src/pricing/price-usage.ts'
import {HAIKU, notes, request, SONNET, said} from './builders.ts'

describe('traps of pricing', () => {
  test.each([
    ['at the threshold', {inputTokens: 200_000}, '0.60'],
    ['one token above it: the whole request moves', {inputTokens: 200_001}, '1.200006'],
    ['cache counts towards it', {inputTokens: 1, cacheReadTokens: 200_000}, '0.120006'],
    ['output moves too', {inputTokens: 200_001, outputTokens: 1000}, '1.222506'],
  ])('1. a context tier is a cliff per request: %s', (_, usage, cost) => {
    expect(said(request({provider: 'anthropic', model: SONNET, usage}))).toBe(cost)
  })

  test.each(['bucket', 'line_item'] as const)('1. a %s takes the base price and says so', granularity => {
    const sum = request({
      provider: 'anthropic',
      model: SONNET,
      granularity,
      usage: {requests: 400, inputTokens: 2_000_000},
    })
    expect(said(sum)).toBe('6.00')
    expect(notes(sum)).toEqual(['a sum of requests: base price, no long-context price'])
  })

  test.each([
    ['plain', {inputTokens: 1000}, '0.003'],
    [
      'cache apart from input, each at its price',
      {inputTokens: 1000, cacheReadTokens: 5000, cacheWriteTokens: 2000},
      '0.012',
    ],
    ['more cache than input', {inputTokens: 0, cacheReadTokens: 5000}, '0.0015'],
  ])('2. records exclude cache from input: %s', (_, usage, cost) => {
    expect(said(request({provider: 'anthropic', model: SONNET, usage}))).toBe(cost)
  })

  const NOTHING = {inputTokens: null, outputTokens: null, cacheReadTokens: null, cacheWriteTokens: null}
  test.each([
    ['absent usage', NOTHING, '(no token counts)'],
    [
      'absent usage beside empty cache counts',
      {...NOTHING, cacheReadTokens: 0, cacheWriteTokens: 0},
      '(no token counts)',
    ],
    ['NaN', {inputTokens: Number.NaN}, '(input tokens NaN is not a count)'],
    ['infinite', {outputTokens: Number.POSITIVE_INFINITY}, '(output tokens Infinity is not a count)'],
    ['negative', {outputTokens: -1}, '(output tokens -1 is not a count)'],
    ['a fraction', {cacheReadTokens: 1.5}, '(cache-read tokens 1.5 is not a count)'],
    ['beyond exact', {cacheWriteTokens: 2 ** 53}, '(cache-write tokens 9007199254740992 is not a count)'],
    ['counted zero is free', {inputTokens: 0}, '0.00'],
    ['output alone not said', {outputTokens: null}, '0.0025'],
  ])('3. what is no count has no cost: %s', (_, usage, cost) => {
    expect(said(request({provider: 'openai', model: 'gpt-4o', usage}))).toBe(cost)
  })

  test.each([
    ['azure/gpt-4.1', '0.002'],
    [`bedrock/us.${HAIKU}`, '0.0011'],
    ['vertex_ai/gemini-2.5-pro', '0.00125'],
    ['gemini/gemini-2.5-flash', '0.0003'],
    ['models/gemini-2.5-flash', '0.0003'],
    ['groq/llama-3.3-70b-versatile', '0.00059'],
    ['mistral/mistral-large-2411', '0.002'],
    ['openrouter/anthropic/claude-sonnet-4.5', '0.003'],
  ])('4. a gateway prefix is split: %s', (model, cost) => expect(said(request({model}))).toBe(cost))

  test.each([
    ['openai', 'responses/gpt-5', 'gpt-5'],
    ['Azure OpenAI', 'gpt-4.1-mini', 'gpt-4.1-mini'],
    ['Google Vertex AI', 'gemini-2.5-pro', 'gemini-2.5-pro'],
    [null, 'vertex_ai/claude-haiku-4-5@20251001', 'claude-haiku-4-5'],
    [
      'bedrock',
      `bedrock/converse/arn:aws:bedrock:us-east-1:0044:inference-profile/us.${HAIKU}`,
      `regional.${HAIKU}`,
    ],
    ['litellm_proxy', 'xai/grok-4', 'grok-4-0709'],
    [null, 'cohere_chat/command-r', 'command-r'],
    [null, 'perplexity/sonar', 'sonar'],
    [null, 'moonshot/kimi-k2', 'kimi-k2'],
  ])('4. as gateways spell provider and model: %s %s', (provider, model, matched) => {
    expect(priceUsage(request({provider, model}))).toMatchObject({price: {model: matched}})
  })

  test('4. Azure deployment names are mapped by the user', () => {
    const options = {azureDeployments: {'Heron-GPT41': 'gpt-4.1'}}
    const input = request({provider: 'azure', model: 'azure/heron-gpt41'})
    expect(said(input)).toBe('(model "azure/heron-gpt41" is not in genai-prices 0.1.8 for azure)')
    expect(said(input, options)).toBe('0.002')
    expect(said(request({provider: 'openai', model: 'heron-gpt41'}), options)).toMatch(/^\(/)
  })

  test('4. the prefix of the request says who bills when a relay reports', () => {
    const input = request({provider: 'openai', model: 'azure/gpt-4o', servedModel: 'gpt-4o-2024-08-06'})
    expect(priceUsage(input)).toMatchObject({price: {provider: 'azure', model: 'gpt-4o'}})
  })

  test.each([
    ['bare', HAIKU, null, '0.0011'],
    ['geography', `us.${HAIKU}`, null, '0.0011'],
    ['global', `global.${HAIKU}`, null, '0.001'],
    ['global asked, bare model answers', `global.${HAIKU}`, 'claude-haiku-4-5-20251001', '0.001'],
    ['geography asked, bare model answers', `eu.${HAIKU}`, 'claude-haiku-4-5-20251001', '0.0011'],
  ])('5. a Bedrock id decides between regional and global: %s', (_, model, servedModel, cost) => {
    expect(said(request({provider: 'aws', model, servedModel}))).toBe(cost)
  })

  test('5. a Vertex id bound to a region costs more than the global one', () => {
    const at = (location: string) =>
      request({
        model: `projects/p/locations/${location}/publishers/anthropic/models/claude-haiku-4-5@20251001`,
      })
    expect(said(at('global'))).toBe('0.001')
    expect(said(at('us-east5'))).toBe('0.0011')
    expect(notes(at('us-east5'))).toEqual(['an endpoint bound to a region: 1.1 times the global price'])
    const old = 'locations/us-east5/publishers/anthropic/models/claude-3-haiku@20240307'
    expect(said(request({model: old}))).toBe('0.00025')
    expect(said(request({model: 'locations/us-east5/publishers/google/models/gemini-2.5-flash'}))).toBe(
      '0.0003',
    )
  })

  test.each([
    ['the government cloud', `us-gov.${HAIKU}`, 'no GovCloud prices'],
    ['its regions', `bedrock/us-gov-west-1/${HAIKU}`, 'no GovCloud prices'],
    [
      'its ARNs',
      `arn:aws-us-gov:bedrock:us-gov-west-1:0044:inference-profile/${HAIKU}`,
      'no GovCloud prices',
    ],
    ['bought capacity', 'arn:aws:bedrock:us-east-1:0044:provisioned-model/x', 'billed by the hour'],
    [
      'an opaque profile',
      'bedrock/arn:aws:bedrock:us-east-1:0044:application-inference-profile/x',
      'does not name its model',
    ],
  ])('5. %s has no price', (_, model, reason) => {
    expect(said(request({provider: 'aws', model}))).toContain(reason)
  })

  test.each([
    ['the response decides', 'gpt-4o', 'gpt-4o-mini-2024-07-18', '0.00015'],
    ['not the alias asked for', 'fast-chat', 'gpt-4o', '0.0025'],
    ['no response: the request', 'gpt-4o', null, '0.0025'],
    [
      'an unknown answer is not the price of what was asked',
      'gpt-4o',
      'gpt-99',
      '(model "gpt-99" is not in genai-prices 0.1.8 for openai)',
    ],
  ])('6. aliases move: %s', (_, model, servedModel, cost) => {
    expect(said(request({provider: 'openai', model, servedModel}))).toBe(cost)
  })

  test.each(['mistral-large-latest', 'mistral/mistral-large-latest', 'deepseek-chat'])(
    '6. %s alone is priced as the catalogue reads it, and says so',
    model => {
      const alias = request({provider: model.startsWith('deepseek') ? 'deepseek' : 'mistral', model})
      expect(notes(alias)).toEqual([
        `"${model}" is an alias that moves, and no response names the model behind it`,
      ])
      const served = request({provider: 'mistral', model, servedModel: 'mistral-large-2512'})
      expect([said(served), notes(served)]).toEqual(['0.0005', []])
    },
  )

  test.each([
    ['2026-08-16T02:00:00Z', '0.00014', 'flat before peak prices began'],
    ['2026-08-16T12:00:00Z', '0.00014', 'flat before peak prices began'],
    ['2026-08-17T00:30:00Z', '0.00022', 'off-peak on the first day'],
    ['2026-08-17T02:00:00Z', '0.00044', 'peak'],
    ['2026-08-17T04:00:00Z', '0.00022', 'the end of a window is outside it'],
    ['2026-08-22T02:00:00Z', '0.00044', 'a Saturday before weekends were spared'],
    ['2026-08-23T02:00:00Z', '0.00022', 'a Sunday'],
    ['2026-10-17T02:00:00Z', '0.00022', 'a Saturday'],
    ['2026-10-16T02:00:00Z', '0.00044', 'a Friday'],
    ['2026-10-19T02:00:00Z', '0.00044', 'a Monday'],
  ])('7. DeepSeek V4 at %s costs %s: %s', (on, cost) => {
    expect(said(request({provider: 'deepseek', model: 'deepseek-v4-flash', on}))).toBe(cost)
  })

  test.each([
    ['house-model', '(model "house-model" is not in genai-prices 0.1.8)'],
    [
      'claude-sonnet-5-5',
      '(model "claude-sonnet-5-5" is not in genai-prices 0.1.8; "claude-sonnet-5" may be another model)',
    ],
    [null, '(no model named)'],
    ['ft:gpt-4.1:acme::9abc', '(model "ft:gpt-4.1:acme::9abc" is not in genai-prices 0.1.8 for openai)'],
    [
      'ft:gpt-4-0613:acme::9abc',
      '(model "ft:gpt-4-0613:acme::9abc" is not in genai-prices 0.1.8 for openai; "gpt-4" may be another model)',
    ],
    ['ft:gpt-4o-2024-08-06:acme::9abc', '0.00375'],
    ['azure/gpt-4o-mini-2024-07-18.ft-9abc', '0.0003'],
    ['openrouter/meta-llama/llama-3.3-70b-instruct:free', '0.00'],
    [
      'openrouter/made/up:free',
      '(model "openrouter/made/up:free" is not in genai-prices 0.1.8 for openrouter; what ":free" costs is only known from its own report)',
    ],
    [
      'openrouter/openai/gpt-4o:nitro',
      '(model "openrouter/openai/gpt-4o:nitro" is not in genai-prices 0.1.8 for openrouter; what ":nitro" costs is only known from its own report)',
    ],
    ['gpt-4o-2024-05-13', '0.005'],
    ['gpt-5-mini-2031-01-01', '(model "gpt-5-mini-2031-01-01" is not in genai-prices 0.1.8)'],
  ])(
    "8. an unknown model has a reason, never 0 and never a sibling's price: %s",
    (requestedModel, reason) => {
      expect(said(request({requestedModel}))).toBe(reason)
    },
  )

  test('8. a server that only speaks the protocol of OpenAI is not OpenAI', () => {
    for (const provider of ['openai_like', 'openai-compatible', 'OpenAI Compatible']) {
      expect(providerName(provider)).toBe(provider.toLowerCase())
      expect(said(request({provider, model: 'gpt-oss-20b'}))).toBe(
        `(the catalogue has no prices of provider "${provider}")`,
      )
    }
    expect(providerName('OpenAI')).toBe('openai')
  })

  test('9. a failed call is priced by the tokens it reports', () => {
    const failed = request({provider: 'openai', model: 'gpt-4o', usage: {outputTokens: null}})
    expect(said(failed)).toBe('0.0025')
  })
})
