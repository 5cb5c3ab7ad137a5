/** Two weeks of a small company, with everything the weekly burn shows; 2026-10-18 is its last day. */
import type {CallContext} from '../../src/model/fact.ts'
import {budget, type Call, outcome, service, team, type World, world} from './world.ts'

const cx = team('CX Automation')
const search = team('Search & Discovery')
const payments = team('Payments Core')
const cxBudget = budget('5200', '5200 CX')

const owned = (owner: typeof cx, part: Parameters<typeof outcome>[0] = {}) =>
  outcome({
    output_state: 'deterministically_resolved',
    coper: 0.95,
    owner: {service: null, identity: null, project: null, organization: owner, budget: null},
    shares: [{organization: owner, budget: null, share_ppm: 1_000_000, basis: 'sole owner'}],
    rationale: `${owner.name} owns this.`,
    ...part,
  })

export const support = owned(cx, {
  owner: {service: service('support'), identity: null, project: null, organization: cx, budget: cxBudget},
  shares: [{organization: cx, budget: cxBudget, share_ppm: 1_000_000, basis: 'sole owner'}],
  environment: 'production',
  contradictions: ['the caller tagged team payments'],
})
export const ranker = owned(search, {
  owner: {
    service: null,
    identity: null,
    project: {id: 'github:repo/acme/ranker', name: 'ranker'},
    organization: search,
    budget: null,
  },
  environment: 'development',
})
export const shared = outcome({
  output_state: 'bounded',
  coper: 0.5,
  shares: [
    {organization: search, budget: null, share_ppm: 500_000, basis: 'equal shares'},
    {organization: payments, budget: null, share_ppm: 500_000, basis: 'equal shares'},
  ],
})
export const lost = outcome({rationale: 'Nobody knows the key svc-router.'})

const SUPPORT = {
  tag_project_id: 'support_console',
  tag_feature: 'ticket_summary',
  tag_cost_center: 'customer_ops',
  tag_request_intent: 'draft',
  tag_team: 'payments',
}
const LOW: CallContext = {reason: 'LOW_RISK_SUMMARY'}
const MINI = ['openai', 'gpt-5-mini', null, null] as const

/**
 * Week of the 5th: support 2 × $1, ranker 2 × $4, shared $1, lost $0.50: $11.50.
 * Week of the 12th: support 4 × $1 (of them one failed, one after a retry), ranker 2 × $1 on a cheaper model, shared $1.000000001,
 * lost $0.50: $7.500000001.
 */
export const twoWeeks = (path?: string): World => {
  let made = 0
  const company = world(path)
  const add = (day: string, usd: string, part: Omit<Call, 'id' | 'at' | 'usd'>) =>
    company.call({id: `call-${++made}`, at: `${day}T09:00:00Z`, usd, ...part})
  for (const day of ['2026-10-05', '2026-10-11'])
    add(day, '1.00', {outcome: support, signature: SUPPORT, context: LOW})
  for (const day of ['2026-10-12', '2026-10-13'])
    add(day, '1.00', {outcome: support, signature: SUPPORT, context: LOW, trace: 't1'})
  add('2026-10-14', '1.00', {
    outcome: support,
    signature: SUPPORT,
    context: {reason: 'ESCALATED'},
    failed: true,
  })
  add('2026-10-18', '1.00', {outcome: support, signature: SUPPORT, context: {...LOW, retries: 2}})
  const ranking = {outcome: ranker, signature: {tag_feature: 'rerank'}}
  for (const day of ['2026-10-06', '2026-10-08']) add(day, '4.00', ranking)
  for (const day of ['2026-10-13', '2026-10-15']) add(day, '1.00', {...ranking, model: MINI})
  add('2026-10-07', '1.00', {outcome: shared})
  add('2026-10-16', '1.000000001', {outcome: shared})
  add('2026-10-09', '0.50', {outcome: lost})
  add('2026-10-17', '0.50', {outcome: lost})
  return company
}
