/** Overrides and disputes end to end: said on the command line, in force after `attribute`, and in the trail for good. */
import {describe, expect, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'
import {APRIL, CATALOG, log, MARCH} from './two-teams.ts'

const FILES = {
  'dumps/catalog.yaml': CATALOG,
  'dumps/march.jsonl': log(...MARCH),
  'dumps/april.jsonl': log(...APRIL),
}

/** A folder whose calls have been attributed. */
function company(files: {readonly [path: string]: string} = FILES): string {
  const cwd = folderWith(files)
  expect(venturi(cwd, ['ingest', 'dumps']).status).toBe(0)
  expect(venturi(cwd, ['attribute']).status).toBe(0)
  return cwd
}

const said = (cwd: string, ...args: string[]) => {
  const {status, json, stderr} = venturi(cwd, [...args, '--json'], {
    env: {VENTURI_ACTOR: 'quill@fen.example'},
  })
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('bug')])
  return json()
}
const attribute = (cwd: string, ...args: string[]) => said(cwd, 'attribute', ...args)

interface Shown {
  readonly id: string
  readonly selection_rationale: string
  readonly [key: string]: unknown
}
/** Records as exported, by the id of their call. */
function records(cwd: string): Map<string, Shown> {
  const lines = venturi(cwd, ['export', 'records']).stdout.trimEnd().split('\n')
  return new Map(lines.map(line => JSON.parse(line)).map(record => [record.event_id, record]))
}
const owners = (cwd: string): string =>
  [...records(cwd)]
    .map(
      ([id, {owner}]) =>
        `${id} ${(owner as {organization: {name: string} | null}).organization?.name ?? '-'}`,
    )
    .join(', ')

const EVIDENCE = 'm1 marsh, m2 marsh, m3 rivers, m4 -, a1 marsh, a2 rivers'
const HERON = 'backstage:component/default/heron-api'

test('an override is said, listed, applied by attribute, kept by --all, and taken back', () => {
  const cwd = company()
  expect(owners(cwd)).toBe(EVIDENCE)
  const {override} = said(
    cwd,
    ...[
      'override',
      'add',
      '--of',
      HERON,
      '--team',
      'Lakes',
      '--from',
      '2025-03-10',
      '--why',
      'moved to lakes',
    ],
  )
  expect(override).toMatchObject({
    ...{
      id: 1,
      standing: 'in force',
      of: {alias: HERON},
      team: {id: 'backstage:group/default/lakes', name: 'lakes'},
    },
    ...{from: '2025-03-10', until: null, expires: null, why: 'moved to lakes', who: 'quill@fen.example'},
    ...{where: 'audit:1', revoked: null},
  })
  expect(owners(cwd)).toBe(EVIDENCE)
  expect(venturi(cwd, ['report']).stderr).toMatch(/^Something has been read or decided since/)

  const moved = 'm1 marsh, m2 lakes, m3 rivers, m4 -, a1 lakes, a2 rivers'
  attribute(cwd)
  expect(owners(cwd)).toBe(moved)
  expect(records(cwd).get('m2')).toMatchObject({
    ...{
      spend_class: 'owned',
      output_state: 'deterministically_resolved',
      coper: 0.95,
      chargeback_eligible: true,
    },
    selection_rationale: expect.stringMatching(
      /^quill@fen.example decided on \d{4}-\d\d-\d\d that heron-api is lakes's: moved to lakes \(audit:1\). The evidence alone says marsh, at 0.95.$/,
    ),
    candidates: [{organization: {name: 'lakes'}, probability: 0.95}, {organization: {name: 'marsh'}}],
  })
  attribute(cwd, '--all')
  expect(owners(cwd)).toBe(moved)
  expect(venturi(cwd, ['explain', 'm2']).stdout).toContain('override declared')

  expect(venturi(cwd, ['override', 'list']).stdout).toMatch(
    /^1 {2}in force: backstage:component\/default\/heron-api is lakes's/,
  )
  expect(said(cwd, 'override', 'revoke', 'audit:1', '--why', 'a mistake').override.standing).toBe('revoked')
  attribute(cwd)
  expect(owners(cwd)).toBe(EVIDENCE)
  expect(said(cwd, 'override', 'list').overrides).toEqual([])
  expect(said(cwd, 'override', 'list', '--all').overrides).toMatchObject([
    {id: 1, revoked: {why: 'a mistake'}},
  ])
})

