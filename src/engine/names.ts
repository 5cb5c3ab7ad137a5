/** Comparing names that people gave the same thing in different systems. Pure text; no graph. */

/** The system and type an alias belongs to: `okta:group`, `github:team`. */
export const systemOf = (known: string): string => known.slice(0, known.indexOf('/'))

/** An id that no person chose. */
const OPAQUE = /\/(00g|[0-9a-f-]{20,}|\d+$)|^google:(?:user|group)\/[^@]+$/

/** What people call a thing, by the last part of an alias (of an address, what stands before the @); null for an opaque id. */
export const chosenName = (known: string): string | null =>
  OPAQUE.test(known) ? null : known.replace(/^.*[/:]/, '').replace(/(.)@.*$/, '$1')

/** `chosenName`, and of a group inside groups its path below the top one: `fen/product/marsh` is called marsh and product marsh. */
export function chosenNames(known: string): string[] {
  const name = chosenName(known)
  if (name === null) return []
  const path = /^gitlab:group\/[^/]+\/(.+)$/.exec(known)?.[1]?.replaceAll('/', ' ')
  return path === undefined || path === name ? [name] : [name, path]
}

/** Words that say where or what, not which: they never make two names alike. */
const ENVIRONMENTS = new Set([
  'prod',
  'production',
  'prd',
  'live',
  'stg',
  'staging',
  'stage',
  'dev',
  'development',
  'test',
  'qa',
  'uat',
  'sandbox',
  'preprod',
  'preview',
  'local',
  'default',
])
const NOISE = new Set([
  'team',
  'teams',
  'group',
  'squad',
  'eng',
  'engineering',
  'dept',
  'department',
  'the',
  'and',
  'of',
  'grp',
  'all',
  'sg',
  'gh',
  'okta',
  'org',
  'unit',
])
/** What a service may be called besides: `scan-labeler-svc` is `scan-labeler`. */
const SERVICE_NOISE = new Set(['svc', 'service'])
const KEY_NOISE = new Set([
  'key',
  'api',
  'apikey',
  'token',
  'sa',
  'svc',
  'service',
  'account',
  'litellm',
  'openai',
  'anthropic',
  'claude',
  'bedrock',
  'role',
  'llm',
  'ai',
  'gpt',
  'bot',
  'robot',
  'automation',
  'irsa',
  'v1',
  'v2',
  'v3',
  'primary',
  'main',
  'new',
  'old',
])

/** `Eng - Payments Core` → eng, payments, core; `chkoutApi_prod` → chkout, api, prod. */
export const tokens = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .split(/[^a-z0-9]+/)
    .filter(token => token !== '')

const without = (words: readonly string[], noise: ReadonlySet<string>): string[] => {
  const kept = words.filter(word => !noise.has(word))
  return kept.length > 0 ? kept : [...words]
}

/** The words that tell one team from another. Leading numbers (`4410 PAY-CORE`) are codes, not names. */
export const teamTokens = (name: string): string[] => {
  const words = tokens(name)
  const lettered = words.filter(word => /[a-z]/.test(word))
  return without(lettered.length > 0 ? lettered : words, NOISE)
}

/** The words that tell one service from another: no environment, no "api key". */
export const serviceTokens = (name: string): string[] =>
  without(without(tokens(name), ENVIRONMENTS), SERVICE_NOISE)

/** A key's name less what every key is called; nothing where it says no more (`prod-api-key`). */
export const keyTokens = (name: string): string[] =>
  tokens(name).filter(word => !ENVIRONMENTS.has(word) && !KEY_NOISE.has(word) && /[a-z]/.test(word))

/** One text for names that differ only in case, punctuation and environment. */
export const canonicalService = (name: string): string => serviceTokens(name).join('-')
export const canonicalTeam = (name: string): string => teamTokens(name).join('-')

/** The environment a name carries: `svc-router-prod` is `production`; null when it says none. */
export function environmentIn(name: string): 'production' | 'staging' | 'development' | null {
  for (const token of tokens(name)) {
    if (/^(prod|production|prd|live)$/.test(token)) return 'production'
    if (/^(stg|staging|stage|preprod|uat|qa)$/.test(token)) return 'staging'
    if (/^(dev|development|test|sandbox|local|preview)$/.test(token)) return 'development'
  }
  return null
}

/**
 * How well a short word can stand for a longer one: 1 equal, 0 not at all. The first letters must agree and the short
 * one's letters follow in order (`chkout` ~ `checkout`, `pay` ~ `payments`, `infra` ~ `infrastructure`).
 */
export function abbreviates(short: string, long: string): number {
  if (short === long) return 1
  if (short.length > long.length) return abbreviates(long, short)
  if (short.length < 2 || short[0] !== long[0]) return 0
  if (long.startsWith(short)) return short.length >= 3 ? 0.9 : 0.6
  let at = 0
  for (const letter of short) {
    const next = long.indexOf(letter, at)
    if (next === -1) return 0
    at = next + 1
  }
  const consonants = (word: string) => word[0] + word.slice(1).replace(/[aeiou]/g, '')
  if (consonants(short) === short && consonants(long).startsWith(short)) return 0.85
  return short.length >= 4 && short.length >= long.length * 0.5 ? 0.75 : 0.4
}

