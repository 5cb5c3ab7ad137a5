import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {listFiles} from '../../src/connectors/files.ts'
import {type IngestSummary, ingestFiles} from '../../src/connectors/ingest.ts'
import type {Outcome} from '../../src/engine/outcome.ts'
import {attributeStore} from '../../src/engine/run.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForWriting} from '../../src/store/open.ts'
import type {WritableStore} from '../../src/store/query.ts'

/** A company without Okta and GitHub: Entra, GitLab, Datadog, Argo CD. Each system names its teams in its own way. */
const PEOPLE = [
  'quill',
  'marsh',
  'wren',
  'heron',
  'ibis',
  'egret',
  'stilt',
  'crane',
  'otter',
  'plover',
  'reed',
  'rail',
]
const TEAMS = {
  'Product Marsh': ['quill', 'marsh', 'wren', 'heron'],
  'sg-rivers': ['ibis', 'egret', 'stilt', 'crane'],
  'Data Otters': ['otter', 'plover', 'reed'],
  'All Fen': PEOPLE,
}
/** In no team's group; the manager's other people are all in one. */
const MANAGED = {rail: 'crane', ibis: 'crane', egret: 'crane', stilt: 'crane'} as const

const guid = (kind: number, index: number): string =>
  `${String(kind).repeat(8)}-0000-4000-8000-${String(index).padStart(12, '0')}`
const userOf = (name: string) => guid(1, PEOPLE.indexOf(name))
const graph = (value: readonly object[]) =>
  JSON.stringify({'@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#x', value})

const entra = {
  'entra/users.json': graph(
    PEOPLE.map(name => ({
      ...{
        id: userOf(name),
        userPrincipalName: `${name}@fen.example`,
        displayName: name,
        accountEnabled: true,
      },
      ...(name in MANAGED ? {manager: {id: userOf(MANAGED[name as keyof typeof MANAGED])}} : {}),
    })),
  ),
  'entra/groups.json': graph([
    ...Object.keys(TEAMS).map((displayName, index) => ({
      ...{
        id: guid(2, index),
        displayName,
        groupTypes: ['Unified'],
        securityEnabled: true,
        mailEnabled: false,
      },
      ...(displayName === 'All Fen' ? {membershipRule: 'user.accountEnabled -eq true'} : {}),
    })),
    {id: guid(2, 9), displayName: 'Engineering', groupTypes: [], securityEnabled: true, mailEnabled: false},
  ]),
  ...Object.fromEntries(
    Object.values(TEAMS).map((names, index) => [
      `entra/groups/${guid(2, index)}/members.json`,
      graph(names.map(name => ({'@odata.type': '#microsoft.graph.user', id: userOf(name)}))),
    ]),
  ),
  [`entra/groups/${guid(2, 9)}/members.json`]: graph(
    [0, 1].map(index => ({'@odata.type': '#microsoft.graph.group', id: guid(2, index)})),
  ),
}

const code = {
  'gitlab.com/fen/platform/mono/CODEOWNERS': [
    '* @fen/leads',
    '[Heron][2] @fen/product/marsh @quill',
    '/services/heron/',
    '[Ibis] @fen/rivers',
    '/services/ibis/',
    '^[Docs] @fen/writers',
    '/services/',
    '!/services/ibis/',
  ].join('\n'),
  'catalog/entity.datadog.yaml': `apiVersion: v3
kind: service
metadata: {name: heron-api, owner: marsh}
spec: {lifecycle: production, type: web}
datadog: {codeLocations: [{repositoryURL: "https://gitlab.com/fen/platform/mono", paths: ["services/heron/**"]}]}
---
schema-version: v2.2
dd-service: egret-search
team: data-otters
`,
}

const cluster = {
  'argocd/applications.json': JSON.stringify([
    {
      ...{
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: {name: 'ibis-prod', namespace: 'argocd'},
      },
      spec: {
        source: {repoURL: 'git@gitlab.com:fen/platform/mono.git', path: 'services/ibis/deploy/overlays/prod'},
        destination: {namespace: 'birds'},
      },
      status: {
        history: [{id: 1, revision: '6dcb09b5', deployedAt: '2026-09-14T10:00:00Z'}],
        resources: [{group: 'apps', kind: 'Deployment', namespace: 'birds', name: 'ibis'}],
      },
    },
  ]),
  'k8s/birds.json': JSON.stringify([
    {
      ...{apiVersion: 'v1', kind: 'ServiceAccount'},
      metadata: {
        ...{name: 'ibis', namespace: 'birds'},
        annotations: {'eks.amazonaws.com/role-arn': 'arn:aws:iam::004455667788:role/prod-ibis-7f3a'},
      },
    },
    {
      ...{apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'ibis', namespace: 'birds'}},
      spec: {template: {spec: {serviceAccountName: 'ibis', containers: []}}},
    },
  ]),
}

