/**
 * Which provider of the catalogue a model name means, and what is left of the name without its gateway's prefix:
 * `azure/gpt-4.1` is `gpt-4.1` of azure, `us.anthropic.claude-…-v1:0` is a model of aws, `models/gemini-…` one of google.
 */

/** Where to look a model up; `provider` null: let the model's own name tell. */
export interface Location {
  readonly provider: string | null
  readonly model: string
  /** The name says that the endpoint is bound to a region. */
  readonly regional?: boolean
}

/** Why something has no price, in words for people. */
export interface NoPrice {
  readonly reason: string
}

/** Spellings of LiteLLM, OpenTelemetry and other gateways, by the catalogue's provider id. */
const SPELLINGS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic anthropic_text claude',
  aws: `aws bedrock aws.bedrock aws_bedrock amazon_bedrock amazon amazon_web_services bedrock_converse
    bedrock_mantle`,
  azure: `azure azure_ai azure_text azure_openai azure_ad azure.ai.openai azure.ai.inference az.ai.openai
    az.ai.inference azure_ai_foundry azure_foundry microsoft_foundry microsoft_azure microsoft`,
  cerebras: 'cerebras',
  cloudflare: 'cloudflare workers_ai',
  cohere: 'cohere cohere_chat',
  cursor: 'cursor',
  deepseek: 'deepseek',
  fireworks: 'fireworks fireworks_ai',
  'github-copilot': 'github_copilot',
  google: `google google_ai_studio google_genai google_vertex google_vertex_ai google_cloud gemini vertex vertexai
    vertex_ai vertex_ai_beta vertex_ai_language_models vertex_ai_anthropic_models gcp gcp.vertex_ai gcp.gemini
    gcp.gen_ai`,
  groq: 'groq',
  minimax: 'minimax',
  mistral: 'mistral mistral_ai mistralai codestral',
  moonshotai: 'moonshot moonshot_ai moonshotai',
  novita: 'novita',
  openai: 'openai text_completion_openai',
  openrouter: 'openrouter',
  ovhcloud: 'ovhcloud',
  perplexity: 'perplexity perplexity_ai',
  together: 'together together_ai togetherai',
  voyageai: 'voyage voyageai voyage_ai',
  'x-ai': 'xai x_ai',
  zai: 'zai z_ai',
  zhipuai: 'zhipuai',
  arcee: 'arcee',
  avian: 'avian',
  baseten: 'baseten',
}
const PROVIDERS = new Map(
  Object.entries(SPELLINGS).flatMap(([id, names]) => names.split(/\s+/).map(name => [name, id] as const)),
)

/** Names that say who relayed the call, not who bills it. */
const RELAYS = new Set([
  '',
  'litellm',
  'litellm_proxy',
  'portkey',
  'helicone',
  'kong',
  'langfuse',
  'unknown',
  '_other',
])

/** Providers whose client library also talks to gateways, so that the model's prefix knows better. */
const UNIVERSAL_CLIENTS = new Set(['openai', 'anthropic'])

const GEOGRAPHY = /^(?:us-gov|us|eu|apac|jp|au|ca|in|sa|me|global)\./
const BEDROCK_ID =
  /^(?:(?:us-gov|us|eu|apac|jp|au|ca|in|sa|me|global)\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|writer|nvidia|google|moonshot|moonshotai|minimax|stability|zai)\.[a-z]/
/** OpenAI models whose name alone the catalogue does not place. */
const OPENAI_MODEL = /^(?:ft:gpt-|text-embedding-|chatgpt-|codex-|computer-use|tts-|omni-moderation)/

const spelling = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')

/** The catalogue's id of a provider however a gateway spells it; null for a relay, undefined when nobody knows it. */
export function catalogueProvider(name: string | null): string | null | undefined {
  const word = spelling(name ?? '')
  return RELAYS.has(word) ? null : PROVIDERS.get(word)
}

