/**
 * The plain lines of a LiteLLM spend log, read from their bytes. A line is plain when every field that counts is written the
 * way LiteLLM writes it; `spend` in `litellm.ts` reads all others, and says what signature and model a line has: the first line
 * of its kind teaches them, later ones are recognised by the bytes of their evidence.
 */
import type {ChunkWriter, RequestRow} from '../model/chunk.ts'
import {plainNanos} from '../model/money.ts'
import {plainTimeAt} from '../model/time.ts'
import type {ByteLine} from './connector.ts'
import {latencyBetween} from './context.ts'
import {EvidenceIndex, UNKNOWN} from './evidence-index.ts'
import {decodedObject, isNull, isPlainString, JsonFields, NONE, wholeNumber} from './json-line.ts'

const ROW = [
  ...[
    'api_key',
    'user',
    'team_id',
    'organization_id',
    'request_tags',
    'custom_llm_provider',
    'model',
    'model_group',
  ],
  ...[
    'request_id',
    'startTime',
    'start_time',
    'endTime',
    'end_time',
    'end_user',
    'spend',
    'prompt_tokens',
    'completion_tokens',
    'cache_hit',
  ],
  ...['status', 'session_id', 'metadata'],
] as const
const METADATA = [
  ...['user_api_key_alias', 'user_api_key_team_id', 'user_api_key_team_alias', 'user_api_key_org_id'],
  ...[
    'spend_logs_metadata',
    'additional_usage_values',
    'usage_object',
    'attempted_retries',
    'attempted_fallbacks',
  ],
] as const
const CACHE = ['cache_read_input_tokens', 'cache_creation_input_tokens', 'prompt_tokens_details'] as const
const DETAILS = ['cached_tokens', 'cache_creation_tokens'] as const

const numbered = <const Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name, number) => [name, number])) as {readonly [name in Name]: number}
const Row = numbered(ROW)
const Metadata = numbered(METADATA)
const Cache = numbered(CACHE)
const Details = numbered(DETAILS)

/** What a signature and a context are made of, of the row and of its metadata; the model only where nobody names its provider. */
const EVIDENCE = [
  Row.api_key,
  Row.user,
  Row.team_id,
  Row.organization_id,
  Row.request_tags,
  Row.custom_llm_provider,
  Row.end_user,
]
const METADATA_EVIDENCE = [
  ...[Metadata.user_api_key_alias, Metadata.user_api_key_team_id, Metadata.user_api_key_team_alias],
  ...[Metadata.user_api_key_org_id, Metadata.spend_logs_metadata],
  ...[Metadata.attempted_retries, Metadata.attempted_fallbacks],
]
const CACHE_COUNTERS = [Metadata.additional_usage_values, Metadata.usage_object]
const MODEL = [Row.custom_llm_provider, Row.model, Row.model_group]

const LARGEST_METADATA = 1 << 14
/** As `count` in `fields.ts` has it. */
const MOST_COUNTED = 1e13

