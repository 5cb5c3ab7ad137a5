/**
 * Where the same work might cost less, each with what speaks for it in the company's own usage. A saving is a range over what was
 * paid: the ratio of two list prices of the very same tokens, applied to the money. Its low end is nothing wherever nobody has
 * shown that the cheaper way is as good.
 */
import type {Ref} from '../engine/outcome.ts'
import type {ModelIdentity} from '../model/chunk.ts'
import {isElsewhere} from '../model/environment.ts'
import {GATEWAY_CACHE, type Usage} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'
import type {QuoteOf} from '../model/quote.ts'
import type {Use} from './load-activity.ts'

export type SavingKind = 'model_swap' | 'development_on_dear_model' | 'caching' | 'batch' | 'orphaned'

export interface Saving {
  readonly kind: SavingKind
  readonly organization: Ref | null
  readonly service: Ref | null
  readonly feature: string | null
  readonly model: string | null
  readonly instead: string | null
  /** What was paid for what it is about. */
  readonly cost: Nanos
  readonly low: Nanos
  readonly high: Nanos
  readonly evidence: string
  readonly risk: string
}

export interface Asked {
  readonly uses: readonly Use[]
  readonly quote: QuoteOf
  /** When prices are asked for, epoch ms. */
  readonly at: number
}

/** Anything cheaper than this many times is not worth anybody's afternoon. */
const TIMES_CHEAPER = 2n
/** Of a group's requests, what shows that it already does the work with the other model. */
const LEAST_SHARE = 0.05
const LEAST_REQUESTS = 20
/** Input tokens from which a share of cached ones is a habit and not an accident. */
const LEAST_INPUT = 1_000_000
/** How much less than the company's own best a cache has to be used, as a share of input. */
const CACHE_GAP = 0.1

const BATCHABLE = /^(batch|batch_job|evaluation|eval|evals|backfill)$/i

/** Dearest first. They overlap: what one saves the next no longer can. */
export const savingsIn = (asked: Asked): Saving[] =>
  [swaps, development, caching, batches, orphaned]
    .flatMap(find => find(asked))
    .sort((a, b) => (a.high === b.high ? (keyOf(a) < keyOf(b) ? -1 : 1) : a.high > b.high ? -1 : 1))

const keyOf = ({kind, organization, service, feature, model}: Saving): string =>
  JSON.stringify([kind, organization?.id, service?.id, feature, model])

/** Uses of one piece of work with one model, summed. */
interface Work {
  readonly first: Use
  readonly model: ModelIdentity
  readonly name: string
  readonly cost: Nanos
  readonly usage: Usage
}

export const modelName = ([, requested, served]: ModelIdentity): string =>
  served ?? requested ?? 'unknown model'

function worksOf(uses: readonly Use[], key: (use: Use) => string): Map<string, Work[]> {
  const counted = uses.filter(
    ({model, inputTokens}) => model !== null && inputTokens !== null && model[3] !== GATEWAY_CACHE,
  )
  const groups = Map.groupBy(counted, key)
  return new Map(
    [...groups].map(([group, same]) => [
      group,
      [...Map.groupBy(same, ({model}) => `${model![0]} ${modelName(model!)} ${model![3]}`).values()].map(
        workOf,
      ),
    ]),
  )
}

function workOf(uses: readonly Use[]): Work {
  const total = (of: (use: Use) => number | null) => uses.reduce((sum, use) => sum + (of(use) ?? 0), 0)
  const first = uses[0]!
  return {
    ...{first, model: first.model!, name: modelName(first.model!)},
    cost: uses.reduce((sum, {cost}) => sum + cost, 0n),
    usage: {
      requests: total(({requests}) => requests),
      inputTokens: total(({inputTokens}) => inputTokens),
      outputTokens: total(({outputTokens}) => outputTokens),
      cacheReadTokens: total(({cacheReadTokens}) => cacheReadTokens),
      cacheWriteTokens: total(({cacheWriteTokens}) => cacheWriteTokens),
    },
  }
}

/** What was paid, less the same at the ratio of two list prices; null: a price is not known, or it would cost no less. */
function saved(cost: Nanos, now: Nanos | null, then: Nanos | null): Nanos | null {
  if (now === null || then === null || now <= 0n || cost <= 0n || then >= now) return null
  return cost - (cost * then) / now
}

const about = ({first, name, cost}: Work, instead: string | null) => ({
  organization: first.outcome.owner.organization,
  service: first.outcome.owner.service,
  feature: first.workload.tags.feature ?? null,
  model: name,
  instead,
  cost,
})

const groupKey = ({outcome, workload}: Use): string =>
  JSON.stringify([outcome.owner.organization?.id, outcome.owner.service?.id, workload.tags.feature])

const requestsOf = ({usage}: Work): number => usage.requests ?? 0
const shown = (count: number): string => count.toLocaleString('en-US')

/** Work that a team already does with a cheaper model too. */
function swaps({uses, quote, at}: Asked): Saving[] {
  const named = uses.filter(
    ({outcome, workload}) => outcome.owner.service !== null || workload.tags.feature !== undefined,
  )
  return [...worksOf(named, groupKey).values()].flatMap(works => {
    const requests = works.reduce((sum, work) => sum + requestsOf(work), 0)
    const proven = works.filter(
      work => requestsOf(work) >= LEAST_REQUESTS && requestsOf(work) >= LEAST_SHARE * requests,
    )
    return works.flatMap(work => {
      const now = quote(work.model, at, work.usage)
      const best = cheapest(
        proven.filter(({name}) => name !== work.name),
        work,
        {quote, at},
      )
      if (now === null || best === null || best.cost * TIMES_CHEAPER > now) return []
      const high = saved(work.cost, now, best.cost)
      if (high === null) return []
      return {
        ...{kind: 'model_swap' as const, ...about(work, best.work.name), low: 0n, high},
        evidence: `${best.work.name} already answers ${shown(requestsOf(best.work))} of its ${shown(requests)} requests`,
        risk: 'nothing shows that the answers are as good: compare them on a sample first',
      }
    })
  })
}

