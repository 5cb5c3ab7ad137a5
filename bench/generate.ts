/**
 * A month of a gateway's spend log, invented: the same rows as JSON Lines, as CSV and as the spans of the services that called,
 * nearly in order of time. The same seed gives the same bytes.
 *
 * node bench/generate.ts [ROWS] [SEED]
 */
import {closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const KEYS = 300
const TEAMS = 60
const MONTH_START = Date.UTC(2026, 8, 1)
const MONTH_MS = 30 * 86_400_000
/** Rows come out of order by at most this much, as they do when long calls are logged at their end. */
const JITTER_MS = 90_000
const FLUSH_CHARS = 4 << 20

export interface SpendLog {
  readonly jsonl: string
  readonly csv: string
  /** OTLP/JSON: an export request a line. */
  readonly otlp: string
}

const SPANS_A_REQUEST = 50

/** Writes the files unless they are there already, and says where. */
export function spendLog(rows: number, seed = 1): SpendLog {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'out')
  const base = join(folder, `spend-${rows}-${seed}`)
  const log = {jsonl: `${base}.jsonl`, csv: `${base}.csv`, otlp: `${base}.otlp.jsonl`}
  if (Object.values(log).every(file => existsSync(file))) return log
  mkdirSync(folder, {recursive: true})
  const jsonl = new LineFile(log.jsonl)
  const csv = new LineFile(log.csv)
  const otlp = new LineFile(log.otlp)
  csv.add(COLUMNS.join(','))
  let spans: string[] = []
  const exportSpans = () => {
    if (spans.length > 0) otlp.add(`{"resourceSpans":[${spans.join(',')}]}`)
    spans = []
  }
  for (const row of spendRows(rows, seed)) {
    jsonl.add(asJson(row))
    csv.add(asCsv(row))
    if (spans.push(asSpan(row)) === SPANS_A_REQUEST) exportSpans()
  }
  exportSpans()
  for (const file of [jsonl, csv, otlp]) file.close()
  return log
}

/** Lines to a file under a passing name, renamed at the end: what is there is whole. */
export class LineFile {
  readonly #path: string
  readonly #descriptor: number
  #text = ''

  constructor(path: string) {
    this.#path = path
    this.#descriptor = openSync(`${path}.part`, 'w')
  }

  add(line: string): void {
    this.#text += `${line}\n`
    if (this.#text.length >= FLUSH_CHARS) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#descriptor)
    renameSync(`${this.#path}.part`, this.#path)
  }

  #flush(): void {
    let bytes: Uint8Array = Buffer.from(this.#text)
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#descriptor, bytes))
    this.#text = ''
  }
}

/** Uniform numbers in [0, 1) by sfc32: fast, and the same everywhere. */
export function randomFrom(seed: number): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed | 0]
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let warm = 0; warm < 15; warm++) next()
  return next
}

const PROVIDERS = ['openai', 'anthropic', 'azure', 'bedrock', 'vertex_ai'] as const
const MODELS = Array.from({length: 20}, (_, index) => {
  const provider = PROVIDERS[index % PROVIDERS.length]!
  const name = ['gpt-5-mini', 'claude-sonnet-4-5', 'gpt-5', 'claude-opus-4-1', 'gemini-2.5-pro'][index % 5]!
  const model = index < 5 ? name : `${name}-2026-0${1 + (index % 9)}-1${index % 10}`
  return {
    provider,
    model: provider === 'bedrock' ? `bedrock/us.anthropic.${model}` : model,
    group: ['fast', 'smart', 'default', 'batch'][index % 4]!,
    id: `dep-${index}`,
    inputNanos: 80 * (1 + (index % 7)),
    outputNanos: 400 * (1 + (index % 11)),
  }
})
const WORDS = ['heron', 'quill', 'marsh', 'ember', 'tidal', 'lark', 'fjord', 'onyx', 'cedar', 'pylon']

export const hex = (random: () => number, digits: number): string => {
  let text = ''
  while (text.length < digits)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return text.slice(0, digits)
}