export class SpendScanner {
  readonly #writer: ChunkWriter
  readonly #row = new JsonFields(ROW)
  readonly #metadata = new JsonFields(METADATA)
  readonly #cache = new JsonFields(CACHE)
  readonly #details = new JsonFields(DETAILS)
  readonly #scratch = new Uint8Array(LARGEST_METADATA)
  readonly #signatures = new EvidenceIndex()
  /** What was learned of evidence, by its number there. */
  readonly #learned: {readonly signature: number[]; readonly context: number[]} = {signature: [], context: []}
  readonly #models = new EvidenceIndex()
  readonly #found: RequestRow = {
    ...{line: 0, at: 0, signature: 0, model: 0, cost: 0, failed: 0, latency: 0, context: 0},
    ...{inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0},
  }

  constructor(writer: ChunkWriter) {
    this.#writer = writer
  }

  learn(): void {
    this.#learned.context.push(this.#writer.lastContext)
    this.#signatures.learn(this.#learned.signature.push(this.#writer.lastSignature) - 1)
    this.#models.learn(this.#writer.lastModel)
  }

  scan({bytes, start, end, line}: ByteLine): boolean {
    this.#signatures.begin()
    this.#models.begin()
    const row = this.#row
    const {from, to} = row
    if (!row.readLine(bytes, start, end)) return false
    const found = this.#found
    const time = from[Row.startTime] === NONE ? Row.start_time : Row.startTime
    if (!isWord(bytes, row, Row.request_id) || !isWord(bytes, row, time)) return false
    found.line = line
    found.at = plainTimeAt(bytes, from[time]! + 1, to[time]! - 1)
    if (isCacheHit(bytes, row)) return false
    const failed = isAbsent(bytes, row, Row.status) ? 0 : isWord(bytes, row, Row.status) ? 1 : UNKNOWN
    const traced = isAbsent(bytes, row, Row.session_id) ? 0 : isWord(bytes, row, Row.session_id) ? 1 : UNKNOWN
    if (Number.isNaN(found.at) || failed === UNKNOWN || traced === UNKNOWN) return false
    found.failed = failed === 1 && isText(bytes, row, Row.status, FAILURE) ? 1 : 0
    if (!this.#evidence(bytes) || !this.#tokens(bytes) || !this.#cost(bytes)) return false
    if (found.signature === UNKNOWN || found.model === UNKNOWN || !this.#latency(bytes)) return false
    this.#writer.addRequest(found)
    const id = from[Row.request_id]! + 1
    const trace = from[Row.session_id]! + 1
    this.#writer.addTexts(
      bytes,
      id,
      to[Row.request_id]! - 1,
      trace,
      traced === 1 ? to[Row.session_id]! - 1 : trace,
    )
    return true
  }

  #latency(bytes: Uint8Array): boolean {
    const row = this.#row
    const name = row.from[Row.endTime] === NONE ? Row.end_time : Row.endTime
    const found = this.#found
    found.latency = Number.NaN
    if (isAbsent(bytes, row, name)) return true
    if (!isWord(bytes, row, name)) return false
    const end = plainTimeAt(bytes, row.from[name]! + 1, row.to[name]! - 1)
    if (Number.isNaN(end)) return false
    found.latency = latencyBetween(found.at, end) ?? Number.NaN
    return true
  }

  /** Reads the metadata, and looks up whose the row is and of which model. */
  #evidence(bytes: Uint8Array): boolean {
    const row = this.#row
    const metadata = this.#metadata
    const signature = this.#signatures
    const model = this.#models
    const found = this.#found
    for (const name of EVIDENCE) addTo(signature, bytes, row, name)
    if (!isWord(bytes, row, Row.custom_llm_provider)) addTo(signature, bytes, row, Row.model)
    for (const name of MODEL) addTo(model, bytes, row, name)
    let within = bytes
    if (isAbsent(bytes, row, Row.metadata)) metadata.from.fill(NONE)
    else {
      const {from, to} = row
      const object = decodedObject(bytes, from[Row.metadata]!, to[Row.metadata]!, this.#scratch)
      if (!object) return false
      within = object.bytes
      if (metadata.read(within, object.from, object.to) !== object.to) return false
    }
    for (const name of METADATA_EVIDENCE) addTo(signature, within, metadata, name)
    const learned = signature.find()
    found.signature = learned
    if (learned !== UNKNOWN) {
      found.signature = this.#learned.signature[learned]!
      found.context = this.#learned.context[learned]!
    }
    found.model = model.find()
    return this.#cacheTokens(within)
  }

  /** As `tokenCounts` in `litellm.ts`: of several places that count the cache the first one holds. */
  #cacheTokens(bytes: Uint8Array): boolean {
    const found = this.#found
    const metadata = this.#metadata
    found.cacheReadTokens = Number.NaN
    found.cacheWriteTokens = Number.NaN
    for (const name of CACHE_COUNTERS) {
      if (isAbsent(bytes, metadata, name)) continue
      const cache = this.#cache
      const end = metadata.to[name]!
      if (cache.read(bytes, metadata.from[name]!, end) !== end) return false
      if (!this.#takeCache(bytes, cache, Cache.cache_read_input_tokens, Cache.cache_creation_input_tokens))
        return false
      if (name !== Metadata.usage_object || isAbsent(bytes, cache, Cache.prompt_tokens_details)) continue
      const details = this.#details
      const detailsEnd = cache.to[Cache.prompt_tokens_details]!
      if (details.read(bytes, cache.from[Cache.prompt_tokens_details]!, detailsEnd) !== detailsEnd)
        return false
      if (!this.#takeCache(bytes, details, Details.cached_tokens, Details.cache_creation_tokens)) return false
    }
    if (Number.isNaN(found.cacheReadTokens)) found.cacheReadTokens = 0
    if (Number.isNaN(found.cacheWriteTokens)) found.cacheWriteTokens = 0
    return true
  }

  #takeCache(bytes: Uint8Array, fields: JsonFields, readName: number, writtenName: number): boolean {
    const found = this.#found
    const read = countAt(bytes, fields, readName)
    const written = countAt(bytes, fields, writtenName)
    if (Number.isNaN(read) || Number.isNaN(written)) return false
    if (Number.isNaN(found.cacheReadTokens) && read >= 0) found.cacheReadTokens = read
    if (Number.isNaN(found.cacheWriteTokens) && written >= 0) found.cacheWriteTokens = written
    return true
  }

  #tokens(bytes: Uint8Array): boolean {
    const found = this.#found
    const prompt = countAt(bytes, this.#row, Row.prompt_tokens)
    const completion = countAt(bytes, this.#row, Row.completion_tokens)
    if (Number.isNaN(prompt) || Number.isNaN(completion)) return false
    const cache = found.cacheReadTokens + found.cacheWriteTokens
    found.inputTokens = prompt === UNKNOWN ? Number.NaN : prompt >= cache ? prompt - cache : prompt
    found.outputTokens = completion === UNKNOWN ? Number.NaN : completion
    return true
  }

  #cost(bytes: Uint8Array): boolean {
    const found = this.#found
    const row = this.#row
    const from = row.from[Row.spend]!
    const to = row.to[Row.spend]!
    if (from === NONE || isNull(bytes, from)) {
      found.cost = Number.NaN
      return true
    }
    found.cost = plainNanos(bytes, from, to)
    // Zero is free or unknown: that is for the careful reading to say.
    return found.cost > 0
  }
}

