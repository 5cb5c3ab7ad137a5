/** What needs an access review, in a company of a few keys; and what only looks like it. */
import {afterEach, describe, expect, test} from 'vitest'
import {UserError} from '../../src/model/errors.ts'
import {accessFindings} from '../../src/report/access-findings.ts'
import {security} from '../../src/report/lenses/security.ts'
import {totalsOf} from '../../src/report/lines.ts'
import {loadAccess} from '../../src/report/load-access.ts'
import {parsePeriod} from '../../src/report/period.ts'
import {namesSomebody, Persons, type Statement} from '../../src/report/persons.ts'
import type {WritableStore} from '../../src/store/query.ts'
import {type Files, settled} from '../engine/reports.ts'

const october = {period: parsePeriod({period: '2026-10'}, 0), asOf: 'event'} as const

interface Key {
  readonly token: string
  readonly name?: string
  readonly user?: string
  readonly metadata?: object
}
const keys = (...all: readonly Key[]): string =>
  JSON.stringify(
    all.map(({token, name, user = null, metadata = {}}) => ({
      ...{token, key_alias: name ?? null, user_id: user, team_id: null, metadata},
      ...{spend: 0, created_at: '2026-07-17T19:34:41Z', updated_at: '2026-07-17T19:34:41Z', blocked: false},
    })),
  )

interface Made {
  readonly key: string
  readonly day: number
  readonly usd: string
  readonly name?: string
  readonly service?: string
  readonly hour?: number
}
const calls = (...all: readonly Made[]): string =>
  all
    .map(({key, day, usd, name, service, hour = 10}, index) =>
      JSON.stringify({
        ...{request_id: `c${index}`, call_type: 'acompletion', api_key: key, spend: usd},
        startTime: `2026-10-${String(day).padStart(2, '0')}T${hour}:00:${String(index).padStart(2, '0')}Z`,
        ...{model: 'gpt-5-2025-08-07', custom_llm_provider: 'openai'},
        ...{prompt_tokens: 100, completion_tokens: 10, total_tokens: 110},
        metadata: {user_api_key_alias: name ?? null},
        ...(service !== undefined && {request_tags: JSON.stringify([`service:${service}`])}),
      }),
    )
    .join('\n')

const USERS = JSON.stringify([
  {user_id: 'u-1', user_email: 'ada.quill@heron.example', user_role: 'internal_user', teams: []},
  {user_id: 'u-2', user_email: 'bo.reed@heron.example', user_role: 'internal_user', teams: []},
])
const PEOPLE = [
  'employee_id,full_name,work_email,department,status,effective_date',
  '1,Ada Quill,ada.quill@heron.example,Marsh,active,2020-01-01',
  '1,Ada Quill,ada.quill@heron.example,Marsh,terminated,2026-10-09',
  '2,Bo Reed,bo.reed@heron.example,Marsh,active,2020-01-01',
].join('\n')

let store: WritableStore | undefined
afterEach(() => store?.[Symbol.dispose]())

async function findingsOf(files: Files) {
  ;({store} = await settled(files))
  return accessFindings(loadAccess(store, october))
}
const brief = (findings: Awaited<ReturnType<typeof findingsOf>>) =>
  findings.map(({kind, subject, cost}) => `${kind} ${subject} ${cost === null ? '–' : Number(cost) / 1e9}`)

const TOKEN = (letter: string): string => letter.repeat(64)
const LEAVERS: Files = {
  'litellm/LiteLLM_UserTable.json': USERS,
  'litellm/LiteLLM_VerificationToken.json': keys(
    {token: TOKEN('a'), name: 'ada-quill-laptop', user: 'u-1'},
    {token: TOKEN('b'), name: 'bo-reed-laptop', user: 'u-2'},
  ),
  'hr/workers.csv': PEOPLE,
  'litellm/spend.jsonl': calls(
    {key: TOKEN('a'), name: 'ada-quill-laptop', day: 7, usd: '1.00'},
    {key: TOKEN('a'), name: 'ada-quill-laptop', day: 9, usd: '2.50'},
    {key: TOKEN('a'), name: 'ada-quill-laptop', day: 20, usd: '0.25'},
    {key: TOKEN('b'), name: 'bo-reed-laptop', day: 20, usd: '8.00'},
  ),
}

