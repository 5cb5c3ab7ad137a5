import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {outcomeName, tenantDigest} from '../../src/connectors/product-event.ts'
import {openForWriting} from '../../src/store/open.ts'
import {folderWith} from '../commands/cli.ts'
import {contentOf} from '../store-content.ts'

const NAMES: readonly (readonly [written: string, name: string])[] = [
  ['Ticket Resolved', 'ticket_resolved'],
  ['ticketResolved', 'ticket_resolved'],
  [' ticket-resolved ', 'ticket_resolved'],
  ['TICKET_RESOLVED', 'ticket_resolved'],
  ['Step 2 done', 'step_2_done'],
  ['訂單 完成', '訂單_完成'],
]
test.each(NAMES)('the outcome %j is %s', (written, name) => expect(outcomeName(written)).toBe(name))

test('a tenant is told by a digest that does not hold its id', () => {
  expect(tenantDigest('acct-77')).toMatch(/^[\da-f]{32}$/)
  expect(tenantDigest('acct-77')).toBe(tenantDigest('acct-77'))
  expect(tenantDigest('acct-77')).not.toBe(tenantDigest('acct-78'))
})

const event = (id: string, quantity = 1, at = '2026-09-14 10:25:00.000000'): string =>
  JSON.stringify({
    uuid: `u-${id}-${quantity}`,
    $insert_id: id,
    event_type: 'ticket_resolved',
    event_time: at,
    event_properties: {quantity},
  })

describe('what is delivered again', () => {
  const files = {
    'a.json': [event('i-1'), event('i-2'), event('i-1')].join('\n'),
    'b.json': [event('i-2'), event('i-3')].join('\n'),
    // Late upload, and corrected: which of two differing events stays must not depend on the order of files.
    'c.json': [event('i-3', 5), event('i-4')].join('\n'),
  }
  const ingest = async (order: (names: string[]) => string[]) => {
    const folder = folderWith(files)
    const db = join(folder, 'v.db')
    using store = openForWriting(db)
    const summary = await ingestFiles(store, await listFiles(order(Object.keys(files)), folder), {
      price: () => null,
    })
    return {summary, content: contentOf(db)}
  }

  test('counts once, and the rest is counted as duplicates', async () => {
    const {summary, content} = await ingest(names => names)
    expect(content.outcome_event).toHaveLength(4)
    expect(summary.files.reduce((sum, {duplicates}) => sum + duplicates, 0)).toBeGreaterThanOrEqual(2)
    expect(summary.files[0]).toMatchObject({format: 'amplitude', facts: 3, duplicates: 1})
  })

  test('one file at a time, in any order, gives the same events', async () => {
    const folder = folderWith(files)
    const contents = []
    for (const names of [
      ['a.json', 'b.json', 'c.json'],
      ['c.json', 'b.json', 'a.json'],
    ]) {
      const db = join(folder, `${names[0]}.db`)
      using store = openForWriting(db)
      for (const name of names) await ingestFiles(store, await listFiles([name], folder), {price: () => null})
      contents.push(contentOf(db).outcome_event)
    }
    expect(contents[1]).toEqual(contents[0])
  })
})

test('a quantity past what one integer holds is an issue, and stops nothing', async () => {
  const folder = folderWith({'a.json': [event('i-1', 1e14), event('i-2')].join('\n')})
  using store = openForWriting(join(folder, 'v.db'))
  const summary = await ingestFiles(store, await listFiles(['a.json'], folder), {price: () => null})
  expect(summary.issues.map(({line, code}) => [line, code])).toEqual([[1, 'too-large']])
  expect(store.database.prepare('SELECT id, quantity_e9 FROM outcome_event').all()).toEqual([
    {id: 'i-2', quantity_e9: 1_000_000_000},
  ])
})