function addTo(evidence: EvidenceIndex, bytes: Uint8Array, {from, to}: JsonFields, name: number): void {
  const start = from[name]!
  if (start === NONE) evidence.add(bytes, 0, 0)
  else evidence.add(bytes, start, to[name]!)
}

/**
 * What may be a cache's answer costs nothing and is of a tier of its own: all but a plain no, and an id that ends in the
 * moment of the hit, is for the careful reading.
 */
function isCacheHit(bytes: Uint8Array, row: JsonFields): boolean {
  const {from, to} = row
  // A bare `false` has no quotes.
  const saidNo =
    isAbsent(bytes, row, Row.cache_hit) ||
    isText(bytes, row, Row.cache_hit, FALSE) ||
    isText(bytes, row, Row.cache_hit, NONE_SAID) ||
    bytes[from[Row.cache_hit]!] === 0x66
  if (!saidNo) return true
  let end = to[Row.request_id]! - 2
  while (bytes[end] === 0x2e || (bytes[end]! >= 0x30 && bytes[end]! <= 0x39)) end--
  for (let at = 0; at < HIT.length; at++) if (bytes[end - at] !== HIT[HIT.length - 1 - at]) return false
  return true
}

const FALSE = new TextEncoder().encode('False')
const NONE_SAID = new TextEncoder().encode('None')
const HIT = new TextEncoder().encode('_cache_hit')
const FAILURE = new TextEncoder().encode('failure')

/** Nothing is said: no such key, null, or an empty text. */
function isAbsent(bytes: Uint8Array, {from, to}: JsonFields, name: number): boolean {
  const at = from[name]!
  return at === NONE || isNull(bytes, at) || (bytes[at] === 0x22 && to[name]! - at === 2)
}

/** A text without escapes that neither begins nor ends with a blank, and is not empty. */
function isWord(bytes: Uint8Array, {from, to}: JsonFields, name: number): boolean {
  const start = from[name]!
  const end = to[name]!
  if (start === NONE || end - start < 3 || bytes[start + 1]! <= 0x20 || bytes[end - 2]! <= 0x20) return false
  return isPlainString(bytes, start, end)
}

function isText(bytes: Uint8Array, {from, to}: JsonFields, name: number, text: Uint8Array): boolean {
  const start = from[name]! + 1
  if (to[name]! - 1 - start !== text.length) return false
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text[at]) return false
  return true
}

/** A count; `UNKNOWN` where none is said, NaN where it takes care to read. */
function countAt(bytes: Uint8Array, fields: JsonFields, name: number): number {
  if (isAbsent(bytes, fields, name)) return UNKNOWN
  const count = wholeNumber(bytes, fields.from[name]!, fields.to[name]!)
  return count <= MOST_COUNTED ? count : Number.NaN
}
