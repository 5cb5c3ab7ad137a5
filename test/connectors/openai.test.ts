import {describe, expect, test} from 'vitest'
import type {Connector} from '../../src/connectors/connector.ts'
import {openaiCosts, openaiCostsCsv, openaiUsage, openaiUsageCsv} from '../../src/connectors/openai.ts'
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

test('rows that differ in any dimension differ in id', () => {
  const ids = ['pages.json', 'other-endpoints.jsonl', 'usage_completions.page-1.json'].flatMap(file =>
    usageOf(openaiUsage, file).map(fact => fact.id),
  )
  expect(new Set(ids).size).toBe(ids.length)
})
