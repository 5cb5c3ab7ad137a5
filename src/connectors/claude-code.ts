/**
 * Claude Code's own transcripts: `~/.claude/projects/…/*.jsonl`. They hold whole conversations; of a line only the counts of
 * an answer are read, its ids, its model, and the folder it was given in. The format is internal to the tool and changes.
 * Never read: content, tool results, summaries, prompts, attachments, snapshots, branches; users' and system entries at all.
 */
import {type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {type Nanos, parseUsd} from '../model/money.ts'
import {parseTime} from '../model/time.ts'
import {connector} from './connector.ts'
import {
  count,
  decimal,
  isObject,
  type Json,
  object,
  SignatureCache,
  signature,
  text,
  usageParts,
} from './fields.ts'
import type {Needs} from './needs.ts'
import {entity} from './statements.ts'
import {checkoutName, personOf} from './work-folder.ts'

/** Entries of every type say whose session they are; old versions do not say their type. */
const ENTRY: Needs = {fields: ['sessionId', 'timestamp', ['uuid', 'requestId', 'message.usage']]}

export const claudeCode = connector({
  id: 'claude-code',
  label: 'Claude Code transcripts',
  placed: true,
  needs: ENTRY,
  recognises: ({shape, sample}) => (shape === 'jsonl' || shape === 'json') && sample.some(isEntry),
  *parse(source) {
    const answers = new Answers()
    const signatures = new SignatureCache()
    const user = personOf(source.path)
    if (user) yield entity(1, 'identity', user, {type: 'person'})
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const answer = answerIn(record.value, record.line, user, signatures)
      if (answer === null) continue
      const done = 'code' in answer ? answer : answers.take(answer)
      if (done) yield done
    }
    yield* answers.rest()
  },
})

/** What a transcript may begin with, before the first answer. */
const OPENINGS =
  /^(file-history-snapshot|queue-operation|last-prompt|permission-mode|custom-title|ai-title|agent-name)$/

const isEntry = (value: unknown): boolean =>
  isObject(value) &&
  (isAnswer(value)
    ? text(value, 'timestamp') !== undefined && ('sessionId' in value || 'requestId' in value)
    : OPENINGS.test(text(value, 'type') ?? '') ||
      'leafUuid' in value ||
      ['type', 'uuid', 'sessionId', 'parentUuid'].every(key => key in value))

const isAnswer = (value: unknown): boolean =>
  /^(assistant|)$/.test(text(value, 'type') ?? '') &&
  isObject(object(value, 'message').usage) &&
  /^(assistant|)$/.test(text(object(value, 'message'), 'role') ?? '')

/** One entry of an answer: an answer has one for each of its blocks, and each repeats the counts as far as they were known. */
interface Answer {
  readonly message: string
  readonly request: string | undefined
  /** Entry of a subagent, or of a side question that begins by repeating what was said before. */
  readonly aside: boolean
  readonly fact: UsageFact
}

/** The vendor's local messages, and what was answered with an error, cost nothing and are no calls. */
function answerIn(
  value: unknown,
  line: number,
  user: string | undefined,
  signatures: SignatureCache,
): Answer | Issue | null {
  if (!isObject(value) || !isAnswer(value) || value.isApiErrorMessage === true) return null
  const message = object(value, 'message')
  const model = text(message, 'model')
  if (model === '<synthetic>') return null
  const usage = object(message, 'usage')
  const id = text(message, 'id') ?? text(value, 'requestId') ?? text(value, 'uuid')
  if (!id)
    return issue(
      line,
      'no-id',
      'an answer without message id, request id and uuid',
      'keep transcripts as they are',
    )
  const at = parseTime(text(value, 'timestamp') ?? '')
  if (at === null)
    return issue(
      line,
      'bad-time',
      `timestamp of ${JSON.stringify(id.slice(0, 60))} is not a time`,
      'keep transcripts as they are',
    )
  const session = text(value, 'sessionId')
  return {
    message: id,
    request: text(value, 'requestId'),
    aside: value.isSidechain === true,
    fact: {
      fact: 'usage',
      line,
      id,
      granularity: 'request',
      at,
      signature: signatureOf(billerOf(id, model), text(value, 'cwd'), user, signatures),
      requestedModel: model ?? null,
      servedModel: model ?? null,
      tier: text(usage, 'speed') === 'fast' ? 'fast' : (text(usage, 'service_tier') ?? null),
      usage: {requests: 1, ...tokensOf(usage)},
      // Old versions wrote down what the call would cost at list price; whether a subscription covers it, none says.
      ...costOf(value),
      status: 'success',
      ...(session === undefined ? {} : {trace: session}),
    },
  }
}

