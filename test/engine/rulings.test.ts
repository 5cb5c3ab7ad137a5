/** What people decide outranks evidence, on its subject and its days alone, and hides nothing of what the evidence says. */
import {describe, expect, test} from 'vitest'
import {attributeAll, buildWorld} from '../../src/engine/attribute.ts'
import type {EntityRow, LinkRow} from '../../src/engine/graph.ts'
import {type Outcome, spendClassOf} from '../../src/engine/outcome.ts'
import type {DisputeRuling, OwnerRuling} from '../../src/engine/rulings.ts'
import {signatureText} from '../../src/model/chunk.ts'
import type {Alias, Basis, NodeKind, Relation, Signature} from '../../src/model/fact.ts'
import {DAY_MS, dayOf} from '../../src/model/time.ts'

const FIRST = Date.UTC(2026, 9, 1)
const at = (day: number): number => FIRST + (day - 1) * DAY_MS

const entity = (kind: NodeKind, alias: Alias, name: string): EntityRow => ({
  ...{kind, alias, name, type: null, status: null, where: `${alias}:1`},
})
const link = (from: Alias, relation: Relation, to: Alias, basis: Basis): LinkRow => ({
  ...{from, relation, to, basis, validFrom: null, validTo: null, exclusive: false, where: `${from}:2`},
})

const team = (name: string): Alias => `backstage:group/default/${name}`
const HERON = 'backstage:component/default/heron'
const KEY = 'litellm:key/k1'

/** Heron is Marsh's by the catalog; its key is Marsh's by its own record. Ada is of Lakes. Nobody knows key k2. */
const FACTS = {
  entities: [
    ...['marsh', 'rivers', 'lakes'].map(name => entity('organization', team(name), name)),
    entity('service', HERON, 'heron'),
    entity('service', 'backstage:component/default/egret', 'egret'),
    entity('identity', 'email:ada@fen.example', 'Ada'),
  ],
  links: [
    link(HERON, 'owned_by', team('marsh'), 'catalog'),
    link('backstage:component/default/egret', 'owned_by', team('lakes'), 'catalog'),
    link(HERON, 'built_from', 'github:repo/fen/mono#services/heron', 'catalog'),
    link(KEY, 'acts_for', HERON, 'key_record'),
    link(KEY, 'owned_by', team('marsh'), 'key_record'),
    link('email:ada@fen.example', 'member_of', team('lakes'), 'directory'),
    link('litellm:key/ada', 'acts_for', 'email:ada@fen.example', 'key_record'),
  ],
  rules: [],
  deployments: [],
  commits: [],
}

const SIGNATURES = {
  heron: {channel: 'litellm', provider: 'openai', key: KEY, project: 'openai:project/p1'},
  ada: {channel: 'litellm', provider: 'openai', key: 'litellm:key/ada'},
  unknown: {channel: 'litellm', provider: 'openai', key: 'litellm:key/k2', project: 'openai:project/p1'},
  named: {channel: 'otel', provider: 'openai', service: 'heron'},
  /** Egret, as its telemetry and its workload say, with heron's key. */
  borrowed: {
    ...{channel: 'litellm', provider: 'openai', key: KEY, service: 'egret', tag_service: 'egret'},
    workload: 'k8s:workload/prod/egret',
  },
} satisfies {[name: string]: Signature}

const always = {from: null, to: null}
const override = (of: Alias, to: string, more: Partial<OwnerRuling> = {}): OwnerRuling => ({
  ...{rule: 'override', of: {alias: of}, team: team(to), ...always},
  ...{who: 'quill@fen.example', on: '2026-11-02', why: 'moved', where: 'audit:7', ...more},
})
const dispute = (of: Alias, more: Partial<DisputeRuling> = {}): DisputeRuling => ({
  ...{id: 8, of: {alias: of}, ...always, who: 'ada@fen.example', on: '2026-11-03', why: 'not ours'},
  ...{where: 'audit:8', ...more},
})

interface Answer {
  readonly days: string
  readonly outcome: Outcome
}

