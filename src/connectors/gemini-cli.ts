/**
 * Gemini CLI's chats: `~/.gemini/tmp/…/chats/session-….json`, or `.jsonl` with a record a line. What an answer counted is read,
 * its id, time and model. Rewinding drops messages from a chat, but not from what was used.
 * Never read: content, thoughts, tool calls and their results, summaries, folders.
 */
import {type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {segmentsOf} from './checkout.ts'
import {connector, type Source} from './connector.ts'
import {array, count, isObject, type Json, object, signature, text} from './fields.ts'
import {entity} from './statements.ts'
import {personOf} from './work-folder.ts'

export const geminiCli = connector({
  id: 'gemini-cli',
  label: 'Gemini CLI chats',
  placed: true,
  needs: {fields: ['sessionId', 'projectHash', 'messages']},
  recognises: ({shape, sample}) =>
    (shape === 'json' || shape === 'jsonl') &&
    sample.some(value => text(value, 'projectHash') !== undefined || (isAnswer(value) && isCounted(value))),
  *parse(source) {
    const {file} = segmentsOf(source.path)
    let session = file.split('.')[0] ?? file
    const user = personOf(source.path)
    if (user) yield entity(1, 'identity', user, {type: 'person'})
    const evidence = signature({channel: 'gemini-cli', provider: 'google', user})
    const kept = new Map<string, UsageFact>()
    for (const {line, value} of yield* messages(source)) {
      if (!isAnswer(value)) session = text(value, 'sessionId') ?? session
      else if (isCounted(value)) {
        const said = answer(value, line, session, evidence)
        if ('code' in said) yield said
        else {
          const before = kept.get(said.id)
          // A record written again replaces the one of its id; what it counts only grows.
          if (!before || total(said) > total(before)) kept.set(said.id, said)
        }
      }
    }
    yield* kept.values()
  },
})

const isAnswer = (value: unknown): boolean => text(value, 'type') === 'gemini'
const isCounted = (value: unknown): boolean =>
  count(object(value, 'tokens'), 'input', 'output', 'total') !== null

/** Messages of a whole chat, of a checkpoint inside a log, or one a line. */
function* messages(source: Source): Generator<Issue, {line: number; value: Json}[]> {
  const found: {line: number; value: Json}[] = []
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else if (isObject(record.value)) {
      const {line, value} = record
      if ('sessionId' in value) found.push({line, value: {sessionId: value.sessionId}})
      if (isAnswer(value)) found.push({line, value: countsOnly(value)})
      for (const message of [...array(value, 'messages'), ...array(object(value, '$set'), 'messages')])
        if (isAnswer(message)) found.push({line, value: countsOnly(message)})
    }
  }
  return found
}

/** An answer without its words, so that a long chat is not held in memory. */
const countsOnly = (value: unknown): Json => {
  const {id, timestamp, type, model, tokens} = value as Json
  return {id, timestamp, type, model, tokens}
}

function answer(value: Json, line: number, session: string, evidence: Signature): UsageFact | Issue {
  const id = text(value, 'id')
  if (!id) return issue(line, 'no-id', 'an answer without id', 'keep chats as they are')
  const at = parseTime(text(value, 'timestamp') ?? '')
  if (at === null)
    return issue(
      line,
      'bad-time',
      `timestamp of ${JSON.stringify(id.slice(0, 60))} is not a time`,
      'keep chats as they are',
    )
  const model = text(value, 'model') ?? null
  return {
    fact: 'usage',
    line,
    id: `gemini-cli/${session}/${id}`,
    granularity: 'request',
    at,
    signature: evidence,
    requestedModel: model,
    servedModel: model,
    tier: null,
    usage: {requests: 1, ...tokensOf(object(value, 'tokens'))},
    cost: null,
    costSource: null,
    status: 'success',
    trace: session,
  }
}

/**
 * Cached tokens are inside the input. Thoughts are output and stand beside it, what tools put in beside the input; where
 * the total says otherwise, it is believed.
 */
function tokensOf(tokens: Json): Omit<UsageFact['usage'], 'requests'> {
  const [input, output] = [count(tokens, 'input'), count(tokens, 'output')]
  const [cached, thoughts, tool] = ['cached', 'thoughts', 'tool'].map(key => count(tokens, key) ?? 0) as [
    number,
    number,
    number,
  ]
  const said = count(tokens, 'total')
  const plain = (input ?? 0) + (output ?? 0)
  const beside = (more: number): number => (said !== null && said === plain ? 0 : more)
  const all = input === null ? null : input + beside(tool)
  return {
    inputTokens: all === null ? null : cached > all ? all : all - cached,
    outputTokens: output === null ? null : output + beside(thoughts),
    cacheReadTokens: cached,
    cacheWriteTokens: null,
  }
}

const total = ({usage}: UsageFact): number =>
  (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) + (usage.cacheReadTokens ?? 0)