test('a leaver’s key: what was spent since, and no name', async () => {
  const [leaver, ...others] = (await findingsOf(LEAVERS)).filter(({kind}) => kind === 'leaver')
  expect(others).toEqual([])
  expect(leaver).toMatchObject({
    ...{subject: `${'a'.repeat(12)} (a person's)`, cost: 2_750_000_000n, records: 2, owners: []},
    evidence: ['litellm/LiteLLM_VerificationToken.json:1', 'hr/workers.csv'],
  })
  const {report, json} = security.view(store!, october)
  expect(
    `${JSON.stringify(json)}${JSON.stringify(report, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
  ).not.toMatch(/quill|reed|u-1/i)
})

describe('keys of services', () => {
  test('shared at once is shared; one service after another is not', async () => {
    const found = await findingsOf({
      'litellm/LiteLLM_VerificationToken.json': keys(
        {token: TOKEN('c'), name: 'router', metadata: {consumers: ['heron-api', 'crane-api']}},
        {token: TOKEN('d'), name: 'lone', metadata: {service: 'heron-api'}},
      ),
      'litellm/spend.jsonl': calls(
        {key: TOKEN('c'), name: 'router', day: 2, usd: '3.00', service: 'heron-api'},
        {key: TOKEN('c'), name: 'router', day: 3, usd: '4.00', service: 'lakes-api'},
        {key: TOKEN('d'), name: 'lone', day: 3, usd: '9.00', service: 'heron-api'},
      ),
    })
    expect(brief(found.filter(({subject}) => subject === 'router'))).toEqual([
      'shared router 7',
      'orphaned router 7',
      'contradicted router 4',
    ])
    expect(found.filter(({kind, subject}) => subject === 'lone' && kind !== 'orphaned')).toEqual([])
    const {loaded} = loadAccess(store!, october)
    expect(totalsOf(loaded.spend).total).toBe(16_000_000_000n)
    // Money that two findings mean is under review once.
    expect(security.view(store!, october).json).toMatchObject({totals: {total_usd: '16.00'}})
  })

  test('the master key, and calls without one', async () => {
    const found = await findingsOf({
      'litellm/spend.jsonl': calls(
        {key: 'litellm_proxy_master_key', day: 2, usd: '3.00'},
        {key: '', day: 2, usd: '1.00'},
        {key: TOKEN('e'), name: 'heron-prod', day: 2, usd: '1.50'},
      ),
    })
    expect(brief(found.filter(({kind}) => kind === 'master'))).toEqual([
      'master litellm_proxy_master_key 3',
      'master litellm, no key 1',
    ])
    expect(brief(found.filter(({kind}) => kind === 'orphaned'))).toEqual(['orphaned heron-prod 1.5'])
  })
})

describe('--fail-on', () => {
  test.each([
    [['leaver'], [`${'a'.repeat(12)} (a person's): $2.75 breaks leaver`]],
    [['leaver>2.74usd'], [`${'a'.repeat(12)} (a person's): $2.75 breaks leaver>2.74usd`]],
    [['leaver>2.75usd'], []],
    [['shared|recycled'], []],
  ])('%j', async (rules, lines) => {
    ;({store} = await settled(LEAVERS))
    expect(security.view(store, october).broken!(rules)).toEqual(lines)
  })

  test.each(['leavers', 'leaver>1%', 'drift>1%', ''])('%j is no rule', async rule => {
    ;({store} = await settled(LEAVERS))
    expect(() => security.view(store!, october).broken!([rule])).toThrow(UserError)
  })
})

describe('who has left', () => {
  const job = (from: string, validTo: number | null, basis = 'hr'): Statement => ({
    ...{relation: 'member_of', from, to: 'hr:department/marsh', basis, validFrom: 0, validTo},
    ...{path: 'hr.csv', line: 2},
  })
  const same = (from: string, to: string): Statement => ({
    ...{relation: 'same_as', from, to, basis: 'verified', validFrom: null, validTo: null},
    ...{path: 'okta.json', line: 3},
  })
  const account = (alias: string, status: string | null) => ({
    ...{alias, name: null, type: 'person', status, path: 'okta.json', line: 3},
  })
  test.each([
    ['still there', [job('hr:worker/1', null)], [], null],
    ['moved', [job('hr:worker/1', 5), job('hr:worker/1', null)], [], null],
    ['gone', [job('hr:worker/1', 5), job('hr:worker/1', 9)], [], {since: 9, path: 'hr.csv'}],
    ['out of a group only', [job('hr:worker/1', 5, 'directory')], [], null],
    ['suspended', [], [account('okta:user/1', 'suspended')], {since: null, path: 'okta.json'}],
    [
      'an old account beside one in use',
      [same('okta:user/2', 'email:a@b.c')],
      [account('okta:user/1', 'deprovisioned'), account('okta:user/2', 'active')],
      null,
    ],
    ['invited', [], [account('okta:user/1', 'staged')], null],
  ])('%s', (_, statements, accounts, departure) => {
    const persons = new Persons(
      [...statements, same('hr:worker/1', 'email:a@b.c'), same('okta:user/1', 'email:a@b.c')],
      accounts,
    )
    expect(persons.departure('email:a@b.c')).toEqual(departure)
  })

  test.each([
    ['ada-quill-laptop', true],
    ['laptop of Ada Quill', true],
    ['ada-laptop', false],
    ['quill-ada', false],
    ['a@b.c', true],
  ])('%s names somebody: %s', (text, names) => {
    const isNamed = namesSomebody([
      {alias: 'hr:worker/1', name: 'Ada Quill', type: 'person', status: null, path: '', line: 1},
    ])
    expect(isNamed(text)).toBe(names)
  })
})
