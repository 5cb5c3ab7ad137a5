/** What a model's name looks like. Names of models that do not exist yet are to be known by their family. */

/** What sellers put before a name: `azure/`, `us.anthropic.`, `models/`, `ft:`, an ARN. */
const SELLER =
  /^(?:arn:aws[\w-]*:bedrock:[\w:-]*(?:foundation-model|inference-profile|provisioned-model|imported-model|custom-model)\/|(?:us|us-gov|eu|apac|jp|au|ca|global)\.(?=[a-z0-9]+\.)|ft:|@(?:cf|hf)\/[\w.-]+\/|(?:[\w.-]+\/){1,5}|[a-z][\w-]*:(?=[a-z])|(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|stability|writer)\.)/i

const FAMILIES = [
  'gpt-?(?:[2-9]|oss|image|realtime|audio|35)[\\w.:-]*',
  'chatgpt-[\\w.-]+',
  'o[1-9](?:-(?:mini|pro|preview|deep-research)(?:-high|-low|-medium)?)?(?:-\\d{4}-\\d{2}-\\d{2}|-\\d{8})?',
  '(?:text-(?:embedding|davinci|ada|curie|babbage|moderation|bison|unicorn|multilingual)|textembedding)[\\w.@-]+',
  '(?:davinci|babbage|curie)-\\d{3}',
  '(?:dall-e|whisper|tts|omni-moderation|computer-use|codex|sora)-[\\w.-]+',
  'claude-?(?:\\d|v\\d|instant|sonnet|opus|haiku|fable|mythos)[\\w.:@-]*',
  'gemini-[\\w.@-]+',
  'gemma-?\\d?[\\w.:-]*',
  '(?:chat|code)-bison[\\w@-]*',
  '(?:imagen|veo)-[\\w.-]+',
  '(?:mistral|mixtral|codestral|ministral|pixtral|magistral|devstral|voxtral|open-mistral|open-mixtral)(?:-[\\w.:-]+|:[\\w.-]+)',
  'command-(?:r|a|light|nightly|text|xlarge)[\\w.:+-]*',
  '(?:embed|rerank)-(?:english|multilingual|v\\d)[\\w.:-]*',
  '(?:meta-)?llama-?\\d[\\w.:-]*',
  'deepseek-(?:chat|coder|reasoner|r\\d|v\\d|prover)[\\w.:-]*',
  'grok-[\\w.-]+',
  'sonar(?:-(?:pro|reasoning|deep-research)[\\w-]*)?',
  'qwen-?(?:\\d|max|plus|turbo|long|vl|coder)[\\w.:-]*|qwq-[\\w.:-]+',
  '(?:kimi-k?\\d|moonshot-v|glm-\\d|minimax-|abab\\d|ernie-|doubao-|hunyuan-|yi-(?:large|\\d))[\\w.:-]*',
  '(?:titan|nova)-(?:embed|text|tg1|lite|micro|pro|premier|canvas|reel|sonic|2)[\\w.:-]*',
  '(?:jamba|j2|jurassic)-[\\w.:-]+',
  '(?:voyage|jina-embeddings|nomic-embed|mxbai-embed|text2vec)-[\\w.-]+',
  'phi-[34][\\w.:-]*',
  '(?:dbrx|palmyra|solar|nemotron|arctic)-[\\w.:-]+',
  'nous-hermes[\\w.:-]*',
  '(?:bge-(?:small|base|large|m3|reranker)|gte-(?:small|base|large|qwen)|(?:multilingual-)?e5-(?:small|base|large|mistral))[\\w.:-]*',
]
/** Cloudflare's names say by themselves that they are models: `@cf/baai/bge-m3`. */
const CLOUDFLARE = /^@(?:cf|hf)\/[\w.-]+\/[\w.-]+$/i
const FAMILY = new RegExp(`^(?:${FAMILIES.join('|')})$`, 'i')

/** `gpt-4o`, `azure/gpt-4o`, `us.anthropic.claude-haiku-4-5-20251001-v1:0`: a name nobody gives to anything else. */
export function isModelName(text: string): boolean {
  if (
    text.length > 160 ||
    /\s/.test(text) ||
    /\.(?:txt|md|ts|js|py|ya?ml|json|go|rb|java|cs|html?|png|svg|css|com|onnx|bin|gguf)$/i.test(text)
  )
    return false
  return FAMILY.test(withoutSeller(text)) || CLOUDFLARE.test(text)
}

/** Names that are as well those of a scooter or a fish: something else must say that a model is meant. */
export const isShortName = (text: string): boolean =>
  /^(?:o\d(?:-(?:mini|pro|preview))?|sonar(?:-pro)?)$/i.test(withoutSeller(text))

/** `openai/gpt-4o` → `gpt-4o`; a name alone stays. */
export function withoutSeller(text: string): string {
  let name = text
  for (let round = 0; round < 4; round++) {
    const next = name.replace(SELLER, '')
    if (next === name || next === '' || FAMILY.test(name)) break
    name = next
  }
  return name
}

/** What stands before the name: `azure/gpt-4o` → `azure`; nothing is null. */
export function sellerOf(text: string): string | null {
  const seller = text.slice(0, text.length - withoutSeller(text).length).replace(/[/:.]+$/, '')
  return seller === '' ? null : seller.toLowerCase()
}

/** Could name a model or a deployment where something else says that it does. */
export const isWord = (text: string): boolean => /^[\w@][\w.:@/+-]{0,159}$/.test(text)

/** One that thinks before it answers, whatever it is asked. */
export const isReasoningModel = (text: string): boolean =>
  /^o[1-9](?:-|$)|^deepseek-(?:reasoner|r\d)|^qwq-|^magistral|reasoning|thinking|^grok-\d[\w.-]*-reason|deep-research/i.test(
    withoutSeller(text).replace(/non-reasoning|non-thinking/i, ''),
  )

/**
 * A constant of a client library as the id it stands for; null when it names no model.
 *
 * @example modelOfConstant('ChatModelGPT4oMini') // 'gpt-4o-mini'
 * @example modelOfConstant('CLAUDE_SONNET_4_5') // 'claude-sonnet-4-5'
 */
export function modelOfConstant(name: string): string | null {
  if (!/^[A-Z]/.test(name)) return null
  const bare = name.replace(/^(?:Chat|Anthropic|OpenAI)?(?:Completion|Embedding)?Models?_?(?=[A-Z])/, '')
  const words = bare
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/(\d)([A-Z][a-z])/g, '$1-$2')
    .replace(/([A-Za-z]{3,})(\d)/g, '$1-$2')
    .replace(/_/g, '-')
    .toLowerCase()
    .replace(/^gpt-4-o(?=-|$)/, 'gpt-4o')
    .replace(/^(gpt-\d)-(\d)(?=-|$)/, '$1.$2')
    .replace(/^(gpt-\d)-(\d)-?([a-z])/, '$1.$2-$3')
    .replace(/^(gemini-\d)-(\d)/, '$1.$2')
    .replace(/^gpt-3-5/, 'gpt-3.5')
    .replace(/^o-(\d)/, 'o$1')
    .replace(/-+/g, '-')
  return /\d/.test(words) && words.length > 3 && isModelName(words) ? words : null
}
