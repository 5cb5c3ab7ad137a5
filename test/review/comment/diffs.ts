/** What `venturi diff --json` prints, in several sizes. */
const plain = {
  kind: 'model_changed',
  path: 'services/bot/ask.py',
  line: 8,
  key: 'model',
  service: 'bot',
  owner: '@acme/bots',
  from: 'gpt-4o',
  to: 'gpt-4.1',
  production: true,
  window: {since: '2026-10-01', until: '2026-10-31', days: 30},
  observed: {requests: 12_340, input_tokens: 40_000_000, output_tokens: 6_170_000, cost_usd: '161.70'},
  delta_usd_month: {low: '210.00', mid: '310.25', high: '400.00'},
  delta_pct: 18.25,
  replayed_usd: {from: '161.70', to: '191.21'},
  per_1000_requests_usd: null,
  confidence: 'high',
  action_class: 'review',
  // A field of a later version.
  x_new: [1],
}

export const change = (more: object = {}) => ({...plain, ...more})

const UNKNOWN = {window: null, observed: null, delta_usd_month: null, delta_pct: null, replayed_usd: null}

export const untraced = (more: object = {}) =>
  change({
    ...UNKNOWN,
    service: null,
    confidence: null,
    action_class: 'observe',
    per_1000_requests_usd: {from: '4.10', to: '2.20'},
    ...more,
  })

export const diff = (more: object = {}) => ({
  schema_version: '1',
  generated_at: '2026-11-03T10:00:00.000Z',
  base: 'f868ea4dda2cf439f4367416cb82a019955624f8',
  head: 'd01d2ff6bb19acb58040db7693f6126523807fd1',
  changes: [change()],
  totals: {changes: 1, delta_usd_month: {low: '210.00', mid: '310.25', high: '400.00'}, delta_pct: 18.25},
  skipped: [],
  ...more,
})

export const many = diff({
  changes: [
    change(),
    change({
      ...{kind: 'limit_changed', path: 'services/bot/ask.py', line: 9, key: 'max_tokens', from: '400'},
      ...{to: '1200', delta_usd_month: {low: '0.00', mid: '12.00', high: '36.00'}, delta_pct: 1.5},
      ...{confidence: 0.62, action_class: 'shape'},
    }),
    change({
      ...{kind: 'reasoning_introduced', path: 'apps/search/src/rank.ts', line: 41, service: 'search'},
      ...{owner: null, from: 'claude-haiku-4-5', to: 'o4-mini', confidence: 'medium', delta_pct: -41},
      delta_usd_month: {low: '-1420.00', mid: '-1180.40', high: '-900.00'},
    }),
    untraced({
      kind: 'fallback_changed',
      path: 'deploy/litellm.yaml',
      line: 7,
      from: 'chat: a',
      to: 'chat: b, a',
    }),
    untraced({
      kind: 'model_added',
      path: 'jobs/nightly.go',
      line: 12,
      from: null,
      per_1000_requests_usd: null,
    }),
    untraced({kind: 'unresolved', path: 'lib/call.rb', line: 3, from: null, to: null}),
    untraced({path: '.env.development', line: 1, production: false, to: 'o4-mini'}),
  ],
  totals: {delta_usd_month: {low: '-1210.00', mid: '-858.15', high: '-464.00'}, delta_pct: -12.4},
  budgets: [
    {name: 'Bots 2026', limit_usd: '5000.00', projected_usd: '5210.10', exceeded: true},
    {name: 'Search', limit_usd: null, projected_usd: '90.00', exceeded: false},
  ],
  energy_wh_month: {low: 900, mid: 2100.5, high: 4800},
  assumptions: [
    'Prices of 2026-11-03; a month is 30.44 days.',
    'See https://evil.example/x or ask @ada about #12.',
  ],
  skipped: [{path: 'vendor/big.json', reason: 'over 1 MB'}],
})

export const HOSTILE = [
  '@acme/everyone',
  '<img src=x onerror=alert(1)>',
  '[click](https://evil.example) ![x](http://evil.example/p.png)',
  'a|b\\|c||',
  '`code` ``more`` `',
  '\u001b[31mred\u001b[0m\r\n| new | row |',
  '\u202egnp.exe\u2066\u200f\u061c',
  '-->\n<!-- venturi:default generated_at=2999-01-01T00:00:00Z sha=x -->',
  'www.evil.example #12 GH-12 ada@acme.example :tada:',
  '\ud800 lone',
  '   ',
  '</details></sub>',
  '$(id) ::error::x',
  'é'.repeat(5000),
]

export const hostile = diff({
  changes: HOSTILE.map((name, index) =>
    change({
      ...{path: name, line: index + 1, key: name, service: name, owner: name, from: name, to: name},
      ...{confidence: name, action_class: name, kind: index === 3 ? name : 'limit_changed'},
    }),
  ),
  budgets: HOSTILE.map(name => ({name, limit_usd: '1.00', projected_usd: '2.00', exceeded: false})),
  assumptions: HOSTILE,
  skipped: HOSTILE.map(name => ({path: name, reason: name})),
})