/** Cached tokens are counted beside the input; writes by lifetime where that is told. */
function tokensOf(usage: Json): Omit<UsageFact['usage'], 'requests'> {
  const lifetimes = object(usage, 'cache_creation')
  const [short, long] = [
    count(lifetimes, 'ephemeral_5m_input_tokens'),
    count(lifetimes, 'ephemeral_1h_input_tokens'),
  ]
  return {
    inputTokens: count(usage, 'input_tokens'),
    outputTokens: count(usage, 'output_tokens'),
    cacheReadTokens: count(usage, 'cache_read_input_tokens'),
    cacheWriteTokens:
      short === null && long === null
        ? count(usage, 'cache_creation_input_tokens')
        : (short ?? 0) + (long ?? 0),
    ...usageParts({
      cacheWrite1hTokens: short || long ? long : null,
      webSearches: count(object(usage, 'server_tool_use'), 'web_search_requests'),
    }),
  }
}

function costOf(value: Json): {cost: Nanos | null; costSource: 'gateway' | null} {
  const written = decimal(value, 'costUSD')
  const cost = written === undefined ? null : parseUsd(written)
  // 0 was written where the tool knew no price.
  return cost === null || cost === 0n ? {cost: null, costSource: null} : {cost, costSource: 'gateway'}
}

/** Through a cloud the message's id says which. */
function billerOf(message: string, model: string | undefined): string {
  if (message.startsWith('msg_bdrk_') || /^((us|eu|apac|global)\.)?anthropic\./.test(model ?? ''))
    return 'aws'
  return message.startsWith('msg_vrtx_') || /@\d{8}$/.test(model ?? '') ? 'google' : 'anthropic'
}

const signatureOf = (
  provider: string,
  folder: string | undefined,
  user: string | undefined,
  signatures: SignatureCache,
): Signature =>
  signatures.of([provider, folder, user], () =>
    signature({channel: 'claude-code', provider, user, tag_repository: checkoutName(folder)}),
  )

/** Answers waiting for their other entries; with more, the oldest go, and the store joins what is left of them by id. */
const MOST_OPEN = 20_000

/**
 * The entries of one file, joined: of one answer the entry that counts most is kept, at the time of the first. Sessions that were
 * resumed or forked repeat earlier entries in another file; they have the same ids, so the store keeps one of each.
 */
class Answers {
  /** By message; in the rare file where two requests share one, also by request. */
  readonly #open = new Map<string, Answer>()
  /** Which request a message was first seen with. */
  readonly #first = new Map<string, string | undefined>()

  /** The answer that has to make room, if any. */
  take(answer: Answer): UsageFact | undefined {
    const {message, request, aside} = answer
    const first = this.#first.has(message) ? this.#first.get(message) : request
    if (!this.#first.has(message)) this.#first.set(message, request)
    // A repetition inside a side question carries a request of its own; a message of the main conversation with two has been two.
    const own = first === request || aside || request === undefined || first === undefined
    const id = own ? message : `${message}/${request}`
    const before = this.#open.get(id)
    this.#open.set(id, {...answer, fact: {...fuller(before?.fact, answer.fact), id}})
    if (this.#open.size <= MOST_OPEN) return undefined
    const [oldest, {fact}] = this.#open.entries().next().value!
    this.#open.delete(oldest)
    this.#first.delete(oldest)
    return fact
  }

  rest(): UsageFact[] {
    return [...this.#open.values()].map(({fact}) => fact)
  }
}

function fuller(before: UsageFact | undefined, next: UsageFact): UsageFact {
  if (before === undefined) return next
  return total(next) > total(before) ? {...next, at: before.at, line: before.line} : before
}

const total = ({usage}: UsageFact): number =>
  (usage.inputTokens ?? 0) +
  (usage.outputTokens ?? 0) +
  (usage.cacheReadTokens ?? 0) +
  (usage.cacheWriteTokens ?? 0)
