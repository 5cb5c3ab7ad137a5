/**
 * Codex CLI's rollouts (`~/.codex/sessions/YYYY/MM/DD/rollout-….jsonl`, also archived ones) and the answers of
 * `codex exec --json`. A line says its type first: what is no count, no model and no session is passed over unread.
 * Never read: instructions, messages, reasoning, tool calls and their results, titles, branches.
 */
import * as alias from '../model/alias.ts'
import {type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {providerName} from '../model/provider.ts'
import {formatTime, parseTime} from '../model/time.ts'
import {segmentsOf} from './checkout.ts'
import {connector} from './connector.ts'
import {count, isObject, type Json, object, signature, text} from './fields.ts'
import {entity} from './statements.ts'
import {checkoutName, personOf} from './work-folder.ts'

export const codex = connector({
  id: 'codex',
  label: 'Codex CLI rollouts',
  placed: true,
  needs: {fields: ['timestamp', 'type', 'payload']},
  recognises: ({shape, sample}) =>
    (shape === 'jsonl' || shape === 'json') && sample.some(value => isRolloutLine(value) || isTurn(value)),
  *parse(source) {
    const user = personOf(source.path)
    if (user) yield entity(1, 'identity', user, {type: 'person'})
    const session = new Session(source.path, user)
    let told = false
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      if (isTurn(value)) {
        if (!told) yield timeless(line)
        told = true
      } else {
        const said = session.read(value, line)
        if (said) yield said
      }
    }
  },
})

const ROLLOUT =
  /^(session_meta|turn_context|event_msg|response_item|compacted|world_state|inter_agent_communication)$/

const isRolloutLine = (value: unknown): boolean =>
  ROLLOUT.test(text(value, 'type') ?? '') && isObject(value) && isObject(value.payload)

/** What `codex exec --json` says at the end of a turn. */
const isTurn = (value: unknown): boolean =>
  text(value, 'type') === 'turn.completed' && isObject(value) && isObject(value.usage)

const timeless = (line: number): Issue =>
  issue(
    line,
    'no-time',
    'the output of codex exec says neither when its turns were nor which model gave them',
    'ingest the rollouts below ~/.codex/sessions instead: they hold the same counts with their times',
  )

/** Counts of one answer or of all up to it; null: not said. */
interface Counts {
  readonly input: number
  readonly cached: number
  readonly written: number
  readonly output: number
}

function countsIn(from: unknown, key: string): Counts | null {
  const usage = object(from, key)
  const [input, output] = [count(usage, 'input_tokens'), count(usage, 'output_tokens')]
  if (input === null && output === null) return null
  return {
    input: input ?? 0,
    cached: count(usage, 'cached_input_tokens', 'cache_read_input_tokens') ?? 0,
    written: count(usage, 'cache_write_input_tokens') ?? 0,
    output: output ?? 0,
  }
}

const sumOf = ({input, output}: Counts): number => input + output
const same = (a: Counts, b: Counts): boolean =>
  a.input === b.input && a.cached === b.cached && a.written === b.written && a.output === b.output

const AT_ONCE_MS = 1000

/** A rollout read line by line: counts belong to the model that was last named. */
class Session {
  #id: string
  #created: number | null = null
  /** Forked from another session, or begun by one: it starts by repeating that one's counts. */
  #child = false
  #provider = 'openai'
  #repository: string | undefined
  #folder: string | undefined
  #model: string | undefined
  #total: Counts | null = null
  #opened = false
  readonly #user: string | undefined
  #signature: Signature | null = null

  constructor(path: string, user: string | undefined) {
    const {file} = segmentsOf(path)
    const [stem = file] = file.split('.')
    this.#id = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.exec(stem)?.[0] ?? stem
    this.#user = user
  }

  read(value: unknown, line: number): UsageFact | Issue | null {
    const payload = object(value, 'payload')
    switch (text(value, 'type')) {
      case 'session_meta':
        this.#open(value, payload)
        return null
      case 'turn_context':
        this.#model = text(payload, 'model') ?? this.#model
        this.#folder ??= text(payload, 'cwd')
        return null
      case 'event_msg':
        return text(payload, 'type') === 'token_count' ? this.#count(value, payload, line) : null
      default:
        return null
    }
  }

