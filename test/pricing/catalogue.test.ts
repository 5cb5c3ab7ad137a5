import {readFileSync} from 'node:fs'
import {calcPrice, findProvider, type MatchLogic} from '@pydantic/genai-prices'
import {describe, expect, test} from 'vitest'
import type {UsageParts} from '../../src/model/fact.ts'
import {CATALOGUE, priceHistory, priceRow} from '../../src/pricing/catalogue.ts'
import {catalogueProvider} from '../../src/pricing/model-name.ts'
import {priceUsage} from '../../src/pricing/price-usage.ts'
import {request} from './builders.ts'

const PROVIDERS = [
  ...['anthropic', 'arcee', 'avian', 'aws', 'azure', 'baseten', 'cerebras', 'cloudflare', 'cohere', 'cursor'],
  ...[
    'deepseek',
    'fireworks',
    'github-copilot',
    'google',
    'groq',
    'minimax',
    'mistral',
    'moonshotai',
    'novita',
  ],
  ...['openai', 'openrouter', 'ovhcloud', 'perplexity', 'together', 'voyageai', 'x-ai', 'zai', 'zhipuai'],
]
const providers = PROVIDERS.map(id => findProvider({providerId: id})!)

/** The names a rule lists in full. */
const listed = (logic: MatchLogic): string[] =>
  'or' in logic ? logic.or.flatMap(listed) : 'equals' in logic ? [logic.equals] : []

test('the name is that of the pinned package', () => {
  const {dependencies} = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(CATALOGUE).toBe(`genai-prices ${dependencies['@pydantic/genai-prices']}`)
})

test('every provider id of the catalogue is a spelling of itself', () => {
  expect(PROVIDERS.filter(id => catalogueProvider(id) !== id)).toEqual([])
})

describe.each(providers.map(provider => ({id: provider.id, provider})))('$id', ({id, provider}) => {
  const names = provider.models.flatMap(model => [...new Set([model.id, ...listed(model.match)])])

  test('every name the catalogue lists finds the model the catalogue finds', () => {
    const wrong = names.filter(name => {
      const found = priceHistory(id, name)
      const theirs = calcPrice({}, name, {providerId: id})?.model.id
      if ('reason' in found)
        return theirs !== undefined && !/without a price per token|not a token/.test(found.reason)
      return found.matchedModel !== theirs
    })
    expect(wrong).toEqual([])
  })

  test("costs agree with the catalogue's own arithmetic to its float precision", () => {
    const times = [
      '2025-01-05T02:00:00Z',
      '2026-03-12T23:59:59Z',
      '2026-08-21T00:00:00Z',
      '2026-10-14T07:00:00Z',
    ]
    const counts = [
      {inputTokens: 812, outputTokens: 233, cacheReadTokens: 0, cacheWriteTokens: 0},
      {inputTokens: 1001, outputTokens: 77, cacheReadTokens: 1999, cacheWriteTokens: 501},
      {inputTokens: 271_999, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0},
      {inputTokens: 100_000, outputTokens: 900, cacheReadTokens: 300_000, cacheWriteTokens: 200_000},
      {
        ...{inputTokens: 1001, outputTokens: 77, cacheReadTokens: 1999, cacheWriteTokens: 501},
        parts: {
          ...{cacheWrite1hTokens: 301, audioInputTokens: 400, imageInputTokens: 300, webSearches: 3},
          ...{
            audioOutputTokens: 40,
            imageOutputTokens: 30,
            audioCacheReadTokens: 900,
            imageCacheReadTokens: 90,
          },
        },
      },
    ]
    for (const name of names)
      for (const on of times)
        for (const usage of counts) {
          const priced = priceUsage(request({provider: id, model: name, on, usage}))
          if (priced.cost === null || /deepseek-v4/.test(priced.price.model)) continue
          const theirs = calcPrice(
            {
              input_tokens: usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens,
              output_tokens: usage.outputTokens,
              cache_read_tokens: usage.cacheReadTokens,
              cache_write_tokens: usage.cacheWriteTokens,
              ...theirParts('parts' in usage ? usage.parts : {}),
            },
            name,
            {providerId: id, timestamp: new Date(on)},
          )!.total_price
          const ours = Number(priced.cost) / 1e9
          if (Math.abs(ours - theirs) > 1e-8 * Math.max(1, theirs))
            expect.fail(`${id} ${name} ${on} ${JSON.stringify(usage)}: ours ${ours}, theirs ${theirs}`)
        }
  })
})

