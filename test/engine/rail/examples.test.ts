/** Known edges are asked again as open ones would be: what those lack is not heard. */
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {writeWorld} from '../../../fixtures/worlds/world.ts'
import {listFiles} from '../../../src/connectors/files.ts'
import {ingestFiles} from '../../../src/connectors/ingest.ts'
import {buildWorld, firstSeen} from '../../../src/engine/attribute.ts'
import {Span} from '../../../src/engine/graph.ts'
import {judgedBy} from '../../../src/engine/rail/evaluate.ts'
import {entityOf, hiddenEdges, knownOwners, type Weighed} from '../../../src/engine/rail/examples.ts'
import {parseModel, trainedModel} from '../../../src/engine/rail/model.ts'
import {digestOf} from '../../../src/engine/rail/train.ts'
import {resolve} from '../../../src/engine/resolve.ts'
import {attributeStore} from '../../../src/engine/run.ts'
import {loadFacts, loadWorld} from '../../../src/engine/run-world.ts'
import {CAP, CONTESTED_CAP} from '../../../src/model/confidence.ts'
import type {Signature} from '../../../src/model/fact.ts'
import {DAY_MS} from '../../../src/model/time.ts'
import {priceRows} from '../../../src/server/price-rows.ts'
import {openForWriting} from '../../../src/store/open.ts'
import {allSignatures} from '../../../src/store/queries/facts.ts'
import {all} from '../../../src/store/query.ts'
import {company} from '../facts.ts'

const MODEL = trainedModel(parseModel(readFileSync('models/default.json', 'utf8'))!)
const TEAMS = ['marsh', 'rivers', 'lakes'] as const
const group = (name: string) => `okta:group/00g${name}` as const

function fen() {
  const of = company()
  for (const name of TEAMS) of.entity('organization', group(name), name, 'group')
  return of
    .link('litellm:key/1', 'owned_by', group('marsh'), 'key_record')
    .link('litellm:key/2', 'owned_by', group('rivers'), 'key_record')
}

const weighed = (...signatures: readonly Signature[]): Weighed[] =>
  signatures.map((signature, id) => ({
    ...{id, signature, evidence: JSON.stringify(signature), records: 5, cost: 1_500_000_000n},
    ...{firstDay: 20_000, lastDay: 20_001, firstAt: 0},
  }))

const ask = (...signatures: readonly Signature[]) => {
  const all = weighed(...signatures)
  return hiddenEdges(buildWorld(fen().facts(), signatures), all)
}

const KNOWN: Signature = {key: 'litellm:key/1', key_name: 'marsh-batch', tag_team: 'marsh'}
const TAG_ONLY: Signature = {key: 'litellm:key/8', tag_team: 'rivers'}
const NAME_ONLY: Signature = {key: 'litellm:key/9', key_name: 'lakes-batch'}

describe('a key whose record names its owner', () => {
  test('is asked by its tag alone, where open ones have only tags', () => {
    const [example, ...others] = ask(KNOWN, TAG_ONLY).owner!
    expect(others).toEqual([])
    expect(example!.heard.map(({kind}) => kind)).toEqual(['caller'])
    expect(example).toMatchObject({truth: group('marsh'), entity: 'litellm:key/1', weight: 5, cost: 1.5})
    expect(example!.exact.size).toBe(0)
  })

  test('by its name alone, where those have only names', () => {
    const kinds = ask(KNOWN, NAME_ONLY).owner![0]!.heard.map(({kind}) => kind)
    expect(kinds).toEqual([expect.stringMatching(/^key name/)])
  })

  test('by what joins nothing exactly, where nothing is open', () => {
    for (const {heard, exact} of ask(KNOWN).owner!) {
      expect(heard.map(({kind}) => kind)).not.toContain('key record')
      expect(exact.size).toBe(0)
    }
  })

  test('and a tag that says another is heard as it is: wrong', () => {
    const [example] = ask({...KNOWN, tag_team: 'rivers'}, TAG_ONLY).owner!
    expect([...example!.heard[0]!.odds.keys()]).toEqual([group('rivers')])
    expect(example!.truth).toBe(group('marsh'))
  })
})

test('what nobody has settled teaches nothing', () => expect(ask(TAG_ONLY, NAME_ONLY).owner).toEqual([]))