/** Every answer for a signature that is used all October. */
function answers(
  name: keyof typeof SIGNATURES,
  owners: readonly OwnerRuling[],
  disputes: readonly DisputeRuling[] = [],
): Answer[] {
  const active = Object.values(SIGNATURES).map((signature, id) => ({
    ...{id, signature, firstDay: dayOf(at(1)), lastDay: dayOf(at(31)), firstAt: at(1), cost: 1n},
  }))
  const world = buildWorld(
    {...FACTS, rulings: {owners, disputes}},
    active.map(({signature}) => signature),
  )
  const wanted = Object.keys(SIGNATURES).indexOf(name)
  return attributeAll(world, active)
    .filter(({signatureId}) => signatureId === wanted)
    .map(({from, to, outcome}) => ({
      days: `${new Date(from).getUTCDate()}-${new Date(to - 1).getUTCDate()}`,
      outcome,
    }))
}
const says = (...args: Parameters<typeof answers>): string[] =>
  answers(...args).map(
    ({days, outcome: {owner, coper, output_state}}) =>
      `${days} ${owner.organization?.name ?? 'nobody'} ${coper} ${output_state}`,
  )
const SURE = '0.95 deterministically_resolved'

test('without rulings the evidence decides', () => {
  expect(says('heron', [])).toEqual([`1-31 marsh ${SURE}`])
  expect(says('unknown', [])).toEqual(['1-31 nobody 0 unknown'])
})

describe('an override', () => {
  test.each([
    ['the key', 'heron', KEY],
    ['the service behind the key', 'heron', HERON],
    ['the service that a span names', 'named', HERON],
    ['the directory it is built from', 'heron', 'github:repo/fen/mono#services/heron'],
    ['the whole repository around that', 'heron', 'github:repo/fen/mono'],
    ['the project', 'heron', 'openai:project/p1'],
    ['the project of a key nobody knows', 'unknown', 'openai:project/p1'],
    ['the person behind a key', 'ada', 'email:ada@fen.example'],
  ] as const)('of %s decides', (_, signature, alias) =>
    expect(says(signature, [override(alias, 'rivers')])).toEqual([`1-31 rivers ${SURE}`]),
  )

  test('of one thing leaves others alone', () => {
    expect(says('heron', [override('litellm:key/k2', 'rivers')])).toEqual([`1-31 marsh ${SURE}`])
    expect(says('ada', [override(HERON, 'rivers')])).toEqual(says('ada', []))
    expect(says('unknown', [override(HERON, 'rivers')])).toEqual(['1-31 nobody 0 unknown'])
  })

  test('of the service a key is for says nothing of another that used the key', () => {
    const before = says('borrowed', [])
    expect(says('borrowed', [override(HERON, 'rivers')])[0]).not.toContain('rivers')
    expect(says('borrowed', [override('backstage:component/default/egret', 'rivers')])).toEqual([
      `1-31 rivers ${SURE}`,
    ])
    expect(before).toHaveLength(1)
  })

  test('of a record is about everything with the same evidence, and nothing with more', () => {
    const of = {evidence: signatureText(SIGNATURES.unknown)}
    expect(says('unknown', [override('', 'rivers', {of})])).toEqual([`1-31 rivers ${SURE}`])
    expect(says('heron', [override('', 'rivers', {of})])).toEqual([`1-31 marsh ${SURE}`])
  })

  test('the more particular holds, of two about one thing the later', () => {
    const [ofKey, ofService] = [override(KEY, 'rivers'), override(HERON, 'lakes')]
    const ofRecord = override('', 'marsh', {of: {evidence: signatureText(SIGNATURES.heron)}})
    expect(says('heron', [ofService, ofKey])).toEqual([`1-31 rivers ${SURE}`])
    expect(says('heron', [ofKey, ofService])).toEqual([`1-31 rivers ${SURE}`])
    expect(says('heron', [ofKey, override(KEY, 'lakes')])).toEqual([`1-31 lakes ${SURE}`])
    expect(says('heron', [ofRecord, ofKey])).toEqual([`1-31 marsh ${SURE}`])
  })

  test('holds on its days alone', () => {
    const days = {from: at(10), to: at(20)}
    expect(says('heron', [override(KEY, 'rivers', days)])).toEqual([
      `1-9 marsh ${SURE}`,
      `10-19 rivers ${SURE}`,
      `20-31 marsh ${SURE}`,
    ])
    expect(says('heron', [override(KEY, 'rivers'), override(KEY, 'lakes', days)])).toEqual([
      `1-9 rivers ${SURE}`,
      `10-19 lakes ${SURE}`,
      `20-31 rivers ${SURE}`,
    ])
  })

  test('keeps what the evidence says: both candidates, the contradiction, the service, the place', () => {
    const [{outcome}] = answers('heron', [override(KEY, 'rivers')]) as [Answer]
    expect(outcome.candidates.map(({organization, probability}) => [organization.name, probability])).toEqual(
      [
        ['rivers', 0.95],
        ['marsh', 0.0475],
      ],
    )
    expect(outcome.contradictions).toEqual(['the evidence alone says marsh, at 0.95'])
    expect(outcome.rationale).toBe(
      "quill@fen.example decided on 2026-11-02 that k1 is rivers's: moved (audit:7). The evidence alone says marsh, at 0.95.",
    )
    expect(outcome.owner.service?.name).toBe('heron')
    expect(outcome.edges.at(-1)).toMatchObject({
      relation: 'identity_organization',
      from: KEY,
      to: team('rivers'),
      evidence: [{rule: 'override', where: 'audit:7'}],
    })
    expect(outcome.edges.filter(({to}) => to === team('marsh'))).toEqual([])
    expect(outcome.shares).toMatchObject([{organization: {name: 'rivers'}, share_ppm: 1_000_000}])
    const log_odds = outcome.waterfall.reduce((sum, step) => sum + Math.round(step.log_odds * 1000), 0)
    expect(log_odds).toBe(4595)
  })

  test('that the evidence agrees with contradicts nothing and rests on it too', () => {
    const [{outcome}] = answers('heron', [override(KEY, 'marsh')]) as [Answer]
    expect(outcome.contradictions).toEqual([])
    expect(outcome.basis).toEqual(expect.arrayContaining(['declared', 'key_record', 'catalog']))
  })

  test('for what is no organization decides nothing', () =>
    expect(says('heron', [override(KEY, 'rivers', {team: HERON})])).toEqual([`1-31 marsh ${SURE}`]))
})

