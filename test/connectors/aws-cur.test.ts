import {expect, test} from 'vitest'
import {awsCur} from '../../src/connectors/aws-cur.ts'
import {openSource} from '../../src/connectors/read.ts'

const HEADER =
  'bill_billing_period_start_date,line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,line_item_usage_type,line_item_usage_amount,pricing_unit,line_item_unblended_cost,line_item_currency_code,line_item_iam_principal'

const charge = (role: string, cost: string): string =>
  `2026-09-01T00:00:00Z,004455667788,Usage,2026-09-14T10:00:00Z,2026-09-14T11:00:00Z,AmazonBedrock,USE1-Claude4.5Haiku-input-tokens,1,1K tokens,${cost},USD,arn:aws:iam::004455667788:role/${role}`

/** Each charge's id and what it costs, by the role that is billed. */
const chargesOf = (...lines: string[]) =>
  Object.fromEntries(
    [...awsCur.parse(openSource(Buffer.from([HEADER, ...lines].join('\n')), 'cur.csv'))].flatMap(fact =>
      fact.fact === 'usage' ? [[fact.signature.role, {id: fact.id, cost: fact.cost}]] : [],
    ),
  )

test('charges alike but for the principal are told apart, in whatever order they stand', () => {
  const [heron, quill] = [charge('heron', '0.10'), charge('quill', '0.20')]
  const found = chargesOf(heron, quill)
  expect(found).toEqual(chargesOf(quill, heron))
  expect(found['aws:role/004455667788/heron']).toMatchObject({cost: 100_000_000n})
  expect(found['aws:role/004455667788/quill']).toMatchObject({cost: 200_000_000n})
})
