/**
 * Azure's meter names: shorthand in changing styles, `gpt 4o 1120 cached Inp glbl Tokens`, `GPT 5 Mini cchd Inpt Glbl 1M Tokens`,
 * `5.1 pp opt Dz 1M Tokens` (whose family only the sub-category names). Words that say direction, place, tier and date are
 * taken out; what is left must be a model the table knows, word for word.
 */
import {type Meter, NO_METER, type TokenKind} from './meter.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const INPUT = words('input inp inpt in')
const OUTPUT = words('output outp outpt out opt')
const CACHED = words('cached cache cachd cchd ccchd cd')
const WRITE = words('write wr')
const BATCH = words('batch bch')
const PRIORITY = words('priority pp')
const FLEX = words('flex')
/** Place, unit and context length: they make another price, not another model. */
const ASIDE = words(
  'tokens token 1m 1k global glbl gl regional regnl rgnl reg data zone datazone dzone dz standard std txt shortco longco l',
)
/** A model's release: month and day, or a whole date. */
const DATE = /^(\d{4}|\d{8})$/

/** Words a meter glues together. */
const GLUED: readonly (readonly [RegExp, string])[] = [
  [/\bgpt(?=\d)/g, 'gpt '],
  [/\b(4o|o[134])(mini)\b/g, '$1 $2'],
  [/\bmn\b/g, 'mini'],
]

interface Family {
  /** What is left of the meter's name, in lower case, single spaces. */
  readonly name: RegExp
  /** The sub-category or product that must say so where the name alone does not. */
  readonly of?: RegExp
  readonly model: (match: RegExpExecArray) => string
}

const joined = (...parts: readonly (string | undefined)[]): string =>
  parts
    .filter(part => part !== undefined && part.trim() !== '')
    .map(part => part!.trim().replaceAll(' ', '-'))
    .join('-')

const FAMILIES: readonly Family[] = [
  {name: /^gpt (?:35|3\.5) turbo( 16k| instruct)?$/, model: ([, kind]) => joined('gpt-35-turbo', kind)},
  {
    name: /^gpt (\d(?:\.\d)?o?)((?: (?:mini|nano|pro|turbo|codex|chat|max|8k|32k|128k))*)$/,
    model: ([, version, kind]) => joined('gpt', version, kind),
  },
  {
    name: /^(\d(?:\.\d)?o?)((?: (?:mini|nano|pro|turbo|codex|chat|max))*)$/,
    of: /openai/i,
    model: ([, version, kind]) => joined('gpt', version, kind),
  },
  {
    name: /^(?:gpt )?(o[134])( mini| pro| preview| deep research)?$/,
    model: ([, series, kind]) => joined(series, kind),
  },
  {name: /^gpt oss (\d+b)$/, model: ([, size]) => joined('gpt-oss', size)},
  {name: /^(?:text )?embedding 3 (small|large)$/, model: ([, size]) => joined('text-embedding-3', size)},
  {name: /^(?:text )?embedding ada(?: 002| 2)?$/, model: () => 'text-embedding-ada-002'},
  {
    name: /^deepseek (r1|v\d(?:\.\d)?)( pro| flash)?$/,
    model: ([, version, kind]) => joined('deepseek', version, kind),
  },
  {
    name: /^(r1|v\d(?:\.\d)?)( pro| flash)?$/,
    of: /deepseek/i,
    model: ([, version, kind]) => joined('deepseek', version, kind),
  },
  {name: /^grok (\d(?:\.\d)?)( mini| fast)?$/, model: ([, version, kind]) => joined('grok', version, kind)},
  {
    name: /^(\d(?:\.\d)?)( mini| fast)?$/,
    of: /grok|\bxai\b/i,
    model: ([, version, kind]) => joined('grok', version, kind),
  },
  {
    name: /^(?:meta )?llama (\d(?:\.\d)?) (\d+b)(?: instruct)?$/,
    model: ([, version, size]) => joined('llama', version, size, 'instruct'),
  },
  {
    name: /^phi (\d(?:\.\d)?)( mini| medium)?((?: (?:4k|128k|instruct))*)$/,
    model: ([, version, size, kind]) => joined('phi', version, size, kind),
  },
  {name: /^mistral (large|small|medium)(?: [\d.]+)?$/, model: ([, size]) => joined('mistral', size)},
  {
    name: /^claude (haiku|sonnet|opus) (\d(?:\.\d)?)$/,
    model: ([, family, version]) => joined('claude', family, version),
  },
]

/** What a meter measures. `within` is its sub-category and product, which name the family where a newer meter does not. */
export function azureMeter(name: string, ...within: readonly (string | undefined)[]): Meter {
  const said = GLUED.reduce(
    (text, [pattern, apart]) => text.replace(pattern, apart),
    name.toLowerCase().replace(/[\s_/-]+/g, ' '),
  )
    .trim()
    .split(' ')
  if (!said.some(word => word === 'tokens' || word === 'token')) return NO_METER
  const has = (set: ReadonlySet<string>): boolean => said.some(word => set.has(word))
  const rest = said.filter(word => !DATE.test(word) && !NOT_THE_MODEL.some(set => set.has(word))).join(' ')
  const about = within.join(' ')
  const family = FAMILIES.find(
    ({name: pattern, of}) => pattern.test(rest) && (of === undefined || of.test(about)),
  )
  const model = family ? family.model(family.name.exec(rest)!) : null
  return {
    model,
    kind: kindOf(has, model),
    tier: has(BATCH) ? 'batch' : has(PRIORITY) ? 'priority' : has(FLEX) ? 'flex' : null,
    tokens: true,
  }
}

const NOT_THE_MODEL = [INPUT, OUTPUT, CACHED, WRITE, BATCH, PRIORITY, FLEX, ASIDE]

/** Embeddings have no direction: what they count goes in. */
function kindOf(has: (set: ReadonlySet<string>) => boolean, model: string | null): TokenKind | null {
  if (has(CACHED)) return has(WRITE) ? 'cacheWriteTokens' : 'cacheReadTokens'
  if (has(OUTPUT)) return 'outputTokens'
  return has(INPUT) || model?.includes('embedding') ? 'inputTokens' : null
}