/** Splits a model as written into catalogue provider and bare model id, lower-cased. */
export function locate(provider: string | null, asWritten: string): Location | NoPrice {
  const known = catalogueProvider(provider)
  if (known === undefined)
    return {reason: `the catalogue has no prices of provider "${short(provider ?? '')}"`}
  let found: Location = {provider: known, model: asWritten.trim().toLowerCase()}
  for (;;) {
    const step = withoutPrefix(found)
    if (!step) break
    if ('reason' in step) return step
    found = step
  }
  const {model} = found
  if (model === '') return {reason: 'no model named'}
  if ((found.provider === null || UNIVERSAL_CLIENTS.has(found.provider)) && BEDROCK_ID.test(model))
    return bedrock(model)
  switch (found.provider ?? (OPENAI_MODEL.test(model) ? 'openai' : null)) {
    case 'aws':
      return bedrock(model)
    case 'azure':
      return azure(model)
    case 'openai':
      return {provider: 'openai', model: model.replace(ENDPOINT, '')}
    default:
      return found
  }
}

/** A gateway's word for which of a provider's endpoints is called. */
const ENDPOINT = /^(?:responses|chat|text-completion)\//
const VERTEX = /(?:^|\/)(?:locations\/([a-z0-9-]+)\/)?publishers\/[a-z0-9-]+\/models\/(.+)$/

function withoutPrefix({provider, model}: Location): Location | NoPrice | null {
  if (model.startsWith('arn:')) return fromArn(model)
  const resource = VERTEX.exec(model)
  if (resource) {
    const [, region = 'global', name = ''] = resource
    return {provider: 'google', model: name, ...(region === 'global' ? {} : {regional: true})}
  }
  const slash = model.indexOf('/')
  if (slash <= 0) return null
  const head = model.slice(0, slash)
  const rest = model.slice(slash + 1)
  if (provider === 'aws' && /^(?:converse|converse_like|invoke)$/.test(head)) return {provider, model: rest}
  if (head === 'models') return {provider: provider ?? 'google', model: rest}
  const named = catalogueProvider(head)
  if (named === undefined) return null
  if (named === null) return {provider, model: rest}
  const replaces = provider === null || provider === named || UNIVERSAL_CLIENTS.has(provider)
  return replaces ? {provider: named, model: rest} : null
}

const GOVERNMENT: NoPrice = {
  reason: 'the catalogue has no GovCloud prices of aws: give the rate in venturi.yaml',
}

function fromArn(text: string): Location | NoPrice {
  const [, partition = '', service = '', , , ...rest] = text.split(':')
  const [type = '', ...id] = rest.join(':').split('/')
  if (partition === 'aws-us-gov') return GOVERNMENT
  if (partition.startsWith('aws') && service === 'bedrock') {
    if (type === 'foundation-model' || type === 'inference-profile')
      return {provider: 'aws', model: id.join('/')}
    if (type === 'provisioned-model') return {reason: PROVISIONED}
  }
  return {reason: `an ARN of type "${short(type)}" does not name its model`}
}

const PROVISIONED = 'provisioned throughput is billed by the hour, not by the token'

function bedrock(asWritten: string): Location | NoPrice {
  const region = /^([a-z]{2}(?:-gov)?-[a-z]+-\d)\//.exec(asWritten)?.[1] ?? ''
  const model = asWritten.slice(region === '' ? 0 : region.length + 1)
  if (region.startsWith('us-gov-') || model.startsWith('us-gov.')) return GOVERNMENT
  if (/^\d+-month-commitment\//.test(model)) return {reason: PROVISIONED}
  return {provider: 'aws', model}
}

function azure(asWritten: string): Location | NoPrice {
  const model = asWritten.replace(ENDPOINT, '').replace(/^(?:global-standard|global)\//, '')
  if (/^(?:us|eu)\//.test(model))
    return {reason: 'the catalogue has no data-zone prices of azure: give the rate in venturi.yaml'}
  return {provider: 'azure', model}
}

/** Whether a Bedrock id says where it runs: `us.`, `global.`, …; a bare id does not. */
export const namesGeography = (model: string): boolean => GEOGRAPHY.test(bare(model))

const bare = (model: string): string => {
  const location = locate(null, model)
  return 'reason' in location ? model.toLowerCase() : location.model
}

/** Whether two spellings name one model, apart from prefix, vendor, geography, date and version suffix. */
export const sameModel = (one: string, other: string): boolean => core(one) === core(other)

const core = (model: string): string =>
  bare(model)
    .replace(/^.*\//, '')
    .replace(GEOGRAPHY, '')
    .replace(/^(?:anthropic|openai|amazon|meta|mistral|cohere|deepseek)\./, '')
    .replaceAll('.', '-')
    .replace(/(?:-v\d+)?(?::\d+)?$/, '')
    .replace(/[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2})$/, '')

/** Text of somebody else's file, cut for a message. */
export const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
