/** AWS's usage types and product names: `USE1-Claude4.5Haiku-input-tokens`, `USE1-MP:USE1_OutputTokenCount-Units`. */
import {claudeModel, type Meter, type TokenKind, tierIn} from './meter.ts'

type Name = (match: RegExpExecArray) => string

const part = (text: string | undefined): string => (text ? `-${text.toLowerCase()}` : '')

/** Nicknames of models in usage types, product names and price sentences; the first that fits decides. */
const NICKNAMES: readonly (readonly [RegExp, Name])[] = [
  [/gpt[ -]?oss[ -]?(\d+b)/i, ([, size]) => `openai.gpt-oss-${size!.toLowerCase()}-1:0`],
  // Newer usage types hold the model's own id.
  [
    /\b((?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|moonshot|moonshotai|minimax|google|nvidia|writer|zai)\.[a-z0-9][\w.:]*(?:-[\w.:]+?)*?)(?=[-/](?:mantle|input|output|cache|batch|flex|priority|tokens?)\b|[\s,;)]|$)/i,
    ([, id]) => id!.toLowerCase(),
  ],
  [
    /nova[ -]?(?:(\d)(?:\.0)?[ -]?)?(micro|lite|pro|premier|canvas|reel|sonic|omni)/i,
    ([, generation, size]) => `nova${part(generation)}${part(size)}`,
  ],
  [/titan[ -]?(?:text[ -]?)?embed\w*[ -]?(?:text[ -]?)?v2/i, () => 'titan-embed-text-v2:0'],
  [
    /llama[ -]?(\d)(?:[.-](\d)(?!\d))?[ -]?(?:(maverick|scout)[ -]?)?(\d+b)/i,
    ([, major, minor, kind, size]) => `llama${major}${part(minor)}${part(kind)}${part(size)}-instruct`,
  ],
  [/\bmistral[ -]?(large|small)[ -]?(\d{4})?/i, ([, size, date]) => `mistral${part(size)}${part(date)}`],
  [/deepseek[ -]?(r1|v\d(?:\.\d)?)/i, ([, version]) => `deepseek.${version!.toLowerCase()}`],
  [/command[ -]?r(\+|[ -]?plus)?\b/i, ([, plus]) => (plus ? 'command-r-plus' : 'command-r')],
]

/** The model in AWS's own words, as `modelBase` reduces it; null when no nickname is known. */
function modelIn(text: string): string | null {
  const claude = claudeModel(text)
  if (claude) return claude
  for (const [pattern, name] of NICKNAMES) {
    const match = pattern.exec(text)
    if (match) return name(match)
  }
  return null
}

/** `input-tokens`, `cache-read-input-token-count`, `CacheWrite1hInputTokenCount`, `output_tokens_standard`, `Output Tokens`. */
function kindIn(text: string): TokenKind | null {
  if (!/token/i.test(text)) return null
  const plain = text.toLowerCase().replace(/[-_ ]/g, '')
  if (/cachewrite/.test(plain)) return 'cacheWriteTokens'
  if (/cache(d|read)/.test(plain)) return 'cacheReadTokens'
  if (/output|completion/.test(plain)) return 'outputTokens'
  return /input|prompt/.test(plain) ? 'inputTokens' : null
}

/**
 * What a usage type measures; the product's name and the price sentence say the model where the usage type does not, as for
 * models sold through the Marketplace.
 */
export function awsMeter(usageType: string, ...others: readonly (string | undefined)[]): Meter {
  const texts = [usageType, ...others].filter(text => text !== undefined)
  const model = texts.map(modelIn).find(found => found !== null) ?? null
  const kind = texts.map(kindIn).find(found => found !== null) ?? null
  return {
    model,
    kind,
    tier: kind === null ? null : tierIn(usageType),
    tokens: kind !== null,
  }
}