test('an owner declared in venturi.yaml is as decisive, by the name of a team too', () => {
  const declared = {
    rule: 'declared',
    team: 'name:team/rivers',
    who: 'venturi.yaml',
    on: null,
    why: null,
  } as const
  const [{outcome}] = answers('heron', [override(KEY, '', {...declared, where: 'venturi.yaml'})]) as [Answer]
  expect(outcome).toMatchObject({output_state: 'deterministically_resolved', coper: 0.95})
  expect(outcome.rationale).toBe(
    "venturi.yaml says that k1 is rivers's (venturi.yaml). The evidence alone says marsh, at 0.95.",
  )
})

describe('a dispute', () => {
  const classes = (...args: Parameters<typeof answers>): string[] =>
    answers(...args).map(
      ({days, outcome}) => `${days} ${outcome.owner.organization?.name} ${spendClassOf(outcome)}`,
    )

  test.each([KEY, HERON, 'openai:project/p1', team('marsh')])(
    'of %s makes what is owned contested',
    alias => {
      const [{outcome}] = answers('heron', [], [dispute(alias)]) as [Answer]
      expect(spendClassOf(outcome)).toBe('contested')
      expect(outcome).toMatchObject({
        output_state: 'deterministically_resolved',
        disputed: {id: 8, why: 'not ours'},
      })
      expect(outcome.rationale).toMatch(
        /ada@fen.example has disputed it since 2026-11-03: not ours \(audit:8\)/,
      )
    },
  )

  test('holds on its days alone, and against an override', () => {
    const days = {from: at(10), to: at(20)}
    expect(classes('heron', [override(KEY, 'rivers')], [dispute(KEY, days)])).toEqual([
      '1-9 rivers owned',
      '10-19 rivers contested',
      '20-31 rivers owned',
    ])
  })

  test('of what nobody owns changes no class', () =>
    expect(classes('unknown', [], [dispute('litellm:key/k2')])).toEqual(['1-31 undefined unresolved']))
})

test('what the evidence says without a decision may come by a deployment', () => {
  const signatures: Signature[] = [SIGNATURES.heron, SIGNATURES.unknown]
  // Not on the hour, as reports have it.
  const first = at(14) + 90_000
  const active = signatures.map((signature, id) => ({
    ...{id, signature, firstDay: dayOf(id === 0 ? at(1) : at(14)), lastDay: dayOf(at(31)), cost: 1n},
    firstAt: id === 0 ? at(1) : first,
  }))
  const deployments = [
    {
      subject: 'backstage:component/default/egret' as Alias,
      at: at(2),
      where: 'deploys.jsonl:1',
      environment: null,
    },
    {subject: HERON as Alias, at: first - 600_000, where: 'deploys.jsonl:2', environment: null},
  ]
  const owners = [override('litellm:key/k2', 'rivers')]
  const world = buildWorld({...FACTS, deployments, rulings: {owners, disputes: []}}, signatures)
  const [outcome] = attributeAll(world, active).flatMap(answer =>
    answer.signatureId === 1 ? [answer.outcome] : [],
  )
  expect(outcome!.owner.organization?.name).toBe('rivers')
  expect(outcome!.candidates.map(({organization}) => organization.name)).toEqual(['rivers', 'marsh'])
})
