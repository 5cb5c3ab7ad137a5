/** Trying an answer costs as much as settling what it touches anew, so only the questions with the most money behind them are tried. Pure. */
import type {Asked} from './suppose.ts'

export interface Bound {
  readonly questions: number
  /** How often an open attribution is tried, in all questions together. */
  readonly attributions: number
}

const MOST_QUESTIONS = 200
/** Each is resolved up to four times again: with two answers, each with and without what people decided. */
const PART = 20
const LEAST = 2_000

export const boundOf = (signatures: number): Bound => ({
  questions: MOST_QUESTIONS,
  attributions: Math.max(LEAST, Math.ceil(signatures / PART)),
})

export interface Chosen<Q> {
  /** In the order given, each with the part of what it touches that is tried. */
  readonly tried: readonly Q[]
  /** Attributions of which a question is not tried. */
  readonly untried: ReadonlySet<number>
}

/** The question with the most money first, ties by what it touches and its id; of each the dearest attributions, ties by order. */
export function dearest<Q extends Asked>(
  asked: readonly Q[],
  costOf: (attribution: number) => bigint,
  bound: Bound,
): Chosen<Q> {
  const weighed = asked.map(question => ({
    question,
    cost: question.touched.reduce((sum, index) => sum + costOf(index), 0n),
  }))
  weighed.sort(
    (a, b) =>
      compare(b.cost, a.cost) ||
      b.question.touched.length - a.question.touched.length ||
      (a.question.subject.id < b.question.subject.id ? -1 : 1),
  )
  const chosen = new Map<Q, Q>()
  const untried = new Set<number>()
  let left = bound.attributions
  for (const {question} of weighed) {
    const room = chosen.size < bound.questions ? left : 0
    const some = part(question.touched, room, costOf)
    if (some.length > 0) chosen.set(question, {...question, touched: some})
    left -= some.length
    if (some.length === question.touched.length) continue
    const kept = new Set(some)
    for (const index of question.touched) if (!kept.has(index)) untried.add(index)
  }
  return {tried: asked.flatMap(question => chosen.get(question) ?? []), untried}
}

function part(
  touched: readonly number[],
  most: number,
  costOf: (attribution: number) => bigint,
): readonly number[] {
  if (touched.length <= most) return touched
  return [...touched]
    .sort((a, b) => compare(costOf(b), costOf(a)) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b)
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
