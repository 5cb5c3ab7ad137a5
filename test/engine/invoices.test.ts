import {expect, test} from 'vitest'
import {type InvoiceRow, latestInvoices} from '../../src/engine/invoices.ts'
import {invoices, settled} from './reports.ts'

/** A row that states only what a case is about. */
const row = (stated: Partial<InvoiceRow> & {readonly usd: number; readonly path: string}): InvoiceRow => ({
  invoice: 'INV-7',
  provider: 'openai',
  account: null,
  start: 0n,
  end: 31n,
  amount: BigInt(stated.usd) * 1_000_000_000n,
  currency: 'USD',
  status: 'issued',
  batch: BigInt([...stated.path].reduce((sum, letter) => sum * 7 + letter.charCodeAt(0), 0)),
  line: 2n,
  exportedAt: null,
  ...stated,
})

const CASES: readonly {
  readonly name: string
  readonly rows: readonly InvoiceRow[]
  readonly amounts: readonly number[]
  readonly undated?: number
}[] = [
  {
    name: 'the same invoice in two lists is one',
    rows: [row({usd: 100, path: 'a.csv'}), row({usd: 100, path: 'b.csv'})],
    amounts: [100],
  },
  {
    name: 'a later list corrects it',
    rows: [row({usd: 100, path: '2026-11-01/a.csv'}), row({usd: 80, path: '2026-11-05/a.csv'})],
    amounts: [80],
  },
  {
    name: 'a list fetched later corrects it',
    rows: [row({usd: 100, path: 'a.csv', exportedAt: 5n}), row({usd: 80, path: 'b.csv', exportedAt: 9n})],
    amounts: [80],
  },
  {
    name: 'paid comes after issued',
    rows: [row({usd: 100, path: 'a.csv'}), row({usd: 80, path: 'b.csv', status: 'paid'})],
    amounts: [80],
  },
  {
    name: 'void is the last word, and asks for nothing',
    rows: [row({usd: 100, path: 'a.csv', status: 'paid'}), row({usd: 100, path: 'b.csv', status: 'void'})],
    amounts: [],
  },
  {
    name: 'a draft asks for nothing; unpaid is not paid',
    rows: [
      row({usd: 100, path: 'a.csv', status: 'draft'}),
      row({invoice: 'B', usd: 7, path: 'a.csv', status: 'unpaid'}),
    ],
    amounts: [7],
  },
  {
    name: 'nothing says which is later: the larger, and it is said',
    rows: [row({usd: 80, path: 'b.csv'}), row({usd: 100, path: 'a.csv'})],
    amounts: [100],
    undated: 1,
  },
  {
    name: 'parts of one invoice in one list add up',
    rows: [row({usd: 100, path: 'a.csv'}), row({usd: 20, path: 'a.csv', line: 3n})],
    amounts: [120],
  },
  {
    name: 'other currencies settle nothing',
    rows: [row({usd: 100, path: 'a.csv', currency: 'EUR'})],
    amounts: [],
  },
]

test.each(CASES)('$name', ({rows, amounts, undated = 0}) => {
  for (const order of [rows, [...rows].reverse()]) {
    const found = latestInvoices(order)
    expect(found.invoices.map(({amount}) => Number(amount / 1_000_000_000n)).sort()).toEqual(amounts)
    expect(found.undated).toHaveLength(undated)
  }
})

test('in a store: the later list counts, in any order, and what cannot be told is said', async () => {
  const [early, late] = [invoices({id: 'INV-7', usd: '100'}), invoices({id: 'INV-7', usd: '80'})]
  for (const order of [
    ['2026-11-01/i.csv', '2026-11-05/i.csv'],
    ['2026-11-05/i.csv', '2026-11-01/i.csv'],
  ]) {
    const {total, issues, store} = await settled(
      {'2026-11-01/i.csv': early, '2026-11-05/i.csv': late},
      {order},
    )
    expect([total, issues]).toEqual(['80.00', []])
    store[Symbol.dispose]()
  }
  const {total, issues} = await settled({'a.csv': early, 'b.csv': late})
  expect([total, issues]).toEqual([
    '100.00',
    [
      'undated-export: invoice INV-7 of openai is $100.00 in a.csv and $80.00 in b.csv, and nothing says which is later; the first is counted',
    ],
  ])
})