const span = (service: string, id: string) => ({
  resourceSpans: [
    {
      resource: {attributes: [{key: 'service.name', value: {stringValue: service}}]},
      scopeSpans: [
        {
          spans: [
            {
              ...{
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                name: 'chat gpt-5-mini',
              },
              ...{startTimeUnixNano: '1789381351120000000', endTimeUnixNano: '1789381352120000000'},
              attributes: [
                ['gen_ai.operation.name', 'chat'],
                ['gen_ai.provider.name', 'openai'],
                ['gen_ai.request.model', 'gpt-5-mini'],
                ['gen_ai.response.id', id],
                ['gen_ai.usage.input_tokens', 800],
                ['gen_ai.usage.output_tokens', 200],
              ].map(([key, value]) => ({
                key,
                value: typeof value === 'number' ? {intValue: String(value)} : {stringValue: value},
              })),
            },
          ],
        },
      ],
    },
  ],
})
const call = (id: string, key: string, user: string) => ({
  ...{request_id: id, call_type: 'acompletion', api_key: key, spend: 0.01, prompt_tokens: 800},
  ...{completion_tokens: 200, startTime: '2026-09-14T10:22:31Z', model: 'gpt-5-mini'},
  ...{custom_llm_provider: 'openai', user, metadata: '{}'},
})

const usage = {
  'otel/spans.jsonl': [span('heron-api', 'resp_heron'), span('egret-search', 'resp_egret')]
    .map(item => JSON.stringify(item))
    .join('\n'),
  'bedrock/log.json': JSON.stringify({
    ...{schemaType: 'ModelInvocationLog', schemaVersion: '1.0', timestamp: '2026-09-14T12:22:31Z'},
    ...{accountId: '004455667788', region: 'us-east-1', requestId: 'req-ibis', operation: 'Converse'},
    identity: {arn: 'arn:aws:sts::004455667788:assumed-role/prod-ibis-7f3a/botocore-session-1789'},
    modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    ...{input: {inputTokenCount: 800}, output: {outputTokenCount: 200}},
  }),
  'litellm/spend.jsonl': [
    call('call-quill', '88dc', 'Quill@fen.example'),
    call('call-rail', '99ab', 'rail@fen.example'),
  ]
    .map(item => JSON.stringify(item))
    .join('\n'),
}

describe('a company of Entra, GitLab, Datadog and Argo CD', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-company-'))
  let store: WritableStore
  let summary: IngestSummary

  beforeAll(async () => {
    for (const [path, text] of Object.entries({...entra, ...code, ...cluster, ...usage})) {
      mkdirSync(dirname(join(folder, path)), {recursive: true})
      writeFileSync(join(folder, path), text)
    }
    store = openForWriting(':memory:')
    summary = await ingestFiles(store, await listFiles(['.'], folder), {price: priceRows({})})
    attributeStore(store)
  })
  afterAll(() => {
    store[Symbol.dispose]()
    rmSync(folder, {recursive: true})
  })

  const outcomeOf = (id: string): Outcome =>
    JSON.parse(
      store.database
        .prepare(
          'SELECT o.answer FROM usage AS u JOIN attribution AS a USING (signature_id) JOIN outcome AS o ON o.id = a.outcome_id WHERE u.id = ? AND a.from_at <= u.at AND u.at < a.to_at',
        )
        .pluck()
        .get(id) as string,
    )

  test('every file is read, without an issue', () => {
    expect(summary.files.filter(({status, issues}) => status !== 'ingested' || issues > 0)).toEqual([])
    expect(new Set(summary.files.map(({format}) => format))).toEqual(
      new Set([
        ...['bedrock-invocations', 'codeowners', 'datadog-catalog', 'entra', 'kubernetes'],
        ...['litellm-spend', 'otlp-traces'],
      ]),
    )
  })

  test.each([
    ['resp_heron', 'Product Marsh', 'deterministically_resolved', ['catalog', 'codeowners']],
    ['resp_egret', 'Data Otters', 'deterministically_resolved', ['catalog']],
    ['req-ibis', 'sg-rivers', 'deterministically_resolved', ['deployment', 'codeowners']],
    ['call-quill', 'Product Marsh', 'deterministically_resolved', ['directory']],
    ['call-rail', 'sg-rivers', 'ambiguous', ['directory']],
  ] as const)('%s is %s’s: %s', (id, team, state, basis) => {
    const {owner, output_state, basis: said, rationale} = outcomeOf(id)
    expect({team: owner.organization?.name, output_state}, rationale).toEqual({team, output_state: state})
    expect(said).toEqual(expect.arrayContaining([...basis]))
  })

  test('the service, its folder and the application it runs as are said', () => {
    const {owner, rationale} = outcomeOf('req-ibis')
    expect(owner.service?.name).toMatch(/^ibis/)
    expect(rationale).toContain('CODEOWNERS [ibis] /services/ibis/ names @fen/rivers')
    expect(outcomeOf('resp_heron').rationale).toContain(
      'CODEOWNERS [heron] /services/heron/ names @fen/product/marsh',
    )
  })

  test('everybody’s group and the group of groups own nothing', () => {
    const named = store.database.prepare('SELECT answer FROM outcome').pluck().all() as string[]
    for (const answer of named)
      for (const {organization} of (JSON.parse(answer) as Outcome).candidates)
        expect(['All Fen', 'Engineering']).not.toContain(organization.name)
  })
})
