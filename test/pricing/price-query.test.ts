import {expect, test} from 'vitest'
import {OVERLAY_VERSION} from '../../src/pricing/overlay.ts'
import {answerLines, createPriceDesk, parseQuestion} from '../../src/pricing/price-query.ts'

const NOW = Date.UTC(2026, 9, 14, 9, 30)
const ask = createPriceDesk({}, NOW)

test('an answer has the keys of the contract', () => {
  expect(
    ask({
      model: 'azure/gpt-4o',
      at: '2026-10-01',
      service_tier: 'batch',
      input_tokens: 1000,
      output_tokens: 200,
    }),
  ).toEqual({
    answer: {
      provider: 'azure',
      model: 'azure/gpt-4o',
      matched_model: 'gpt-4o',
      at: '2026-10-01T00:00:00Z',
      tier: 'batch',
      usage: {input_tokens: 1000, output_tokens: 200, cache_read_tokens: null, cache_write_tokens: null},
      cost_usd: '0.00225',
      reason: null,
      price: {
        catalogue: 'genai-prices 0.1.8',
        valid_from: null,
        overlay: OVERLAY_VERSION,
        per_million_usd: {input: '1.25', output: '5.00', cache_read: '0.625', cache_write: null},
        per_thousand_usd: {web_searches: '10.00'},
      },
    },
  })
})

test('a model without a price has a reason and no cost', () => {
  expect(ask({provider: 'openai', model: 'house-model', input_tokens: 1})).toEqual({
    answer: {
      provider: 'openai',
      model: 'house-model',
      matched_model: null,
      at: '2026-10-14T09:30:00Z',
      tier: 'standard',
      usage: {input_tokens: 1, output_tokens: null, cache_read_tokens: null, cache_write_tokens: null},
      cost_usd: null,
      reason: 'model "house-model" is not in genai-prices 0.1.8 for openai',
      price: null,
    },
  })
})

test.each([
  ['output alone', {model: 'gpt-4o', output_tokens: 1000}, {cost_usd: '0.01', reason: null}],
  [
    'no counts',
    {model: 'gpt-4o'},
    {cost_usd: null, reason: 'no token counts', price: {per_million_usd: {input: '2.50'}}},
  ],
  [
    'nulls are absent',
    {model: 'gpt-4o', provider: null, at: null, service_tier: null, input_tokens: 5},
    {cost_usd: '0.0000125'},
  ],
  [
    'unknown tier',
    {model: 'gpt-4o', service_tier: 'scale', input_tokens: 1000},
    {
      cost_usd: '0.0025',
      tier: 'standard',
      notes: ['no price known for service tier "scale" of openai: standard price'],
    },
  ],
  [
    'what has a price of its own stands behind the four counts',
    {model: 'claude-haiku-4-5', cache_write_tokens: 1000, cache_write_1h_tokens: 400, web_searches: 1},
    {
      cost_usd: '0.01155',
      usage: {input_tokens: null, cache_write_tokens: 1000, cache_write_1h_tokens: 400, web_searches: 1},
      price: {
        per_million_usd: {cache_write: '1.25', cache_write_1h: '2.00'},
        per_thousand_usd: {web_searches: '10.00'},
      },
    },
  ],
  [
    'a part larger than its count',
    {model: 'claude-haiku-4-5', cache_write_tokens: 1, cache_write_1h_tokens: 2},
    {cost_usd: null, reason: 'more cache write 1h tokens than cache write tokens'},
  ],
])('%s', (_, question, expected) => expect(ask(question)).toMatchObject({answer: expected}))

test.each([
  [{}, 'no model'],
  [{model: 7}, 'model 7 is not a model id'],
  [{model: 'gpt-4o', provider: 1}, 'provider 1 is not a name'],
  [{model: 'gpt-4o', at: 'yesterday'}, 'at "yesterday" is not a time'],
  [{model: 'gpt-4o', input_tokens: -1}, 'input_tokens -1 is not a count'],
  [{model: 'gpt-4o', input_tokens: '5'}, 'input_tokens "5" is not a count'],
  [{model: 'gpt-4o', service_tier: 2}, 'service_tier 2 is not a name'],
  [{model: 'gpt-4o', prompt_tokens: 5}, 'unknown field "prompt_tokens"'],
])('%j: %s', (question, message) =>
  expect(ask(question)).toEqual({error: {message, mend: expect.any(String)}}),
)

test.each([
  ['', null],
  ['  \r', null],
  ['\uFEFF{"model":"gpt-4o"}', {question: {model: 'gpt-4o'}}],
  ['[1]', {error: {message: '"[1]" is not an object', mend: expect.any(String)}}],
  ['{"model":', {error: {message: '"{\\"model\\":" is not JSON', mend: expect.any(String)}}],
])('line %j', (line, expected) => expect(parseQuestion(line)).toEqual(expected))

test('lines are answered in order, and a bad one stops nothing', async () => {
  const lines = [
    '{"model":"gpt-4o","input_tokens":1000}',
    '',
    '{"error":1}',
    '{"model":"gpt-4o","output_tokens":1000}',
  ]
  const {prices, issues} = await answerLines(lines, ask)
  expect(prices.map(price => price.cost_usd)).toEqual(['0.0025', '0.01'])
  expect(issues).toEqual([
    {path: '-', line: 3, code: 'bad-question', message: 'unknown field "error"', mend: expect.any(String)},
  ])
})
