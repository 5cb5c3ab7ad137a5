import {describe, expect, test} from 'vitest'
import type {Connector} from '../../src/connectors/connector.ts'
import {openaiCosts, openaiCostsCsv, openaiUsage, openaiUsageCsv} from '../../src/connectors/openai.ts'
import {modalityParts} from '../../src/connectors/openai-parts.ts'
import {openSource} from '../../src/connectors/read.ts'
import type {UsageFact} from '../../src/model/fact.ts'

const usageOf = (connector: Connector, file: string): UsageFact[] =>
  [...connector.parse(openSource(`fixtures/connectors/${connector.id}/${file}`, file))].filter(
    fact => fact.fact === 'usage',
  )

describe('a day read from the API and from the dashboard is one row', () => {
  test.each([
    [
      'usage',
      usageOf(openaiUsage, 'usage_completions.page-1.json'),
      usageOf(openaiUsageCsv, 'completions_usage_2026-09-28_2026-09-28.csv'),
    ],
    [
      'costs',
      usageOf(openaiCosts, 'costs.page-1.json'),
      usageOf(openaiCostsCsv, 'cost_2026-09-28_2026-09-28.csv'),
    ],
  ])('%s', (_name, [page], [csv]) => {
    // The console names the organization, which saved pages seldom do.
    const {account: _, ...signature} = csv!.signature
    expect({...csv!, signature, line: 0}).toEqual({...page!, line: 0})
  })
})

test('what a row cannot hold is carried, so that a file of fractions of a nano-dollar sums right', () => {
  const nano = usageOf(openaiCostsCsv, 'cost_2026-09-28_2026-09-28.csv').filter(fact =>
    fact.servedModel?.includes('nano'),
  )
  expect(nano.map(fact => fact.cost)).toEqual([0n, 1n]) // 2 × 0.333… nano-dollars
})

const row = {input_text_tokens: 500, input_audio_tokens: 100, input_image_tokens: 0, output_audio_tokens: 7}
test.each([
  ['uncached modalities', row, 600, 1000, {audioInputTokens: 100, imageInputTokens: 0}],
  [
    'modalities with what was read from the cache',
    {...row, input_cached_audio_tokens: 40},
    400,
    600,
    {audioInputTokens: 60, audioCacheReadTokens: 40, imageInputTokens: 0},
  ],
  ['modalities that add up to nothing known', row, 601, 1000, {}],
])('%s', (_, value, uncached, all, expected) => {
  expect(modalityParts(value, uncached, all)).toEqual({parts: {...expected, audioOutputTokens: 7}})
})

test('text alone has no parts', () => {
  expect(modalityParts({input_text_tokens: 5, input_audio_tokens: 0}, 5, 5)).toEqual({})
  expect(modalityParts({input_tokens: 5}, 5, 5)).toEqual({})
})

test('rows that differ in any dimension differ in id', () => {
  const ids = ['pages.json', 'other-endpoints.jsonl', 'usage_completions.page-1.json'].flatMap(file =>
    usageOf(openaiUsage, file).map(fact => fact.id),
  )
  expect(new Set(ids).size).toBe(ids.length)
})
