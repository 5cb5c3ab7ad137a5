/** What one change comes to, by its kind: from the service's own traffic where there is some. Where no figure is honest there is none, and why. */
import type {ModelIdentity} from '../../model/chunk.ts'
import type {Usage} from '../../model/fact.ts'
import {fractionOf, type Nanos} from '../../model/money.ts'
import type {Change} from '../change.ts'
import {isReasoningModel, sellerOf} from '../model-shape.ts'
import {amountOf} from '../worth.ts'
import {
  type Alternative,
  aMonth,
  type Money,
  type Move,
  monthly,
  OTHER_TOKENS_PERCENT,
  type Quote,
  replay,
} from './replay.ts'
import {runsOf} from './runs.ts'
import {
  familyOf,
  isReplayable,
  isTrafficOf,
  sumOf,
  type Traffic,
  typicalThousand,
  type Window,
} from './traffic.ts'

/** What is known around a change. */
export interface Known {
  readonly window: Window
  /** The service's, of the window; null: whose place this is cannot be told. */
  readonly service: readonly Traffic[] | null
  /** Everybody's, of the window. */
  readonly company: readonly Traffic[]
  readonly quote: Quote
  readonly deployments: ReadonlyMap<string, string>
  /** When schedules are compared, epoch ms. */
  readonly at: number
}

interface FromTo {
  readonly from: Nanos | null
  readonly to: Nanos | null
}

export interface PricedChange {
  /** The traffic it is about; null: it cannot be told. */
  readonly traffic: readonly Traffic[] | null
  readonly replayed: {readonly from: Nanos; readonly to: Nanos} | null
  readonly delta: Money | null
  /** Where only a ceiling is known: nano-dollars a month. */
  readonly atMost: Nanos | null
  readonly perThousand: FromTo | null
  /** What was replayed, by model. */
  readonly moves: readonly Move[]
  readonly assumptions: readonly string[]
}

const same: Alternative = {model: model => model, usage: usage => usage}
const none = (): Usage => ({
  ...{requests: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0},
})
const NOTHING = {traffic: null, replayed: null, delta: null, atMost: null, perThousand: null, moves: []}
const unknown = (why: string, rest: Partial<PricedChange> = {}): PricedChange => ({
  ...NOTHING,
  assumptions: [why],
  ...rest,
})

export function priceChange(change: Change, known: Known): PricedChange {
  const {kind, from, to} = change
  if (!change.production) return unknown('development only: nothing is billed for it')
  switch (kind) {
    case 'model_changed':
      return otherModel(from!, to!, known)
    case 'reasoning_introduced':
      return to !== null && isReasoningModel(to) && from !== null
        ? withThinking(otherModel(from, to, known))
        : oneModel(change, known, traffic =>
            unknown('how many tokens it will think is in no traffic of before', {traffic}),
          )
    case 'model_added':
      return unseen({from: null, to}, known, [])
    case 'model_removed':
      return removed(from!, known)
    case 'provider_changed':
      return otherProvider(change, known)
    case 'tier_changed':
      return oneModel(change, known, traffic =>
        replayed(traffic, known, {...same, model: atTier(to ?? 'standard')}),
      )
    case 'batch_changed':
      return batched(change, known)
    case 'schedule_changed':
      return rescheduled(from, to, known)
    case 'cache_changed':
      return oneModel(change, known, traffic => cached(to, traffic, known))
    case 'prompt_changed':
      return oneModel(change, known, traffic => prompted(from, to, traffic, known))
    case 'limit_changed':
      return oneModel(change, known, traffic => limited(change, traffic, known))
    case 'reasoning_changed':
      return oneModel(change, known, traffic =>
        unknown('how many tokens another effort thinks is in no traffic of before', {traffic}),
      )
    case 'fallback_changed':
      return unknown('which share of calls each member of a route will take is in no traffic of before')
    case 'unresolved':
      return unknown('its model could not be found')
    default:
      return kind satisfies never
  }
}

const NO_SERVICE = 'which service this is part of is in no source'

/** A setting is about the model of its call; where none stands beside it, about the one that alone answers the service. */
function oneModel(
  {model}: Change,
  known: Known,
  price: (traffic: readonly Traffic[]) => PricedChange,
): PricedChange {
  const {service, deployments} = known
  if (service === null) return unknown(NO_SERVICE)
  const traffic =
    model === null ? service : service.filter(item => isTrafficOf(model, item.model, deployments))
  const seen = new Set(traffic.map(({model: [, requested, served]}) => requested ?? served))
  if (model === null && seen.size > 1)
    return unknown(`${seen.size} models answer this service: which of them it is for cannot be told`)
  if (!traffic.some(isReplayable))
    return unknown(`the service had no traffic${model === null ? '' : ` with ${model}`} in the window`, {
      traffic,
    })
  return price(traffic)
}

