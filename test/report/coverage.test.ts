import {expect, test} from 'vitest'
import {formatUsd, parseUsd} from '../../src/model/money.ts'
import {coverage} from '../../src/report/lenses/coverage.ts'
import {acme, checkout} from './acme.ts'
import {world} from './world.ts'

type Json = {
  totals: {[key: string]: string}
  measures: {id: string; usd: string; of_usd: string; share_ppm: number | null}[]
  open: {cost_usd: string}[]
  channels: {channel: string; missing_days: number; days_behind: number}[]
}
const october = {period: {from: 20727, to: 20758}, asOf: 'event'} as const

test('what is not owned is told by reason, to the nano-dollar', () => {
  const {store} = acme()
  using _ = store
  const {totals, measures, open} = coverage.view(store, october).json as Json
  const sum = open.reduce((total, {cost_usd}) => total + parseUsd(cost_usd)!, 0n)
  expect(formatUsd(sum)).toBe(formatUsd(parseUsd(totals.contested_usd!)! + parseUsd(totals.unresolved_usd!)!))
  expect(measures.find(({id}) => id === 'attributed')!.usd).toBe(totals.owned_usd)
})

test('a source that fell silent is behind, and one with holes says how many days it lacks', () => {
  const on = (day: string, channel: string) => ({
    ...{id: `${channel} ${day}`, at: `2026-10-${day}T10:00:00Z`, usd: '1.00', outcome: checkout},
    signature: {channel},
  })
  using store = world().call(on('01', 'litellm')).call(on('04', 'litellm')).call(on('09', 'otel')).store
  const {channels} = coverage.view(store, october).json as Json
  expect(channels).toMatchObject([
    {channel: 'litellm', missing_days: 2, days_behind: 5},
    {channel: 'otel', missing_days: 0, days_behind: 0},
  ])
})
