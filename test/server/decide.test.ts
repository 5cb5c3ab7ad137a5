import {spawnSync} from 'node:child_process'
import {userInfo} from 'node:os'
import {beforeEach, describe, expect, test} from 'vitest'
import {isSettled} from '../../src/engine/run.ts'
import {loadDecisions} from '../../src/engine/run-rulings.ts'
import {actorOf} from '../../src/server/audit/actor.ts'
import {
  addOverride,
  type Desk,
  openDispute,
  resolveDispute,
  revokeOverride,
} from '../../src/server/audit/decide.ts'
import {folderWith} from '../commands/cli.ts'
import {CATALOG, log, MARCH} from '../commands/two-teams.ts'
import {type Company, company, NOW} from './company.ts'

const HERON = 'backstage:component/default/heron-api'
let of: Company
let desk: Desk
beforeEach(async () => {
  of = company()
  desk = of.desk
  await of.read({'catalog.yaml': CATALOG, 'march.jsonl': log(...MARCH)})
  of.attribute()
})

const entries = (): number =>
  loadDecisions(desk.store).overrides.length + loadDecisions(desk.store).disputes.length
const add = (said: object = {}) => addOverride(desk, {of: HERON, team: 'lakes', why: 'moved', ...said})

describe('what cannot be decided says why and how to mend it, and leaves no entry', () => {
  test.each([
    [
      'a team nobody knows',
      {team: 'lake'},
      'lake: no team has that name',
      /lakes \(backstage:group\/default\/lakes\)/,
    ],
    ['a service as a team', {team: HERON}, /is heron-api, which is no team but a service$/, /name a team/],
    [
      'an alias nobody knows',
      {of: 'litellm:key/hash-of-her'},
      /no such key/,
      /near are litellm:key\/hash-of-heron/,
    ],
    ['a record nobody knows', {of: 'zzz'}, /^zzz: no such record/, /nearest/],
    ['more than one record', {of: 'm'}, /^m: more than one record/, /in full/],
    ['no reason', {why: ' '}, '--why is empty', /audits/],
    ['a long reason', {why: 'x'.repeat(1001)}, /1001 characters/, /1000/],
    ['a day that is none', {from: '2025-02-30'}, '--from "2025-02-30" is not a day', /YYYY-MM-DD/],
    ['days the wrong way round', {from: '2025-03-02', until: '2025-03-01'}, /is before --from/, /swap/],
    ['an expiry in the past', {expires: '2025-05-31'}, '--expires 2025-05-31 is past', /leave it out/],
  ])('%s', (_, said, message, mend) => {
    expect(() => add(said)).toThrow(
      expect.objectContaining({
        exit: 2,
        message: expect.stringMatching(message),
        mend: expect.stringMatching(mend),
      }),
    )
    expect(entries()).toBe(0)
    expect(isSettled(desk.store, {now: NOW})).toBe(true)
  })

  test('a name that two teams have', async () => {
    const twin = (namespace: string) =>
      `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: reed, namespace: ${namespace}}\nspec: {type: team, children: []}\n`
    await of.read({'twins.yaml': `${twin('north')}---\n${twin('south')}`})
    expect(() => add({team: 'Reed'})).toThrow(
      expect.objectContaining({
        message: 'Reed: more than one team has that name',
        mend: expect.stringContaining('reed (backstage:group/north/reed), reed (backstage:group/south/reed)'),
      }),
    )
    expect(add({team: 'backstage:group/south/reed'}).said.team).toBe('backstage:group/south/reed')
  })

  test('decisions that are none, or no longer open', () => {
    expect(() => revokeOverride(desk, '9', 'x')).toThrow('9: no override has that number')
    expect(() => resolveDispute(desk, '9', 'x', undefined)).toThrow('9: no dispute has that number')
    const {id} = add()
    revokeOverride(desk, `audit:${id}`, 'x')
    expect(() => revokeOverride(desk, String(id), 'x')).toThrow(`override ${id}: revoked already`)
    const dispute = String(openDispute(desk, {of: 'm4', why: 'x'}).id)
    resolveDispute(desk, dispute, 'x', undefined)
    expect(() => resolveDispute(desk, dispute, 'x', undefined)).toThrow(/resolved already/)
  })

  test('a dispute whose owner nobody knows stays open', () => {
    const {id} = openDispute(desk, {of: 'm4', why: 'x'})
    expect(() => resolveDispute(desk, String(id), 'x', 'lake')).toThrow('lake: no team has that name')
    expect(loadDecisions(desk.store).disputes).toMatchObject([{id, resolved: null}])
    expect(loadDecisions(desk.store).overrides).toEqual([])
  })
})

test('what is settled is out of date once something is decided, and once it expires', () => {
  add({expires: '2025-06-30'})
  expect(isSettled(desk.store, {now: NOW})).toBe(false)
  of.attribute()
  expect(isSettled(desk.store, {now: NOW})).toBe(true)
  expect(isSettled(desk.store, {now: Date.UTC(2025, 5, 30, 23)})).toBe(true)
  expect(isSettled(desk.store, {now: Date.UTC(2025, 6, 1)})).toBe(false)
})

test('a trail that was tampered with decides nothing', () => {
  add()
  desk.store.database.exec(`DROP TRIGGER audit_is_not_changed; UPDATE audit SET actor = 'somebody'`)
  expect(() => of.attribute()).toThrow(/^the audit trail is broken: entry 1 /)
})

test('in whose name: --by, VENTURI_ACTOR, git, the user of the machine', () => {
  const cwd = folderWith()
  const before = {...process.env}
  Object.assign(process.env, {GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null'})
  try {
    expect(actorOf(undefined, {}, cwd)).toBe(userInfo().username)
    spawnSync('git', ['init', '-q'], {cwd})
    spawnSync('git', ['config', 'user.email', 'git@fen.example'], {cwd})
    expect(actorOf(undefined, {VENTURI_ACTOR: ' '}, cwd)).toBe('git@fen.example')
  } finally {
    process.env = before
  }
  expect(actorOf(undefined, {VENTURI_ACTOR: 'env@fen.example'}, cwd)).toBe('env@fen.example')
  expect(actorOf('by@fen.example', {VENTURI_ACTOR: 'env@fen.example'}, cwd)).toBe('by@fen.example')
  expect(() => actorOf('', {}, cwd)).toThrow('--by is empty')
})
