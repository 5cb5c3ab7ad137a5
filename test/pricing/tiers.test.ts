import {describe, expect, test} from 'vitest'
import type {UsageParts} from '../../src/model/fact.ts'
import {OVERLAY_VERSION} from '../../src/pricing/overlay.ts'
import {type PriceInput, priceUsage} from '../../src/pricing/price-usage.ts'
import {HAIKU, notes, request, SONNET, said} from './builders.ts'

describe('service tiers', () => {
  test.each([
    ['openai', 'gpt-4o', 'batch', '0.00125', []],
    ['openai', 'gpt-4o', 'Flex', '0.00125', []],
    ['openai', 'gpt-4o', 'priority', '0.00425', []],
    ['openai', 'gpt-5-mini', 'priority', '0.00045', []],
    ['openai', 'gpt-5.6-sol', 'priority', '0.008', ['priority is about 2.0 times standard, by model']],
    ['openai', 'gpt-4o', 'default', '0.0025', []],
    ['openai', 'gpt-4o', 'auto', '0.0025', []],
    [
      'openai',
      'gpt-4o',
      'scale',
      '0.0025',
      ['no price known for service tier "scale" of openai: standard price'],
    ],
    ['google', 'gemini-2.5-flash', 'priority', '0.00054', []],
    ['vertex_ai', 'gemini-2.5-flash', 'ON_DEMAND_PRIORITY', '0.00054', []],
    ['vertex_ai', 'gemini-2.5-flash', 'ON_DEMAND_FLEX', '0.00015', []],
    ['vertex_ai', 'gemini-2.5-flash', 'ON_DEMAND', '0.0003', []],
    ['vertex_ai', 'gemini-2.5-flash', 'batch', '0.00015', []],
    ['azure', 'gpt-4o', 'GlobalBatch', '0.00125', []],
    ['azure', 'gpt-4o', 'GlobalStandard', '0.0025', []],
    [
      'azure',
      'gpt-4o',
      'priority',
      '0.005',
      ['priority is 2.0 to 2.5 times standard, by model: the lower is used'],
    ],
    [
      'azure',
      'gpt-4o',
      'DataZoneStandard',
      '0.0025',
      ['no price known for service tier "DataZoneStandard" of azure: standard price'],
    ],
    ['bedrock', HAIKU, 'batch', '0.00055', []],
    ['bedrock', HAIKU, 'flex', '0.00055', []],
    ['bedrock', HAIKU, 'default', '0.0011', []],
    [
      'bedrock',
      HAIKU,
      'priority',
      '0.0011',
      ['no price known for service tier "priority" of aws: standard price'],
    ],
    ['anthropic', SONNET, 'batch', '0.0015', []],
    ['anthropic', SONNET, 'standard_only', '0.003', []],
    ['groq', 'llama-3.3-70b-versatile', 'on_demand', '0.00059', []],
    ['groq', 'llama-3.3-70b-versatile', 'flex', '0.00059', []],
    [
      'groq',
      'llama-3.3-70b-versatile',
      'constructor',
      '0.00059',
      ['no price known for service tier "constructor" of groq: standard price'],
    ],
  ])('%s %s at %s', (provider, model, tier, cost, expected) => {
    const input = request({provider, model, tier})
    expect(said(input)).toBe(cost)
    expect(notes(input)).toEqual(expected)
  })

  test.each(['priority', 'priority_on_demand', 'flex', 'flex_discount'])(
    'a tier of Anthropic that nobody has a price of is flagged: %s',
    tier => {
      const input = request({provider: 'anthropic', model: SONNET, tier})
      expect(said(input)).toBe('0.003')
      expect(notes(input)).toEqual([`no price known for service tier "${tier}" of anthropic: standard price`])
    },
  )

  test.each(['PROVISIONED_THROUGHPUT', 'ProvisionedManaged', 'GlobalProvisionedManaged', 'reserved'])(
    'tokens of capacity bought by the hour have no price: %s',
    tier => {
      const reason = `(service tier "${tier}" is billed by the hour, not by the token)`
      expect(said(request({provider: 'azure', model: 'gpt-4o', tier}))).toBe(reason)
    },
  )

  test('a price says which overlay changed it', () => {
    const overlay = (tier: string | null) => {
      const priced = priceUsage(request({provider: 'openai', model: 'gpt-4o', tier}))
      return priced.cost === null ? undefined : priced.price.overlay
    }
    expect([overlay(null), overlay('scale'), overlay('batch')]).toEqual([null, null, OVERLAY_VERSION])
  })
})

