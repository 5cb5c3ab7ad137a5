/** Open spend shared out among the questions that would settle it: each dollar belongs to the best question that settles it. */
import type {Question} from '../engine/outcome.ts'
import type {Nanos} from '../model/money.ts'

/** What one attribution that no team owns costs. */
export interface OpenSpend {
  readonly id: number
  readonly state: string
  readonly spendClass: string
  /** A question about it was not tried. */
  readonly untried: boolean
  readonly cost: Nanos
  readonly records: number
}

export interface Settling {
  readonly attribution: number
  readonly question: number
  readonly likeliest: boolean
  readonly ppm: number
  readonly person: string | null
}

/** A question with what its likeliest answer settles beyond those ranked before it. */
export interface Ranked {
  readonly question: Question
  readonly settles: Nanos
  readonly records: number
  /** Ten-thousandths: how probably the true answer settles it, by money. */
  readonly probability: number
}

export const REST_REASONS = [
  'few_people',
  'not_tried',
  'several_facts',
  'bounded',
  'disputed',
  'not_identifiable',
] as const
export type RestReason = (typeof REST_REASONS)[number]

export interface Rest {
  readonly reason: RestReason
  readonly cost: Nanos
  readonly records: number
}

export interface Gaps {
  readonly questions: readonly Ranked[]
  /** What no answer settles; dearest first. */
  readonly rest: readonly Rest[]
}

/** Nothing is said about fewer people than this. */
const FEWEST_PEOPLE = 5

interface Weighed {
  readonly id: number
  readonly question: Question
  /** Money times probability, in millionths of a nano-dollar. */
  readonly value: bigint
  readonly takes: readonly Settling[]
  readonly settles: Nanos
  readonly records: number
}

/**
 * The question with the most money times probability comes first and takes what it settles; the next is ranked by what is
 * left, and so on. A question about people is asked only when what it settles is at least five people's.
 */
export function rankGaps(
  open: readonly OpenSpend[],
  questions: ReadonlyMap<number, Question>,
  settling: readonly Settling[],
): Gaps {
  const left = new Map(open.map(item => [item.id, item]))
  const of = Map.groupBy(
    settling.filter(({attribution}) => left.has(attribution)),
    ({question}) => question,
  )
  const weigh = (id: number): Weighed => {
    const takes = of.get(id)!.filter(({attribution, likeliest}) => likeliest && left.has(attribution))
    const sum = (amount: (item: OpenSpend, ppm: number) => bigint): bigint =>
      takes.reduce((total, {attribution, ppm}) => total + amount(left.get(attribution)!, ppm), 0n)
    return {
      ...{id, takes, question: questions.get(id)!},
      value: sum(({cost}, ppm) => cost * BigInt(ppm)),
      settles: sum(({cost}) => cost),
      records: Number(sum(({records}) => BigInt(records))),
    }
  }
  // Worst first, so that the best is at hand.
  const waiting = [...of.keys()].map(weigh).sort(worseFirst)
  const ranked: Ranked[] = []
  for (let best = waiting.pop(); best; best = waiting.pop()) {
    const now = weigh(best.id)
    if (now.takes.length === 0 || tooFew(now)) continue
    if (now.takes.length < best.takes.length) {
      const place = waiting.findLastIndex(other => worseFirst(other, now) < 0)
      waiting.splice(place + 1, 0, now)
      continue
    }
    ranked.push({...now, probability: probabilityOf(now, left)})
    for (const {attribution} of now.takes) left.delete(attribution)
  }
  const personal = new Set(settling.filter(({person}) => person !== null).map(({attribution}) => attribution))
  return {questions: ranked, rest: restOf([...left.values()], personal)}
}

const worseFirst = (a: Weighed, b: Weighed): number =>
  compare(a.value, b.value) ||
  compare(a.settles, b.settles) ||
  a.records - b.records ||
  (a.question.id < b.question.id ? 1 : -1)

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

const tooFew = ({question, takes}: Weighed): boolean =>
  question.alias === null && new Set(takes.map(({person}) => person)).size < FEWEST_PEOPLE

/** The mean over what is settled, by money; by records where nothing is known to cost anything. */
function probabilityOf({takes}: Weighed, left: ReadonlyMap<number, OpenSpend>): number {
  const weights = takes.map(({attribution}) => {
    const {cost} = left.get(attribution)!
    return cost < 0n ? -cost : cost
  })
  const free = weights.every(weight => weight === 0n)
  let sum = 0n
  let weighted = 0n
  takes.forEach(({attribution, ppm}, index) => {
    const weight = free ? BigInt(left.get(attribution)!.records) : weights[index]!
    sum += weight
    weighted += weight * BigInt(ppm)
  })
  return sum === 0n ? 0 : Math.round(Number(weighted / sum) / 100)
}

function restOf(left: readonly OpenSpend[], personal: ReadonlySet<number>): Rest[] {
  const reasonOf = ({id, state, spendClass, untried}: OpenSpend): RestReason =>
    personal.has(id)
      ? 'few_people'
      : untried
        ? 'not_tried'
        : state === 'not_identifiable' || state === 'bounded'
          ? state
          : state !== 'ambiguous' && spendClass === 'contested'
            ? 'disputed'
            : 'several_facts'
  const groups = Map.groupBy(left, reasonOf)
  return REST_REASONS.flatMap(reason => {
    const same = groups.get(reason)
    if (!same) return []
    return [
      {
        reason,
        cost: same.reduce((sum, {cost}) => sum + cost, 0n),
        records: same.reduce((sum, {records}) => sum + records, 0),
      },
    ]
  }).sort((a, b) => compare(b.cost, a.cost))
}
