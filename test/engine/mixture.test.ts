/** Consumers with habits and a mixture of them that is known: is it found again? */
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Random} from '../../fixtures/generate/random.ts'
import {type Cell, type Consumer, mixture} from '../../src/engine/stages/mixture.ts'

const MODELS = ['mini', 'large', 'other', 'batch']
const HOURS = Array.from({length: 48}, (_, hour) => hour)
const TAG = 1
const SPAN = 2

/** Somebody who works mostly in some hours and with some models, and hints as often as it pleases. */
interface Habit {
  readonly model: (model: string) => number
  readonly hour: (hour: number) => number
  readonly tagged: number
  readonly traced: number
}

function habit(random: Random, index: number): Habit {
  const favourite = MODELS[index % MODELS.length]!
  const noon = (random.int(0, 23) + index * 8) % 24
  const strength = 2 + 4 * random.next()
  const weekend = 0.2 + random.next()
  return {
    model: model => (model === favourite ? strength : 1),
    hour: hour =>
      (1 + Math.max(0, 6 - Math.min((hour - noon + 48) % 24, (noon - hour + 48) % 24))) *
      (hour < 24 ? 1 : weekend),
    tagged: 0.1 + 0.7 * random.next(),
    traced: random.chance(0.5) ? 0 : 0.6 * random.next(),
  }
}

interface Known {
  readonly silent: readonly Cell[]
  readonly consumers: readonly Consumer[]
  /** Of the silent requests. */
  readonly truth: readonly number[]
}

/** `hints`: what tells of habits are requests under the shared key; else as many requests elsewhere. */
function company(random: Random, requests: number, hints: boolean): Known {
  const habits = Array.from({length: random.int(2, 4)}, (_, index) => habit(random, index))
  const sizes = habits.map(() => 0.3 + random.next())
  const silent = new Map<string, Cell>()
  const known = habits.map(() => new Map<string, Cell>())
  const hinted = habits.map(() => new Map<number, number>())
  const truth = habits.map(() => 0)
  const see = (cells: Map<string, Cell>, {model, hour}: Habit) => {
    const one = {model: random.weighted(MODELS, model), hour: random.weighted(HOURS, hour)}
    const key = JSON.stringify(one)
    cells.set(key, {...one, requests: (cells.get(key)?.requests ?? 0) + 1})
  }
  for (let count = 0; count < requests; count++) {
    const index = random.weighted([...habits.keys()], one => sizes[one]!)
    const own = habits[index]!
    const bits = (random.chance(own.tagged) ? TAG : 0) | (random.chance(own.traced) ? SPAN : 0)
    if (!hints || bits === 0) {
      see(silent, own)
      truth[index]!++
      if (!hints) see(known[index]!, own)
    } else {
      see(known[index]!, own)
      hinted[index]!.set(bits, (hinted[index]!.get(bits) ?? 0) + 1)
    }
  }
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0)
  return {
    silent: [...silent.values()],
    consumers: known.map((cells, index) => ({
      known: [...cells.values()],
      hinted: hinted[index]!,
      prior: hints ? sum(hinted[index]!.values()) : 1 + random.int(0, 9),
    })),
    truth: truth.map(count => count / sum(truth)),
  }
}

/** Points of a hundred, on average over the consumers. */
const off = (parts: readonly number[], truth: readonly number[]): number =>
  (100 * parts.reduce((sum, part, index) => sum + Math.abs(part - truth[index]!), 0)) / parts.length

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, one) => sum + one, 0) / numbers.length

describe.each([
  ['hinted requests that are a biased sample', true],
  ['what each does elsewhere', false],
])('from %s', (_, hints) => {
  const errors = (requests: number, guess: (known: Known) => readonly number[]): number[] =>
    Array.from({length: 20}, (_, seed) => {
      const known = company(new Random(seed, 'mixture'), requests, hints)
      return off(guess(known), known.truth)
    })
  const found = ({silent, consumers}: Known) => mixture(silent, consumers).parts
  const plain = ({consumers}: Known) => {
    const total = consumers.reduce((sum, {prior}) => sum + prior, 0)
    return consumers.map(({prior}) => prior / total)
  }

  test('the more there is to see, the nearer the parts are to the truth', () => {
    const [few, some, many] = [300, 3_000, 20_000].map(requests => mean(errors(requests, found)))
    expect(few).toBeLessThan(12)
    expect(some).toBeLessThan(4)
    expect(many).toBeLessThan(1.5)
  })

  test('and much nearer than plain proportion', () =>
    expect(mean(errors(3_000, found)) * 3).toBeLessThan(mean(errors(3_000, plain))))
})

const anyCell = fc.record({
  model: fc.constantFrom(...MODELS),
  hour: fc.constantFrom(...HOURS),
  requests: fc.integer({min: 1, max: 1_000}),
})
const anyConsumer = fc.record({
  known: fc.array(anyCell, {maxLength: 8}),
  hinted: fc
    .dictionary(fc.constantFrom('1', '2', '3', '8'), fc.integer({min: 1, max: 500}))
    .map(hinted => new Map(Object.entries(hinted).map(([bits, count]) => [Number(bits), count]))),
  prior: fc.integer({min: 0, max: 100}),
})

test('whatever is known, parts are parts of one whole, and who has no prior has none', () => {
  fc.assert(
    fc.property(
      fc.array(anyCell, {minLength: 1, maxLength: 12}),
      fc.array(anyConsumer, {minLength: 1, maxLength: 5}).filter(list => list.some(({prior}) => prior > 0)),
      (silent, consumers) => {
        const {parts, whose} = mixture(silent, consumers)
        for (const weights of [parts, ...silent.map(whose)]) {
          expect(weights.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9)
          for (const [index, part] of weights.entries()) {
            expect(part).toBeGreaterThanOrEqual(0)
            if (consumers[index]!.prior === 0) expect(part).toBe(0)
          }
        }
      },
    ),
  )
})

test('who cannot be told apart keep their prior', () => {
  const same = [{model: 'mini', hour: 9, requests: 500}]
  const {parts} = mixture(same, [
    {known: same, hinted: new Map(), prior: 3},
    {known: same, hinted: new Map(), prior: 1},
  ])
  expect(parts).toEqual([0.75, 0.25])
})

test('two kinds of hint show who hints how often, where habits are all the same', () => {
  const same = (requests: number): Cell[] => [{model: 'mini', hour: 9, requests}]
  // Of 4,000 requests each: tags on a half of the first's and a tenth of the second's, spans on a half of both.
  const {parts} = mixture(same(1_000 + 1_800), [
    {
      known: same(3_000),
      hinted: new Map([
        [TAG, 1_000],
        [SPAN, 1_000],
        [TAG | SPAN, 1_000],
      ]),
      prior: 3_000,
    },
    {
      known: same(2_200),
      hinted: new Map([
        [TAG, 200],
        [SPAN, 1_800],
        [TAG | SPAN, 200],
      ]),
      prior: 2_200,
    },
  ])
  expect(parts[0]).toBeCloseTo(1_000 / 2_800, 1)
})
