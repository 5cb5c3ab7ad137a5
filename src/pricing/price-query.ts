/** The pure core of `venturi price`: questions in the contract's words, answers as its `prices` objects. */
import type {UsageParts} from '../model/fact.ts'
import {formatUsd, type Nanos} from '../model/money.ts'
import {formatTime, parseTime} from '../model/time.ts'
import {words} from './parts.ts'
import {PARTS} from './price-row.ts'
import {type AppliedPrice, createPricer, type PricingOptions} from './price-usage.ts'

/** A question as its fields were given; each is checked here. */
export type PriceQuestion = Readonly<Record<string, unknown>>

/** The four counts; what else was given of them (`audio_input_tokens`, `web_searches`) stands behind them. */
interface UsageAnswer {
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cache_read_tokens: number | null
  readonly cache_write_tokens: number | null
  readonly [part: string]: number | null
}

/** One entry of `prices`; money is a decimal string. */
export interface PriceAnswer {
  readonly provider: string | null
  readonly model: string
  readonly matched_model: string | null
  readonly at: string
  readonly tier: string
  readonly usage: UsageAnswer
  readonly cost_usd: string | null
  readonly reason: string | null
  readonly price: {
    readonly catalogue: string
    readonly valid_from: string | null
    /** Version of the overlay, where it changed the catalogue's price. */
    readonly overlay?: string
    readonly per_million_usd: {
      readonly input: string | null
      readonly output: string | null
      readonly cache_read: string | null
      readonly cache_write: string | null
      /** What the row prices apart: `cache_write_1h`, `audio_input`. */
      readonly [part: string]: string | null
    }
    /** Beside the tokens; absent where the row has no such fee. */
    readonly per_thousand_usd?: {readonly requests?: string; readonly web_searches?: string}
  } | null
  /** What a reader should know of the price; absent when there is nothing to say. */
  readonly notes?: readonly string[]
}

/** A question that cannot be asked, and how to mend it. */
export interface BadQuestion {
  readonly message: string
  readonly mend: string
}

export type PriceReply = {readonly answer: PriceAnswer} | {readonly error: BadQuestion}

export type PriceDesk = (question: PriceQuestion) => PriceReply

const COUNTS = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'] as const

const snake = (name: string): string => words(name).replaceAll(' ', '_')

/** `cache_write_1h_tokens` → `cacheWrite1hTokens`, for all parts of the counts. */
const PART_FIELDS: ReadonlyMap<string, keyof UsageParts> = new Map(
  [...PARTS, 'webSearches' as const].map(part => [snake(part), part]),
)

const FIELDS: readonly string[] = [
  'provider',
  'model',
  'at',
  'service_tier',
  ...COUNTS,
  ...PART_FIELDS.keys(),
]

const bad = (message: string, mend: string): {readonly error: BadQuestion} => ({error: {message, mend}})

/** Answers questions; `now` (epoch ms) stands where a question names no time. */
export function createPriceDesk(
  options: PricingOptions,
  now: number,
): (question: PriceQuestion) => PriceReply {
  const pricer = createPricer(options)
  return question => {
    const checked = check(question, now)
    if ('error' in checked) return checked
    const {provider, model, at, tier, usage} = checked
    const counted = Object.values(usage).some(count => count !== null)
    const priced = pricer({
      provider,
      requestedModel: model,
      servedModel: null,
      at,
      tier,
      // A count that was not given is no part of the question; with none given the price itself is asked for.
      usage: {
        requests: 1,
        inputTokens: usage.input_tokens ?? 0,
        outputTokens: usage.output_tokens,
        cacheReadTokens: usage.cache_read_tokens,
        cacheWriteTokens: usage.cache_write_tokens,
        ...partsOf(usage),
      },
      granularity: 'request',
    })
    const when = formatTime(at)
    if (priced.cost === null)
      return {
        answer: {
          ...{provider, model, matched_model: null, at: when, tier: tier ?? 'standard', usage},
          ...{cost_usd: null, reason: priced.reason, price: null},
        },
      }
    const {price} = priced
    return {
      answer: {
        provider: provider ?? price.provider,
        ...{model, matched_model: price.model, at: when, tier: price.tier, usage},
        cost_usd: counted ? formatUsd(priced.cost) : null,
        reason: counted ? null : 'no token counts',
        price: toPrice(price),
        ...(price.notes.length > 0 ? {notes: price.notes} : {}),
      },
    }
  }
}

function partsOf(usage: UsageAnswer): {readonly parts?: UsageParts} {
  const given = Object.entries(usage).flatMap(([field, count]) => {
    const part = PART_FIELDS.get(field)
    return part === undefined || count === null ? [] : [[part, count] as const]
  })
  return given.length === 0 ? {} : {parts: Object.fromEntries(given)}
}

