/** A company of three services with traffic, and pull requests to its repository: every figure worked out by hand beside it. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {venturi} from './cli.ts'
import {ASK, commit, git, repository} from './git-repository.ts'
import {CATALOG} from './two-teams.ts'

const component = (name: string, owner: string): string => `---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  annotations:
    github.com/project-slug: acme/mono
    backstage.io/source-location: url:https://github.com/acme/mono/tree/main/services/${name}/
spec: {type: service, lifecycle: production, owner: 'group:${owner}'}
`

interface Called {
  readonly service: string
  readonly team: string
  readonly day: number
  readonly model: string
  readonly tokens: readonly [input: number, output: number]
  /** Dollars. */
  readonly spend: string
}

const log = (calls: readonly Called[]): string =>
  calls
    .map(({service, team, day, model, tokens: [input, output], spend}, index) =>
      JSON.stringify({
        ...{request_id: `call-${index}`, call_type: 'acompletion', api_key: `hash-of-${service}`, spend},
        startTime: `2025-09-${String(day).padStart(2, '0')}T10:00:00Z`,
        ...{model, custom_llm_provider: 'openai'},
        ...{prompt_tokens: input, completion_tokens: output, total_tokens: input + output},
        metadata: {user_api_key_alias: service, user_api_key_team_alias: team},
        request_tags: JSON.stringify([`service:${service}`]),
      }),
    )
    .join('\n')

const DAYS = Array.from({length: 10}, (_, index) => index + 1)

const BUDGETS = `organization,period_start,period_end,amount,currency,cost_center,kind
Marsh,2025-09-01,2025-10-01,13.00,USD,,limit
`

/** Ten days: heron calls gpt-5 every day alike, crane twice as much on the last three; otter a model that no list knows. */
const CALLS = DAYS.flatMap((day): Called[] => [
  {service: 'heron', team: 'marsh', day, model: 'gpt-5-2025-08-07', tokens: [100_000, 10_000], spend: '0.20'},
  {
    service: 'crane',
    team: 'rivers',
    day,
    model: 'gpt-5-2025-08-07',
    tokens: [day > 7 ? 200_000 : 100_000, 0],
    spend: '0.10',
  },
  {service: 'otter', team: 'lakes', day, model: 'nobody-knows-9', tokens: [1000, 100], spend: '0.01'},
])

let folder = ''
const db = (): string => join(folder, 'v.db')
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'venturi-priced-'))
  const company = join(folder, 'company')
  mkdirSync(company)
  const components = [component('heron', 'marsh'), component('crane', 'rivers'), component('otter', 'lakes')]
  writeFileSync(join(company, 'catalog.yaml'), `${CATALOG}${components.join('')}`)
  writeFileSync(join(company, 'spend.jsonl'), log(CALLS))
  writeFileSync(join(company, 'budgets.csv'), BUDGETS)
  for (const args of [['ingest', company], ['attribute']]) {
    const {status, stderr} = venturi(folder, [...args, '--db', db()])
    expect([status, stderr], stderr).toEqual([0, expect.anything()])
  }
}, 60_000)
afterAll(() => rmSync(folder, {recursive: true, force: true}))

function mono(before: {readonly [path: string]: string}, after: {readonly [path: string]: string}): string {
  const made = repository({'.github/CODEOWNERS': '/services/ @acme/people\n', ...before})
  git(made, 'remote', 'add', 'origin', 'git@github.com:acme/mono.git')
  commit(made, after)
  return made
}

const HERON = 'services/heron/ask.py'
const swapped = (to: string, from = 'gpt-5', path = HERON): string =>
  mono({[path]: ASK(from)}, {[path]: ASK(to)})

const diff = (cwd: string, ...args: string[]) => {
  const {status, stderr, json} = venturi(cwd, ['diff', '--db', db(), '--json', ...args])
  return {status, stderr, result: json()}
}

