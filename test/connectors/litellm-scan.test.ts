import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterAll, expect, test} from 'vitest'
import {factsOf} from '../../src/connectors/facts-of.ts'
import {litellmSpend} from '../../src/connectors/litellm.ts'
import {openSource} from '../../src/connectors/read.ts'
import {type Chunk, ChunkWriter, WIDTH} from '../../src/model/chunk.ts'
import {textsOf} from '../../src/model/text-column.ts'

const folder = mkdtempSync(join(tmpdir(), 'venturi-scan-'))
const SIZE = 1000

function chunkOf(text: string, quick: boolean): Chunk {
  const file = join(folder, 'spend.jsonl')
  writeFileSync(file, text)
  const writer = new ChunkWriter(SIZE)
  const {scanner, ...careful} = litellmSpend
  const full = () => {
    throw new Error('more rows than the writer holds')
  }
  factsOf(quick ? {...careful, scanner: scanner!} : careful, openSource(file, file), writer, full)
  return writer.take()
}

const shown = ({ids, traces, parents, numbers, ...rest}: Chunk) => ({
  ids: textsOf(ids),
  traces: textsOf(traces),
  parents: parents && textsOf(parents),
  numbers: [...numbers],
  ...rest,
})

const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, {nil: undefined, freq: 6})
const text = (...texts: string[]) =>
  fc.oneof({weight: 5, arbitrary: fc.constantFrom(...texts)}, fc.constantFrom('', ' x ', 'ü', 'a"b', null, 7))
const tokens = fc.oneof(
  {weight: 8, arbitrary: fc.nat(100_000)},
  fc.constantFrom<unknown>(null, '12', '1,200', -1, 1.5, 1e14, ''),
)
const cache = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({cache_read_input_tokens: tokens, cache_creation_input_tokens: sometimes(tokens)}),
  },
  fc.record({prompt_tokens_details: fc.record({cached_tokens: sometimes(tokens)})}),
  fc.constantFrom<unknown>(null, '', 'x', '{"cache_read_input_tokens":3}', []),
)
const encoded = <T>(value: fc.Arbitrary<T>) =>
  fc.tuple(value, fc.boolean()).map(([plain, twice]) => (twice ? JSON.stringify(plain) : plain))
const row = fc.record({
  request_id: fc.oneof({weight: 9, arbitrary: fc.uuid()}, text('r1')),
  api_key: text('k1', 'k2'),
  spend: fc.oneof(
    {weight: 8, arbitrary: fc.double({min: 0, max: 100, noNaN: true})},
    fc.constantFrom<unknown>(0, null, '0.5', '1e-5', 'x', -1, 2e9, 1e300),
  ),
  startTime: fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .date({min: new Date('2016-01-01'), max: new Date('2099-01-01'), noInvalidDate: true})
        .map(at => at.toISOString()),
    },
    text(
      '2026-09-29 10:22:31',
      '2026-02-29T00:00:00Z',
      '2024-02-29T00:00:00Z',
      '2026-09-14T10:22:31.12+02:00',
      '1790553600',
    ),
  ),
  endTime: sometimes(text('2026-09-29 10:22:33.5', '2026-09-29T10:22:31Z', '1790553601')),
  end_user: sometimes(text('customer-7')),
  prompt_tokens: sometimes(tokens),
  completion_tokens: sometimes(tokens),
  model: text('gpt-5-mini', 'bedrock/claude'),
  model_group: sometimes(text('fast')),
  custom_llm_provider: sometimes(text('openai', 'azure')),
  user: sometimes(text('u1')),
  team_id: sometimes(text('t1')),
  cache_hit: sometimes(text('True', 'False')),
  session_id: sometimes(text('s1', 's2')),
  status: sometimes(text('success', 'failure')),
  request_tags: sometimes(encoded(fc.subarray(['service:heron', 'env:prod', 'x']))),
  metadata: sometimes(
    encoded(
      fc.record(
        {
          user_api_key_alias: text('alias'),
          user_api_key_team_alias: text('team'),
          additional_usage_values: cache,
          usage_object: cache,
          spend_logs_metadata: fc.constantFrom<unknown>(
            null,
            {feature: 'search'},
            {feature: 'search', route_reason: 'LOW_RISK', tenant: 't7'},
            {feature: 'chat', note: 'CANARY'},
          ),
          attempted_retries: fc.constantFrom<unknown>(0, 2, '1', null),
          attempted_fallbacks: fc.constantFrom<unknown>(0, 1, null),
        },
        {requiredKeys: []},
      ),
    ),
  ),
})

test('a spend log read by its bytes is the spend log read by its values', () => {
  const lines = fc.array(row, {minLength: 1, maxLength: 12}).map(rows =>
    // Each line twice: the second is recognised by what the first taught.
    [...rows, ...rows].map(value => JSON.stringify(value)).join('\n'),
  )
  fc.assert(
    fc.property(lines, log => void expect(shown(chunkOf(log, true))).toEqual(shown(chunkOf(log, false)))),
    {numRuns: 300},
  )
})

test('lines as LiteLLM writes them are read by their bytes', () => {
  const writer = new ChunkWriter(SIZE)
  const scanner = litellmSpend.scanner!(writer)
  const line = {
    ...{
      request_id: 'r1',
      api_key: 'k',
      spend: 'as Python writes it',
      startTime: '2026-09-29T10:22:31.120000Z',
    },
    ...{prompt_tokens: 812, completion_tokens: 233, model: 'gpt-5-mini', status: 'success'},
    metadata: '{"user_api_key_alias":"heron","usage_object":{"prompt_tokens_details":{"cached_tokens":12}}}',
  }
  const bytes = Buffer.from(JSON.stringify(line).replace('"as Python writes it"', '3.1200000000000003e-05'))
  const place = {bytes, start: 0, end: bytes.length, ascii: true}
  expect(scanner.scan({...place, line: 1})).toBe(false)
  writer.add(scanner.record(JSON.parse(bytes.toString()), 1))
  scanner.learn()
  expect(scanner.scan({...place, line: 2})).toBe(true)
  const {numbers} = writer.take()
  const [first, second] = [numbers.slice(0, WIDTH), numbers.slice(WIDTH)]
  expect([...second]).toEqual([...first].with(3, 2))
})

afterAll(() => rmSync(folder, {recursive: true, force: true}))
