/** Who sells what, in FOCUS's words: providers as they write themselves, and the service a charge is for. */

interface Seller {
  readonly name: string
  /** What they call their models' service. */
  readonly models: string
}

const SELLERS: {readonly [provider: string]: Seller} = {
  openai: {name: 'OpenAI', models: 'OpenAI API'},
  anthropic: {name: 'Anthropic', models: 'Claude API'},
  aws: {name: 'AWS', models: 'Amazon Bedrock'},
  azure: {name: 'Microsoft', models: 'Azure AI Foundry'},
  google: {name: 'Google Cloud', models: 'Vertex AI'},
  oracle: {name: 'Oracle', models: 'OCI Generative AI'},
  ibm: {name: 'IBM', models: 'watsonx.ai'},
  mistral: {name: 'Mistral AI', models: 'Mistral AI API'},
  cohere: {name: 'Cohere', models: 'Cohere API'},
  deepseek: {name: 'DeepSeek', models: 'DeepSeek API'},
  'x-ai': {name: 'xAI', models: 'xAI API'},
  perplexity: {name: 'Perplexity', models: 'Perplexity API'},
  openrouter: {name: 'OpenRouter', models: 'OpenRouter'},
  cloudflare: {name: 'Cloudflare', models: 'Workers AI'},
  github: {name: 'GitHub', models: 'GitHub Copilot'},
  cursor: {name: 'Cursor', models: 'Cursor'},
}

/** Sell much else besides; the bill's words say what. */
const CLOUDS = new Set(['aws', 'azure', 'google', 'oracle', 'ibm', 'cloudflare', 'github'])

export const sellerName = (provider: string): string => SELLERS[provider]?.name ?? provider

export interface Service {
  readonly ServiceName: string
  readonly ServiceCategory: string
  readonly ServiceSubcategory: string
}

const GENERATIVE = {ServiceCategory: 'AI and Machine Learning', ServiceSubcategory: 'Generative AI'} as const
const ELSE = {ServiceCategory: 'Other', ServiceSubcategory: 'Other (Other)'} as const
const OF_MODELS =
  /bedrock|openai|foundry|cognitive|vertex|gemini|generative|copilot|claude|workers ai|watsonx/i

/**
 * A service by name has one category. Of a cloud's other services a bill names only some, so all of them are one: not named here.
 * `line`: the bill's own words, where the charge names no model.
 */
export function serviceOf(provider: string, model: string | null, line: string | null): Service {
  const {name = provider, models = provider} = SELLERS[provider] ?? {}
  const elsewhere = CLOUDS.has(provider) && model === null && line !== null && !OF_MODELS.test(line)
  return elsewhere ? {ServiceName: `${name}, other services`, ...ELSE} : {ServiceName: models, ...GENERATIVE}
}

export type ChargeCategory = 'Usage' | 'Purchase' | 'Tax' | 'Credit' | 'Adjustment'

/** Bills begin the words of what is not use with its kind: `Tax: AmazonBedrock`, `Refund: …`. */
const KINDS: readonly (readonly [RegExp, ChargeCategory])[] = [
  [/^(sales |value.added )?(tax|vat)\b/i, 'Tax'],
  [/^(credit|refund|.*discount)[^:]*(:|$)/i, 'Credit'],
  [/^(purchase|fee|rifee|savingsplan(recurring|upfront)fee|seats?)\b[^:]*(:|$)/i, 'Purchase'],
  [/^(adjustment|rounding|correction)[^:]*(:|$)/i, 'Adjustment'],
]

/** Takes money back without saying why: an adjustment. */
export function chargeCategory(line: string | null, nanos: bigint): ChargeCategory {
  const kind = line === null ? undefined : KINDS.find(([words]) => words.test(line))?.[1]
  return kind ?? (nanos < 0n ? 'Adjustment' : 'Usage')
}