/** The catalogue counts cached audio as audio input, too. */
const theirParts = (parts: UsageParts = {}) => ({
  cache_write_1h_tokens: parts.cacheWrite1hTokens,
  input_audio_tokens: sum(parts.audioInputTokens, parts.audioCacheReadTokens),
  input_image_tokens: sum(parts.imageInputTokens, parts.imageCacheReadTokens),
  output_audio_tokens: parts.audioOutputTokens,
  output_image_tokens: parts.imageOutputTokens,
  cache_audio_read_tokens: parts.audioCacheReadTokens,
  cache_image_read_tokens: parts.imageCacheReadTokens,
  web_searches: parts.webSearches,
})
const sum = (one?: number, other?: number) => (one === undefined ? undefined : one + (other ?? 0))

const HAIKU = 'anthropic.claude-haiku-4-5-20251001-v1:0'
test.each([
  // provider, model as written, catalogue provider, matched model
  [null, 'azure/gpt-4.1', 'azure', 'gpt-4.1'],
  ['azure', 'azure/gpt-4.1', 'azure', 'gpt-4.1'],
  ['azure.ai.openai', 'gpt-4o-2024-08-06', 'azure', 'gpt-4o'],
  [null, `bedrock/us.${HAIKU}`, 'aws', `regional.${HAIKU}`],
  ['aws.bedrock', `us.${HAIKU}`, 'aws', `regional.${HAIKU}`],
  [
    'aws',
    `arn:aws:bedrock:us-east-1:004412345678:inference-profile/global.${HAIKU}`,
    'aws',
    `global.${HAIKU}`,
  ],
  ['bedrock', `bedrock/us-east-1/${HAIKU}`, 'aws', `regional.${HAIKU}`],
  [null, `bedrock/converse/${HAIKU}`, 'aws', `regional.${HAIKU}`],
  [null, 'vertex_ai/gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
  ['gcp.vertex_ai', 'claude-sonnet-4-5@20250929', 'google', 'claude-sonnet-4-5'],
  [null, 'publishers/google/models/gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
  ['gcp.gemini', 'models/gemini-2.5-flash', 'google', 'gemini-2.5-flash'],
  [null, 'gemini/gemini-2.5-pro-preview-05-06', 'google', 'gemini-2.5-pro'],
  [null, 'models/gemini-2.0-flash-001', 'google', 'gemini-2.0-flash'],
  [null, 'groq/llama-3.3-70b-versatile', 'groq', 'llama-3.3-70b-versatile'],
  ['groq', 'openai/gpt-oss-120b', 'groq', 'openai/gpt-oss-120b'],
  [null, 'mistral/mistral-large-latest', 'mistral', 'mistral-large'],
  ['mistral_ai', 'mistral-large-2411', 'mistral', 'mistral-large'],
  [null, 'openrouter/anthropic/claude-sonnet-4.5', 'openrouter', 'anthropic/claude-sonnet-4.5'],
  ['openrouter', 'anthropic/claude-sonnet-4.5', 'openrouter', 'anthropic/claude-sonnet-4.5'],
  ['litellm_proxy', 'litellm_proxy/azure/gpt-4o', 'azure', 'gpt-4o'],
  ['openai', 'azure/gpt-4o', 'azure', 'gpt-4o'],
  ['anthropic', 'claude-haiku-4-5-20251001', 'anthropic', 'claude-haiku-4-5'],
  ['anthropic', 'claude-sonnet-4-5[1m]', 'anthropic', 'claude-sonnet-4-5'],
  ['openai', 'gpt-4.1-2025-04-14', 'openai', 'gpt-4.1'],
  [null, 'text-embedding-3-small', 'openai', 'text-embedding-3-small'],
  ['xai', 'grok-4', 'x-ai', 'grok-4-0709'],
])('%s %s is %s %s', (provider, model, expected, matched) => {
  const row = priceRow(provider, model, Date.UTC(2026, 9, 14))
  expect(row).toMatchObject({provider: expected, matchedModel: matched, catalogue: CATALOGUE})
})

test.each([
  ['anthropic', 'claude-sonnet-5-5', '"claude-sonnet-5" may be another model'],
  ['anthropic', 'claude-opus-4-10', '"claude-opus-4-1" may be another model'],
  ['aws', 'us.anthropic.claude-sonnet-5-5-v1:0', 'may be another model'],
  ['aws', 'global.anthropic.claude-3-7-sonnet-20250219-v1:0', 'may be another model'],
  ['aws', 'amazon.titan-embed-text-v2:0', '"amazon.titan-embed-text-v1" may be another model'],
  ['azure', 'my-o4-mini', '"o4-mini" may be another model'],
  ['openai', 'gpt-4o-2031-01-01', 'not in genai-prices'],
  [null, 'house-model', 'model "house-model" is not in genai-prices 0.1.8'],
  [null, 'acme/gpt-4o', 'not in genai-prices'],
  [null, '__proto__', 'not in genai-prices'],
  [null, '', 'no model named'],
  ['ollama', 'llama3', 'the catalogue has no prices of provider "ollama"'],
  ['constructor', 'gpt-4o', 'the catalogue has no prices of provider "constructor"'],
  [null, 'azure/eu/gpt-4o', 'no data-zone prices'],
  ['aws', 'bedrock/us-east-1/1-month-commitment/anthropic.claude-v2', 'provisioned throughput'],
  ['aws', 'arn:aws:bedrock:us-east-1:0044:application-inference-profile/x1', 'does not name its model'],
  ['google', 'gemma-3', 'without a price per token'],
])('%s %s has no price: %s', (provider, model, reason) => {
  expect(priceRow(provider, model, Date.UTC(2026, 9, 14))).toEqual({reason: expect.stringContaining(reason)})
})

test("a cloud that resells a model does not follow its maker's peak hours", () => {
  const peak = Date.UTC(2026, 9, 16, 2)
  expect(priceRow('deepseek', 'deepseek-v4-pro', peak)).toMatchObject({base: {input: 1_320_000_000n}})
  expect(priceRow('azure', 'deepseek-v4-pro', peak)).toMatchObject({base: {input: 660_000_000n}})
})

test('prices are exact decimals in nano-dollars a million, the dear ones above their threshold', () => {
  expect(priceRow('openai', 'gpt-5.6-sol', Date.UTC(2026, 9, 14))).toEqual({
    catalogue: CATALOGUE,
    provider: 'openai',
    matchedModel: 'gpt-5.6-sol',
    validFrom: '2026-08-21',
    base: {
      input: 4_000_000_000n,
      output: 20_000_000_000n,
      cacheRead: 400_000_000n,
      cacheWrite: 5_000_000_000n,
      parts: {},
    },
    tiers: [
      {
        above: 271_999,
        prices: {
          input: 8_000_000_000n,
          output: 30_000_000_000n,
          cacheRead: 800_000_000n,
          cacheWrite: 10_000_000_000n,
          parts: {},
        },
      },
    ],
    fees: {requests: null, webSearches: 10_000_000_000_000n},
    overlaid: false,
    note: null,
  })
  expect(priceRow('openai', 'gpt-5.6-sol', Date.UTC(2026, 7, 20))).toMatchObject({
    validFrom: null,
    base: {input: 5_000_000_000n},
  })
})