function replayed(
  traffic: readonly Traffic[],
  known: Known,
  alternative: Alternative,
  {otherTokens = 0n, assumptions = []}: {otherTokens?: bigint; assumptions?: readonly string[]} = {},
): PricedChange {
  const found = replay(traffic, known.window, alternative, known.quote)
  if (found === null) return unknown('a price is not known', {traffic})
  const isLeft = traffic.some(item => !isReplayable(item) && item.cost !== 0n)
  return {
    ...{...NOTHING, traffic, replayed: {from: found.from, to: found.to}, delta: monthly(found, otherTokens)},
    moves: found.moves,
    assumptions: [...assumptions, ...(isLeft ? ['spend without counted tokens is left out'] : [])],
  }
}

/** Sold by who sells the old one where they do, else by whoever the name tells; a gateway's own name is what answers most calls to it here. */
export const toModel =
  (to: string, {quote, company}: Pick<Known, 'quote' | 'company'>) =>
  ([provider, , , tier]: ModelIdentity): ModelIdentity => {
    const one: Usage = {requests: 1, inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0}
    const seller = [sellerOf(to), provider, null].find(name => quote([name, to, null, tier], one) !== null)
    if (seller !== undefined) return [seller, to, null, tier]
    const [most] = company
      .filter(({model: [, requested, served]}) => requested === to && served !== null)
      .sort((a, b) => (b.requests ?? 0) - (a.requests ?? 0))
    return most === undefined ? [null, to, null, tier] : [most.model[0], to, most.model[2], tier]
  }

function otherModel(from: string, to: string, known: Known): PricedChange {
  const traffic = known.service?.filter(({model}) => isTrafficOf(from, model, known.deployments)) ?? null
  if (traffic === null || !traffic.some(isReplayable))
    return unseen(
      {from, to},
      known,
      [traffic === null ? NO_SERVICE : `the service had no traffic with ${from} in the window`],
      traffic,
    )
  const model = toModel(to, known)
  const [, , answers] = model(traffic[0]!.model)
  const other = familyOf(traffic[0]!.model[2] ?? from) !== familyOf(answers ?? to)
  const alternative = {...same, model}
  return replayed(traffic, known, alternative, {
    otherTokens: other ? OTHER_TOKENS_PERCENT : 0n,
    assumptions: [
      `all its calls of ${from} become calls of ${to}${answers === null ? '' : ` (${answers})`}, with as many tokens${other ? ` (low and high: ${OTHER_TOKENS_PERCENT} % fewer or more, for it reads text otherwise)` : ''}`,
    ],
  })
}

function withThinking(priced: PricedChange): PricedChange {
  if (priced.delta === null) return priced
  return {
    ...{...priced, delta: null},
    assumptions: [
      ...priced.assumptions,
      'how many tokens it will think is in no traffic of before: replayed without them',
    ],
  }
}

/** What a thousand typical requests cost under both. */
function unseen(
  {from, to}: {readonly from: string | null; readonly to: string | null},
  known: Known,
  why: readonly string[],
  traffic: readonly Traffic[] | null = null,
): PricedChange {
  const {company, quote, deployments} = known
  const names = [from, to].filter(name => name !== null)
  const seen = names
    .map(name => ({
      name,
      thousand: typicalThousand(company.filter(({model}) => isTrafficOf(name, model, deployments))),
    }))
    .find(({thousand}) => thousand !== null)
  if (!seen)
    return unknown([...why, `nobody here has used ${names.join(' or ')} in the window`].join('; '), {traffic})
  const price = (name: string | null): Nanos | null =>
    name === null ? null : quote(toModel(name, known)([null, null, null, null]), seen.thousand!)
  return unknown([...why, `a typical request is the company’s own median with ${seen.name}`].join('; '), {
    ...{traffic, perThousand: {from: price(from), to: price(to)}},
  })
}

function removed(from: string, known: Known): PricedChange {
  const traffic = known.service?.filter(({model}) => isTrafficOf(from, model, known.deployments)) ?? null
  if (traffic === null || !traffic.some(isReplayable))
    return unseen(
      {from, to: null},
      known,
      [traffic === null ? NO_SERVICE : `the service had no traffic with ${from} in the window`],
      traffic,
    )
  return replayed(traffic, known, {...same, usage: none}, {assumptions: [`its calls of ${from} stop`]})
}

function otherProvider(change: Change, known: Known): PricedChange {
  const {from, to} = change
  if (from === null || to === null || /[/:]/.test(`${from}${to}`))
    return unknown('what another address charges is not known')
  return oneModel(change, known, traffic =>
    replayed(traffic, known, {
      ...same,
      model: ([, requested, served, tier]) => [to, requested, served, tier],
    }),
  )
}

