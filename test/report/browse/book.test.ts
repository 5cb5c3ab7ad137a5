import {expect, test} from 'vitest'
import {bookOf, isOf, servicesOf} from '../../../src/report/browse/book.ts'
import {loadSpend} from '../../../src/report/load.ts'
import {parsePeriod} from '../../../src/report/period.ts'
import {budget, outcome, service, team, world} from '../world.ts'

const payments = team('Payments')
const [core, lab] = [budget('1', 'Core'), budget('2', 'Lab')]

/** One team with two budgets that share a service, and a service of its own for each. */
const owned = (named: string, shares: readonly (readonly [typeof core, number])[]) =>
  outcome({
    output_state: 'deterministically_resolved',
    coper: 0.95,
    owner: {
      service: service(named),
      identity: null,
      project: null,
      organization: payments,
      budget: shares[0]![0],
    },
    shares: shares.map(([of, share_ppm]) => ({organization: payments, budget: of, share_ppm, basis: 'rule'})),
  })

test('a team with two budgets is two lines, each with its part of the services', () => {
  const both = owned('gateway', [
    [core, 700_000],
    [lab, 300_000],
  ])
  const made = world()
    .call({id: 'a', at: '2026-10-02T00:00:00Z', usd: '10.000000001', outcome: both})
    .call({id: 'b', at: '2026-10-03T00:00:00Z', usd: '5.00', outcome: owned('search', [[lab, 1_000_000]])})
  using store = made.store
  const book = bookOf(loadSpend(store, {period: parsePeriod({period: '2026-10'}, 0), asOf: 'event'}))
  const told = book.lines.map(line => [
    line.budget?.name,
    servicesOf(book.spend, line).map(({service: of, cost, records}) => [of?.name, cost, records]),
  ])
  expect(told).toEqual([
    [
      'Lab',
      [
        ['search', 5_000_000_000n, 1],
        ['gateway', 3_000_000_000n, 1],
      ],
    ],
    ['Core', [['gateway', 7_000_000_001n, 1]]],
  ])
  const [labLine, coreLine] = book.lines
  const [search] = servicesOf(book.spend, labLine!)
  const answer = book.spend.find(item => item.outcome.owner.service?.name === 'search')!
  expect([isOf(answer, labLine!, search!), isOf(answer, coreLine!, search!)]).toEqual([true, false])
})
