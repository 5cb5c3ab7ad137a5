/**
 * PostHog's events: batch exports and webhooks. Custom events are outcomes, `$ai_generation` and `$ai_embedding` are model
 * calls, `$ai_span` is what they were made in, other built-in events are neither. Never read: person properties, elements, `$ai_input`, `$ai_output_choices`,
 * `$ai_input_state`, `$ai_output_state`, `$ai_tools`, and properties that are not named.
 */
import {type Fact, type Issue, issue, type SpanFact} from '../model/fact.ts'
import {parseUsd} from '../model/money.ts'
import {providerName} from '../model/provider.ts'
import {parseTime} from '../model/time.ts'
import {connector} from './connector.ts'
import {contextOf, latencyAt, stepNamed} from './context.ts'
import {
  count,
  decimal,
  isObject,
  type Json,
  object,
  SignatureCache,
  signature,
  tagFields,
  text,
} from './fields.ts'
import {hasNeeds, type Needs} from './needs.ts'
import {outcomeOf} from './product-event.ts'

const EXPORT: Needs = {fields: ['uuid', 'event', 'distinct_id', 'timestamp']}
const WEBHOOK: Needs = {fields: ['event.uuid', 'event.event', 'event.distinct_id', 'event.timestamp']}
const CALL = /^\$ai_(generation|embedding)$/

export const posthog = connector({
  id: 'posthog',
  label: 'PostHog events (outcomes and model calls)',
  needs: EXPORT,
  recognises: head => hasNeeds(EXPORT, head) || hasNeeds(WEBHOOK, head),
  *parse(source) {
    const signatures = new SignatureCache()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value: sent} = record
      const value = isObject(sent) && isObject(sent.event) ? sent.event : sent
      const name = text(value, 'event')
      const properties = object(value, 'properties')
      const at = parseTime(text(value, 'timestamp') ?? '')
      if (name !== undefined && CALL.test(name))
        yield call(line, text(value, 'uuid'), at, properties, signatures)
      else if (name === '$ai_span') yield* span(line, properties)
      else if (!name?.startsWith('$'))
        yield outcomeOf({
          line,
          source: 'posthog',
          id: text(value, 'uuid'),
          at,
          name,
          properties,
          tenant: groupOf(properties) ?? text(value, 'distinct_id'),
          currency: null,
        })
    }
  },
})

/** Where a trace is the parent, none of its spans is. */
function parentIn(properties: Json): string | undefined {
  const parent = text(properties, '$ai_parent_id')
  return parent === text(properties, '$ai_trace_id') ? undefined : parent
}

/** What calls were made in. Whether it is an agent or a tool, PostHog does not say. */
function* span(line: number, properties: Json): Generator<SpanFact> {
  const trace = text(properties, '$ai_trace_id')
  const id = text(properties, '$ai_span_id')
  const parent = parentIn(properties) ?? null
  if (trace && id) yield {fact: 'span', line, trace, id, parent, kind: 'other', name: null}
}

/** `$groups` by type, else `$group_0` … `$group_4`. */
function groupOf(properties: Json): string | undefined {
  const groups = object(properties, '$groups')
  const [type] = Object.keys(groups).sort()
  return (
    (type === undefined ? undefined : text(groups, type)) ??
    text(properties, '$group_0', '$group_1', '$group_2', '$group_3', '$group_4')
  )
}

function call(
  line: number,
  id: string | undefined,
  at: number | null,
  properties: Json,
  signatures: SignatureCache,
): Fact | Issue {
  if (!id) return issue(line, 'no-id', 'a model call without uuid', 'export the uuid')
  if (at === null)
    return issue(
      line,
      'bad-time',
      `timestamp of ${JSON.stringify(id.slice(0, 40))} is not a time`,
      'export it as ISO-8601',
    )
  const provider = text(properties, '$ai_provider')
  const model = text(properties, '$ai_model') ?? null
  const trace = text(properties, '$ai_trace_id')
  const cost = decimal(properties, '$ai_total_cost_usd')
  const tags = tagFields(properties)
  const parent = parentIn(properties)
  const latencyMs = latencyAt(properties, ['$ai_latency'], 1000)
  const context = contextOf(properties, stepNamed(text(properties, '$ai_span_name')))
  return {
    fact: 'usage',
    line,
    id,
    granularity: 'request',
    at,
    signature: signatures.of([provider, JSON.stringify(tags)], () =>
      signature({
        channel: 'posthog',
        provider: provider === undefined ? 'unknown' : providerName(provider),
        ...tags,
      }),
    ),
    requestedModel: model,
    servedModel: model,
    tier: null,
    usage: {requests: 1, ...tokensOf(properties)},
    // Reckoned by PostHog from list prices: an estimate, as a gateway's is.
    cost: cost === undefined ? null : parseUsd(cost),
    costSource: 'gateway',
    status: isObject(properties) && properties.$ai_is_error === true ? 'failure' : 'success',
    ...(trace === undefined ? {} : {trace}),
    ...(parent === undefined ? {} : {parent}),
    ...(latencyMs === undefined ? {} : {latencyMs}),
    ...(context === undefined ? {} : {context}),
  }
}

/** Anthropic's cached tokens stand beside its input, everybody else's are inside it. */
function tokensOf(properties: Json) {
  const input = count(properties, '$ai_input_tokens')
  const read = count(properties, '$ai_cache_read_input_tokens')
  const write = count(properties, '$ai_cache_creation_input_tokens')
  const cached = (read ?? 0) + (write ?? 0)
  const beside = providerName(text(properties, '$ai_provider') ?? '') === 'anthropic'
  return {
    inputTokens: input === null || beside || cached > input ? input : input - cached,
    outputTokens: count(properties, '$ai_output_tokens'),
    cacheReadTokens: read,
    cacheWriteTokens: write,
  }
}
