/** Who bills, by one word, however a bill or a trace spells it. Unlisted names keep their own spelling, lower-cased. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/azure|^az\.ai\b|^microsoft/, 'azure'],
  [/^(aws|amazon|bedrock)/, 'aws'],
  [/^(gcp|google|vertex|gemini)/, 'google'],
  // A server that speaks OpenAI's protocol bills nothing for OpenAI.
  [/^openai(?![ _-]?(like|compat))/, 'openai'],
  [/^anthropic/, 'anthropic'],
  [/^(oracle|oci$)/, 'oracle'],
  [/^(x[._ -]?ai)$/, 'x-ai'],
  [/^mistral/, 'mistral'],
  [/^moonshot/, 'moonshotai'],
  [/^ibm|watsonx/, 'ibm'],
]

/** `azure.ai.openai`, `Microsoft Azure` → `azure`; `aws.bedrock`, `Amazon Web Services, Inc.` → `aws`; `gcp.vertex_ai` → `google`. */
export function providerName(written: string): string {
  const plain = written.trim().toLowerCase()
  return PROVIDERS.find(([pattern]) => pattern.test(plain))?.[1] ?? plain
}