const atTier =
  (tier: string) =>
  ([provider, requested, served]: ModelIdentity): ModelIdentity => [provider, requested, served, tier]

function batched(change: Change, known: Known): PricedChange {
  const {key, from, to} = change
  const begins = from === null || from === 'false'
  const ends = to === null || to === 'false'
  if (begins === ends || /size|max/i.test(key))
    return unknown('how many calls are in a batch changes no price')
  return oneModel(change, known, traffic => {
    if (ends && traffic.some(({model: [, , , tier]}) => tier !== 'batch'))
      return unknown('its traffic does not say which calls went through the batch API', {traffic})
    const model = atTier(begins ? 'batch' : 'standard')
    const all = `all its calls ${begins ? 'go' : 'no longer go'} through the batch API`
    return replayed(traffic, known, {...same, model}, {assumptions: [all]})
  })
}

function rescheduled(from: string | null, to: string | null, known: Known): PricedChange {
  if (known.service === null) return unknown(NO_SERVICE)
  const traffic = known.service
  if (from === null || to === null)
    return unknown('what a job uses that begins or ends is in no traffic of it alone', {traffic})
  const runs = runsOf(from, to, known.at)
  if (runs === null) return unknown('how often one of the schedules runs cannot be read', {traffic})
  const before = replay(traffic, known.window, {...same, usage: none}, known.quote)
  if (before === null || traffic.length === 0) return unknown('its traffic has no price', {traffic})
  const rescaled = (nanos: Nanos): Nanos => fractionOf(nanos, runs.to - runs.from, runs.from)
  const {from: cost} = before
  const scaled = {from: cost, to: cost + rescaled(cost), days: before.days.map(day => rescaled(-day))}
  return {
    ...{...NOTHING, traffic, replayed: {from: cost, to: scaled.to}, delta: monthly(scaled, 0n)},
    assumptions: [
      `all of the service’s traffic is this job’s: ${runs.to} runs where there were ${runs.from}`,
    ],
  }
}

function cached(to: string | null, traffic: readonly Traffic[], known: Known): PricedChange {
  if (to !== null && !/^(?:false|off|none|disabled|0)$/i.test(to))
    return unknown('how much of its input a cache will hold is in no traffic of before', {traffic})
  const read = (usage: Usage): Usage => ({
    ...usage,
    inputTokens: (usage.inputTokens ?? 0) + (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0),
    ...{cacheReadTokens: 0, cacheWriteTokens: 0},
  })
  return replayed(
    traffic,
    known,
    {...same, usage: read},
    {
      assumptions: ['what was read from the cache or written to it becomes plain input'],
    },
  )
}

const tokensOf = (text: string | null): number => (text === null ? 0 : Number(/^\d+/.exec(text)?.[0] ?? 0))

function prompted(
  from: string | null,
  to: string | null,
  traffic: readonly Traffic[],
  known: Known,
): PricedChange {
  if (sumOf(traffic).requests === null) return unknown('its requests are not counted', {traffic})
  const grown = tokensOf(to) - tokensOf(from)
  const longer = (usage: Usage): Usage => ({
    ...usage,
    inputTokens: Math.max(0, (usage.inputTokens ?? 0) + grown * (usage.requests ?? 0)),
  })
  return replayed(
    traffic,
    known,
    {...same, usage: longer},
    {
      assumptions: [
        `every request carries this prompt, ${Math.abs(grown)} tokens ${grown < 0 ? 'shorter' : 'longer'}, uncached`,
      ],
    },
  )
}

/** What a call may say at most: a ceiling, for most say less. */
function limited({key, from, to}: Change, traffic: readonly Traffic[], known: Known): PricedChange {
  const [before, after] = [from, to]
    .map(text => (text === null ? '' : amountOf(text)))
    .map(text => (/^\d+$/.test(text) ? Number(text) : null))
  if (!/tokens/i.test(key))
    return unknown('what such a limit held back is in no traffic of before', {traffic})
  if (before == null || after == null || after < before)
    return unknown('what a lower limit will cut off is in no traffic of before', {traffic})
  if (sumOf(traffic).requests === null) return unknown('its requests are not counted', {traffic})
  const longest = (usage: Usage): Usage => ({
    ...usage,
    outputTokens: (usage.outputTokens ?? 0) + (after - before) * (usage.requests ?? 0),
  })
  const found = replay(traffic, known.window, {...same, usage: longest}, known.quote)
  if (found === null) return unknown('a price is not known', {traffic})
  return unknown('were every answer to use all that the limit allows more', {
    ...{traffic, atMost: aMonth(found.to - found.from, known.window.to - known.window.from)},
  })
}
