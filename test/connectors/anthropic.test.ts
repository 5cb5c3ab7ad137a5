import {expect, test} from 'vitest'
import {anthropicCosts, anthropicUsage, modelId} from '../../src/connectors/anthropic.ts'
import type {Head} from '../../src/connectors/connector.ts'

test.each([
  ['Claude Haiku 4.5', 'claude-haiku-4-5'],
  ['Claude Opus 4', 'claude-opus-4'],
  ['Claude Sonnet 3.7', 'claude-3-7-sonnet'],
  ['Claude 3.5 Sonnet', 'claude-3-5-sonnet'],
  ['Claude Haiku 3', 'claude-3-haiku'],
  ['Claude Sonnet 4 (Batch)', 'claude-sonnet-4'],
  ['claude-haiku-4-5-20251001', 'claude-haiku-4-5-20251001'],
  ['claude-instant-1.2', 'claude-instant-1.2'],
  ['Web Search', null],
  ['', null],
  [undefined, null],
])('the model id of %j is %j', (name, id) => expect(modelId(name)).toBe(id))

test('Enterprise analytics pages, which restate spend per group, are nobody’s', () => {
  const row = {amount: '5', list_amount: '6', currency: 'USD', product: 'chat', rbac_group_id: 'rbac_group_1'}
  const bucket = {starting_at: '2026-09-04T00:00:00Z', ending_at: '2026-09-05T00:00:00Z', results: [row]}
  const head: Head = {path: 'cost_report.json', shape: 'json', sample: [bucket], columns: [], text: ''}
  expect([anthropicCosts, anthropicUsage].map(connector => connector.recognises(head))).toEqual([
    false,
    false,
  ])
})
