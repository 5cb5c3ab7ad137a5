/** Lenses on how calls went, what workflows and outcomes cost, and features, on a company whose figures are added up by hand. */
import {afterAll, describe, expect, test} from 'vitest'
import {toCsv} from '../../src/report/formats/csv.ts'
import {toHtml} from '../../src/report/formats/html.ts'
import {widthOf} from '../../src/report/formats/layout.ts'
import {toMarkdown} from '../../src/report/formats/markdown.ts'
import {toTable} from '../../src/report/formats/table.ts'
import {lenses} from '../../src/report/lenses/index.ts'
import {parsePeriod} from '../../src/report/period.ts'
import {tenantsOf} from '../../src/report/tenants.ts'
import {settled} from '../engine/reports.ts'
import {company} from './flows.ts'

const {store, issues} = await settled(company)
afterAll(() => store[Symbol.dispose]())
const request = {period: parsePeriod({period: '2026-10'}, 0), asOf: 'event'} as const
const viewOf = (id: string) => lenses.find(lens => lens.id === id)!.view(store, request)

test('everything is read', () => expect(issues).toEqual([]))

describe.each(['platform', 'workflows', 'outcomes', 'product'])('%s', id => {
  const {report, json} = viewOf(id)

  test.each([60, 120])('%i columns', async width => {
    const text = toTable(report, {width, colour: false})
    expect(text.split('\n').filter(line => widthOf(line) > width)).toEqual([])
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/flows/${id}-${width}.txt`)
  })
  test('markdown', () => expect(`${toMarkdown(report)}\n`).toMatchFileSnapshot(`golden/flows/${id}.md`))
  test('html', () => expect(`${toHtml(report)}\n`).toMatchFileSnapshot(`golden/flows/${id}.html`))
  test('csv', () => expect(`${toCsv(report)}\n`).toMatchFileSnapshot(`golden/flows/${id}.csv`))
  test('json', () =>
    expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(`golden/flows/${id}.json`))

  test('ends in the ledger’s line', () => {
    expect(report.closing.at(-1)).toBe(viewOf('ledger').report.closing.at(-1))
    expect(report.closing.at(-1)).toContain('total $26.50')
  })
})

test('platform: six routed calls of 92, of which one fell back and was retried; one of 88 failed', () => {
  expect(viewOf('platform').json).toMatchObject({
    totals: {requests: 92, logged_calls: 92, fallback_calls: 1, retried_calls: 1, calls_with_route_reason: 6},
    services: [
      {service: 'heron-api', cost_usd: '25.50', failed_share_ppm: 11_364, cache_share_ppm: 400_000},
      {service: 'marsh-worker', cost_usd: '1.00', input_tokens: 4_000_000},
    ],
    routes: [{route_reason: 'LOW_RISK_SUMMARY', route_policy: 'v7', calls: 6, fallback_share_ppm: 166_667}],
    // Two bare calls of heron's and the worker's four.
    untagged: [{}, {}, {}, {}, {lacks: 'any_of_them', cost_usd: '1.50', requests: 6}],
    blocked: null,
  })
})

test('workflows: 21 sessions of heron’s and the worker’s tree; the loop alone is a suspect', () => {
  expect(viewOf('workflows').json).toMatchObject({
    totals: {
      in_workflows_usd: '5.00',
      in_single_calls_usd: '0.00',
      untraced_usd: '21.50',
    },
    kinds: [
      {
        ...{
          service: 'heron-api',
          feature: 'ticket_summary',
          workflows: 21,
          calls: 80,
          failed_share_ppm: 47_619,
        },
        per_workflow: {median_usd: '0.10', p90_usd: '0.10', mean_usd: '0.19047619'},
      },
      {service: 'marsh-worker', workflows: 1, calls: 4, max_depth: 2, max_fan_out: 3},
    ],
    suspects: [{trace_id: 's-loop', calls: 40, cost_usd: '2.00', beyond: ['cost', 'calls']}],
  })
})

test('outcomes: ten tickets net of one, per heron’s $25.50; two documents per the traced dollar', () => {
  expect(viewOf('outcomes').json).toMatchObject({
    totals: {with_outcome_usd: '26.50', events: 14, events_with_spend_ppm: 928_571},
    outcomes: [
      {outcome: 'document_read', joined_by: 'trace', quantity: '2', cost_per_outcome_usd: '0.50'},
      {outcome: 'page_seen', joined_by: null, cost_usd: null, cost_per_outcome_usd: null},
      {
        ...{outcome: 'ticket_resolved', joined_by: 'service', subject: 'heron-api', quantity: '10'},
        ...{events: 12, reversals: 1, success_share_ppm: 818_182, cost_per_outcome_usd: '2.55'},
      },
    ],
  })
})

test('product: tenants as a distribution alone, and the cost around a launch', () => {
  const {json} = viewOf('product')
  expect(json).toMatchObject({
    tenants: {tenants: 6, cost_usd: '21.00', top_5_share_ppm: null, middle_5_mean_usd: null},
    features: [
      {
        ...{feature: 'ticket_summary', cost_usd: '25.00'},
        intents: [{request_intent: 'draft', share_ppm: 1_000_000}],
        results: [
          {outcome_status: 'accepted', calls: 5},
          {outcome_status: 'rejected', calls: 1},
        ],
        // Five days on either side: 4 + 1 + 2 + 3 dollars of tenants and the loop before, 5 + 6 after, sessions on both.
        launch: {day: '2026-10-10', days_compared: 5, before_usd: '13.00', after_usd: '12.00'},
      },
      {},
      {},
    ],
  })
  expect(JSON.stringify(json)).not.toMatch(/[0-9a-f]{32}/)
})

test('nothing is shown about fewer than five tenants, nor left over about so few', () => {
  expect(tenantsOf([1n, 2n, 3n, 4n])).toBeNull()
  expect(tenantsOf([1n, 2n, 3n, 4n, 10n])).toEqual({
    tenants: 5,
    cost: 20n,
    top5: null,
    top10: null,
    middle: null,
  })
  const costs = (many: number) => Array.from({length: many}, (_, index) => BigInt(index + 1))
  expect(tenantsOf(costs(9))).toMatchObject({top5: null, top10: null, middle: null})
  expect(tenantsOf(costs(10))).toMatchObject({cost: 55n, top5: 727_273, top10: null, middle: null})
  expect(tenantsOf(costs(14))).toMatchObject({top10: null, middle: null})
  expect(tenantsOf(costs(15))).toMatchObject({cost: 120n, top5: 541_667, top10: 875_000, middle: 8n})
})
