/** Money is conserved, whatever a store holds. */
import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Outcome} from '../../src/engine/outcome.ts'
import {parseUsd} from '../../src/model/money.ts'
import {type Chart, tableOf} from '../../src/report/chart.ts'
import {chargebackOf} from '../../src/report/lenses/chargeback.ts'
import {lenses} from '../../src/report/lenses/index.ts'
import {ledger} from '../../src/report/lenses/ledger.ts'
import {linesOf, totalsOf} from '../../src/report/lines.ts'
import {loadSpend} from '../../src/report/load.ts'
import {RecordReader} from '../../src/report/records.ts'
import {budget, outcome, service, team, world} from './world.ts'

const STATES = [
  'deterministically_resolved',
  'strongly_inferred',
  'bounded',
  'ambiguous',
  'unknown',
  'not_identifiable',
] as const
const teams = ['A', 'B', 'C'].map(team)

const answers: fc.Arbitrary<Outcome> = fc
  .record({
    state: fc.constantFrom(...STATES),
    coper: fc.integer({min: 0, max: 9500}),
    cuts: fc.array(fc.integer({min: 0, max: 3}), {maxLength: 4}),
    service: fc.constantFrom('s1', 's2', null),
  })
  .map(({state, coper, cuts, service: name}) => {
    const whole = cuts.reduce((sum, cut) => sum + cut, 0)
    const ppm = cuts.map(cut => (whole === 0 ? 0 : Math.floor((cut * 1_000_000) / whole)))
    const rest = 1_000_000 - ppm.reduce((sum, part) => sum + part, 0)
    const shares = [...ppm, rest].map((share_ppm, index) => ({
      organization: index === ppm.length ? null : teams[index % 3]!,
      budget: index % 2 === 0 ? null : budget('1', 'one'),
      share_ppm,
      basis: 'made up',
    }))
    return outcome({
      output_state: state,
      coper: coper / 10_000,
      shares: cuts.length === 4 ? [] : shares,
      owner: {
        service: name === null ? null : service(name),
        identity: null,
        project: null,
        organization: null,
        budget: null,
      },
    })
  })

const amount = fc.oneof(fc.bigInt({min: -5n, max: 7n}), fc.bigInt({min: -1_000_000n, max: 10n ** 15n}))
const usd = (nanos: bigint): string =>
  `${nanos < 0n ? '-' : ''}${String(nanos < 0n ? -nanos : nanos)
    .padStart(10, '0')
    .replace(/(\d{9})$/, '.$1')}`

const stores = fc.record({
  outcomes: fc.array(answers, {minLength: 1, maxLength: 4}),
  calls: fc.array(
    fc.record({
      answer: fc.nat(3),
      hour: fc.nat(60),
      cost: fc.option(amount, {freq: 4}),
      tokens: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(1)),
    }),
    {maxLength: 12},
  ),
  bills: fc.array(fc.record({answer: fc.nat(3), day: fc.nat(2), cost: fc.option(amount, {freq: 5})}), {
    maxLength: 3,
  }),
  left: fc.option(amount),
})

/** A chart’s money by series. */
function partsOf(chart: Chart): bigint[] {
  const shown = tableOf(chart)
  return shown.columns
    .filter(({key}) => key.startsWith('part_'))
    .map(({key}) => shown.rows.reduce((sum, row) => sum + (row[key] as bigint), 0n))
}

test('records, lines, totals and charts sum to the cube, to the nano-dollar', () => {
  fc.assert(
    fc.property(stores, ({outcomes, calls, bills, left}) => {
      const made = world()
      const pick = (index: number): Outcome => outcomes[index % outcomes.length]!
      calls.forEach(({answer, hour, cost, tokens}, index) => {
        const at = new Date(Date.UTC(2026, 9, 1, hour)).toISOString()
        made.call({
          id: `r${index}`,
          at,
          usd: cost === null ? null : usd(cost < 0n ? 0n : cost),
          outcome: pick(answer),
          tokens,
        })
      })
      for (const {answer, day, cost} of bills)
        made.bill({day: `2026-10-0${day + 1}`, outcome: pick(answer), usd: cost === null ? null : usd(cost)})
      if (left !== null || calls.length === 0)
        made.remainder({id: 'left', at: '2026-10-02T00:00:00Z', usd: usd(left ?? 1n), outcome: pick(0)})

      using store = made.store
      const sum = (sql: string) =>
        BigInt((store.database.prepare(sql).safeIntegers(true).pluck().get() as bigint | null) ?? 0n)
      const cube =
        sum('SELECT sum(billed_nanos) FROM cell WHERE counts = 1') +
        sum('SELECT sum(billed_nanos) FROM remainder')

      const request = {period: {from: null, to: null}, asOf: 'event'} as const
      const loaded = loadSpend(store, request)
      const totals = totalsOf(loaded.spend)
      expect(totals.total).toBe(cube)
      expect(totals.owned + totals.contested + totals.unresolved).toBe(cube)
      expect(linesOf(loaded.spend).reduce((total, {cost}) => total + cost, 0n)).toBe(cube)
      for (const name of ['owned', 'contested', 'unresolved'] as const)
        expect(
          linesOf(loaded.spend)
            .filter(({spendClass}) => spendClass === name)
            .reduce((total, {cost}) => total + cost, 0n),
        ).toBe(totals[name])

      const charge = chargebackOf(loaded)
      const charged = charge.lines.reduce((total, {cost}) => total + cost, 0n)
      expect(charged).toBe(totals.eligible)
      expect(charge.held.reduce((total, {cost}) => total + cost, charged)).toBe(cube)

      const current = loadSpend(store, {...request, asOf: 'current'})
      expect(totalsOf(current.spend).total).toBe(cube)

      const records = [...new RecordReader(store).records(request.period, {unsettled: 0})]
      const billed = records.map(({cost}) => (cost.billed_usd === null ? 0n : parseUsd(cost.billed_usd)!))
      expect(billed.reduce((total, cost) => total + cost, 0n)).toBe(cube)
      expect(records.length).toBe(totals.records)
      expect(records.filter(({cost}) => cost.billed_usd === null).length).toBe(totals.unpriced)
      records.forEach(({allocations}, index) => {
        expect(allocations.reduce((total, {share_ppm}) => total + share_ppm, 0)).toBe(1_000_000)
        expect(
          allocations.reduce(
            (total, {cost_usd}) => total + (cost_usd === null ? 0n : parseUsd(cost_usd)!),
            0n,
          ),
        ).toBe(billed[index])
      })
      for (const {report} of lenses.map(lens => lens.view(store, request)))
        for (const chart of report.charts ?? [])
          if (chart.kind === 'waterfall')
            expect(chart.steps.reduce((sum, {change}) => sum + change, chart.from.value)).toBe(chart.to.value)
      for (const asOf of ['event', 'current'] as const) {
        const sums = totalsOf(loadSpend(store, {...request, asOf}).spend)
        const charts = ledger.view(store, {...request, asOf}).report.charts!
        expect(charts.map(({kind}) => kind)).toEqual(['stacked-time', 'bars', 'histogram'])
        for (const chart of charts)
          expect(partsOf(chart)).toEqual([sums.owned, sums.contested, sums.unresolved])
      }
    }),
    {numRuns: 150},
  )
})