test('of a company whose truth is known everything is heard as it is; what the truth does not say is left out', () => {
  const signatures = weighed(KNOWN, TAG_ONLY, NAME_ONLY)
  const world = buildWorld(
    fen().facts(),
    signatures.map(({signature}) => signature),
  )
  const truth = new Map<Signature, string | null>([
    [KNOWN, group('rivers')],
    [TAG_ONLY, null],
  ])
  const examples = knownOwners(world, signatures, signature => truth.get(signature))
  expect(examples.map(({truth: whose, entity}) => [entity, whose])).toEqual([
    ['litellm:key/1', group('rivers')],
    ['litellm:key/8', null],
  ])
  expect(examples[0]!.heard.map(({kind}) => kind)).toContain('key record')
})

test('a caller whom the record of its key contradicts is believed less, as in an answer', () => {
  const signatures = weighed({...KNOWN, tag_team: 'rivers'}, TAG_ONLY)
  const world = buildWorld(
    fen().facts(),
    signatures.map(({signature}) => signature),
  )
  const [contradicted, alone] = knownOwners(world, signatures, () => null).map(({heard}) =>
    heard.find(({kind}) => kind === 'caller')!.odds.get(group('rivers')),
  )
  expect(contradicted).toBeLessThan(alone!)
})

test.each([
  [{key: 'a:key/1', service: 'heron'}, 'a:key/1'],
  [{role: 'aws:role/1', workload: 'k8s:workload/a/b'}, 'aws:role/1'],
  [{service: 'heron', namespace: 'k8s:namespace/birds'}, 'heron'],
  [{tag_service: 'heron'}, 'heron'],
  [{}, ''],
] as const)('signatures like %j are of one entity: %s', (signature, entity) =>
  expect(entityOf(signature as Signature)).toBe(entity),
)

test('the order of ingest leaves no trace in what is learned from', {timeout: 120_000}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-examples-'))
  onTestFinished(() => rmSync(folder, {recursive: true}))
  const out = join(folder, 'fen')
  writeWorld({shape: 'monorepo-otel', seed: 3, out, scale: 0.02})
  const files = await listFiles([out], folder)
  const digests: string[] = []
  for (const [name, ordered] of [
    ['a', files],
    ['b', files.toReversed()],
  ] as const) {
    using store = openForWriting(join(folder, `${name}.db`))
    for (const file of ordered) await ingestFiles(store, [file], {price: priceRows({})})
    const signatures = all(store, allSignatures, {})
      .map(({evidence}) => evidence)
      .sort()
      .map(evidence => JSON.parse(evidence) as Signature)
    const examples = hiddenEdges(buildWorld(loadFacts(store, []), signatures), weighed(...signatures))
    expect(examples.owner!.length).toBeGreaterThan(20)
    expect(examples.project_organization!.length).toBeGreaterThan(20)
    digests.push(digestOf(examples))
  }
  expect(digests[1]).toBe(digests[0])
})

test.each(['chaotic-names', 'direct-accounts'] as const)(
  'an example of %s is answered as the engine answers its signature',
  {timeout: 120_000},
  async shape => {
    const folder = mkdtempSync(join(tmpdir(), 'venturi-examples-'))
    onTestFinished(() => rmSync(folder, {recursive: true}))
    writeWorld({shape, seed: 4, out: join(folder, 'fen'), scale: 0.05})
    using store = openForWriting(join(folder, 'fen.db'))
    await ingestFiles(store, await listFiles([join(folder, 'fen')], folder), {price: priceRows({})})
    attributeStore(store)
    const {world, signatures} = loadWorld(store, [], MODEL)
    const seen = firstSeen(signatures)
    const asked: Weighed[] = []
    // One after another, as the engine resolves them.
    const answered = signatures.flatMap(weighed => {
      const {signature, firstDay, lastDay} = weighed
      const {outcome, shared} = resolve({
        ...{...world, signature, span: new Span()},
        at: Math.floor((firstDay + lastDay + 1) / 2) * DAY_MS,
        keyFirstSeen: seen.get(signature.key ?? '') ?? null,
      })
      if (shared !== null) return []
      asked.push(weighed)
      return [outcome.candidates[0]?.probability ?? 0]
    })
    const judged = judgedBy(
      MODEL,
      'owner',
      knownOwners(world, signatures, () => null),
    )
    expect(judged).toHaveLength(asked.length)
    for (const [index, {confidence}] of judged.entries())
      expect(Math.min(CAP, confidence), asked[index]!.evidence).toBeCloseTo(answered[index]!, 3)
    expect(judged.filter(({confidence}) => confidence === CONTESTED_CAP)).not.toEqual([])
  },
)
