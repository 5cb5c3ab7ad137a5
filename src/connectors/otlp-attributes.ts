/** The attributes of OTLP/JSON that venturi reads, and who they say a span, log record or point belongs to. */
import * as alias from '../model/alias.ts'
import type {Alias, Signature} from '../model/fact.ts'
import {providerOrMaker} from '../model/provider.ts'
import {CONTEXT_KEYS} from './context.ts'
import {array, type Json, metadataWord, object, SignatureCache, signature, tagFields, text} from './fields.ts'

const NAMED =
  /^(gen_ai\.(provider\.name|system|operation\.name|agent\.name|workflow\.name|tool\.name|(request|response)\.model|response\.id|(openai\.)?(request|response)\.service_tier|usage\.[\w.]+)|openai\.(request|response)\.service_tier|llm\.(request\.(model|type)|model_name|provider|system|usage\.\w+|token_count\.(prompt|completion|prompt_details\.cache_(read|write)))|(traceloop|openinference)\.span\.kind|error\.type|server\.address|service\.(name|owner)|deployment\.environment(\.name)?|k8s\.(namespace|deployment|statefulset|daemonset|cronjob|job)\.name|vcs\.(repository\.(url\.full|name)|owner\.name)|user\.(email|id)|enduser\.id|team\.id|department)$/

/** Labels of the workload: `k8s.pod.label.team`, older `k8s.pod.labels.team`. */
const LABEL = /^k8s\.(?:pod|namespace|deployment|statefulset|daemonset|job|cronjob)\.labels?\./

/**
 * The named attributes of a span, record, point or resource with plain values; anything else never leaves the key/value list.
 * `also` names attributes that only one kind of producer sets.
 */
export function attributesOf(from: Json, also?: RegExp): Json {
  const kept: {[key: string]: string | number | boolean} = Object.create(null)
  for (const attribute of array(from, 'attributes')) {
    const key = text(attribute, 'key')
    if (key === undefined || (judge(key) === 'unread' && !also?.test(key))) continue
    const value = plainValue(object(attribute, 'value'))
    if (value !== undefined) kept[key] = value
  }
  return kept
}

/** Keys repeat in every span: each is judged once, until a file makes up too many. */
const judged = new Map<string, 'named' | 'tag' | 'unread'>()

function judge(key: string): 'named' | 'tag' | 'unread' {
  const known = judged.get(key)
  if (known) return known
  const found =
    NAMED.test(key) || CONTEXT_KEYS.has(key)
      ? 'named'
      : metadataWord(key.replace(LABEL, ''))
        ? 'tag'
        : 'unread'
  if (judged.size < 10_000) judged.set(key, found)
  return found
}

function plainValue(value: Json): string | number | boolean | undefined {
  for (const type of ['stringValue', 'intValue', 'doubleValue', 'boolValue']) {
    const plain = Object.hasOwn(value, type) ? value[type] : undefined
    if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean') return plain
  }
  return undefined
}

/** Attributes of a span that tell whose it is, beside its tags; those of its resource are the same for many spans. */
const SPEAKING: ReadonlySet<string> = new Set([
  'gen_ai.provider.name',
  'gen_ai.system',
  'llm.provider',
  'llm.system',
  'server.address',
  'user.email',
  'enduser.id',
  'user.id',
  'vcs.repository.url.full',
  'vcs.repository.name',
  'vcs.owner.name',
  'service.owner',
  'team.id',
  'department',
])

/** `resourceSignature`, made once for all spans that say the same. */
export class Callers {
  readonly #signatures = new SignatureCache()
  readonly #resources = new WeakMap<Json, string>()

  of(channel: string, resource: Json, span: Json): Signature {
    let known = this.#resources.get(resource)
    if (known === undefined) this.#resources.set(resource, (known = JSON.stringify(resource)))
    let said = ''
    for (const key in span)
      if (SPEAKING.has(key) || judge(key) === 'tag') said += `${key}=${JSON.stringify(span[key])};`
    const named = 'gen_ai.provider.name' in span || 'gen_ai.system' in span
    const evidence = [channel, known, named ? undefined : modelName(span), said]
    return this.#signatures.of(evidence, () => ({...resourceSignature(resource, span), channel}))
  }
}

const modelName = (span: Json): string | undefined =>
  text(span, 'gen_ai.response.model', 'gen_ai.request.model', 'llm.request.model', 'llm.model_name', 'model')

/** Everything in a span and its resource that could tell who it belongs to. The span's own tags come before the resource's. */
export function resourceSignature(resource: Json, span: Json): Signature {
  const namespace = text(resource, 'k8s.namespace.name')
  const person = [
    text(span, 'user.email', 'enduser.id', 'user.id'),
    text(resource, 'user.email', 'enduser.id', 'user.id'),
  ].find(id => id?.includes('@'))
  const service = text(resource, 'service.name')
  return signature({
    channel: 'otel',
    provider: spanProvider(span),
    user: person && alias.email(person),
    service: service && /^unknown_service/.test(service) ? undefined : service,
    namespace: namespace && alias.k8sNamespace(namespace),
    workload: workload(namespace, resource),
    repository: repository(resource) ?? repository(span),
    environment: text(resource, 'deployment.environment.name', 'deployment.environment')?.toLowerCase(),
    ...tagFields({...tags(resource), ...tags(span)}),
  })
}

/** An OpenAI client pointed at an Azure address still calls itself openai: the address says who bills. */
function spanProvider(span: Json): string {
  if (/\.(openai|cognitiveservices|services\.ai)\.azure\.com$/i.test(text(span, 'server.address') ?? ''))
    return 'azure'
  return providerOrMaker(
    text(span, 'gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'llm.system'),
    modelName(span),
  )
}

function workload(namespace: string | undefined, resource: Json): Alias | undefined {
  const name = text(
    resource,
    'k8s.deployment.name',
    'k8s.statefulset.name',
    'k8s.daemonset.name',
    'k8s.cronjob.name',
    'k8s.job.name',
  )
  return namespace && name && alias.k8sWorkload(namespace, name)
}

function repository(from: Json): Alias | undefined {
  const name = text(from, 'vcs.repository.name')
  const owner = text(from, 'vcs.owner.name')
  const address =
    text(from, 'vcs.repository.url.full') ??
    (owner && name && !name.includes('/') ? `${owner}/${name}` : name)
  return address && alias.repository(address)
}

/** Attributes under the words that name teams, cost centers and the like; one set directly comes before a label. */
function tags(from: Json): Json {
  const words: {[key: string]: unknown} = {}
  for (const [key, value] of Object.entries(from)) {
    if (judge(key) !== 'tag') continue
    const word = key.replace(LABEL, '')
    if (word === key || !(word in from)) words[word] = value
  }
  // What a coding assistant's settings call a team, and an owner, when no attribute is called a team's outright.
  const owner = text(from, 'service.owner', 'team.id', 'department')
  return owner === undefined || Object.keys(words).some(key => metadataWord(key) === 'team')
    ? words
    : {owner, ...words}
}
