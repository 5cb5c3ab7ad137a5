import {describe, expect, test} from 'vitest'
import {tokenCount, tokensPerUnit} from '../../src/connectors/meter.ts'
import {awsMeter} from '../../src/connectors/meter-aws.ts'
import {azureMeter} from '../../src/connectors/meter-azure.ts'
import {gcpMeter} from '../../src/connectors/meter-gcp.ts'
import {modelBase} from '../../src/model/model-name.ts'

/** The model as logs call it, what is counted, the tier. */
const told = ({model, kind, tier}: ReturnType<typeof awsMeter>) => [
  model === null ? null : modelBase(model),
  kind?.replace('Tokens', '') ?? null,
  tier,
]

describe('AWS usage types', () => {
  test.each([
    ['USE1-Claude4.5Haiku-input-tokens', 'claude-haiku-4-5', 'input', null],
    ['USE1-Claude4.6Sonnet-input-tokens', 'claude-sonnet-4-6', 'input', null],
    ['USE1-Claude-3.5-Sonnet-Input-Tokens', 'claude-3-5-sonnet', 'input', null],
    ['USE1-Claude3Haiku-output-tokens', 'claude-3-haiku', 'output', null],
    [
      'USE1-Claude4Sonnet-cache-read-input-token-count-cross-region-global',
      'claude-sonnet-4',
      'cacheRead',
      null,
    ],
    [
      'USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-standard',
      'claude-opus-4-8',
      'cacheWrite',
      null,
    ],
    ['USE1-NovaLite-output-tokens', 'nova-lite', 'output', null],
    ['USE1-NovaMicro-output-tokens-batch', 'nova-micro', 'output', 'batch'],
    ['USE1-Nova2.0Lite-cache-read-input-token-count', 'nova-2-lite', 'cacheRead', null],
    ['USE1-Llama3-1-70B-input-tokens', 'llama3-1-70b-instruct', 'input', null],
    ['USE1-deepseek.v3.2-output-tokens', 'v3-2', 'output', null],
    ['USE1-openai.gpt-oss-120b-mantle-input-tokens-standard', 'gpt-oss-120b-1:0', 'input', null],
    ['USE1-TitanEmbeddingV2-Text-input-tokens', 'titan-embed-text', 'input', null],
    ['USE1-Egret9Wader-input-tokens', null, 'input', null],
    ['USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units', null, null, null],
    ['USE1-BoxUsage:m5.xlarge', null, null, null],
  ])('%s', (usageType, ...expected) => expect(told(awsMeter(usageType))).toEqual(expected))

  test.each([
    [
      'USE1-MP:USE1_InputTokenCount-Units',
      'Claude Sonnet 4.6 (Amazon Bedrock Edition)',
      'claude-sonnet-4-6',
      'input',
    ],
    [
      'USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units',
      'Claude 3.5 Haiku (Amazon Bedrock Edition)',
      'claude-3-5-haiku',
      'cacheWrite',
    ],
    [
      'USE1-MP:USE1_output_tokens_standard-Units',
      'Claude Opus 4.7 (Amazon Bedrock Edition)',
      'claude-opus-4-7',
      'output',
    ],
  ])('%s of %s', (usageType, product, model, kind) =>
    expect(told(awsMeter(usageType, product))).toEqual([model, kind, null]),
  )
})

describe('Azure meters', () => {
  test.each([
    ['gpt 4.1 Outp glbl Tokens', '', 'gpt-4-1', 'output', null],
    ['gpt 4o 1120 cached Inp glbl Tokens', '', 'gpt-4o', 'cacheRead', null],
    ['gpt-4o-mini-0718-Inp-glbl Tokens', '', 'gpt-4o-mini', 'input', null],
    ['GPT 5 Mini cchd Inpt Glbl 1M Tokens', '', 'gpt-5-mini', 'cacheRead', null],
    ['GPT 5.1 cd inp Gl 1M Tokens', '', 'gpt-5-1', 'cacheRead', null],
    ['5.4 pp opt Gl 1M Tokens', 'Azure OpenAI GPT5', 'gpt-5-4', 'output', 'priority'],
    ['5.4 opt Gl 1M Tokens', '', null, 'output', null],
    ['o4-mini 0416 Batch Outp DZ Tokens', '', 'o4-mini', 'output', 'batch'],
    ['gpt-4o-Input-regional Tokens', '', 'gpt-4o', 'input', null],
    ['gpt 35 turbo 0125 Inp regnl Tokens', '', 'gpt-35-turbo', 'input', null],
    ['text-embedding-3-small glbl Tokens', '', 'text-embedding-3-small', 'input', null],
    ['V3.1 Inp DZone Tokens', 'Azure DeepSeek Models', 'deepseek-v3-1', 'input', null],
    ['4.3 Cached Inp Glbl Tokens', 'Azure Grok Models', 'grok-4-3', 'cacheRead', null],
    ['gpt 4o aud 1217 Inp glbl Tokens', '', null, 'input', null],
    ['gpt 4.1 ft hosting Tokens', '', null, null, null],
    ['Provisioned Managed Global Unit', 'Azure OpenAI', null, null, null],
  ])('%s %s', (name, within, ...expected) => expect(told(azureMeter(name, within))).toEqual(expected))
})

describe('Google SKUs', () => {
  test.each([
    ['Gemini 2.5 Flash GA Text Input - Predictions', 'gemini-2-5-flash', 'input', null],
    ['Gemini 2.5 Flash Lite Text Output - Predictions', 'gemini-2-5-flash-lite', 'output', null],
    ['Gemini 2.5 Flash GA Thinking Text Output - Predictions', 'gemini-2-5-flash', 'output', null],
    [' Gemini 2.5 Flash GA Input Text Caching', 'gemini-2-5-flash', 'cacheRead', null],
    ['Gemini 2.5 Flash Input Text Caching Storage', 'gemini-2-5-flash', null, null],
    ['Gemini 3.7 Flash Global Text Input - Predictions', 'gemini-3-7-flash', 'input', null],
    ['Gemini 2.5 Pro GA Text Input (Long) - Batch Predictions', 'gemini-2-5-pro', 'input', 'batch'],
    [
      'Generate content input token count gemini 2.5 flash short input text',
      'gemini-2-5-flash',
      'input',
      null,
    ],
    ['Claude Sonnet 4.5 Output Tokens - us-east5', 'claude-sonnet-4-5', 'output', null],
    ['N1 Predefined Instance Core running in Americas', null, null, null],
  ])('%s', (description, ...expected) => expect(told(gcpMeter(description))).toEqual(expected))
})

test.each([
  [['1K tokens'], 1000n],
  [['1M'], 1_000_000n],
  [['1,000'], 1000n],
  [['1000000 Tokens'], 1_000_000n],
  [['Units', 'AWS Marketplace software usage|us-east-1|Million Input Tokens'], 1_000_000n],
  [['Tokens'], 1n],
  [['Hrs'], null],
  [['Units', undefined], null],
] as const)('a unit of %j is %s tokens', (texts, count) => expect(tokensPerUnit(...texts)).toBe(count))

test.each([
  ['0.812', 1000n, 812],
  ['80.665984', 1_000_000n, 80_665_984],
  ['0.8119999999999999', 1000n, 812],
  ['4.096E-4', 1_000_000n, 410],
  ['-1', 1000n, null],
  ['many', 1000n, null],
  ['1', null, null],
] as const)('%s times %s is %s', (quantity, perUnit, count) =>
  expect(tokenCount(quantity, perUnit)).toBe(count),
)
