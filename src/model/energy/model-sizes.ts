/**
 * How large models are, in billions of parameters. Open weights: as their makers publish. Closed models: the guesses of EcoLogits
 * (GenAI Impact, its model list of 2025-11-13), which are guesses; of their range of active parameters the geometric mean.
 * A model that is in neither is not here, and has no figure: a name that looks alike tells nothing of a size.
 */
import {modelBase} from '../model-name.ts'

export interface ModelSize {
  /** Billions of parameters: all of them, and those that one token goes through. */
  readonly total: number
  readonly active: number
  /** Weights are published; else the size is a guess. */
  readonly open: boolean
  /** Reads text and writes none. */
  readonly embeds?: true | undefined
}

/** `names total active`; a dense model has no third word. */
const OPEN = `
  gpt-oss-120b 117 5.1; gpt-oss-20b 21 3.6
  llama-4-scout|llama-4-scout-17b-16e|llama4-scout-17b 109 17; llama-4-maverick|llama-4-maverick-17b-128e|llama4-maverick-17b 400 17
  llama-3-3-70b|llama3-3-70b|llama-3-1-70b|meta-llama-3-1-70b|llama3-1-70b|llama-3-70b|meta-llama-3-70b|llama3-70b 70.6
  llama-3-1-405b|meta-llama-3-1-405b|llama3-1-405b 405.9; llama-3-2-90b|llama-3-2-90b-vision|llama3-2-90b 88.6
  llama-3-1-8b|meta-llama-3-1-8b|llama3-1-8b|llama-3-8b|meta-llama-3-8b|llama3-8b 8.03
  llama-3-2-11b|llama-3-2-11b-vision|llama3-2-11b 10.7; llama-3-2-3b|llama3-2-3b 3.21; llama-3-2-1b|llama3-2-1b 1.24
  mistral-large-2512|mistral-large-3 675 41; mistral-large-2411|mistral-large-2407|pixtral-large-2411 123
  mistral-small-2501|mistral-small-2503|mistral-small-2506|magistral-small-2506|magistral-small-2507|magistral-small-2509|devstral-small-2505|devstral-small-2507 23.6
  codestral-2405|codestral-2501|codestral-2508 22.2; pixtral-12b|pixtral-12b-2409 12.4; open-mistral-nemo|mistral-nemo|open-mistral-nemo-2407 12.2
  ministral-8b-2410 8.02; open-mistral-7b|mistral-7b 7.25; mixtral-8x7b|open-mixtral-8x7b 46.7 12.9; mixtral-8x22b|open-mixtral-8x22b 140.6 39.1
  deepseek-r1|deepseek-r1-0528|deepseek-v3|deepseek-v3-0324|deepseek-v3-1|deepseek-v3-2|deepseek-v3-2-exp|deepseek-chat|deepseek-reasoner|r1 671 37
  deepseek-r1-distill-llama-70b 70.6; deepseek-r1-distill-qwen-32b 32.8
  qwen3-coder-480b-a35b 480 35; qwen3-235b-a22b|qwen3-235b-a22b-2507 235 22; qwen3-next-80b-a3b 80 3; qwen3-30b-a3b|qwen3-coder-30b-a3b 30.5 3.3
  qwen3-32b 32.8; qwen3-14b 14.8; qwen3-8b 8.2; qwen3-4b 4; qwq-32b 32.8
  qwen2-5-72b|qwen-2-5-72b 72.7; qwen2-5-32b|qwen2-5-coder-32b|qwen-2-5-coder-32b 32.8; qwen2-5-14b 14.8; qwen2-5-7b|qwen-2-5-7b 7.6
  command-a-03-2025|command-a|command-a-reasoning-08-2025|command-a-translate-08-2025 111; command-r-plus-08-2024|command-r-plus 104
  command-r-08-2024|command-r 32.3; command-r7b-12-2024|command-r7b 8.03
  gemma-3-27b 27.4; gemma-3-12b 12.2; gemma-3-4b 4.3; gemma-2-27b|gemma2-27b 27.2; gemma-2-9b|gemma2-9b 9.24
  kimi-k2|kimi-k2-0711|kimi-k2-0905|kimi-k2-thinking 1000 32; glm-4-5|glm-4-6 355 32; glm-4-5-air 106 12; minimax-m2 230 10
  dbrx 132 36; phi-4 14.7; phi-3-medium-128k|phi-3-medium-4k 14; phi-3-mini-128k|phi-3-mini-4k 3.82`

