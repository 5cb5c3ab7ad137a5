/** A small month with every kind of answer in it, for golden files. */
import type {Outcome} from '../../src/engine/outcome.ts'
import {budget, outcome, service, team, type World, world} from './world.ts'

const payments = team('Payments Core')
const risk = team('Risk & Fraud Decisions Platform')
const cx = team('CX Automation')
const payCore = budget('4410', '4410 PAY-CORE')
const riskBudget = budget('4420', '4420 RISK')
const cxBudget = budget('5200', '5200 CX Operations / Automation')

const PRICE = {catalogue: 'genai-prices 0.1.8', model: 'gpt-5', valid_from: '2025-08-07', tier: 'standard'}

export const checkout: Outcome = outcome({
  output_state: 'deterministically_resolved',
  coper: 0.95,
  owner: {
    service: service('checkout-api'),
    identity: null,
    project: {id: 'github:repo/acme/checkout', name: 'acme/checkout'},
    organization: payments,
    budget: payCore,
  },
  environment: 'production',
  shares: [{organization: payments, budget: payCore, share_ppm: 1_000_000, basis: 'sole owner'}],
  edges: [
    {
      relation: 'invocation_service',
      wire: 'called_by',
      from: null,
      to: service('checkout-api').id,
      output_state: 'deterministically_resolved',
      coper: 0.95,
      stage_origin: 'stage_a',
      evidence: [
        {
          rule: 'R1',
          basis: 'key_record',
          source: 'key',
          where: 'dumps/litellm/keys.json:41',
          log_odds: 3.892,
        },
        {rule: 'R3', basis: 'name', source: 'name', where: null, log_odds: 0.847},
      ],
    },
    {
      relation: 'service_project',
      wire: 'deployed_in',
      from: service('checkout-api').id,
      to: 'github:repo/acme/checkout',
      output_state: 'deterministically_resolved',
      coper: 0.95,
      stage_origin: 'stage_a',
      evidence: [],
    },
    {
      relation: 'project_organization',
      wire: 'owned_by_org',
      from: 'github:repo/acme/checkout',
      to: payments.id,
      output_state: 'deterministically_resolved',
      coper: 0.95,
      stage_origin: 'stage_a',
      evidence: [
        {
          rule: 'R1',
          basis: 'codeowners',
          source: 'codeowners',
          where: 'repos/checkout/CODEOWNERS:3',
          log_odds: 0,
        },
        {
          rule: 'R1',
          basis: 'catalog',
          source: 'catalog',
          where: 'repos/checkout/catalog-info.yaml:1',
          log_odds: 0,
        },
      ],
    },
  ],
  candidates: [
    {organization: payments, probability: 0.95, evidence_basis: ['key_record', 'codeowners', 'catalog']},
    {organization: risk, probability: 0.0132, evidence_basis: ['caller']},
  ],
  waterfall: [
    {because: 'one of 12 organizations, nothing known', log_odds: -2.398, evidence: []},
    {
      because:
        "it is checkout-api (the key's own record says so); CODEOWNERS of acme/checkout and its catalog entry name Payments Core",
      log_odds: 7.112,
      evidence: [
        'dumps/litellm/keys.json:41',
        'repos/checkout/CODEOWNERS:3',
        'repos/checkout/catalog-info.yaml:1',
      ],
    },
    {
      because: 'the caller says its team is risk',
      log_odds: -1.006,
      evidence: ['dumps/litellm/spend.jsonl:12'],
    },
  ],
  contrast: {
    withdrawn: [{step: 1, organization: risk, probability: 0.6218}],
    would_need: [{organization: risk, basis: 'codeowners'}],
    losers: [{organization: risk, speaks: [2], outweighs: [1]}],
  },
  basis: ['key_record', 'codeowners', 'catalog'],
  contradictions: ['the caller says its team is risk'],
  rationale:
    "Payments Core owns this spend (95 %): it is checkout-api (the key's own record says so); CODEOWNERS of acme/checkout and its catalog entry name Payments Core. Against it: the caller says its team is risk.",
})

export const fraud: Outcome = outcome({
  output_state: 'strongly_inferred',
  coper: 0.8512,
  stage_origin: 'stage_b',
  owner: {
    service: service('fraud-scorer'),
    identity: null,
    project: null,
    organization: risk,
    budget: riskBudget,
  },
  shares: [{organization: risk, budget: riskBudget, share_ppm: 1_000_000, basis: 'sole owner'}],
  candidates: [
    {organization: risk, probability: 0.8512, evidence_basis: ['deployment', 'name']},
    {organization: payments, probability: 0.1203, evidence_basis: ['directory']},
  ],
  basis: ['deployment', 'name'],
  rationale: 'Risk & Fraud Decisions Platform owns this spend (85 %): first calls followed its deployment.',
})

