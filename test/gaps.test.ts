/** What nobody has written down, in a small company of real files; and what an answer in `venturi.yaml` really does. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readConfig} from '../src/config/config.ts'
import {declaredLinks} from '../src/config/declared.ts'
import {listFiles} from '../src/connectors/files.ts'
import {ingestFiles} from '../src/connectors/ingest.ts'
import {attributeStore} from '../src/engine/run.ts'
import {parseUsd} from '../src/model/money.ts'
import {gaps} from '../src/report/lenses/gaps.ts'
import {priceRows} from '../src/server/price-rows.ts'
import {openForWriting} from '../src/store/open.ts'
import type {WritableStore} from '../src/store/query.ts'

const TEAMS = ['marsh', 'rivers', 'otters']
const group = (name: string) => `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: ${name}}
spec: {type: team, children: []}
`
const person = (name: string, memberOf: readonly string[]) => `apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ${name}}
spec: {profile: {email: ${name}@fen.example}, memberOf: ${JSON.stringify(memberOf)}}
`
const component = (name: string, owner?: string) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec: {type: service, lifecycle: production${owner === undefined ? '' : `, owner: ${owner}`}}
`

interface Given {
  readonly key: string
  readonly spend: number
  readonly user?: string
  readonly tags?: readonly string[]
}
const calls: readonly Given[] = [
  // One key with many tags, whose record says nothing.
  {key: 'aa01', spend: 0.75, tags: ['feature:search']},
  {key: 'aa01', spend: 0.5, tags: ['feature:digest']},
  {key: 'aa01', spend: 0.000000001},
  // Two keys of one service that nobody owns.
  {key: 'bb01', spend: 1},
  {key: 'bb02', spend: 1.5},
  // Owned, shared by two, and what two teams hold.
  {key: 'cc01', spend: 3},
  {key: 'dd01', spend: 0.25},
  {key: 'ff01', spend: 0.125, user: 'rail@fen.example'},
  {key: 'ff01', spend: 0.125, user: 'crane@fen.example'},
  {key: 'ff01', spend: 0.5},
  // The caller's word alone: whose that service is would make it likely, not sure.
  {key: '', spend: 0.0625, tags: ['service:lonely']},
  // People in no team, without a key of their own.
  ...['quill', 'wren', 'ibis', 'stilt'].map(name => ({key: '', spend: 0.01, user: `${name}@fen.example`})),
]
const key = (token: string, name: string, metadata: object, created_by: string | null = null) => ({
  ...{token, key_alias: name, metadata, created_by},
  ...{key_name: 'sk-...x', models: [], spend: 1, user_id: null, team_id: null},
})

const files = {
  'catalog-info.yaml': [
    ...TEAMS.map(group),
    person('ada', []),
    person('rail', ['marsh']),
    person('crane', ['rivers']),
    component('egret-search'),
    component('heron-api', 'marsh'),
    component('stilt-feed', 'rivers'),
  ].join('---\n'),
  'litellm/LiteLLM_VerificationToken.json': JSON.stringify([
    key('aa01', 'zz-7', {}, 'ada@fen.example'),
    key('bb01', 'first', {service: 'egret-search'}),
    key('bb02', 'second', {service: 'egret-search'}),
    key('cc01', 'third', {service: 'heron-api'}),
    key('dd01', 'fourth', {consumers: ['heron-api', 'stilt-feed']}),
  ]),
  'litellm/spend.jsonl': calls
    .map(({key: api_key, spend, user = null, tags = []}, n) =>
      JSON.stringify({
        ...{request_id: `call-${n}`, call_type: 'acompletion', api_key, spend, user},
        ...{prompt_tokens: 800, completion_tokens: 200, startTime: '2026-09-14T10:22:31Z'},
        ...{model: 'gpt-5-mini', custom_llm_provider: 'openai', request_tags: tags, metadata: '{}'},
      }),
    )
    .join('\n'),
}

const folder = mkdtempSync(join(tmpdir(), 'venturi-gaps-'))
let store: WritableStore
beforeAll(async () => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true})
    writeFileSync(join(folder, path), text)
  }
  store = openForWriting(':memory:')
  const {files: read} = await ingestFiles(store, await listFiles(['.'], folder), {price: priceRows({})})
  expect(read.filter(({status}) => status !== 'ingested')).toEqual([])
})
afterAll(() => {
  store[Symbol.dispose]()
  rmSync(folder, {recursive: true})
})

interface Json {
  readonly totals: {readonly [name: string]: string}
  readonly questions: readonly {
    readonly id: string
    readonly question: string
    readonly about: {readonly kind: string; readonly alias: string | null}
    readonly settles_usd: string
    readonly records: number
    readonly would_settle_probability: number
    readonly ask: readonly {readonly who: string}[]
    readonly answer_with: string
  }[]
}

/** Attributes under a `venturi.yaml`, and asks. */
function ask(yaml: string): Json {
  const path = join(folder, 'venturi.yaml')
  writeFileSync(path, yaml)
  attributeStore(store, {declared: declaredLinks(readConfig(path)), all: true})
  return gaps.view(store, {period: {from: null, to: null}, asOf: 'event'}).json as Json
}

test('a fact that several keys wait for comes first by itself', () => {
  const {questions, totals} = ask('')
  expect(
    questions.map(({question, settles_usd, records}) => `${question} ${settles_usd} ${records}`),
  ).toEqual(['Which team owns the service egret-search? 2.50 2', 'Whose is the key zz-7? 1.250000001 3'])
  expect(totals).toEqual({
    total_usd: '7.852500001',
    owned_usd: '3.25',
    settled_by_answers_usd: '3.750000001',
    not_settled_usd: '0.8525',
    bounded_usd: '0.25',
    not_tried_usd: '0.00',
    several_facts_usd: '0.5625',
    few_people_usd: '0.04',
    disputed_usd: '0.00',
    not_identifiable_usd: '0.00',
  })
})

test('each answer moves exactly its money into owned', () => {
  const before = ask('')
  let owned = parseUsd(before.totals.owned_usd!)!
  let yaml = 'owners:\n'
  for (const {about, settles_usd} of before.questions) {
    yaml += `  - {of: "${about.alias}", team: otters}\n`
    owned += parseUsd(settles_usd)!
    expect(parseUsd(ask(yaml).totals.owned_usd!)).toBe(owned)
  }
  expect(ask(yaml).questions).toEqual([])
})

test('whom to ask: who made it, and who keeps it', () => {
  const [service, bare] = ask('').questions
  expect(bare!.ask.map(({who}) => who)).toEqual(['ada', 'the administrator of LiteLLM'])
  expect(service!.ask.map(({who}) => who)).toEqual(['the administrator of the service catalog'])
  expect(bare!.answer_with).toBe('venturi override add --of litellm:key/aa01 --team TEAM --why REASON')
})

test('what several teams hold has no one owner to ask for', () => {
  expect(ask('').questions.map(({id}) => id)).not.toContain('key litellm:key/ff01')
})

test('nothing is asked about fewer than five people', () => {
  expect(ask('').questions.filter(({about}) => about.kind === 'people')).toEqual([])
})