const CLOSED = `
  gpt-5|gpt-5-chat|gpt-5-codex 300 52; gpt-5-mini 41.8; gpt-5-nano 9.6
  gpt-4-1 352 61; gpt-4-1-mini 66.9; gpt-4-1-nano 19.2
  gpt-4o|chatgpt-4o|o1 440 76.2; gpt-4o-mini|o1-mini|o3-mini|o4-mini|o4-mini-deep-research 15
  gpt-4-turbo 880 152; gpt-4|gpt-4-0613|gpt-4-0125|gpt-4-1106 1760 305; gpt-3-5-turbo|gpt-3-5-turbo-0125|gpt-3-5-turbo-1106|gpt-35-turbo 37.4
  claude-opus-4-1|claude-opus-4|claude-3-opus 2000 346
  claude-sonnet-4-5|claude-sonnet-4|claude-3-7-sonnet|claude-3-5-sonnet|claude-3-5-sonnet-v2 440 76.2; claude-3-sonnet 800 139
  claude-haiku-4-5 18.7; claude-3-5-haiku 15; claude-3-haiku 300 52
  gemini-2-5-pro 2000 346; gemini-2-5-flash|gemini-2-0-flash 440 76.2; gemini-2-5-flash-lite|gemini-2-0-flash-lite 15
  mistral-medium-2505|mistral-medium-2508|magistral-medium-2506|magistral-medium-2507|magistral-medium-2509|devstral-medium-2507 91.7`

const EMBEDDINGS = `
  qwen3-embedding-8b 7.6; qwen3-embedding-4b 4; qwen3-embedding-0-6b 0.6; embeddinggemma-300m 0.308
  bge-m3 0.568; bge-large-en-v1-5 0.335; bge-base-en-v1-5 0.109; multilingual-e5-large 0.56; e5-mistral-7b 7.1; nomic-embed-text-v1-5 0.137`

function sizesOf(text: string, as: Pick<ModelSize, 'open' | 'embeds'>): (readonly [string, ModelSize])[] {
  return text
    .split(/[;\n]/)
    .filter(entry => entry.trim() !== '')
    .flatMap(entry => {
      const [names, total, active = total] = entry.trim().split(' ')
      const size = {total: Number(total), active: Number(active), ...as}
      return names!.split('|').map(name => [name, size] as const)
    })
}

const SIZES: ReadonlyMap<string, ModelSize> = new Map([
  ...sizesOf(OPEN, {open: true}),
  ...sizesOf(CLOSED, {open: false}),
  ...sizesOf(EMBEDDINGS, {open: true, embeds: true}),
])

/** What is drawn, spoken or heard is not counted in the tokens that the formula is about. */
const IMAGES_OR_AUDIO =
  /(^|-)(image|images|imagen|dall-e|stable-diffusion|sdxl|flux|canvas|reel|sora|veo|video|audio|realtime|sonic|speech|tts|whisper|transcribe|voxtral|live)(-|$)/

/** Endings that say in which edition one and the same model is served. */
const EDITION =
  /-(preview(-\d\d-(\d\d|20\d\d))?|instruct(-turbo)?|chat|it|hf|fp8|bf16|versatile|instant|maas|00\d|v\d|exp)$/
/** Sellers that `modelBase` does not take off. */
const SELLER = /^(qwen|google|nvidia|moonshot|moonshotai|minimax|zai)\./

export const isImagesOrAudio = (model: string): boolean => IMAGES_OR_AUDIO.test(modelBase(model))

/** How large a model is, however its name is written; undefined: nobody has said. `ours` is by `modelBase`. */
export function sizeOf(model: string, ours: ReadonlyMap<string, ModelSize>): ModelSize | undefined {
  let name = modelBase(model)
    .replace(SELLER, '')
    .replace(/(-\d:\d|:.*)$/, '')
  for (;;) {
    const known = ours.get(name) ?? SIZES.get(name)
    if (known) return known
    const shorter = name.replace(EDITION, '')
    if (shorter === name) return undefined
    name = shorter
  }
}
