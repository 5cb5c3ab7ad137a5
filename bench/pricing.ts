/**
 * How fast rows are priced at ingest, beside the floor of one whole-number multiply-add a kind of token. Prints two figures a
 * line: rows a second of the floor, and of pricing.
 *
 * node bench/pricing.ts [ROWS]
 */
import {Column, type ModelIdentity, WIDTH} from '../src/model/chunk.ts'
import {priceRows} from '../src/server/price-rows.ts'

const MODELS: readonly ModelIdentity[] = [
  ['openai', 'gpt-5', 'gpt-5-2025-08-07', null],
  ['anthropic', 'claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', null],
  ['aws', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', null, null],
  ['azure', 'azure/gpt-4.1-mini', null, 'batch'],
  ['deepseek', 'deepseek-v4-flash', null, null],
  ['google', 'gemini-2.5-pro', null, null],
]

const rows = Number(process.argv[2] ?? 2_000_000)
const START = Date.UTC(2026, 8, 1)
const numbers = new Float64Array(rows * WIDTH)
let seed = 1
/** Below `most`; the same numbers every time. */
const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most
for (let base = 0; base < numbers.length; base += WIDTH) {
  numbers[base + Column.At] = START + (base / WIDTH) * 1000
  numbers[base + Column.Model] = random(MODELS.length)
  numbers[base + Column.InputTokens] = random(120_000)
  numbers[base + Column.OutputTokens] = random(4_000)
  numbers[base + Column.CacheReadTokens] = random(30_000)
  numbers[base + Column.CacheWriteTokens] = random(2_000)
}

/** The best of three, in rows a second. */
function best(work: () => number): number {
  const took = [0, 1, 2].map(() => {
    const start = performance.now()
    if (work() <= 0) throw new Error('nothing was priced')
    return performance.now() - start
  })
  return Math.round((rows / Math.min(...took)) * 1000)
}

function multiplyAdd(): number {
  let total = 0
  for (let base = 0; base < numbers.length; base += WIDTH)
    total +=
      numbers[base + Column.InputTokens]! * 3000 +
      numbers[base + Column.OutputTokens]! * 15_000 +
      numbers[base + Column.CacheReadTokens]! * 300 +
      numbers[base + Column.CacheWriteTokens]! * 3750
  return total
}

const pricers = MODELS.map(model => priceRows({})(model)!)
function price(): number {
  let total = 0
  for (let base = 0; base < numbers.length; base += WIDTH)
    total += pricers[numbers[base + Column.Model]!]!.cost(numbers, base, undefined)
  return total
}

process.stdout.write(`${best(multiplyAdd)} ${best(price)}\n`)
