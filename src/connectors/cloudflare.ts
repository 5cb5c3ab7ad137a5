/**
 * Cloudflare AI Gateway logs (`GET /accounts/{account}/ai-gateway/gateways/{gateway}/logs`). Which gateway a saved page came from
 * only its path says. Logs past the plan's quota are dropped by Cloudflare: sums are a lower bound.
 * Never read: request_head, response_head and whatever the `…/request` and `…/response` calls hold.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type CallContext, type Fact, type Issue, issue, type Signature} from '../model/fact.ts'
import {providerOrMaker} from '../model/provider.ts'
import {badTime, callFact, dollars, failedStatus, instant, isIssue, plainTokens} from './call.ts'
import {connector} from './connector.ts'
import {contextOf, latencyAt} from './context.ts'
import {count, isObject, object, SignatureCache, signature, tagEvidence, tagFields, text} from './fields.ts'
import {entity} from './statements.ts'

export const cloudflare = connector({
  id: 'cloudflare',
  label: 'Cloudflare AI Gateway logs',
  placed: true,
  needs: {fields: ['tokens_in', 'tokens_out', 'cached', 'provider']},
  *parse(source) {
    const signatures = new SignatureCache()
    const gateway = gatewayIn(source.path)
    let told = false
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      if (gateway && !told) {
        told = true
        yield entity(record.line, 'project', gateway.alias, {name: gateway.name, type: 'gateway'})
      }
      yield log(record.value, record.line, gateway?.alias, signatures)
    }
  },
})

/** Saved responses lie by the path they came from: `…/accounts/ACCT/ai-gateway/gateways/NAME/logs.page-1.json`. */
function gatewayIn(path: string): {alias: Alias; name: string} | null {
  const [, account = '', name] =
    /(?:^|\/)(?:accounts\/)?([\w-]+)\/ai-gateway\/(?:gateways\/)?([\w-]+)(?:\/|$)/.exec(path) ?? []
  return name === undefined ? null : {alias: alias.cloudflareGateway(account, name), name}
}

function log(
  value: unknown,
  line: number,
  gateway: Alias | undefined,
  signatures: SignatureCache,
): Fact | Issue {
  const id = text(value, 'id')
  if (id === undefined) return issue(line, 'no-id', 'a log without id', 'save whole items of the logs call')
  const at = instant(value, 'created_at')
  if (at === null) return badTime(line, 'created_at', id, value)
  const cost = dollars(line, id, value, 'cost')
  if (isIssue(cost)) return cost
  const said = isObject(value) ? value : {}
  return callFact({
    line,
    id,
    at,
    cost,
    signature: callerOf(value, gateway, signatures),
    requested: text(value, 'model'),
    served: text(value, 'model'),
    tokens: plainTokens(value, ['tokens_in'], ['tokens_out']),
    cached: said.cached === true || said.cached === 'true',
    failed: typeof said.success === 'boolean' ? !said.success : failedStatus(value, 'status_code'),
    latencyMs: latencyAt(value, ['duration']),
    context: contextOf(object(value, 'metadata'), fallback(value)),
  })
}

/** Steps are the providers of a route in order: those after the first answer when it does not. */
const fallback = (value: unknown): CallContext => ((count(value, 'step') ?? 0) > 0 ? {fallback: true} : {})

/** `metadata` is a JSON text that the caller sent. */
function callerOf(value: unknown, gateway: Alias | undefined, signatures: SignatureCache): Signature {
  const metadata = object(value, 'metadata')
  const provider = providerOrMaker(text(value, 'provider'), text(value, 'model'))
  return signatures.of([provider, tagEvidence(metadata)], () =>
    signature({channel: 'cloudflare', provider, project: gateway, ...tagFields(metadata)}),
  )
}
