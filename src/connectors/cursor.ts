/**
 * Cursor's usage of a team: the Admin API's usage events (or the dashboard's own answers) and the dashboard's CSV exports of
 * the same events. Both spellings of an event give one id, so that an event read both ways is one row.
 * What the plan includes costs nothing more: seats are billed as seats. `chargedCents` is the bill; what a model cost
 * Cursor before its fee (`totalCents`) is not.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Alias, type Fact, type Issue, issue, type UsageFact} from '../model/fact.ts'
import {type Nanos, parseCents, parseUsd} from '../model/money.ts'
import {DAY_MS, parseTime, plausible} from '../model/time.ts'
import {bucketId, quoted} from './aggregate.ts'
import {connector, type Row} from './connector.ts'
import {array, count, decimal, isObject, object, signature, text} from './fields.ts'
import {hasNeeds, type Needs} from './needs.ts'
import {entity, isEmail} from './statements.ts'

const EVENT: Needs = {
  fields: ['timestamp', 'model', ['chargedCents', 'requestsCosts', 'tokenUsage'], ['kind', 'userEmail']],
}
const LISTS = ['usageEvents', 'usageEventsDisplay'] as const

export const cursorEvents = connector({
  id: 'cursor-events',
  label: 'Cursor usage events (Admin API)',
  needs: EVENT,
  recognises: head =>
    (head.shape === 'json' || head.shape === 'jsonl') &&
    (head.sample.some(value => LISTS.some(list => isObject(value) && Array.isArray(value[list]))) ||
      hasNeeds(EVENT, head)),
  *parse(source) {
    const seen = new Seen()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      const page = LISTS.find(list => isObject(value) && Array.isArray(value[list]))
      for (const [index, event] of (page ? array(value, page) : [value]).entries())
        yield* usageEvent(event, line, index + 1, seen)
    }
  },
})

export const cursorCsv = connector({
  id: 'cursor-csv',
  label: 'Cursor usage (dashboard CSV)',
  needs: {
    columns: ['date', 'model', 'input_w_cache_write', 'input_w_o_cache_write', 'output_tokens', 'cost'],
  },
  *parse(source) {
    const seen = new Seen()
    for (const row of source.rows()) {
      if ('fact' in row) yield row
      else yield* csvRow(row, seen)
    }
  },
})

/** Events have no ids: what is equal in everything is told apart by its number, so an export read twice is the same events. */
class Seen {
  readonly #numbers = new Map<string, number>()
  readonly #people = new Set<Alias>()