export const uuid = (random: () => number): string => {
  const digits = hex(random, 32)
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`
}

function keysOf(random: () => number) {
  return Array.from({length: KEYS}, (_, index) => {
    const team = index % TEAMS
    const name = `${WORDS[index % 10]}-${WORDS[Math.floor(index / 10) % 10]}-${index}`
    return {
      hash: hex(random, 64),
      alias: `${name}-prod`,
      team: `t-${1000 + team}`,
      teamAlias: `team-${team}`,
      organization: `org-${team % 6}`,
      first: (index * 7) % 20,
      models: 1 + Math.floor(random() * 4),
      users: Array.from({length: 1 + Math.floor(random() * 4)}, (_, user) => `u-${index}-${user}`),
      // One key in ten is a router's: many services behind it.
      services: Array.from({length: index % 10 === 0 ? 12 : 1}, (_, service) => `${name}-api-${service}`),
    }
  })
}

interface SpendRow {
  /** In the order of `COLUMNS`. */
  readonly columns: {readonly [column: string]: string | number | null}
  readonly tags: readonly string[]
  readonly metadata: object
  /** Half the rows encode tags and metadata as JSON within JSON, as table dumps do. */
  readonly twice: boolean
}

const COLUMNS = [
  ...['request_id', 'call_type', 'api_key', 'spend', 'total_tokens', 'prompt_tokens', 'completion_tokens'],
  ...['startTime', 'endTime', 'model', 'model_group', 'model_id', 'custom_llm_provider', 'user', 'team_id'],
  ...['organization_id', 'end_user', 'cache_hit', 'session_id', 'status', 'request_tags', 'metadata'],
]

function* spendRows(rows: number, seed: number): Generator<SpendRow> {
  const random = randomFrom(seed)
  const keys = keysOf(random)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  for (let row = 0; row < rows; row++) {
    const at = Math.floor(MONTH_START + (row / rows) * (MONTH_MS - JITTER_MS) + random() * JITTER_MS)
    // The square: few keys make most of the calls.
    const key = keys[Math.floor(random() ** 2 * KEYS)]!
    const model = MODELS[(key.first + Math.floor(random() * key.models)) % MODELS.length]!
    const prompt = 20 + Math.floor(random() ** 4 * 60_000)
    const completion = 1 + Math.floor(random() ** 3 * 4_000)
    const cached = random() < 0.3 ? Math.floor(prompt * random()) : 0
    const failed = random() < 0.01
    const nanos = failed ? 0 : (prompt - cached) * model.inputNanos + completion * model.outputNanos
    yield {
      columns: {
        request_id: `chatcmpl-${uuid(random)}`,
        call_type: 'acompletion',
        api_key: key.hash,
        spend: Math.round(nanos / 10) / 1e8,
        total_tokens: prompt + completion,
        prompt_tokens: prompt,
        completion_tokens: completion,
        startTime: micros(at),
        endTime: micros(at + 300 + Math.floor(random() * 20_000)),
        model: model.model,
        model_group: model.group,
        model_id: model.id,
        custom_llm_provider: model.provider,
        user: pick(key.users),
        team_id: key.team,
        organization_id: key.organization,
        end_user: '',
        cache_hit: 'False',
        session_id: random() < 0.4 ? uuid(random) : null,
        status: failed ? 'failure' : 'success',
      },
      tags: [`service:${pick(key.services)}`, 'env:production'],
      metadata: {
        user_api_key_alias: key.alias,
        user_api_key_team_alias: key.teamAlias,
        additional_usage_values: {cache_read_input_tokens: cached, cache_creation_input_tokens: 0},
        spend_logs_metadata: random() < 0.5 ? {feature: `feature-${Math.floor(random() * 4)}`} : null,
      },
      twice: random() < 0.5,
    }
  }
}

export const micros = (at: number): string => new Date(at).toISOString().replace('Z', '000Z')

const asJson = ({columns, tags, metadata, twice}: SpendRow): string =>
  JSON.stringify({
    ...columns,
    request_tags: twice ? JSON.stringify(tags) : tags,
    metadata: twice ? JSON.stringify(metadata) : metadata,
  })

function asCsv({columns, tags, metadata}: SpendRow): string {
  let line = ''
  for (const column in columns) line += `${cell(columns[column])},`
  return `${line}${cell(JSON.stringify(tags))},${cell(JSON.stringify(metadata))}`
}

/** One resource with one span: a collector groups spans by resource, and neighbours seldom share one here. */
function asSpan({columns, tags, metadata}: SpendRow): string {
  const attribute = (key: string, value: string | number | null | undefined) =>
    value === null || value === undefined || value === ''
      ? []
      : [{key, value: typeof value === 'number' ? {intValue: String(value)} : {stringValue: value}}]
  const nanos = (time: string | number | null | undefined) => `${Date.parse(String(time))}000000`
  const {additional_usage_values: cache} = metadata as {
    additional_usage_values: {cache_read_input_tokens: number}
  }
  const id = String(columns.request_id).replace(/[^0-9a-f]/g, '')
  return JSON.stringify({
    resource: {
      attributes: [
        ...attribute('service.name', tags[0]!.replace('service:', '')),
        ...attribute('service.namespace', 'shop'),
        ...attribute('deployment.environment.name', 'production'),
        ...attribute('k8s.namespace.name', String(columns.team_id)),
      ],
    },
    scopeSpans: [
      {
        scope: {name: 'opentelemetry.instrumentation.openai'},
        spans: [
          {
            ...{traceId: id.slice(-32).padStart(32, '0'), spanId: id.slice(-16), kind: 3},
            name: `chat ${columns.model}`,
            ...{startTimeUnixNano: nanos(columns.startTime), endTimeUnixNano: nanos(columns.endTime)},
            attributes: [
              ...attribute('gen_ai.operation.name', 'chat'),
              ...attribute('gen_ai.provider.name', columns.custom_llm_provider),
              ...attribute('gen_ai.request.model', columns.model_group),
              ...attribute('gen_ai.response.model', columns.model),
              ...attribute('gen_ai.response.id', columns.request_id),
              ...attribute('gen_ai.usage.input_tokens', columns.prompt_tokens),
              ...attribute('gen_ai.usage.cache_read.input_tokens', cache.cache_read_input_tokens),
              ...attribute('gen_ai.usage.output_tokens', columns.completion_tokens),
              ...attribute('gen_ai.conversation.id', columns.session_id),
            ],
            status: {code: columns.status === 'failure' ? 2 : 1},
          },
        ],
      },
    ],
  })
}

const cell = (value: string | number | null | undefined): string =>
  typeof value === 'string' && /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value ?? '')

if (import.meta.main) {
  const [rows = '1000000', seed = '1'] = process.argv.slice(2)
  process.stdout.write(`${Object.values(spendLog(Number(rows), Number(seed))).join('\n')}\n`)
}