/** Whichever of these models would do the work for least. */
function cheapest(
  others: readonly Work[],
  {usage}: Work,
  {quote, at}: Pick<Asked, 'quote' | 'at'>,
): {readonly work: Work; readonly cost: Nanos} | null {
  let best: {readonly work: Work; readonly cost: Nanos} | null = null
  for (const work of others) {
    const cost = quote(work.model, at, usage)
    if (cost !== null && (best === null || cost < best.cost)) best = {work, cost}
  }
  return best
}

/** Development and tests on a model that costs a multiple of what the company uses elsewhere. */
function development({uses, quote, at}: Asked): Saving[] {
  const used = worksOf(uses, ({model}) => model?.[0] ?? '')
  const developing = uses.filter(({workload}) => isElsewhere(workload.tags.environment))
  return [...worksOf(developing, groupKey).values()].flat().flatMap(work => {
    const same = used.get(work.model[0] ?? '') ?? []
    const requests = same.reduce((sum, other) => sum + requestsOf(other), 0)
    const others = same.filter(
      other =>
        other.name !== work.name &&
        requestsOf(other) >= LEAST_SHARE * requests &&
        (other.usage.outputTokens ?? 0) > 0,
    )
    const now = quote(work.model, at, work.usage)
    const best = cheapest(others, work, {quote, at})
    if (now === null || best === null || best.cost * TIMES_CHEAPER > now) return []
    const high = saved(work.cost, now, best.cost)
    if (high === null) return []
    return {
      ...{kind: 'development_on_dear_model' as const, ...about(work, best.work.name), low: 0n, high},
      evidence: `${work.first.workload.tags.environment} traffic; the company makes ${shown(requestsOf(best.work))} requests with ${best.work.name}`,
      risk: 'tests of the production model itself need it',
    }
  })
}

const cachedShare = ({usage}: Work): number =>
  (usage.cacheReadTokens ?? 0) / Math.max(1, (usage.inputTokens ?? 0) + (usage.cacheReadTokens ?? 0))

/** Prompts read anew where the same model is read from its cache elsewhere in the company. */
function caching({uses, quote, at}: Asked): Saving[] {
  const works = [...worksOf(uses, groupKey).values()]
    .flat()
    .filter(({usage}) => (usage.inputTokens ?? 0) + (usage.cacheReadTokens ?? 0) >= LEAST_INPUT)
  return [...Map.groupBy(works, ({model, name}) => `${model[0]} ${name}`).values()].flatMap(same => {
    const best = same.reduce((one, other) => (cachedShare(other) > cachedShare(one) ? other : one))
    return same.flatMap(work => {
      const gap = cachedShare(best) - cachedShare(work)
      if (gap < CACHE_GAP) return []
      const input = work.usage.inputTokens ?? 0
      const moved = Math.min(input, Math.round(gap * (input + (work.usage.cacheReadTokens ?? 0))))
      const then = {
        ...work.usage,
        ...{inputTokens: input - moved, cacheReadTokens: (work.usage.cacheReadTokens ?? 0) + moved},
      }
      const high = saved(work.cost, quote(work.model, at, work.usage), quote(work.model, at, then))
      if (high === null) return []
      const percent = (share: number) => `${Math.round(share * 100)} %`
      const other = best.first.outcome.owner.service?.name ?? best.first.workload.tags.feature ?? 'other work'
      return {
        ...{kind: 'caching' as const, ...about(work, null), low: 0n, high},
        evidence: `${percent(cachedShare(work))} of its input is read from the cache, ${percent(cachedShare(best))} at ${other}`,
        risk: 'only prompts that begin alike can be cached; what fills the cache may cost more',
      }
    })
  })
}

/** Work that says it can wait, at the price of what cannot. */
function batches({uses, quote, at}: Asked): Saving[] {
  const waiting = uses.filter(
    ({workload, model}) =>
      BATCHABLE.test(workload.tags.request_intent ?? '') &&
      model !== null &&
      (model[3] ?? 'standard') === 'standard',
  )
  return [...worksOf(waiting, groupKey).values()].flat().flatMap(work => {
    const [provider, requested, served] = work.model
    const batch = quote([provider, requested, served, 'batch'], at, work.usage)
    const high = saved(work.cost, quote(work.model, at, work.usage), batch)
    if (high === null) return []
    return {
      ...{kind: 'batch' as const, ...about(work, `${work.name}, batch`), low: 0n, high},
      evidence: `its requests call themselves ${work.first.workload.tags.request_intent}`,
      risk: 'batches may take a day',
    }
  })
}

/** What nobody answers for may be needed by nobody. */
function orphaned({uses}: Asked): Saving[] {
  const nobodys = uses.filter(({outcome, cost}) => outcome.output_state === 'unknown' && cost > 0n)
  const cost = nobodys.reduce((sum, use) => sum + use.cost, 0n)
  if (cost === 0n) return []
  return [
    {
      ...{kind: 'orphaned', organization: null, service: null, feature: null, model: null, instead: null},
      ...{cost, low: 0n, high: cost},
      evidence: 'no source says whose it is; venturi report gaps asks',
      risk: 'most of it is probably somebody’s',
    },
  ]
}
