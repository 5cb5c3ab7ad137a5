/**
 * What LiteLLM's loggers write (`StandardLoggingPayload`): a payload a line or a file in S3 or GCS, or inside the message of a
 * Datadog log. A call is the one of the spend log with the same id.
 * Never read: messages, response, model_parameters, error_str, error_information, hidden_params, guardrail_information,
 * requester_ip_address, requester_custom_headers, mcp_tool_call_metadata, vector_store_request_metadata, cold_storage_object_key.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue} from '../model/fact.ts'
import {connector} from './connector.ts'
import {isObject, type Json, object, SignatureCache, text} from './fields.ts'
import {litellmCall} from './litellm.ts'
import {sameEmails} from './statements.ts'

export const litellmPayload = connector({
  id: 'litellm-payload',
  label: 'LiteLLM logging payloads (S3, GCS, Datadog loggers)',
  needs: {fields: ['id', 'call_type', 'response_cost']},
  recognises: ({shape, sample}) =>
    (shape === 'json' || shape === 'jsonl') && sample.some(record => isPayload(payloadOf(record))),
  *parse(source) {
    const signatures = new SignatureCache()
    const known = new Set<string>()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const payload = payloadOf(record.value)
      if (!isPayload(payload) || text(payload, 'id') === undefined) {
        yield issue(
          record.line,
          'no-id',
          'an entry that is no logging payload with an id',
          'export whole StandardLoggingPayload objects',
        )
        continue
      }
      const metadata = object(payload, 'metadata')
      yield litellmCall(asRow(payload, metadata), record.line, signatures)
      yield* userEmail(metadata, record.line, known)
    }
  },
})

/** Datadog's intake wraps the payload: `message` is it, as text. */
const payloadOf = (value: unknown): Json =>
  isObject(value) && !('call_type' in value) ? object(value, 'message') : isObject(value) ? value : {}

const isPayload = (value: Json): boolean =>
  'call_type' in value &&
  ('response_cost' in value || 'model_map_information' in value) &&
  !('spend' in value)

/** Under the names of the spend log: the payload keeps whose key it was in its metadata. */
const asRow = (payload: Json, metadata: Json): Json => ({
  ...payload,
  metadata,
  request_id: payload.id,
  spend: payload.response_cost,
  api_key: metadata.user_api_key_hash,
  user: metadata.user_api_key_user_id,
  session_id: payload.trace_id,
})

/** The gateway knows the address of a key's user; said once a file. */
function* userEmail(metadata: Json, line: number, known: Set<string>): Generator<Fact | Issue> {
  const user = text(metadata, 'user_api_key_user_id')
  const email = text(metadata, 'user_api_key_user_email')
  if (user === undefined || email === undefined || known.has(`${user}\n${email}`)) return
  known.add(`${user}\n${email}`)
  yield* sameEmails(line, alias.litellm('user', user), email)
}