describe('tokens and fees with a price of their own', () => {
  const haiku = (usage: Partial<PriceInput['usage']>, tier: string | null = null) =>
    request({provider: 'anthropic', model: 'claude-haiku-4-5', tier, usage: {inputTokens: 0, ...usage}})
  const write = (parts?: UsageParts) => haiku({cacheWriteTokens: 1000, ...(parts ? {parts} : {})})

  test.each([
    ['lifetime not said', write(), '0.00125'],
    ['five minutes', write({cacheWrite1hTokens: 0}), '0.00125'],
    ['an hour', write({cacheWrite1hTokens: 1000}), '0.002'],
    ['some of each', write({cacheWrite1hTokens: 400}), '0.00155'],
    ['some of each, at batch', {...write({cacheWrite1hTokens: 400}), tier: 'batch'}, '0.000775'],
  ])('cache writes: %s', (_, input, cost) => expect(said(input)).toBe(cost))

  test('what is not said or not priced apart is flagged', () => {
    expect(notes(write())).toEqual(['how long cache writes live is not said: all at the five-minute price'])
    expect(notes(write({cacheWrite1hTokens: 0}))).toEqual([])
    expect(notes({...write({cacheWrite1hTokens: 9}), provider: 'aws', requestedModel: HAIKU})).toEqual([
      'no one-hour cache price in the row: all cache writes at one price',
    ])
    expect(notes(request({model: 'gpt-realtime', usage: {outputTokens: 9}}))).toEqual([
      'no audio tokens are told apart: all at the text price',
    ])
  })

  test.each([
    ['audio in and out', 'gpt-realtime', {audioInputTokens: 400, audioOutputTokens: 50}, '0.0192'],
    ['audio read from cache', 'gpt-4o-realtime-preview', {audioCacheReadTokens: 0}, '0.007'],
    ['images out', 'gpt-image-1.5', {imageInputTokens: 400, imageOutputTokens: 50}, '0.0083'],
    ['parts the model prices alike', 'gpt-4o', {audioInputTokens: 400}, '0.0035'],
  ])('%s', (_, model, parts, cost) => {
    expect(said(request({model, usage: {outputTokens: 100, parts}}))).toBe(cost)
  })

  test.each([
    [{audioInputTokens: 1001}, 'more audio input tokens than input tokens'],
    [{audioInputTokens: 600, imageInputTokens: 600}, 'more image input tokens than input tokens'],
    [{audioOutputTokens: -1}, 'audio output tokens -1 is not a count'],
    [{webSearches: 0.5}, 'web searches 0.5 is not a count'],
  ])('%j cannot be', (parts, reason) => {
    expect(said(request({model: 'gpt-realtime', usage: {parts}}))).toBe(`(${reason})`)
  })

  test('searches cost the same at every tier; a contract rate does not know them', () => {
    const usage = {inputTokens: 1000, parts: {webSearches: 2}}
    expect(said(haiku(usage))).toBe('0.021')
    expect(said(haiku(usage, 'batch'))).toBe('0.0205')
    const rates = [{model: 'claude-haiku-4-5', per_million_usd: {input: '1', output: '5'}}]
    expect(said(haiku(usage), {rates})).toBe('0.001')
    expect(notes(haiku(usage), {rates})).toEqual(['web searches are not in this price'])
  })

  test('embeddings have input alone', () => {
    const input = {provider: 'openai', model: 'text-embedding-3-small'}
    expect(said(request({...input, usage: {outputTokens: null}}))).toBe('0.00002')
    expect(said(request({...input, usage: {outputTokens: 3}}))).toBe(
      '(genai-prices 0.1.8 has no output price for "text-embedding-3-small")',
    )
  })

  test.each([
    ['openai', 'gpt-5', '0.000125', []],
    ['anthropic', SONNET, '0.0003', []],
    ['google', 'gemini-2.5-flash', '0.00003', []],
    ['bedrock', HAIKU, '0.00011', []],
    ['azure', 'gpt-4o', '0.00125', []],
    ['deepseek', 'deepseek-v4-flash', '0.000007', []],
    [
      'mistral',
      'mistral-large-2411',
      '0.002',
      ['no cache price in the row: cached tokens at the input price'],
    ],
  ])('tokens read from the cache of %s', (provider, model, cost, expected) => {
    const input = request({provider, model, usage: {inputTokens: 0, cacheReadTokens: 1000}})
    expect(said(input)).toBe(cost)
    expect(notes(input)).toEqual(expected)
  })
})
