/** The same month told by its bill, its usage report, a gateway and the services: whoever tells it, its money is counted once. */
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {formatUsd, parseUsd} from '../../src/model/money.ts'
import {RecordReader} from '../../src/report/records.ts'
import {
  type Called,
  type Files,
  focus,
  invoices,
  litellmLog,
  openaiCosts,
  openaiUsage,
  otelSpans,
  settled,
} from './reports.ts'

const TELLERS = ['invoice', 'costs', 'costs-by-key', 'focus', 'usage', 'log', 'spans'] as const
type Teller = (typeof TELLERS)[number]

/** Cents billed for a call: its tokens at a rate of the month's own. */
const cents = ({tokens: [input, output]}: Called): number => Math.ceil((input + 8 * output) / 500)

const dollars = (amount: number): string => (amount / 100).toFixed(2)

const calls = fc
  .array(
    fc.record({
      day: fc.integer({min: 1, max: 3}),
      tokens: fc.tuple(fc.integer({min: 500, max: 90_000}), fc.integer({min: 10, max: 9000})),
      service: fc.constantFrom('heron-api', 'marsh-worker'),
    }),
    {minLength: 1, maxLength: 8},
  )
  .map(drawn =>
    drawn.map(
      (call, index): Called => ({
        ...call,
        id: `chatcmpl-${index}`,
        usd: dollars(cents({...call, id: '', usd: ''})),
      }),
    ),
  )

function told(teller: Teller, made: readonly Called[]): string {
  const total = made.reduce((sum, call) => sum + cents(call), 0)
  const byDay = [...new Set(made.map(({day}) => day))].map(day => ({
    day,
    usd: dollars(made.filter(call => call.day === day).reduce((sum, call) => sum + cents(call), 0)),
  }))
  switch (teller) {
    case 'invoice':
      return invoices({id: 'INV-7', usd: dollars(total + 250)})
    case 'costs':
      return openaiCosts(...byDay)
    case 'costs-by-key':
      return openaiCosts(...byDay.map(row => ({...row, key: 'key_gateway'})))
    case 'focus':
      return focus(
        ...byDay.map(row => ({
          ...row,
          ...{
            provider: 'OpenAI',
            payer: 'org-heron',
            account: 'proj_a',
            service: 'API',
            sku: 'gpt-5-2025-08-07',
          },
        })),
      )
    case 'usage':
      return openaiUsage(...made.map(({day, tokens}, index) => ({day, tokens, key: `key_${index}`})))
    case 'log':
      return litellmLog(...made)
    case 'spans':
      return otelSpans(...made)
    default:
      return teller satisfies never
  }
}

const fileOf = (teller: Teller): string =>
  ({
    ...{
      invoice: 'invoices.csv',
      costs: 'costs.json',
      'costs-by-key': 'costs-by-key.json',
      focus: 'focus.csv',
    },
    ...{usage: 'usage.json', log: 'spend.jsonl', spans: 'spans.jsonl'},
  })[teller]

const filesOf = (tellers: readonly Teller[], made: readonly Called[]): Files =>
  Object.fromEntries(tellers.map(teller => [fileOf(teller), told(teller, made)]))

test('whoever tells of a month, in whatever order, its total is the bill’s, else the best detail’s', async () => {
  const property = fc.asyncProperty(
    calls,
    fc.shuffledSubarray([...TELLERS], {minLength: 1}),
    async (made, tellers) => {
      const {total, store} = await settled(filesOf(tellers, made), {order: tellers.map(fileOf)})
      const billed = made.reduce((sum, call) => sum + cents(call), 0)
      const has = (...any: readonly Teller[]) => any.some(teller => tellers.includes(teller))
      if (has('invoice')) expect(parseUsd(total)).toBe(parseUsd(dollars(billed + 250)))
      else if (has('costs', 'costs-by-key', 'focus')) expect(parseUsd(total)).toBe(parseUsd(dollars(billed)))
      else {
        const [best] = (['usage', 'log', 'spans'] as const).filter(teller => has(teller))
        const alone = await settled(filesOf([best!], made))
        expect(total).toBe(alone.total)
        alone.store[Symbol.dispose]()
      }

      const records = [...new RecordReader(store).records({from: null, to: null}, {unsettled: 0})]
      const sum = records.reduce((all, {cost}) => all + parseUsd(cost.billed_usd ?? '0')!, 0n)
      expect(formatUsd(sum)).toBe(total)
      const settlement = store.database
        .prepare('SELECT sum(amount_nanos) AS amount, sum(records) AS records FROM settlement')
        .safeIntegers()
        .get() as {amount: bigint; records: bigint}
      expect([formatUsd(settlement.amount), Number(settlement.records)]).toEqual([total, records.length])
      store[Symbol.dispose]()
    },
  )
  await fc.assert(property, {numRuns: 60})
})

const MONTH: readonly Called[] = [
  {id: 'a', day: 1, tokens: [40_000, 1000], usd: '0.06'},
  {id: 'b', day: 1, tokens: [10_000, 500], usd: '0.02'},
  {id: 'c', day: 2, tokens: [80_000, 4000], usd: '0.14', service: 'marsh-worker'},
]

test.each<[Teller, Teller]>(
  TELLERS.flatMap((one, index) => TELLERS.slice(index + 1).map((other): [Teller, Teller] => [one, other])),
)('%s and %s are one money', async (one, other) => {
  const totals = await Promise.all(
    [[one], [other], [one, other]].map(async tellers => {
      const {total, store} = await settled(filesOf(tellers, MONTH))
      store[Symbol.dispose]()
      return parseUsd(total)!
    }),
  )
  // A charge of the invoice's own beside its lines: what is billed is then the invoice.
  const [first, second, both] = totals as [bigint, bigint, bigint]
  expect([first, second]).toContain(both)
  expect(both < first + second).toBe(true)
})

test('calls that are charged one by one are their own bill', async () => {
  const {store} = await settled({
    'cursor.csv':
      'Date,User,Kind,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n' +
      '2026-10-01T10:00:00.000Z,quill@fen.example,On-Demand,gpt-5,0,100,0,10,110,0.03\n',
    'spend.jsonl': litellmLog(MONTH[0]!),
  })
  const said = store.database
    .prepare('SELECT provider, billed, holder FROM settlement ORDER BY provider')
    .raw()
    .all()
  expect(said).toEqual([
    ['cursor', 1, 'call'],
    ['openai', 0, 'call'],
  ])
})
