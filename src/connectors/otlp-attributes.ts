/** The attributes of OTLP/JSON that venturi reads, and who they say a span belongs to. */
import * as alias from '../model/alias.ts'
import type {Alias, Signature} from '../model/fact.ts'
import {providerName} from '../model/provider.ts'
import {array, type Json, metadataWord, object, signature, tagFields, text} from './fields.ts'

const NAMED =
  /^(gen_ai\.(provider\.name|system|operation\.name|workflow\.name|tool\.name|(request|response)\.model|response\.id|(openai\.)?(request|response)\.service_tier|usage\.[\w.]+)|openai\.(request|response)\.service_tier|llm\.(request\.(model|type)|model_name|usage\.\w+)|(traceloop|openinference)\.span\.kind|error\.type|server\.address|service\.(name|owner)|deployment\.environment(\.name)?|k8s\.(namespace|deployment|statefulset|daemonset|cronjob|job)\.name|vcs\.(repository\.(url\.full|name)|owner\.name)|user\.(email|id)|enduser\.id)$/

/** Labels of the workload: `k8s.pod.label.team`, older `k8s.pod.labels.team`. */
const LABEL = /^k8s\.(?:pod|namespace|deployment|statefulset|daemonset|job|cronjob)\.labels?\./

/** The named attributes of a span or resource with plain values; anything else never leaves the key/value list. */
export function attributesOf(from: Json): Json {
  const kept: {[key: string]: string | number | boolean} = Object.create(null)
  for (const attribute of array(from, 'attributes')) {
    const key = text(attribute, 'key')
    if (key === undefined || judge(key) === 'unread') continue
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
  const found = NAMED.test(key) ? 'named' : metadataWord(key.replace(LABEL, '')) ? 'tag' : 'unread'
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
  return providerName(text(span, 'gen_ai.provider.name', 'gen_ai.system') ?? 'unknown')
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
  const owner = text(from, 'service.owner')
  return owner === undefined ? words : {owner, ...words}
}