test('the same tokens under another model of the family, to the nano-dollar', () => {
  const {result} = diff(swapped('gpt-5-mini'))
  // A day: 0.1 M × $1.25 + 0.01 M × $10 = $0.225; with the small one 0.1 M × $0.25 + 0.01 M × $2 = $0.045.
  // Ten days: −$1.80; a month of 30.4375 days: −$5.47875. All days alike: no spread.
  expect(result.changes).toEqual([
    expect.objectContaining({
      service: {id: 'backstage:component/default/heron', name: 'heron'},
      owner: '@acme/people',
      organization: {id: 'backstage:group/default/marsh', name: 'marsh'},
      window: {since: '2025-09-01', until: '2025-09-10', days: 10},
      observed: {
        ...{requests: 10, input_tokens: 1_000_000, output_tokens: 100_000},
        ...{cache_read_tokens: 0, cache_write_tokens: 0, cost_usd: '2.00'},
      },
      replayed_usd: {from: '2.25', to: '0.45'},
      delta_usd_month: {low: '-5.47875', mid: '-5.47875', high: '-5.47875'},
      delta_pct: -80,
      per_1000_requests_usd: null,
      confidence: 0.95,
      action_class: 'observe',
    }),
  ])
  expect(result.totals).toMatchObject({
    delta_usd_month: {low: '-5.47875', mid: '-5.47875', high: '-5.47875'},
    delta_pct: -80,
  })
})

test('another family may make other tokens of the same text: 15 % either way', () => {
  const [change] = diff(swapped('claude-sonnet-4-5')).result.changes
  // Ten days: 1 M × $3 + 0.1 M × $15 = $4.50; +$2.25, a month +$6.8484375. 15 % of $4.50 is $0.675, a month $2.05453125.
  expect(change).toMatchObject({
    replayed_usd: {from: '2.25', to: '4.50'},
    delta_usd_month: {low: '4.79390625', mid: '6.8484375', high: '8.90296875'},
    delta_pct: 100,
    action_class: 'shape',
  })
})

test('low and high are the quietest and the busiest week', () => {
  const {changes} = diff(swapped('gpt-5-mini', 'gpt-5', 'services/crane/ask.py')).result
  // A plain day saves 0.1 M × $1.00; the busiest week (days 4 to 10) has four of these and three of twice as much: −$1.00 in
  // seven days; the quietest (1 to 7) −$0.70; all ten −$1.30.
  expect(changes[0].delta_usd_month).toEqual({low: '-4.348214286', mid: '-3.956875', high: '-3.04375'})
})

test.each(['table', 'markdown', 'csv'])('as %s', async format => {
  const {stdout, stderr} = venturi(swapped('claude-sonnet-4-5'), ['diff', '--db', db(), '--format', format], {
    env: {COLUMNS: '120'},
  })
  expect(stderr).toBe('')
  await expect(stdout).toMatchFileSnapshot(`golden/diff-priced-${format}.txt`)
})

test('a smaller window', () => {
  const {changes} = diff(swapped('gpt-5-mini', 'gpt-5', 'services/crane/ask.py'), '--window', '3d').result
  expect(changes[0]).toMatchObject({
    window: {since: '2025-09-08', until: '2025-09-10', days: 3},
    observed: {requests: 3, input_tokens: 600_000},
    replayed_usd: {from: '0.75', to: '0.15'},
    delta_usd_month: {mid: '-6.0875'},
  })
})

test('no price, no figure, and somebody has to look', () => {
  const [change] = diff(swapped('gpt-5-nobody-knows')).result.changes
  expect(change).toMatchObject({
    observed: {requests: 10},
    ...{replayed_usd: null, delta_usd_month: null, delta_pct: null, action_class: 'review'},
    assumptions: ['a price is not known'],
  })
})

test('no traffic with it: what a thousand typical requests would cost', () => {
  const [change] = diff(swapped('gpt-5', 'gpt-4.1')).result.changes
  // The company's median request of gpt-5 has 100,000 tokens in and, of twenty requests ten with none, none out.
  expect(change).toMatchObject({
    ...{window: null, observed: null, delta_usd_month: null, replayed_usd: null, confidence: null},
    per_1000_requests_usd: {from: '200.00', to: '125.00'},
  })
})

test('a new and a removed model', () => {
  const {changes} = diff(
    mono(
      {[HERON]: ASK('gpt-5'), 'services/crane/a.py': 'x = 1\n'},
      {[HERON]: 'x = 1\n', 'services/crane/a.py': ASK('gpt-5')},
    ),
  ).result
  expect(changes).toEqual([
    expect.objectContaining({
      ...{kind: 'model_added', delta_usd_month: null},
      per_1000_requests_usd: {from: null, to: '125.00'},
    }),
    expect.objectContaining({
      ...{kind: 'model_removed', replayed_usd: {from: '2.25', to: '0.00'}, delta_pct: -100},
      delta_usd_month: {low: '-6.8484375', mid: '-6.8484375', high: '-6.8484375'},
    }),
  ])
})

