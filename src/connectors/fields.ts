/** Reading named fields of somebody else's objects. Absent, null, '' and a wrong type are all `undefined`: not said. */

import * as alias from '../model/alias.ts'
import {type Alias, SIGNATURE_FIELDS, type Signature, type UsageParts} from '../model/fact.ts'

export type Json = {readonly [key: string]: unknown}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object at a key, also when it arrives as a JSON string (spend-log dumps encode twice); else an empty one. */
export function object(from: unknown, key: string): Json {
  const value = decoded(raw(from, key))
  return isObject(value) ? value : {}
}

/** The array at a key, also when it arrives as a JSON string; else an empty one. */
export function array(from: unknown, key: string): readonly unknown[] {
  const value = decoded(raw(from, key))
  return Array.isArray(value) ? value : []
}

export function text(from: unknown, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = raw(from, key)
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
    if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  }
  return undefined
}

/** A count: a non-negative whole number, written `12`, `"12"`, `12.0` or `"1,200"`; null when absent or not a count. */
export function count(from: unknown, ...keys: readonly string[]): number | null {
  for (const key of keys) {
    const value = raw(from, key)
    if (value === undefined || value === null || value === '') continue
    const number = typeof value === 'number' ? value : typeof value === 'string' ? written(value) : Number.NaN
    return Number.isInteger(number) && number >= 0 && number <= MOST_COUNTED ? number : null
  }
  return null
}

/** A million times what a model reads at once; past it a figure is a wrong unit, and sums would overflow. */
const MOST_COUNTED = 1e13

/** `12`, `12.0`, `1,200`; `12,50` is not a count, nor are blanks. */
const written = (text: string): number =>
  /^\s*(\d+|\d{1,3}(,\d{3})+)(\.0*)?\s*$/.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN

/**
 * Parts of a row's counts, where null is not told. Nothing but zeros are no parts, apart from one-hour cache writes: that
 * there are none of them decides what the others cost.
 */
export function usageParts(told: {readonly [part in keyof UsageParts]: number | null}): {
  readonly parts?: UsageParts
} {
  const parts = Object.entries(told).filter(([, tokens]) => tokens !== null)
  const any = parts.some(([part, tokens]) => tokens !== 0 || part === 'cacheWrite1hTokens')
  return any ? {parts: Object.fromEntries(parts)} : {}
}

