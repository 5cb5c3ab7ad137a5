/**
 * Azure API Management as a gateway of models: rows of ApiManagementGatewayLlmLog (tokens and deployment) and of
 * ApiManagementGatewayLogs (who called, which backend), each by itself or joined, as Log Analytics answers, exports and
 * archives them. Both logs name a call by its CorrelationId: the second adds its evidence to the first.
 * Never read: messages and bodies of either log, headers, URLs but for the backend's host and deployment, addresses.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {modelBase} from '../model/model-name.ts'
import {parseTime} from '../model/time.ts'
import {modelAccountOfHost} from './azure-resource.ts'
import {connector, type Head, type Source} from './connector.ts'
import {latencyAt} from './context.ts'
import {array, count, isObject, object, signature, text} from './fields.ts'
import {quoted} from './table.ts'

const NAMES = [
  'timegenerated',
  'time',
  'correlationid',
  'sequencenumber',
  'deploymentname',
  'modelname',
  'prompttokens',
  'completiontokens',
  'region',
  'location',
  'apimsubscriptionid',
  'productid',
  'userid',
  'backendurl',
  'responsecode',
  'backendresponsecode',
  'totaltime',
  'durationms',
] as const
type Name = (typeof NAMES)[number]

/** The named fields of one row of either log. */
type LogRow = {readonly [name in Name]?: string}

interface Placed {
  readonly line: number
  readonly row: LogRow
}

export const azureApim = connector({
  id: 'azure-apim',
  label: 'Azure API Management gateway logs (ApiManagementGatewayLlmLog, ApiManagementGatewayLogs)',
  recognises: head => {
    const names = namesIn(head)
    return (
      names.has('correlationid') &&
      (names.has('prompttokens') || (names.has('backendurl') && names.has('apimsubscriptionid')))
    )
  },
  *parse(source) {
    for (const row of logRows(source)) yield* 'fact' in row ? [row] : call(row)
  },
})

const bare = (name: string): string => name.replace(/[^a-z0-9]/gi, '').toLowerCase()
const WANTED: ReadonlyMap<string, Name> = new Map(NAMES.map(name => [name, name]))

/** An archived row has its columns one level down, in `properties`. */
const propertiesOf = (value: unknown): unknown => (isObject(value) ? value.properties : undefined)

function namesIn({columns, sample: [first]}: Head): ReadonlySet<string> {
  const [row] = tableRows(first)
  const keys = [row, propertiesOf(row)].flatMap(value => (isObject(value) ? Object.keys(value) : []))
  return new Set([...columns, ...keys].map(bare))
}

function pick(...values: readonly unknown[]): LogRow {
  const row: {[name in Name]?: string} = {}
  for (const value of values) {
    if (!isObject(value)) continue
    for (const key of Object.keys(value)) {
      const name = WANTED.get(bare(key))
      const said = name && text(value, key)
      if (name && said !== undefined) row[name] ??= said
    }
  }
  return row
}

/** Log Analytics answers with tables of columns and rows; archives and event hubs with batches of `records`. */
function tableRows(value: unknown): readonly unknown[] {
  if (isObject(value) && Array.isArray(value.records)) return value.records
  if (!isObject(value) || !Array.isArray(value.tables)) return [value]
  return value.tables.flatMap(table => {
    const columns = array(table, 'columns').map(column => text(column, 'name') ?? '')
    return array(table, 'rows').map(cells =>
      Object.fromEntries(columns.map((name, index) => [name, Array.isArray(cells) ? cells[index] : null])),
    )
  })
}

function* logRows(source: Source): Generator<Placed | Issue> {
  if (source.head.shape === 'csv') {
    for (const row of source.rows()) yield 'fact' in row ? row : {line: row.line, row: pick(row.row)}
    return
  }
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else
      for (const value of tableRows(record.value))
        yield {line: record.line, row: pick(value, object(value, 'properties'))}
  }
}

