import {afterAll, describe, expect, test} from 'vitest'
import {explain} from '../../src/report/explanation.ts'
import {findRecord} from '../../src/report/find.ts'
import {explanationToText} from '../../src/report/formats/explain-text.ts'
import {widthOf} from '../../src/report/formats/layout.ts'
import {RecordReader} from '../../src/report/records.ts'
import {acme} from './acme.ts'

const {store} = acme()
const reader = new RecordReader(store)
const explained = (id: string) => explain(findRecord(store, reader, id))
afterAll(() => store[Symbol.dispose]())

const RECORDS = {
  owned: 'chatcmpl-heron-0001',
  ambiguous: 'chatcmpl-cx-0001',
  bounded: 'chatcmpl-shared-0001',
  unknown: 'chatcmpl-router-0001',
  unpriced: 'chatcmpl-router-0002',
  remainder: 'openai-costs:2026-10-18:code',
}

describe.each(Object.entries(RECORDS))('%s', (name, id) => {
  test.each([60, 80, 120])('%i columns', async width => {
    const text = explanationToText(explained(id), {width, colour: false})
    expect(text.split('\n').filter(line => widthOf(line) > width)).toEqual([])
    expect(text).not.toContain('\u001b')
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/explain-${name}-${width}.txt`)
  })

  test('json', async () => {
    await expect(`${JSON.stringify(explained(id), null, 2)}\n`).toMatchFileSnapshot(
      `golden/explain-${name}.json`,
    )
  })
})

test('the shown steps sum to the shown total', () => {
  for (const id of Object.values(RECORDS)) {
    const {waterfall, log_odds} = explained(id)
    const sum = waterfall.reduce((total, step) => total + Math.round(step.log_odds * 1000), 0)
    expect(log_odds === null ? 0 : Math.round(log_odds * 1000)).toBe(sum)
  }
})

describe('finding', () => {
  test.each([
    ['event id', 'chatcmpl-heron-0001'],
    ['unique prefix', 'chatcmpl-cx'],
    ['record id', `attr_${(20740).toString(36)}.chatcmpl-heron-0001`],
    ['beginning of a record id', `attr_${(20740).toString(36)}.chatcmpl-heron-0001`.slice(0, -2)],
    ['spaces around', ' chatcmpl-cx-0001 '],
  ])('%s', (_, id) => {
    if (id.startsWith('attr_') && !id.endsWith('1'))
      return expect(() => explained(id)).toThrow(/more than one/)
    expect(explained(id).record.id).toMatch(/^attr_/)
  })

  test('not unique', () => {
    expect(() => explained('chatcmpl-heron')).toThrow(
      'chatcmpl-heron: more than one record: attr_g04.chatcmpl-heron-0001, attr_g04.chatcmpl-heron-0002',
    )
  })

  test('not found names the nearest', () => {
    expect(() => explained('chatcmpl-fraud-0002')).toThrow(
      expect.objectContaining({
        message: 'chatcmpl-fraud-0002: no such record',
        mend: expect.stringContaining('attr_g05.chatcmpl-fraud-0001'),
      }),
    )
  })

  test('only detail of others', () => {
    const other = acme()
    other.detail('litellm')
    expect(() => findRecord(other.store, new RecordReader(other.store), 'chatcmpl-cx-0001')).toThrow(
      'chatcmpl-cx-0001: only the detail of other records, which carry its money',
    )
    other.store[Symbol.dispose]()
  })
})