function toPrice({catalogue, fees, overlay, perMillion, validFrom}: AppliedPrice): PriceAnswer['price'] {
  const {parts, ...counts} = perMillion
  const apart = Object.entries(parts).map(([part, usd]) => [
    snake(part).replace(/_tokens$/, ''),
    decimal(usd),
  ])
  const perThousand = {
    ...(fees.requests === null ? {} : {requests: formatUsd(fees.requests / 1000n)}),
    ...(fees.webSearches === null ? {} : {web_searches: formatUsd(fees.webSearches / 1000n)}),
  }
  return {
    catalogue,
    valid_from: validFrom,
    ...(overlay === null ? {} : {overlay}),
    per_million_usd: {
      input: decimal(counts.input),
      output: decimal(counts.output),
      cache_read: decimal(counts.cacheRead),
      cache_write: decimal(counts.cacheWrite),
      ...Object.fromEntries(apart),
    },
    ...(Object.keys(perThousand).length === 0 ? {} : {per_thousand_usd: perThousand}),
  }
}

/** A line of stdin that could not be asked. */
export interface LineIssue extends BadQuestion {
  readonly path: '-'
  readonly line: number
  readonly code: 'bad-question'
}

/** Answers many lines in their order; a bad one becomes an issue and stops nothing. */
export async function answerLines(
  lines: AsyncIterable<string> | Iterable<string>,
  desk: PriceDesk,
): Promise<{readonly prices: PriceAnswer[]; readonly issues: LineIssue[]}> {
  const prices: PriceAnswer[] = []
  const issues: LineIssue[] = []
  let line = 0
  for await (const text of lines) {
    line++
    const question = parseQuestion(text)
    if (question === null) continue
    const reply = isBad(question) ? question : desk(question.question)
    if ('answer' in reply) prices.push(reply.answer)
    else issues.push({path: '-', line, code: 'bad-question', ...reply.error})
  }
  return {prices, issues}
}

const isBad = (value: object): value is {readonly error: BadQuestion} => 'error' in value

/** One line of stdin as a question; null for a blank line. */
export function parseQuestion(
  line: string,
): {readonly question: PriceQuestion} | {readonly error: BadQuestion} | null {
  const text = line.replace(/^\uFEFF/, '').trim()
  if (text === '') return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return bad(
      `${quote(text)} is not JSON`,
      'write one JSON object a line, as {"model":"gpt-5","input_tokens":1000}',
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return bad(
      `${quote(text)} is not an object`,
      'write one JSON object a line, as {"model":"gpt-5","input_tokens":1000}',
    )
  return {question: value as PriceQuestion}
}

interface Checked {
  readonly provider: string | null
  readonly model: string
  readonly at: number
  readonly tier: string | null
  readonly usage: UsageAnswer
}

function check(question: PriceQuestion, now: number): Checked | {readonly error: BadQuestion} {
  const stranger = Object.keys(question).find(key => !FIELDS.includes(key))
  if (stranger !== undefined) return bad(`unknown field ${quote(stranger)}`, `use ${FIELDS.join(', ')}`)
  const {model, provider = null, service_tier: tier = null, at: written = null} = question
  if (typeof model !== 'string' || model.trim() === '')
    return bad(
      model === undefined ? 'no model' : `model ${quote(model)} is not a model id`,
      'name a model, as "gpt-5"',
    )
  if (provider !== null && typeof provider !== 'string')
    return bad(`provider ${quote(provider)} is not a name`, 'name one, as "openai", or leave it out')
  if (tier !== null && typeof tier !== 'string')
    return bad(`service_tier ${quote(tier)} is not a name`, 'use standard, batch, flex or priority')
  const at = written === null ? now : typeof written === 'string' ? parseTime(written) : null
  if (at === null)
    return bad(`at ${quote(written)} is not a time`, 'write it as 2026-10-14 or 2026-10-14T09:30:00Z')
  const usage: {[field: string]: number | null} = {}
  for (const field of [...COUNTS, ...PART_FIELDS.keys()]) {
    const count = question[field] ?? null
    if (count !== null && !(typeof count === 'number' && Number.isSafeInteger(count) && count >= 0))
      return bad(`${field} ${quote(count)} is not a count`, 'write a whole number, 0 or more')
    if (count !== null || !PART_FIELDS.has(field)) usage[field] = count
  }
  return {provider, model, at, tier, usage: usage as UsageAnswer}
}

const decimal = (nanos: Nanos | null): string | null => (nanos === null ? null : formatUsd(nanos))

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