/** A decimal amount as text, whether it came as text or as a JSON number; undefined when absent. */
export function decimal(from: unknown, key: string): string | undefined {
  const value = raw(from, key)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Keys are named here in the code, and none is a name that every object inherits. */
const raw = (from: unknown, key: string): unknown => (isObject(from) ? from[key] : undefined)

function decoded(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** Drops undefined fields, so that equal evidence is an equal signature. */
export function signature(fields: {readonly [field in keyof Signature]?: string | undefined}): Signature {
  const kept: {[field: string]: string} = {}
  for (const field of SIGNATURE_FIELDS) {
    const value = fields[field]
    if (value !== undefined && value !== '') kept[field] = value
  }
  return kept
}

/** Millions of rows repeat a few thousand signatures: rows of equal evidence share one object, made once. */
export class SignatureCache {
  readonly #known = new Map<string, Signature>()

  /** `evidence` is all that `make` looks at, always in the same order. */
  of(evidence: readonly (string | undefined)[], make: () => Signature): Signature {
    const text = evidence.join('\n')
    let found = this.#known.get(text)
    if (found) return found
    found = make()
    // With a line break inside a part, two evidences could have one text.
    if (evidence.some(part => part?.includes('\n'))) return found
    if (this.#known.size === MOST_KNOWN) this.#known.clear()
    this.#known.set(text, found)
    return found
  }
}

/** What stands at a key as one text, whether it came encoded or not. */
export function encoded(from: unknown, key: string): string | undefined {
  const value = raw(from, key)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const MOST_KNOWN = 50_000

/** Words under which free-form metadata names things, by what they name. Values are short identifiers or nothing. */
const METADATA_WORDS = {
  service: [
    'service',
    'service_name',
    'app',
    'application',
    'app_name',
    'component',
    'workload',
    'app.kubernetes.io/name',
  ],
  consumers: ['services', 'consumers', 'clients', 'used_by', 'consuming_services', 'shared_by', 'apps'],
  team: ['team', 'owner_team', 'owning_team', 'owner', 'squad', 'group', 'team_name', 'owned_by'],
  costCenter: ['cost_center', 'costcenter', 'cost_centre', 'cc', 'gl_code'],
  environment: ['env', 'environment', 'stage', 'deployment_environment'],
  namespace: ['namespace', 'k8s_namespace'],
  repository: ['repo', 'repository', 'git_repo', 'source_repo'],
  project: ['project_id', 'project'],
  feature: ['feature', 'use_case', 'usecase'],
  intent: ['request_intent', 'intent'],
} as const
export type MetadataWord = keyof typeof METADATA_WORDS

const IDENTIFIER = /^[\p{L}\p{N}@][\p{L}\p{N} ._@/:+&-]{0,79}$/u

/** A short identifier, never prose and nothing that looks like a secret. */
export const isIdentifier = (value: string): boolean =>
  IDENTIFIER.test(value) && value.split(' ').length <= 5 && !/^(sk-|sk_|AKIA|ghp_|xox|eyJ)/.test(value)

const WORD_OF = new Map<string, MetadataWord>(
  Object.entries(METADATA_WORDS).flatMap(([word, keys]) =>
    keys.map(key => [key, word as MetadataWord] as const),
  ),
)

const wordsOfKeys = new Map<string, MetadataWord | undefined>()

/** What a metadata key means: `Cost-Center`, `x-owner-team` and `acme.io/team` compare without case, prefix and punctuation. */
export function metadataWord(key: string): MetadataWord | undefined {
  let word = wordsOfKeys.get(key)
  if (word === undefined && !wordsOfKeys.has(key)) {
    if (wordsOfKeys.size === MOST_KNOWN) wordsOfKeys.clear()
    wordsOfKeys.set(key, (word = wordOf(key)))
  }
  return word
}

function wordOf(key: string): MetadataWord | undefined {
  const plain = key.toLowerCase().trim()
  if (WORD_OF.has(plain)) return WORD_OF.get(plain)
  const tail = plain
    .split('/')
    .at(-1)!
    .replace(/[\s.-]+/g, '_')
    .replace(/^x_/, '')
  return WORD_OF.get(tail)
}

/** The allow-listed identifiers of a free-form map (`metadata`, `tags`, labels): each word with its values. */
export function metadata(map: unknown): ReadonlyMap<MetadataWord, readonly string[]> {
  const found = new Map<MetadataWord, string[]>()
  if (!isObject(map)) return found
  for (const [key, value] of Object.entries(map)) {
    const word = metadataWord(key)
    if (!word) continue
    const values = (
      Array.isArray(value) ? value : typeof value === 'string' ? value.split(/\s*[,;|]\s*/) : [value]
    )
      .map(item => (typeof item === 'number' ? String(item) : item))
      .filter((item): item is string => typeof item === 'string' && isIdentifier(item.trim()))
      .map(item => item.trim())
    if (values.length > 0) found.set(word, [...(found.get(word) ?? []), ...values])
  }
  return found
}

/** `key:value` and `key=value` texts (`request_tags`, Datadog tags) as a map; a tag without a key is kept under `''`. */
export function tagList(tags: readonly unknown[]): Json {
  const map: {[key: string]: string} = {}
  for (const tag of tags) {
    if (typeof tag !== 'string') continue
    const match = /^\s*([\w./-]+)\s*[:=]\s*(.+?)\s*$/.exec(tag)
    if (match) map[match[1]!] = match[2]!
  }
  return map
}

/** Caller-set tags as signature fields. */
export function tagFields(map: unknown): Signature {
  const words = metadata(map)
  const one = (word: MetadataWord): string | undefined =>
    words.get(word)?.length === 1 ? words.get(word)![0] : undefined
  return signature({
    tag_service: one('service'),
    tag_team: one('team'),
    tag_project_id: one('project'),
    tag_feature: one('feature'),
    tag_cost_center: one('costCenter'),
    tag_environment: one('environment')?.toLowerCase(),
    tag_request_intent: one('intent'),
    tag_repository: one('repository'),
    tag_namespace: one('namespace'),
  })
}

/** What free metadata of a thing claims about it, as link targets by relation. */
export const METADATA_TARGETS: {readonly [word in MetadataWord]?: (value: string) => Alias} = {
  service: value => alias.named('service', value),
  consumers: value => alias.named('service', value),
  team: value =>
    value.includes('@') && value.includes('.') ? alias.email(value) : alias.named('team', value),
  costCenter: value => alias.costCenter(value),
  namespace: value => alias.named('namespace', value),
  repository: value => alias.repository(value),
}