test('an override of a record is about all with the same evidence, and expires if asked', () => {
  const cwd = company()
  const {override} = said(
    cwd,
    ...['override', 'add', '--of', 'm4', '--team', 'backstage:group/default/lakes', '--why', 'asked them'],
    ...['--expires', '2099-12-31'],
  )
  expect(override.of.record).toMatch(/^attr_\w+\.m4$/)
  attribute(cwd)
  expect(owners(cwd)).toBe('m1 marsh, m2 marsh, m3 rivers, m4 lakes, a1 marsh, a2 rivers')
})

test('the order in which files are read leaves no trace beside decisions', () => {
  const exports = [Object.keys(FILES), Object.keys(FILES).reverse()].map(order => {
    const cwd = folderWith(FILES)
    for (const path of order) venturi(cwd, ['ingest', path])
    attribute(cwd)
    said(cwd, 'override', 'add', '--of', 'litellm:key/hash-of-odd', '--team', 'rivers', '--why', 'theirs')
    said(cwd, 'dispute', 'open', HERON, '--why', 'not ours')
    attribute(cwd)
    return venturi(cwd, ['export', 'records']).stdout
  })
  expect(exports[0]).toContain('audit:1')
  expect(exports[0]).toBe(exports[1])
})

describe('a dispute', () => {
  const money = (cwd: string) => {
    const {totals} = said(cwd, 'report', 'ledger')
    return [totals.owned_usd, totals.contested_usd, totals.unresolved_usd, totals.total_usd]
  }

  test('makes owned money contested, to the nano-dollar, until it is resolved', () => {
    const cwd = company()
    expect(money(cwd)).toEqual(['7.750000001', '0.00', '4.00', '11.750000001'])
    const {dispute} = said(cwd, 'dispute', 'open', 'm1', '--why', 'we moved out', '--until', '2025-03-31')
    expect(dispute).toMatchObject({id: 1, standing: 'open', until: '2025-03-31', resolved: null})
    attribute(cwd)
    expect(money(cwd)).toEqual(['4.25', '3.500000001', '4.00', '11.750000001'])
    expect(records(cwd).get('m2')).toMatchObject({
      ...{spend_class: 'contested', output_state: 'deterministically_resolved', chargeback_eligible: false},
      ...{action_class: 'review', interpretation: {export_eligibility: 'showback'}},
      selection_rationale: expect.stringContaining('quill@fen.example has disputed it since'),
    })
    expect(said(cwd, 'report', 'chargeback').held_back).toContainEqual({
      reason: 'disputed',
      cost_usd: '3.500000001',
      records: 2,
    })

    const resolved = said(cwd, 'dispute', 'resolve', '1', '--why', 'they did', '--owner', 'lakes').dispute
    expect(resolved).toMatchObject({standing: 'resolved', resolved: {why: 'they did', override: 2}})
    attribute(cwd)
    expect(money(cwd)).toEqual(['7.750000001', '0.00', '4.00', '11.750000001'])
    expect(owners(cwd)).toBe('m1 lakes, m2 lakes, m3 rivers, m4 -, a1 marsh, a2 rivers')
    expect(said(cwd, 'override', 'list').overrides).toMatchObject([{id: 2, dispute: 1, until: '2025-03-31'}])
    expect(venturi(cwd, ['dispute', 'list', '--all']).stdout).toContain('they did (override 2)')
    expect(said(cwd, 'dispute', 'list').disputes).toEqual([])
  })
})

test('everything decided is in the trail, oldest first', () => {
  const cwd = company()
  expect(venturi(cwd, ['audit']).stderr).toBe('The audit trail is empty: nothing has been decided yet.\n')
  said(cwd, 'override', 'add', '--of', HERON, '--team', 'lakes', '--why', 'moved\u001b[31m')
  said(cwd, 'override', 'revoke', '1', '--why', 'wrong')
  const {entries} = said(cwd, 'audit')
  expect(entries).toMatchObject([
    {seq: 1, actor: 'quill@fen.example', action: 'override.add', subject: HERON},
    {seq: 2, action: 'override.revoke', subject: HERON, detail: {override: 1, why: 'wrong'}},
  ])
  expect(said(cwd, 'audit', 'list')).toEqual(said(cwd, 'audit'))
  const {stdout} = venturi(cwd, ['audit'])
  expect(stdout).toMatch(
    /^1 {2}\S+Z {2}override.add {2}backstage:component\/default\/heron-api\n {4}quill@fen.example: moved /,
  )
  expect(stdout).not.toContain('\u001b')
})

test('what cannot be decided exits 2', () => {
  const {status, stderr} = venturi(folderWith(), ['dispute', 'open', 'm1', '--why', 'x'])
  expect([status, stderr]).toEqual([2, expect.stringMatching(/no database yet\nTry this: /)])
  expect(venturi(folderWith(), ['override', 'add', '--of', HERON]).status).toBe(2)
})