  numbered(id: string): string {
    const number = (this.#numbers.get(id) ?? 0) + 1
    this.#numbers.set(id, number)
    return number === 1 ? id : `${id}#${number}`
  }

  /** True the first time. */
  meets(person: Alias): boolean {
    if (this.#people.has(person)) return false
    this.#people.add(person)
    return true
  }
}

interface Used {
  readonly line: number
  readonly at: number
  /** The row is a day's sum. */
  readonly ofDay: boolean
  readonly user: Alias | undefined
  readonly model: string | undefined
  readonly kind: string | undefined
  readonly tokens: Omit<UsageFact['usage'], 'requests'>
  readonly cost: Nanos | null
}

function used({line, at, ofDay, user, model, kind, tokens, cost}: Used, seen: Seen): UsageFact {
  const counts = [tokens.inputTokens, tokens.outputTokens, tokens.cacheWriteTokens, tokens.cacheReadTokens]
  const id = ofDay
    ? bucketId('cursor/usage', at, at + DAY_MS, {user, model, kind, tokens: counts.join('-')})
    : `cursor/${at}/${user ?? ''}/${model ?? ''}/${counts.map(tokens => tokens ?? '').join('-')}`
  return {
    fact: 'usage',
    line,
    id: seen.numbered(id),
    granularity: ofDay ? 'bucket' : 'request',
    at,
    ...(ofDay ? {until: at + DAY_MS} : {}),
    signature: signature({channel: 'cursor', provider: 'cursor', user}),
    requestedModel: model ?? null,
    servedModel: model ?? null,
    tier: null,
    usage: {requests: ofDay ? null : 1, ...tokens},
    cost,
    costSource: cost === null ? null : 'provider',
    // A day's sum grows until the day is over; an event stays.
    ...(ofDay ? {partition: partitionOf('cursor/usage', {of: user, by: {user}})} : {}),
    status: ofDay ? null : /errored|aborted/i.test(kind ?? '') ? 'failure' : 'success',
  }
}

/** Words for what nobody is charged for, in the API's, the dashboard's and the enum's spelling. */
const NOT_CHARGED = /included|free|not[ _]charged|no[ _]charge/i

/** `number`: which one of its page, which one line may hold as a whole. */
function* usageEvent(event: unknown, line: number, number: number, seen: Seen): Generator<Fact | Issue> {
  const stamp = text(event, 'timestamp')
  const at = instant(stamp ?? '')
  if (at === null) {
    yield issue(
      line,
      'bad-time',
      `timestamp ${quoted(stamp)} of event ${number} is not a time`,
      'save the answer as the API gave it',
    )
    return
  }
  const address = text(event, 'userEmail')
  const machine = text(event, 'serviceAccountId')
  const user = address ? alias.email(address) : machine && alias.cursor('service_account', machine)
  if (user && seen.meets(user))
    yield entity(line, 'identity', user, {
      name: address ? undefined : text(event, 'serviceAccountName'),
      type: address ? 'person' : 'service_account',
    })
  const kind = text(event, 'kind')
  const usage = object(event, 'tokenUsage')
  const charged = decimal(event, 'chargedCents')
  const cents = charged === undefined ? null : parseCents(charged)
  if (charged !== undefined && cents === null) {
    yield issue(
      line,
      'bad-amount',
      `chargedCents ${quoted(charged)} of event ${number} is not a decimal number`,
      'save the answer as the API gave it',
    )
    return
  }
  const free = NOT_CHARGED.test(kind ?? '') || (isObject(event) && event.isChargeable === false)
  yield used(
    {
      ...{line, at, ofDay: false, user, model: text(event, 'model'), kind},
      tokens: {
        inputTokens: count(usage, 'inputTokens'),
        outputTokens: count(usage, 'outputTokens'),
        cacheReadTokens: count(usage, 'cacheReadTokens'),
        cacheWriteTokens: count(usage, 'cacheWriteTokens'),
      },
      cost: cents ?? (free ? 0n : null),
    },
    seen,
  )
}

/** Milliseconds since 1970 as a number or its text, or ISO-8601. */
function instant(written: string): number | null {
  const at = /^\d{12,14}$/.test(written) ? Number(written) : Number.NaN
  return plausible(at) ? at : parseTime(written)
}

const COUNTS = ['input_w_o_cache_write', 'output_tokens', 'cache_read', 'input_w_cache_write'] as const

/** Despite their names the two input columns are apart: what was written to the cache, and the rest. */
function* csvRow({line, row}: Row, seen: Seen): Generator<Fact | Issue> {
  const date = row.date ?? ''
  const at = parseTime(date)
  if (at === null) {
    yield issue(
      line,
      'bad-time',
      `Date ${quoted(date)} is not a time`,
      'export again; write it as 2026-09-14T10:22:31.120Z',
    )
    return
  }
  const bad = COUNTS.find(name => text(row, name) !== undefined && count(row, name) === null)
  if (bad) {
    yield issue(
      line,
      'bad-count',
      `${bad} ${quoted(row[bad])} is not a count`,
      'export again, or correct the cell',
    )
    return
  }
  const kind = text(row, 'kind')
  const cost = costOf(text(row, 'cost_to_you' in row ? 'cost_to_you' : 'cost'), kind)
  if (cost === undefined) {
    yield issue(
      line,
      'bad-amount',
      `Cost ${quoted(row.cost)} is not an amount`,
      'export again, or write it as 0.10',
    )
    return
  }
  const written = text(row, 'user', 'user_email')
  const user = written && (isEmail(written) ? alias.email(written) : alias.named('person', written))
  if (user && isEmail(written) && seen.meets(user)) yield entity(line, 'identity', user, {type: 'person'})
  const [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens] = COUNTS.map(name =>
    count(row, name),
  ) as [number | null, number | null, number | null, number | null]
  yield used(
    {
      ...{line, at, ofDay: /^\d{4}-\d\d-\d\d$/.test(date), user, model: text(row, 'model'), kind, cost},
      tokens: {inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens},
    },
    seen,
  )
}

/** `0.10`, `$1,000.10`, a word for included, or nothing (`NaN`, empty): null; undefined: none of these. */
function costOf(written: string | undefined, kind: string | undefined): Nanos | null | undefined {
  if (NOT_CHARGED.test(kind ?? '') || NOT_CHARGED.test(written ?? '')) return 0n
  if (written === undefined || /^(nan|-|n\/a)$/i.test(written)) return null
  return parseUsd(written.replace(/^(-?)\$/, '$1').replace(/(?<=\d),(?=\d{3}(\D|$))/g, '')) ?? undefined
}