export const assistant: Outcome = outcome({
  output_state: 'ambiguous',
  coper: 0.6155,
  stage_origin: 'stage_b',
  owner: {
    service: service('support-router'),
    identity: null,
    project: null,
    organization: cx,
    budget: cxBudget,
  },
  shares: [
    {organization: cx, budget: cxBudget, share_ppm: 615_500, basis: 'in proportion to probability'},
    {organization: payments, budget: payCore, share_ppm: 341_200, basis: 'in proportion to probability'},
    {organization: null, budget: null, share_ppm: 43_300, basis: 'nobody can be named'},
  ],
  candidates: [
    {organization: cx, probability: 0.6155, evidence_basis: ['directory']},
    {organization: payments, probability: 0.3412, evidence_basis: ['name']},
  ],
  waterfall: [
    {because: 'one of 12 organizations, nothing known', log_odds: -2.398, evidence: []},
    {
      because: 'most of its callers are in CX Automation',
      log_odds: 2.869,
      evidence: ['okta/groups/00g7/users.json:3'],
    },
  ],
  contrast: {
    withdrawn: [{step: 1, organization: null, probability: 0}],
    would_need: [
      {organization: cx, basis: 'repository'},
      {organization: payments, basis: null},
    ],
    losers: [{organization: payments, speaks: [1], outweighs: [1]}],
  },
  basis: ['directory'],
  rationale: 'CX Automation is the likeliest owner (62 %): most of its callers are in CX Automation.',
})

export const shared: Outcome = outcome({
  output_state: 'bounded',
  coper: 0.5,
  stage_origin: 'stage_c',
  shares: [
    {organization: cx, budget: cxBudget, share_ppm: 500_000, basis: 'equal shares'},
    {organization: risk, budget: riskBudget, share_ppm: 500_000, basis: 'equal shares'},
  ],
  candidates: [
    {organization: cx, probability: 0.5, evidence_basis: ['key_record']},
    {organization: risk, probability: 0.5, evidence_basis: ['key_record']},
  ],
  basis: ['key_record'],
  rationale:
    'A shared key: its record lists two users, so the owner is one of CX Automation, Risk & Fraud Decisions Platform.',
})

export const router: Outcome = outcome({
  rationale: 'Nobody has written down whose this is: key_name svc-router-2 leads to no organization.',
})

export const anonymous: Outcome = outcome({
  output_state: 'not_identifiable',
  shares: [{organization: null, budget: null, share_ppm: 1_000_000, basis: 'owner not identifiable'}],
  rationale:
    'Nothing in this row could ever name an owner: it carries no key, project, user, service or tag.',
})

export const acme = (path?: string): World =>
  world(path)
    .call({
      id: 'chatcmpl-heron-0001',
      at: '2026-10-14T09:30:00Z',
      usd: '0.0142',
      outcome: checkout,
      price: PRICE,
      tokens: [8320, 380, 1024],
      trace: 'trace-77',
      signature: {provider: 'openai', tag_team: 'risk', tag_feature: 'receipts'},
      line: 12,
    })
    .call({
      id: 'chatcmpl-heron-0002',
      at: '2026-10-14T09:31:00Z',
      usd: '28400.10',
      outcome: checkout,
      signature: {provider: 'openai', tag_team: 'risk', tag_feature: 'receipts'},
    })
    .call({
      id: 'chatcmpl-fraud-0001',
      at: '2026-10-15T11:00:00Z',
      usd: '14385.7',
      outcome: fraud,
      price: PRICE,
    })
    .call({
      id: 'chatcmpl-cx-0001',
      at: '2026-10-16T12:00:00Z',
      usd: '4100.000000001',
      outcome: assistant,
      price: PRICE,
    })
    .call({
      id: 'chatcmpl-shared-0001',
      at: '2026-10-17T12:00:00Z',
      usd: '2000.01',
      outcome: shared,
      signature: {key_name: 'svc-shared'},
    })
    .call({
      id: 'chatcmpl-router-0001',
      at: '2026-10-18T12:00:00Z',
      usd: '3104.20',
      outcome: router,
      signature: {key_name: 'svc-router-2'},
    })
    .call({
      id: 'chatcmpl-router-0002',
      at: '2026-10-18T12:00:00Z',
      usd: null,
      outcome: router,
      signature: {key_name: 'svc-router-2'},
      model: ['openai', 'house-model', null, null],
    })
    .remainder({
      id: 'openai-costs:2026-10-18:code',
      at: '2026-10-18T00:00:00Z',
      usd: '295.8',
      outcome: anonymous,
    })
    .invoice({start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z', usd: '52285.83'})
    .question(
      {
        id: 'key litellm:key/88dc',
        kind: 'key',
        text: 'Whose is the key svc-router-2?',
        alias: 'litellm:key/88dc',
        name: 'svc-router-2',
        candidates: [],
        ask: [
          {who: 'Ada Quill', because: 'made it', where: 'dumps/litellm/keys.json:42'},
          {who: 'the administrator of LiteLLM', because: 'keeps its record', where: null},
        ],
        answer_with: 'venturi override add --of litellm:key/88dc --team TEAM --why REASON',
      },
      [{outcome: router, signature: {key_name: 'svc-router-2'}, ppm: 1_000_000}],
    )
    .question(
      {
        id: 'service backstage:component/default/support-router',
        kind: 'service',
        text: 'Which team owns the service support-router?',
        alias: 'backstage:component/default/support-router',
        name: 'support-router',
        candidates: [
          {organization: cx, probability: 0.6155},
          {organization: payments, probability: 0.3412},
        ],
        ask: [
          {
            who: 'CX Automation',
            because: 'people of that team work on it',
            where: 'github/collaborators.json:7',
          },
          {who: 'the administrator of the service catalog', because: 'keeps its record', where: null},
        ],
        answer_with:
          'venturi override add --of backstage:component/default/support-router --team TEAM --why REASON',
      },
      [{outcome: assistant, ppm: 615_500}],
    )