/** Words too common to say which service or team: two workloads called `api` are two services. */
export const GENERIC: ReadonlySet<string> = new Set([
  ...['api', 'web', 'app', 'service', 'server', 'backend', 'frontend', 'gateway'],
  ...['client', 'proxy', 'router', 'worker', 'job', 'jobs', 'batch', 'cron'],
  ...['task', 'tasks', 'queue', 'sync', 'pipeline', 'stream', 'etl', 'main'],
  ...['default', 'shared', 'common', 'core', 'internal', 'legacy', 'temp', 'test'],
  ...['demo', 'playground', 'bot', 'agent', 'assistant', 'chat', 'tool', 'tools'],
  ...['model', 'models', 'data', 'code', 'platform', 'team', 'project', 'workspace'],
  ...['team', 'group', 'account', 'key', 'prod', 'production', 'staging', 'dev'],
])

/** What a name is like another that holds all its words, where no third does. */
const CONTAINED = 0.85

/**
 * How well a name written in one stands for several words, each by its beginning or its consonants: `cashmatc` for cash matcher,
 * `rmsvc` for room svc. 1 all of it written out, 0 not at all.
 */
export function compresses(written: string, words: readonly string[]): number {
  if (words.length < 2 || written.length < words.length * 2) return 0
  const best = (from: number, word: number): number => {
    if (word === words.length) return from === written.length ? 0 : Number.NEGATIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    const last = written.length - 2 * (words.length - word - 1)
    for (let to = from + 2; to <= last; to++) {
      const fit = abbreviates(written.slice(from, to), words[word]!)
      if (fit >= LEAST_PART) most = Math.max(most, fit + best(to, word + 1))
    }
    return most
  }
  const sum = best(0, 0)
  return sum > 0 ? sum / words.length : 0
}

/** Two letters a word begins with. */
const LEAST_PART = 0.6

export interface Likeness {
  /** 0 nothing in common … 1 the same words. */
  readonly score: number
  /** The words that agree, as `a~b` where one abbreviates the other. */
  readonly shared: readonly string[]
}

/** How often a word occurs among the names compared; a rare word in common says more. */
export class Rarity {
  readonly #counts = new Map<string, number>()
  #names: number

  constructor(names: readonly (readonly string[])[]) {
    this.#names = names.length
    for (const name of names)
      for (const word of new Set(name)) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
  }

  /** Of groups of several systems: a word is as common as in the system that has it most, for a team has a name in each. */
  static bySystem(
    groups: readonly {readonly system: string; readonly names: readonly (readonly string[])[]}[],
  ): Rarity {
    const all = new Rarity([])
    for (const same of Map.groupBy(groups, ({system}) => system).values()) {
      const one = new Rarity(same.flatMap(({names}) => names.slice(0, 1)))
      all.#names = Math.max(all.#names, one.#names)
      for (const [word, count] of one.#counts)
        all.#counts.set(word, Math.max(count, all.#counts.get(word) ?? 0))
    }
    return all
  }

  /** Whether only one name has the word. */
  isUnique(word: string): boolean {
    return (this.#counts.get(word) ?? 0) <= 1
  }

  /** 0.2 for a word in every name … 1 for a word in one. */
  weight(word: string): number {
    if (this.#names <= 1) return 1
    const seen = Math.max(1, this.#counts.get(word) ?? 1)
    return 0.2 + 0.8 * (1 - Math.log(seen) / Math.log(this.#names + 1))
  }

  /** Rarity-weighted agreement of two names: greedy best pairing of words, over the words of both. */
  likeness(a: readonly string[], b: readonly string[]): Likeness {
    const left = [...b]
    const shared: string[] = []
    let agreed = 0
    let total = 0
    for (const word of a) {
      let best = 0
      let at = -1
      left.forEach((other, index) => {
        const fit = abbreviates(word, other)
        if (fit > best) [best, at] = [fit, index]
      })
      const other = at === -1 ? undefined : left[at]
      const weight = other === undefined ? this.weight(word) : (this.weight(word) + this.weight(other)) / 2
      total += weight
      if (other === undefined) continue
      left.splice(at, 1)
      agreed += best * weight
      shared.push(word === other ? word : `${word}~${other}`)
    }
    for (const word of left) total += this.weight(word)
    // All of a short name stands in the long one, and in no other.
    const [short, long] = a.length <= b.length ? [a, b] : [b, a]
    if (
      short.length > 0 &&
      short.every(word => long.includes(word) && this.isUnique(word)) &&
      !short.every(word => GENERIC.has(word))
    )
      agreed = Math.max(agreed, CONTAINED * total)
    const acronym = acronymOf(a, b) || acronymOf(b, a)
    if (acronym && agreed / total < 0.7) return {score: 0.7, shared: [acronym]}
    return {score: total === 0 ? 0 : agreed / total, shared}
  }
}

/** `cx` for customer experience, `ml` + `ops` for machine learning operations is beyond it: initials of all words only. */
function acronymOf(short: readonly string[], long: readonly string[]): string | null {
  if (short.length !== 1 || long.length < 2 || short[0]!.length !== long.length) return null
  return long.every((word, index) => word[0] === short[0]![index]) ? `${short[0]}~${long.join(' ')}` : null
}