test('a higher limit has a ceiling and no figure', () => {
  const [change] = diff(mono({[HERON]: ASK('gpt-5', 400)}, {[HERON]: ASK('gpt-5', 1400)})).result.changes
  // Ten requests, a thousand tokens more each at $10 a million: $0.10 in ten days.
  expect(change).toMatchObject({delta_usd_month: null, delta_usd_month_at_most: '0.304375'})
})

test('two places of one service share its traffic: it counts once', () => {
  const two = {[HERON]: ASK('gpt-5'), 'services/heron/more.py': ASK('gpt-5')}
  const {changes, totals} = diff(
    mono(two, {[HERON]: ASK('gpt-5-mini'), 'services/heron/more.py': ASK('gpt-5-mini')}),
  ).result
  expect(changes.map((change: {delta_usd_month: unknown}) => change.delta_usd_month === null)).toEqual([
    false,
    true,
  ])
  expect(changes[1].assumptions).toEqual([`the same traffic as ${HERON}:8: counted there`])
  expect(totals.delta_usd_month.mid).toBe('-5.47875')
  const torn = diff(mono(two, {[HERON]: ASK('gpt-5-mini'), 'services/heron/more.py': ASK('gpt-4.1')})).result
  expect(torn.totals.delta_usd_month).toBeNull()
})

test('where no source says what is built here, nothing is guessed', () => {
  const elsewhere = swapped('gpt-5-mini')
  git(elsewhere, 'remote', 'set-url', 'origin', 'git@github.com:acme/unknown.git')
  const [change] = diff(elsewhere).result.changes
  expect(change).toMatchObject({service: null, organization: null, observed: null, delta_usd_month: null})
})

describe('--fail-on', () => {
  test.each([
    ['delta>6usd', 3, /^\$6\.85 a month more: breaks delta>6usd\n$/],
    ['delta>7usd', 0, /^$/],
    ['delta>99.9%', 3, /100\.0 % more: breaks delta>99\.9%/],
    ['delta>100%', 0, /^$/],
    ['unowned|delta>7usd', 0, /^$/],
    ['delta>much', 2, /--fail-on "delta>much" is not a rule/],
  ])('%s exits %i', (rule, exit, said) => {
    const {status, stdout, stderr} = venturi(swapped('claude-sonnet-4-5'), [
      'diff',
      '--db',
      db(),
      '--fail-on',
      rule,
    ])
    expect([status, stderr]).toEqual([exit, expect.stringMatching(said)])
    if (exit !== 2) expect(stdout).toContain('claude-sonnet-4-5')
  })

  // Heron paid $2.00 in ten days: $6.00 in the thirty of marsh's budget. With Sonnet ten days cost $2.25 more ($4.50 for $2.25), thirty $6.75.
  // With Opus 1 M × $15 + 0.1 M × $75 = $22.50: $20.25 more, $60.75 in thirty days.
  test.each([
    ['claude-sonnet-4-5', 0, '', {projected_usd: '12.75', headroom_usd: '0.25', exceeded: false}, 'shape'],
    [
      ...(['claude-opus-4-1', 3, 'the budget marsh is exceeded: breaks budget\n'] as const),
      {projected_usd: '66.75', headroom_usd: '-53.75', exceeded: true},
      'review',
    ],
    ['gpt-5-mini', 0, '', {projected_usd: '0.60', headroom_usd: '12.40', exceeded: false}, 'observe'],
  ])('budget, with %s: exits %i', (model, exit, said, expected, action) => {
    const {status, stderr, result} = diff(swapped(model), '--fail-on', 'budget')
    expect([status, stderr]).toEqual([exit, said])
    expect(result.budgets).toEqual([
      {
        ...{name: 'marsh', kind: 'limit', currency: 'USD', first_day: '2025-09-01', last_day: '2025-09-30'},
        ...{limit_usd: '13.00', ...expected},
      },
    ])
    expect(result.changes[0].action_class).toBe(action)
  })

  test('a place that nobody owns', () => {
    const tool = 'tools/ask.py'
    const {status, stderr, result} = diff(
      mono({[tool]: ASK('gpt-5')}, {[tool]: ASK('gpt-5-mini')}),
      '--fail-on',
      'unowned',
    )
    expect([status, stderr]).toEqual([3, `${tool}:8: nobody owns it: breaks unowned\n`])
    expect(result.changes[0]).toMatchObject({owner: null, action_class: 'review'})
  })
})

test('a database that was named must be there', () => {
  const {status, stderr} = venturi(swapped('gpt-5-mini'), ['diff', '--db', 'nowhere.db'])
  expect([status, stderr]).toEqual([2, expect.stringContaining('no database yet')])
})
