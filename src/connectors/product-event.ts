/**
 * What event streams of product analytics have in common: a name, a time, an id and a free map of properties, of which a few
 * named ones are read. Everything else there may be text of users, addresses or prompts, and has no way in.
 */
import {createHash} from 'node:crypto'
import * as alias from '../model/alias.ts'
import {type Issue, issue, type OutcomeFact} from '../model/fact.ts'
import {NANOS_PER_USD, parseUsd} from '../model/money.ts'
import {decimal, isIdentifier, isObject, type Json, metadata, text} from './fields.ts'

/** One unit, in the billionths that quantities are counted in. */
export const ONE = NANOS_PER_USD

/**
 * Spaces, case and punctuation of a name vary between the places that send it.
 *
 * @example outcomeName('Ticket Resolved') // 'ticket_resolved', as of 'ticketResolved'
 */
export const outcomeName = (written: string): string =>
  written
    .trim()
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')

/** A user's or account's id as a digest: the same one everywhere, and nobody's name. */
export const tenantDigest = (id: string): string =>
  createHash('sha256').update(`venturi tenant\n${id}`).digest('hex').slice(0, 32)

/** Properties that tie an event to calls, best first. */
const TRACES = [
  'trace_id',
  'traceId',
  '$ai_trace_id',
  'gen_ai.conversation.id',
  'conversation_id',
  'conversationId',
  'request_id',
  'requestId',
]

export interface ProductEvent {
  readonly line: number
  readonly source: string
  readonly id: string | undefined
  /** Epoch ms; null: not a time. */
  readonly at: number | null
  readonly name: string | undefined
  readonly properties: Json
  /** The account's id, else the user's. */
  readonly tenant: string | undefined
  /** What the source's values are in when they do not say. */
  readonly currency: string | null
}

/** An event as an outcome; an issue where it has no id, name or time. */
export function outcomeOf(event: ProductEvent): OutcomeFact | Issue {
  const {line, source, id, at, properties} = event
  if (!id)
    return issue(line, 'no-id', `a ${source} event without its id`, 'export the id, it tells repeats apart')
  if (!event.name || !isIdentifier(event.name))
    return issue(
      line,
      'no-name',
      `the event ${JSON.stringify(id.slice(0, 40))} has no name, or one that is no short identifier`,
      'name events by what happened, as ticket_resolved',
    )
  if (at === null)
    return issue(
      line,
      'bad-time',
      `the time of the event ${JSON.stringify(id.slice(0, 40))} is not a time`,
      'export it as ISO-8601',
    )
  const quantity = parseUsd(decimal(properties, 'quantity') ?? '1')
  if (quantity === null)
    return issue(
      line,
      'bad-amount',
      `quantity of the event ${JSON.stringify(id.slice(0, 40))} is not a decimal number`,
      'send it as a number, as 1 or 2.5',
    )
  const words = metadata(properties)
  const only = (word: 'service' | 'project' | 'feature'): string | undefined =>
    words.get(word)?.length === 1 ? words.get(word)![0] : undefined
  const [service, project] = [only('service'), only('project')]
  const value = parseUsd(decimal(properties, 'revenue') ?? decimal(properties, 'value') ?? '')
  return {
    fact: 'outcome',
    line,
    source,
    id,
    at,
    name: outcomeName(event.name),
    quantity,
    unit: null,
    value,
    currency: value === null ? null : (currencyOf(properties) ?? event.currency),
    success: isObject(properties) && typeof properties.success === 'boolean' ? properties.success : null,
    service: service === undefined ? null : alias.named('service', service),
    project: project === undefined ? null : alias.named('project', project),
    // Teams and groups of product events are customers, not those who pay.
    organization: null,
    feature: only('feature') ?? null,
    trace: traceOf(properties),
    tenant: event.tenant === undefined ? null : tenantDigest(event.tenant),
    reverses: null,
  }
}

function traceOf(properties: Json): string | null {
  const found = text(properties, ...TRACES)
  return found !== undefined && isIdentifier(found) ? found : null
}

function currencyOf(properties: Json): string | undefined {
  const written = text(properties, 'currency')?.toUpperCase()
  return written !== undefined && /^[A-Z]{3}$/.test(written) ? written : undefined
}
