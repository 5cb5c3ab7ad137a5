/** What a service was seen to use, and which of it a changed value is about. */
import type {ModelIdentity} from '../../model/chunk.ts'
import {GATEWAY_CACHE, type Usage} from '../../model/fact.ts'
import {modelBase} from '../../model/model-name.ts'
import type {Nanos} from '../../model/money.ts'
import {withoutSeller} from '../model-shape.ts'

/** Records of one day, one model and one answer, summed. Counts are null where no record says them. */
export interface Traffic extends Usage {
  /** Epoch day. */
  readonly day: number
  readonly model: ModelIdentity
  /** Nano-dollars; what is not known counts nothing here and is in `unpriced`. */
  readonly cost: Nanos
  readonly unpriced: number
  readonly records: number
  /** How sure it is that this service made it: 0…0.95. */
  readonly coper: number
}

/** Days [from, to). */
export interface Window {
  readonly from: number
  readonly to: number
}

/** Tokens are counted, and a model was asked: nothing else can be replayed. */
export const isReplayable = ({model, inputTokens, outputTokens}: Traffic): boolean =>
  model[3] !== GATEWAY_CACHE && (inputTokens !== null || outputTokens !== null)

export const COUNTS = [
  'requests',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
] as const

/** The sum of what is known; a count is null where none is known. */
export function sumOf(traffic: readonly Usage[]): Usage {
  const total: {-readonly [count in keyof Usage]: Usage[count]} = {
    ...{requests: null, inputTokens: null, outputTokens: null, cacheReadTokens: null, cacheWriteTokens: null},
  }
  for (const item of traffic)
    for (const count of COUNTS) if (item[count] !== null) total[count] = (total[count] ?? 0) + item[count]
  return total
}

/** What was paid; null: of some of it nobody knows. */
export const paidFor = (traffic: readonly Traffic[]): Nanos | null =>
  traffic.some(({unpriced}) => unpriced > 0) ? null : traffic.reduce((sum, {cost}) => sum + cost, 0n)

/** The mean of how sure it is, weighted by cost (by records where it cost nothing), to ten-thousandths; null: no traffic. */
export function confidenceOf(traffic: readonly Traffic[]): number | null {
  const weigh = (by: (item: Traffic) => number) => traffic.reduce((sum, item) => sum + by(item), 0)
  const byCost = ({cost}: Traffic): number => Math.abs(Number(cost))
  const by = weigh(byCost) > 0 ? byCost : ({records}: Traffic) => records
  const total = weigh(by)
  return total > 0 ? Math.round((10_000 * weigh(item => by(item) * item.coper)) / total) / 10_000 : null
}

const isDated = (model: string): boolean => /[-@](?:\d{8}|\d{4}-\d{2}-\d{2})(?:-v\d+:\d+)?$/.test(model)

/**
 * Whether traffic is what a call that names `written` makes. Asked is compared before answered: a gateway's own name for a model
 * is another call than the model's. `deployments`: Azure's names, in lower case, as models.
 */
export function isTrafficOf(
  written: string,
  [, requested, served]: ModelIdentity,
  deployments: ReadonlyMap<string, string>,
): boolean {
  const wanted = withoutSeller(written).toLowerCase()
  const asked = requested === null ? null : withoutSeller(requested).toLowerCase()
  const named = asked === null ? served : (deployments.get(asked)?.toLowerCase() ?? asked)
  if (named === null) return false
  const seen = withoutSeller(named).toLowerCase()
  if (seen === wanted) return true
  return isDated(wanted)
    ? withoutSeller(served ?? '').toLowerCase() === wanted
    : modelBase(seen) === modelBase(wanted)
}

/** Models that read text alike; a name of no known family is a family of its own. */
export function familyOf(model: string): string {
  const base = modelBase(withoutSeller(model))
  if (/^(?:gpt|chatgpt|o\d)/.test(base)) return 'gpt'
  return /^[a-z]+/.exec(base)?.[0] ?? base
}

/**
 * A thousand typical requests: of each count the median over days and answers of its mean a request, each weighing as many as its
 * requests. Null: no request was counted.
 */
export function typicalThousand(traffic: readonly Traffic[]): Usage | null {
  const counted = traffic.filter(item => isReplayable(item) && (item.requests ?? 0) > 0)
  if (counted.length === 0) return null
  const median = (count: (typeof COUNTS)[number]): number => {
    const means = counted
      .map(item => ({mean: Math.floor((1000 * (item[count] ?? 0)) / item.requests!), weight: item.requests!}))
      .sort((a, b) => a.mean - b.mean)
    const half = means.reduce((sum, {weight}) => sum + weight, 0) / 2
    let reached = 0
    return means.find(({weight}) => (reached += weight) >= half)!.mean
  }
  return {
    requests: 1000,
    inputTokens: median('inputTokens'),
    outputTokens: median('outputTokens'),
    cacheReadTokens: median('cacheReadTokens'),
    cacheWriteTokens: median('cacheWriteTokens'),
  }
}
