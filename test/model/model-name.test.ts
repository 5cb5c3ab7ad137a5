import fc from 'fast-check'
import {expect, test} from 'vitest'
import {modelBase} from '../../src/model/model-name.ts'

test.each([
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5'],
  ['anthropic/claude-haiku-4.5', 'claude-haiku-4-5'],
  ['Claude-Haiku-4-5@20251001', 'claude-haiku-4-5'],
  ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet'],
  ['azure/gpt-4.1', 'gpt-4-1'],
  ['gpt-4o-2024-08-06', 'gpt-4o'],
  ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
  ['openai/responses/gpt-5', 'gpt-5'],
  ['eu.amazon.nova-pro-v1:0', 'nova-pro'],
  ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'nova-pro'],
  ['meta.llama3-1-70b-instruct-v1:0', 'llama3-1-70b-instruct'],
  ['text-embedding-3-small', 'text-embedding-3-small'],
  ['', ''],
])('%j is %j', (name, base) => expect(modelBase(name)).toBe(base))

test.each([
  ['gpt-4o', 'gpt-4o-mini'],
  ['claude-sonnet-4', 'claude-sonnet-4-5'],
  ['gpt-4.1', 'gpt-4'],
  ['o1', 'o1-pro'],
])('%s and %s stay two models', (one, other) => expect(modelBase(one)).not.toBe(modelBase(other)))

const plain = fc.stringMatching(/^[a-z]{2,8}-[1-9](\.\d)?(-(mini|pro|haiku))?$/)

test('the base of a base is itself', () =>
  fc.assert(fc.property(plain, name => modelBase(modelBase(name)) === modelBase(name))))

test('what sellers add does not matter', () =>
  fc.assert(
    fc.property(
      plain,
      fc.constantFrom(
        '',
        'azure/',
        'openrouter/openai/',
        'us.anthropic.',
        'eu.',
        'global.amazon.',
        'mistral.',
      ),
      fc.constantFrom('', '-20251001', '-2025-10-01', '@20251001', '-latest', '-v1:0', '-20251001-v1:0'),
      (name, before, after) => modelBase(before + name.toUpperCase() + after) === modelBase(name),
    ),
  ))
