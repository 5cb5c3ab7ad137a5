/** Who bills, by one word, however a bill or a trace spells it. Unlisted names keep their own spelling, lower-cased. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/azure|^az\.ai\b|^microsoft/, 'azure'],
  [/^(aws|amazon|bedrock)/, 'aws'],
  [/^(gcp|google|vertex|gemini)/, 'google'],
  // A server that speaks OpenAI's protocol bills nothing for OpenAI.
  [/^openai(?![ _-]?(like|compat))/, 'openai'],
  [/^anthropic/, 'anthropic'],
  [/^(oracle|oci$)/, 'oracle'],
  [/^(x|x[._ -]?ai)$/, 'x-ai'],
  [/^mistral/, 'mistral'],
  [/^moonshot/, 'moonshotai'],
  [/^ibm|watsonx/, 'ibm'],
  [/^workers[._ -]?ai/, 'cloudflare'],
]

/** `azure.ai.openai`, `Microsoft Azure` → `azure`; `aws.bedrock`, `Amazon Web Services, Inc.` → `aws`; `gcp.vertex_ai` → `google`. */
export function providerName(written: string): string {
  const plain = written.trim().toLowerCase()
  return PROVIDERS.find(([pattern]) => pattern.test(plain))?.[1] ?? plain
}

/** Whose a model's name is, where a log says no more: first the clouds, whose ids say so themselves, then the makers. */
const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/^azure(_ai|_text)?\//, 'azure'],
  [/^openrouter\//, 'openrouter'],
  [/^bedrock(_converse)?\/|^arn:aws/, 'aws'],
  [
    /^(?:(?:us|us-gov|eu|apac|jp|au|ca|global)\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen)\.[a-z]/,
    'aws',
  ],
  [/^(vertex_ai|gemini|google)\/|^publishers\/|^(gemini|text-bison|chat-bison|imagen)-|@20\d{6}$/, 'google'],
  [
    /^(openai\/)?(gpt-|chatgpt-|o[1-9](-|$)|text-embedding-(ada|[0-9])|davinci|dall-e|whisper|tts-|codex-|omni-|ft:gpt-)/,
    'openai',
  ],
  [/^(anthropic\/)?claude-/, 'anthropic'],
  [/^(mistral\/)?(mistral|mixtral|codestral|ministral|pixtral|magistral)-/, 'mistral'],
  [/^(cohere\/)?(command-|embed-(english|multilingual|v))/, 'cohere'],
  [/^(deepseek\/)?deepseek-/, 'deepseek'],
  [/^(xai\/|x-ai\/)?grok-/, 'x-ai'],
  [/^(perplexity\/)?sonar/, 'perplexity'],
]

/**
 * Who most likely bills a model that its log names without a provider: the maker, unless the name is a cloud's own id.
 * A guess; `unknown` when the name tells nothing.
 *
 * @example makerOf('us.anthropic.claude-haiku-4-5-20251001-v1:0') // 'aws'
 */
export function makerOf(model: string | null | undefined): string {
  const plain = model?.trim().toLowerCase() ?? ''
  return MAKERS.find(([pattern]) => pattern.test(plain))?.[1] ?? 'unknown'
}

/** Words a log writes where it knows no provider. */
const NOBODY =
  /^(|unknown|unspecified|custom|local|other|_other|none|null|helicone|portkey|litellm|litellm_proxy|kong)$/i

/** The provider a log names, or where it names none, the one its model's name suggests. */
export const providerOrMaker = (written: string | undefined, model: string | null | undefined): string =>
  NOBODY.test(written?.trim() ?? '') ? makerOf(model) : providerName(written!)
