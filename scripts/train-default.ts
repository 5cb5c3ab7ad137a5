/**
 * Trains the model that ships in the package: on invented companies whose owners are known and on one public repository's history.
 * Measured on companies of other seeds, which it has not seen. The same code gives the same model.
 *
 * node scripts/train-default.ts [--out models/default.json]
 */
import {copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import type {ShapeName} from '../fixtures/worlds/shapes.ts'
import {SHAPES, writeWorld} from '../fixtures/worlds/world.ts'
import {listFiles} from '../src/connectors/files.ts'
import {ingestFiles} from '../src/connectors/ingest.ts'
import {judgedBy} from '../src/engine/rail/evaluate.ts'
import {hiddenEdges} from '../src/engine/rail/examples.ts'
import type {Example} from '../src/engine/rail/fit.ts'
import {measure} from '../src/engine/rail/measure.ts'
import {heuristicBaseline, LEARNED, type Learned, type Model, trainedModel} from '../src/engine/rail/model.ts'
import {crossValidated, digestOf, train} from '../src/engine/rail/train.ts'
import {attributeStore} from '../src/engine/run.ts'
import {loadWorld} from '../src/engine/run-world.ts'
import {isWritten} from '../src/engine/witness.ts'
import {figuresOf, withKnownWorld} from '../src/server/evaluate/known-world.ts'
import {score} from '../src/server/evaluate/score.ts'
import {cardOf} from '../src/server/model/card.ts'
import {ownersOfKnown} from '../src/server/model/known-owners.ts'
import {startPricing} from '../src/server/pricing/reprice.ts'
import {openForWriting} from '../src/store/open.ts'
import type {ReadableStore} from '../src/store/query.ts'

const {values} = parseArgs({options: {out: {type: 'string', default: 'models/default.json'}}})
const LEARNING = [1, 2, 3]
const UNSEEN = [301, 302]
const HISTORY = 'fixtures/ownership-otel-semconv'
/** The day is part of the model; it changes when the model does. */
const ON = '2026-11-24'

const untrained = heuristicBaseline('disabled')
const folder = mkdtempSync(join(tmpdir(), 'venturi-train-'))
const say = (line: string) => process.stderr.write(`${line}\n`)

/** Calls `use` with each company of these seeds, attributed by `model`. */
async function eachWorld<T>(
  seeds: readonly number[],
  model: Model,
  use: Parameters<typeof withKnownWorld<T>>[2],
): Promise<{readonly name: string; readonly found: T}[]> {
  const all: {name: string; found: T}[] = []
  for (const seed of seeds)
    for (const shape of Object.keys(SHAPES) as ShapeName[]) {
      const name = `${shape}-${seed}`
      const out = join(folder, name)
      writeWorld({shape, seed, out})
      all.push({name, found: await withKnownWorld(out, model, use)})
      rmSync(out, {recursive: true})
      say(name)
    }
  return all
}

const hidden = (store: ReadableStore) => {
  const {world, signatures} = loadWorld(store, [], untrained)
  return hiddenEdges(world, signatures)
}

/**
 * How far a written owner is to be trusted differs from company to company, and is measured in each; without what was hidden here
 * it would look weaker than it is. Learned are the traces that nobody wrote down.
 */
const traces = (examples: readonly Example[]): Example[] =>
  examples.filter(({heard}) => !heard.some(({kind}) => isWritten(kind)))

/** Who owns the folders of a public repository, as its commits and its CODEOWNERS tell. */
async function publicHistory(): Promise<readonly Example[]> {
  const repository = join(folder, 'history/repos/semantic-conventions')
  mkdirSync(join(repository, '.github'), {recursive: true})
  copyFileSync(`${HISTORY}/CODEOWNERS`, join(repository, '.github/CODEOWNERS'))
  copyFileSync(`${HISTORY}/history.tsv.gz`, join(repository, 'history.tsv.gz'))
  using store = openForWriting(join(folder, 'history.db'))
  await ingestFiles(store, await listFiles(['history'], folder), {price: startPricing(store, {})})
  attributeStore(store)
  return traces(hidden(store).project_organization ?? [])
}

const learned = await eachWorld(LEARNING, untrained, (store, oracle) => {
  const edges = hidden(store)
  return {
    identity_organization: edges.identity_organization ?? [],
    project_organization: traces(edges.project_organization ?? []),
    // Which service it is nobody has written down for these companies: the documented weights stand.
    invocation_service: [],
    owner: ownersOfKnown(store, oracle),
  }
})
const history = (await publicHistory()).map(example => ({...example, entity: `history ${example.entity}`}))
const examples = Object.fromEntries(
  LEARNED.map(relation => [
    relation,
    [
      ...learned.flatMap(({name, found}) =>
        found[relation].map(example => ({...example, entity: `${name} ${example.entity}`})),
      ),
      ...(relation === 'project_organization' ? history : []),
    ],
  ]),
) as {[relation in Learned]: Example[]}
const file = train(examples, {label: 'default', on: ON, digest: digestOf(examples)})
const model = trainedModel(file)

const unseen = await eachWorld(UNSEEN, model, (store, oracle) => ({
  ...figuresOf(score(store, oracle)),
  hidden: judgedBy(model, 'owner', hidden(store).owner ?? []),
}))
const percent = (value: number | null) => (value === null ? '–' : `${(value * 100).toFixed(1)} %`)
const mean = (of: (one: (typeof unseen)[number]['found']) => number | null) =>
  unseen.reduce((sum, {found}) => sum + (of(found) ?? 0), 0) / unseen.length
const flattered = measure(unseen.flatMap(({found}) => found.hidden))
const more = `
## On companies it has not seen

Shapes of \`fixtures/worlds\` with seeds ${UNSEEN.join(', ')}; shares of the spend.

| Company | Shown at ≥ 0.80 | Right there | Of what can be known, reached | Claimed though unknowable | ECE | ECE by cost |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${unseen
  .map(
    ({name, found}) =>
      `| ${name} | ${percent(found.shown_at_080)} | ${percent(found.right_at_080)} | ${percent(found.knowable_reached)} | ${percent(found.unknowable_claimed)} | ${found.owner.ece?.toFixed(3)} | ${found.owner.by_cost.ece?.toFixed(3)} |`,
  )
  .join('\n')}
| mean | ${percent(mean(one => one.shown_at_080))} | ${percent(mean(one => one.right_at_080))} | ${percent(mean(one => one.knowable_reached))} | ${percent(mean(one => one.unknowable_claimed))} | ${mean(one => one.owner.ece).toFixed(3)} | ${mean(one => one.owner.by_cost.ece).toFixed(3)} |

Hidden edges of the same companies, which is all a user has, give ${percent(flattered.accuracy)} right and an ECE of ${flattered.ece?.toFixed(3)}; against the truth it is
${percent(mean(one => one.owner.accuracy))} and ${mean(one => one.owner.ece).toFixed(3)}. ECE is of probabilities before the ceiling of 0.95.
The public history alone: ${percent(measure(crossValidated(history)).accuracy)} of ${history.length} folders by their commits, ECE ${measure(crossValidated(history)).ece?.toFixed(3)}.
Invented companies are tidier than real ones, whatever their maker intends: on your own data run \`venturi evaluate\`.
`
const compared = LEARNED.flatMap(relation => {
  const known = examples[relation]
  return known.length === 0
    ? []
    : [
        {
          ...{relation, labels: known.length, trained: measure(crossValidated(known))},
          present: measure(judgedBy(untrained, relation, known)),
        },
      ]
})
writeFileSync(values.out, `${JSON.stringify(file, null, 2)}\n`)
writeFileSync(values.out.replace(/\.json$/, '.card.md'), cardOf(file, compared, more))
rmSync(folder, {recursive: true})
say(`${values.out}: ${file.version}`)
