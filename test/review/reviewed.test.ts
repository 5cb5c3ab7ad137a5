import {expect, test} from 'vitest'
import {readReviewed} from '../../src/review/reviewed.ts'
import {change, diff} from './comment/diffs.ts'

const read = (json: unknown) => readReviewed(JSON.stringify(json), 'diff.json')

test('amounts are exact; fields of later versions are left alone', () => {
  const [found] = read(diff({later: {a: 1}})).changes
  expect(found!.delta_usd_month).toEqual({
    low: 210_000_000_000n,
    mid: 310_250_000_000n,
    high: 400_000_000_000n,
  })
})

test('an owner or service may be an object with a name', () => {
  const [found] = read(
    diff({changes: [change({owner: {id: 'team:1', name: 'Bots'}, service: {name: 'bot'}})]}),
  ).changes
  expect(found).toMatchObject({owner: 'Bots', service: 'bot'})
})

test.each<[string, unknown, string]>([
  ['no object', [], 'diff.json: top level: '],
  ['no time', {...diff(), generated_at: undefined}, 'diff.json: generated_at: '],
  ['a time that is none', diff({generated_at: 'soon'}), 'diff.json: generated_at: is not a time'],
  ['a later version', diff({schema_version: '2'}), 'diff.json: schema_version: '],
  ['no changes', {...diff(), changes: undefined}, 'diff.json: changes: '],
  [
    'an amount that is none',
    diff({changes: [change({delta_usd_month: {low: '1', mid: 'x', high: '2'}})]}),
    'diff.json: changes.0.delta_usd_month.mid: "x" is not an amount like "12.50"',
  ],
  [
    'an amount that is a number',
    diff({changes: [change({delta_usd_month: {low: '1', mid: 2, high: '2'}})]}),
    'diff.json: changes.0.delta_usd_month.mid: ',
  ],
  ['a commit that is none', diff({head: 'x -->'}), 'diff.json: head: is not a commit'],
])('%s', (_, json, message) => {
  expect(() => read(json)).toThrow(
    expect.objectContaining({name: 'UserError', exit: 2, message: expect.stringContaining(message)}),
  )
})

test('no JSON', () => {
  expect(() => readReviewed('Model changes', 'stdin')).toThrow('stdin: is not JSON')
})