function* call({line, row}: Placed): Generator<Fact | Issue> {
  const id = row.correlationid
  if (id === undefined) {
    yield issue(line, 'no-id', 'a gateway log row without CorrelationId', 'keep CorrelationId in the query')
    return
  }
  const input = count(row, 'prompttokens')
  const output = count(row, 'completiontokens')
  const counted = (input ?? 0) + (output ?? 0) > 0
  const deployment = row.deploymentname ?? deploymentIn(row.backendurl)
  const ofModels = counted || row.modelname !== undefined || deployment !== undefined
  // Large messages are split over rows that repeat the call and count nothing; other APIs are no calls of models.
  if (!counted && Number(row.sequencenumber ?? 0) > 0) return
  if (!ofModels && modelAccountOfHost(row.backendurl) === undefined) return
  const written = row.timegenerated ?? row.time
  const at = parseTime(written ?? '') ?? portalTime(written ?? '')
  if (at === null) {
    yield issue(
      line,
      'bad-time',
      `TimeGenerated of ${quoted(id)} is ${quoted(written)}, not a time`,
      'export TimeGenerated as ISO-8601',
    )
    return
  }
  for (const name of ['prompttokens', 'completiontokens'] as const)
    if (row[name] !== undefined && count(row, name) === null)
      yield issue(
        line,
        'bad-count',
        `${name} of ${quoted(id)} is ${quoted(row[name])}, not a count; the call is kept without it`,
        'export the log again',
      )
  const latencyMs = latencyAt(row, ['totaltime', 'durationms'])
  yield {
    fact: 'usage',
    line,
    id,
    granularity: 'request',
    at,
    signature: caller(row, deployment),
    requestedModel: deployment ?? null,
    servedModel: row.modelname ?? null,
    tier: null,
    // Prompt tokens include what was cached, and the log does not say how much that was.
    usage: {
      requests: 1,
      inputTokens: input,
      outputTokens: output,
      cacheReadTokens: null,
      cacheWriteTokens: null,
    },
    cost: null,
    costSource: null,
    status: statusOf(row),
    ...(latencyMs === undefined ? {} : {latencyMs}),
  } satisfies UsageFact
}

/**
 * Each log alone says half of a call; under channels of their own the halves find each other by the id, and a row that has
 * both stays the better one.
 */
function channelOf(row: LogRow): string {
  const tokens = row.prompttokens ?? row.completiontokens ?? row.deploymentname
  const calledBy = row.apimsubscriptionid ?? row.backendurl
  return tokens === undefined ? 'apim-gateway' : calledBy === undefined ? 'apim-llm' : 'apim'
}

function caller(row: LogRow, deployment: string | undefined): Signature {
  const account = modelAccountOfHost(row.backendurl)
  const {apimsubscriptionid: subscription, userid: user, productid: product} = row
  return signature({
    channel: channelOf(row),
    provider: 'azure',
    key: subscription && alias.apim('subscription', subscription),
    // People name subscriptions; a portal gives them digits.
    key_name: subscription !== undefined && NAMED.test(subscription) ? subscription : undefined,
    project: account && alias.azureModelAccount(account),
    user: user && alias.apim('user', user),
    organization: product && alias.apim('product', product),
    region: (row.region ?? row.location)?.toLowerCase().replaceAll(' ', ''),
    model_deployment:
      deployment !== undefined && namesMore(deployment, row.modelname) ? deployment : undefined,
  })
}

/** Not a GUID, nor one of the 24 hexadecimal digits the service makes up. */
const NAMED = /^(?![0-9a-f]{24}$)(?![0-9a-f]{8}-[0-9a-f-]{27}$).*[a-z]/i

/** A deployment called after its model says nothing of whose it is. */
function namesMore(deployment: string, model: string | undefined): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return model === undefined
    ? !/^(?:gpt|o\d|text-embedding|claude|llama|mistral|deepseek)[\w.-]*$/i.test(deployment)
    : plain(deployment) !== plain(modelBase(model)) && plain(deployment) !== plain(model)
}

/** The only part of a backend's path that is read: `/openai/deployments/NAME/…`. */
const deploymentIn = (url: string | undefined): string | undefined =>
  /\/openai\/deployments\/([\w.-]+)/i.exec(url ?? '')?.[1]

function statusOf(row: LogRow): UsageFact['status'] {
  const code = Number(row.responsecode ?? row.backendresponsecode)
  return Number.isInteger(code) && code >= 100 ? (code < 400 ? 'success' : 'failure') : null
}

/** `9/14/2026, 10:22:31.100 AM`, UTC, as the portal writes a time into CSV; null for anything else. */
function portalTime(written: string): number | null {
  const [, month, day, year, hour, minute, second, half] =
    /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)(?: ?([AP]M))?$/i.exec(
      written.trim(),
    ) ?? []
  if (year === undefined) return null
  const two = (digits: string | number) => String(digits).padStart(2, '0')
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0)
  return parseTime(`${year}-${two(month!)}-${two(day!)}T${two(hours)}:${minute}:${second}Z`)
}