  /** Only the first counts: a forked rollout repeats the one of its parent too. */
  #open(value: unknown, payload: Json): void {
    if (this.#opened) return
    this.#opened = true
    this.#id = text(payload, 'id', 'session_id') ?? this.#id
    this.#created = parseTime(text(payload, 'timestamp') ?? text(value, 'timestamp') ?? '')
    this.#child =
      text(payload, 'forked_from_id') !== undefined || isObject(object(payload, 'source').subagent)
    this.#provider = providerName(text(payload, 'model_provider') ?? 'openai')
    this.#folder = text(payload, 'cwd')
    const remote = text(object(payload, 'git'), 'repository_url')
    this.#repository = remote && alias.remote(remote)
  }

  #count(value: unknown, payload: Json, line: number): UsageFact | Issue | null {
    const info = object(payload, 'info')
    const last = countsIn(info, 'last_token_usage')
    // Some versions leave the total at 0: then it says nothing.
    const written = countsIn(info, 'total_token_usage')
    const total = written && sumOf(written) > 0 ? written : null
    if (!last && !total) return null
    const stamp = text(value, 'timestamp')
    const at = parseTime(stamp ?? '')
    if (at === null)
      return issue(
        line,
        'bad-time',
        `timestamp of a count of session ${this.#id} is not a time`,
        'keep rollouts as they are',
      )
    const before = this.#total
    if (total) this.#total = total
    if (this.#repeats(at) || (total && before && same(total, before))) return null
    const used = last ?? since(total!, before)
    if (sumOf(used) === 0) return null
    return this.#fact(line, at, used, total ?? used, text(info, 'model'), payload)
  }

  /** Counts of the parent are written down at once when the session is made; no answer is that quick. */
  #repeats(at: number): boolean {
    return this.#child && this.#created !== null && Math.abs(at - this.#created) <= AT_ONCE_MS
  }

  #fact(
    line: number,
    at: number,
    used: Counts,
    total: Counts,
    named: string | undefined,
    payload: Json,
  ): UsageFact {
    const model = named ?? this.#model ?? null
    const cached = used.cached + used.written
    return {
      fact: 'usage',
      line,
      // A total is reached once, unless the counter began anew: then the time differs.
      id: `codex/${this.#id}/${formatTime(at)}/${sumOf(total)}`,
      granularity: 'request',
      at,
      signature: (this.#signature ??= this.#evidence()),
      requestedModel: model,
      servedModel: model,
      tier: null,
      usage: {
        requests: 1,
        inputTokens: cached > used.input ? used.input : used.input - cached,
        outputTokens: used.output,
        cacheReadTokens: used.cached,
        cacheWriteTokens: used.written,
      },
      ...costOf(payload),
      status: 'success',
      trace: this.#id,
    }
  }

  #evidence(): Signature {
    return signature({
      channel: 'codex',
      provider: this.#provider,
      user: this.#user,
      repository: this.#repository,
      tag_repository: this.#repository === undefined ? checkoutName(this.#folder) : undefined,
    })
  }
}

/** What was added; a total that fell began anew. */
function since(total: Counts, before: Counts | null): Counts {
  if (before === null || sumOf(total) < sumOf(before)) return total
  const more = (now: number, then: number) => Math.max(now - then, 0)
  return {
    input: more(total.input, before.input),
    cached: more(total.cached, before.cached),
    written: more(total.written, before.written),
    output: more(total.output, before.output),
  }
}

/**
 * Rollouts know no price. The limits of a ChatGPT plan stand beside the counts of those who are signed in with one: the plan
 * covers the answer, unless the account also holds credits, which then may have paid.
 */
function costOf(payload: Json): {cost: 0n; costSource: 'provider'} | {cost: null; costSource: null} {
  const limits = object(payload, 'rate_limits')
  const included = text(limits, 'plan_type') !== undefined && object(limits, 'credits').has_credits !== true
  return included ? {cost: 0n, costSource: 'provider'} : {cost: null, costSource: null}
}
