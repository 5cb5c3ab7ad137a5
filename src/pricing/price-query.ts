/** The pure core of `venturi price`: questions in the contract's words, answers as its `prices` objects. */
import {formatUsd, type Nanos} from '../model/money.ts'
import {formatTime, parseTime} from '../model/time.ts'
import {createPricer, type PricingOptions} from './price-usage.ts'

/** A question as its fields were given; each is checked here. */
export type PriceQuestion = Readonly<Record<string, unknown>>

interface UsageAnswer {
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cache_read_tokens: number | null
  readonly cache_write_tokens: number | null
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
    readonly per_million_usd: {
      readonly input: string | null
      readonly output: string | null
      readonly cache_read: string | null
      readonly cache_write: string | null
    }
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

const FIELDS = [
  'provider',
  'model',
  'at',
  'service_tier',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
] as const
const COUNTS = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'] as const

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
    const counted = COUNTS.some(field => usage[field] !== null)
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
      },
      granularity: 'request',
    })
    const asked = {model, at: formatTime(at), usage}
    if (priced.cost === null)
      return {
        answer: {
          provider,
          ...asked,
          matched_model: null,
          tier: tier ?? 'standard',
          cost_usd: null,
          reason: priced.reason,
          price: null,
        },
      }
    const {price} = priced
    return {
      answer: {
        provider: provider ?? price.provider,
        ...asked,
        matched_model: price.model,
        tier: price.tier,
        cost_usd: counted ? formatUsd(priced.cost) : null,
        reason: counted ? null : 'no token counts',
        price: {
          catalogue: price.catalogue,
          valid_from: price.validFrom,
          per_million_usd: {
            input: decimal(price.perMillion.input),
            output: decimal(price.perMillion.output),
            cache_read: decimal(price.perMillion.cacheRead),
            cache_write: decimal(price.perMillion.cacheWrite),
          },
        },
        ...(price.notes.length > 0 ? {notes: price.notes} : {}),
      },
    }
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
  const stranger = Object.keys(question).find(key => !FIELDS.some(field => field === key))
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
  const usage: Record<string, number | null> = {}
  for (const field of COUNTS) {
    const count = question[field] ?? null
    if (count !== null && !(typeof count === 'number' && Number.isSafeInteger(count) && count >= 0))
      return bad(`${field} ${quote(count)} is not a count`, 'write a whole number, 0 or more')
    usage[field] = count
  }
  return {provider, model, at, tier, usage: usage as unknown as UsageAnswer}
}

const decimal = (nanos: Nanos | null): string | null => (nanos === null ? null : formatUsd(nanos))

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
