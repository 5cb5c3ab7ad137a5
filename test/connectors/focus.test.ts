import {expect, test} from 'vitest'
import {focus} from '../../src/connectors/focus.ts'
import {openSource} from '../../src/connectors/read.ts'
import {formatUsd} from '../../src/model/money.ts'

const HOME = 'fixtures/connectors/focus'

/** Each file's sum of BilledCost, exact, rounded once to nano-dollars: the whole bill, AI or not. */
test.each([
  {file: 'focus-1.0-sample-200.csv', charges: 200, exact: '3.04795697023', sum: '3.04795697'},
  {file: 'focus-1.2-azure-25.csv', charges: 25, exact: '624.24788387618795', sum: '624.247883876'},
  {file: 'focus-1.3-aws-25.csv', charges: 25, exact: '1020.13743776197748', sum: '1020.137437762'},
  {file: 'split-1.3-two-ways.csv', charges: 2, exact: '0.90', sum: '0.90'},
])('$file sums to $sum', ({file, charges, sum}) => {
  const found = [...focus.parse(openSource(`${HOME}/${file}`, file))].filter(fact => fact.fact === 'usage')
  expect(found).toHaveLength(charges)
  expect(formatUsd(found.reduce((total, {cost}) => total + (cost ?? 0n), 0n))).toBe(sum)
  expect(new Set(found.map(({id}) => id)).size).toBe(charges)
})
