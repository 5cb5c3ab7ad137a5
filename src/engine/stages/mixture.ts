/**
 * Whose requests are those that say nothing of whose they are? What each consumer of a shared key is known to do explains what
 * the key is seen to do: the mixture of habits that does so best, by expectation maximisation (`docs/engine.md`). Pure. Floats
 * here are shares to be estimated, never money.
 */

/** Requests of one model in one hour: 0–23 UTC of a weekday, 24–47 of a weekend. */
export interface Cell {
  readonly model: string
  readonly hour: number
  readonly requests: number
}

export interface Consumer {
  /** What it is known to have done, wherever that was. */
  readonly known: readonly Cell[]
  /** Requests under the shared key that are known to be its, by the kinds of hint they carry (bits). */
  readonly hinted: ReadonlyMap<number, number>
  /** Its part before habits are looked at, in proportion; 0: it has none, and gets none. */
  readonly prior: number
}

export interface Mixture {
  /** Each consumer's part of the silent requests, in the order given; sums to 1. */
  readonly parts: readonly number[]
  /** How likely a silent request of a model and hour is each consumer's; sums to 1. */
  readonly whose: (cell: Pick<Cell, 'model' | 'hour'>) => readonly number[]
}

/** Requests that the prior, and the usual rate of a kind of hint, stand for: what habits leave open stays with them. */
const PRIOR = 20
/** Requests of everybody's mix of models and of hours that are added to each consumer's own: nothing is impossible. */
const SMOOTH = {models: 2, hours: 10}
const ROUNDS = 400
const STILL = 1e-7

/**
 * The likeliest parts of `silent`, for at least one consumer with a prior. Those who hint more often are a smaller part of the
 * silence. How often each consumer gives each kind of hint shows where requests carry two kinds (of those a span names, how many
 * are tagged?) and from the silence itself; as far as neither tells, all hint equally often.
 *
 * @example one consumer works by night, the other by day: silent requests of the night are the first one's
 */
export function mixture(silent: readonly Cell[], consumers: readonly Consumer[]): Mixture {
  const everybody = [...silent, ...consumers.flatMap(({known}) => known)]
  const habits = habitsAgainst(everybody)
  const shapes = consumers.map(({known}) => habits(known))
  const likely = silent.map(cell => shapes.map(shape => shape(cell)))
  const hinted = consumers.map(consumer => sum([...consumer.hinted.values()]))
  const rates = hintRates(consumers)
  const all = sum(silent.map(({requests}) => requests)) + sum(hinted)
  const priors = normal(consumers.map(({prior}) => prior))
  let parts = priors
  for (let round = 0; round < ROUNDS; round++) {
    const theirs = priors.map(() => 0)
    silent.forEach(({requests}, cell) => {
      const weights = weighed(parts, likely[cell]!)
      weights.forEach((weight, index) => {
        theirs[index]! += weight * requests
      })
    })
    const before = parts
    parts =
      rates === null
        ? normal(theirs.map((count, index) => (priors[index] === 0 ? 0 : count + PRIOR * priors[index]!)))
        : silentParts(theirs, hinted, rates, all, priors)
    if (parts.every((part, index) => Math.abs(part - before[index]!) < STILL)) break
  }
  return {
    parts,
    whose: cell =>
      weighed(
        parts,
        shapes.map(shape => shape(cell)),
      ),
  }
}

/** Of everything that is a consumer's, hinted or silent, the part without any hint. */
function silentParts(
  theirs: readonly number[],
  hinted: readonly number[],
  rates: readonly (readonly number[])[],
  all: number,
  priors: readonly number[],
): number[] {
  const quiet = theirs.map((count, index) => count + hinted[index]!)
  const sizes = [...quiet]
  for (const given of rates) {
    const usual = sum(given) / all
    sizes.forEach((size, index) => {
      quiet[index]! *= 1 - (given[index]! + PRIOR * usual) / (size + PRIOR)
    })
  }
  return normal(quiet.map((count, index) => (priors[index] === 0 ? 0 : count)))
}

/** By kind of hint, how many requests of each consumer carry it; null: nothing is hinted. */
function hintRates(consumers: readonly Consumer[]): number[][] | null {
  const seen = consumers.reduce((bits, {hinted}) => [...hinted.keys()].reduce((a, b) => a | b, bits), 0)
  const kinds = Array.from({length: 31}, (_, bit) => 1 << bit).filter(kind => (seen & kind) !== 0)
  if (kinds.length === 0) return null
  return kinds.map(kind =>
    consumers.map(({hinted}) =>
      sum([...hinted].map(([bits, requests]) => ((bits & kind) === 0 ? 0 : requests))),
    ),
  )
}

/** How usual a model and an hour are for somebody: its mix of models times its hours, a little drawn to everybody's. */
function habitsAgainst(everybody: readonly Cell[]) {
  const total = sum(everybody.map(({requests}) => requests))
  const [models, hours] = margins(everybody)
  return (known: readonly Cell[]) => {
    const count = sum(known.map(({requests}) => requests))
    const [ownModels, ownHours] = margins(known)
    const usual = <Key>(own: ReadonlyMap<Key, number>, of: ReadonlyMap<Key, number>, key: Key, add: number) =>
      ((own.get(key) ?? 0) + (add * (of.get(key) ?? 0)) / total) / (count + add)
    return ({model, hour}: Pick<Cell, 'model' | 'hour'>): number =>
      usual(ownModels, models, model, SMOOTH.models) * usual(ownHours, hours, hour, SMOOTH.hours)
  }
}

function margins(cells: readonly Cell[]): [ReadonlyMap<string, number>, ReadonlyMap<number, number>] {
  const models = new Map<string, number>()
  const hours = new Map<number, number>()
  for (const {model, hour, requests} of cells) {
    models.set(model, (models.get(model) ?? 0) + requests)
    hours.set(hour, (hours.get(hour) ?? 0) + requests)
  }
  return [models, hours]
}

const weighed = (parts: readonly number[], likely: readonly number[]): number[] => {
  const weights = parts.map((part, index) => part * likely[index]!)
  return sum(weights) > 0 ? normal(weights) : [...parts]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

/** In proportion, to a sum of 1; where nothing has weight, in equal parts. */
function normal(weights: readonly number[]): number[] {
  const total = sum(weights)
  return weights.map(weight => (total > 0 ? weight / total : 1 / weights.length))
}
