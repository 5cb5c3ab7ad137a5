/**
 * Azure Monitor's metrics of Azure OpenAI and Foundry accounts as its REST interface answers: tokens and requests by deployment,
 * model and interval. Metrics of one answer that count the same calls are one bucket.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Fact, type Issue, issue, type UsageFact} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {bucketId} from './aggregate.ts'
import {azureResource} from './azure-resource.ts'
import {connector} from './connector.ts'
import {array, count, isObject, object, signature, text} from './fields.ts'
import {quoted} from './table.ts'

type Counted = 'requests' | 'inputTokens' | 'outputTokens'

/** What each metric counts; of two names for one thing the first that the answer has is taken. */
const METRICS: {readonly [name: string]: Counted} = {
  processedprompttokens: 'inputTokens',
  generatedtokens: 'outputTokens',
  azureopenairequests: 'requests',
  inputtokens: 'inputTokens',
  outputtokens: 'outputTokens',
  modelrequests: 'requests',
}

const nameOf = (metric: unknown): string => (text(object(metric, 'name'), 'value') ?? '').toLowerCase()

export const azureMetrics = connector({
  id: 'azure-metrics',
  label: 'Azure Monitor metrics of Azure OpenAI and Foundry accounts',
  recognises: ({sample: [first]}) =>
    isObject(first) &&
    'timespan' in first &&
    array(first, 'value').some(metric => isObject(metric) && Array.isArray(metric.timeseries)),
  *parse(source) {
    for (const record of source.records())
      yield* 'fact' in record ? [record] : answer(record.value, record.line)
  },
})

interface Cell {
  readonly account: string
  readonly subscription: string
  readonly at: number
  readonly dimensions: {readonly [name: string]: string | undefined}
  readonly counts: Map<Counted, {readonly metric: string; readonly total: number}>
}

function* answer(value: unknown, line: number): Generator<Fact | Issue> {
  const interval = durationOf(text(value, 'interval'))
  const cells = new Map<string, Cell>()
  // Metrics saved apart count different things of the same calls, and stay apart.
  const measured = [...new Set(array(value, 'value').flatMap(metric => METRICS[nameOf(metric)] ?? []))].sort()
  const told = new Set<string>()
  for (const metric of array(value, 'value')) {
    const counted = METRICS[nameOf(metric)]
    const resource = azureResource(text(metric, 'id'))
    if (counted === undefined || resource?.modelAccount === undefined) continue
    for (const series of array(metric, 'timeseries')) {
      const dimensions = dimensionsOf(series)
      for (const point of array(series, 'data')) {
        const total = count(point, 'total')
        if (total === null) continue
        const written = text(point, 'timeStamp', 'timestamp')
        const at = parseTime(written ?? '')
        if (at === null || interval === null) {
          const what =
            at === null
              ? `timeStamp ${quoted(written)} is not a time`
              : `interval ${quoted(text(value, 'interval'))} is no length of time`
          if (!told.has(what)) yield issue(line, 'bad-time', what, 'save the whole answer of Azure Monitor')
          told.add(what)
          continue
        }
        add(
          cells,
          {account: resource.modelAccount, subscription: resource.subscription, at, dimensions},
          counted,
          nameOf(metric),
          total,
        )
      }
    }
  }
  for (const cell of cells.values())
    if ([...cell.counts.values()].some(({total}) => total > 0)) yield bucket(cell, interval!, measured, line)
}

function add(
  cells: Map<string, Cell>,
  place: Omit<Cell, 'counts'>,
  counted: Counted,
  metric: string,
  total: number,
): void {
  const key = JSON.stringify([place.account.toLowerCase(), place.at, place.dimensions])
  const cell = cells.get(key) ?? {...place, counts: new Map()}
  cells.set(key, cell)
  const before = cell.counts.get(counted)
  // One deployment in two series (by status, by version) adds up; another name for the same count does not.
  if (before === undefined) cell.counts.set(counted, {metric, total})
  else if (before.metric === metric) cell.counts.set(counted, {metric, total: before.total + total})
}

/** The dimensions that tell whose calls these are; the answer writes their names in lower case. */
function dimensionsOf(series: unknown): {readonly [name: string]: string | undefined} {
  const found: {[name: string]: string} = {}
  for (const item of array(series, 'metadatavalues')) {
    const name = text(object(item, 'name'), 'value')?.toLowerCase()
    const value = text(item, 'value')
    if (name !== undefined && value !== undefined && DIMENSIONS.has(name)) found[name] = value
  }
  return found
}
const DIMENSIONS: ReadonlySet<string> = new Set([
  'modeldeploymentname',
  'modelname',
  'modelversion',
  'region',
])

const MINUTE = 60_000
/** `PT1M`, `PT1H`, `P1D` in milliseconds; null for anything else. */
function durationOf(written: string | undefined): number | null {
  const [, days, hours, minutes] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/i.exec(written ?? '') ?? []
  const length = (Number(days ?? 0) * 1440 + Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE
  return length > 0 ? length : null
}

function bucket(
  {account, subscription, at, dimensions, counts}: Cell,
  interval: number,
  measured: readonly Counted[],
  line: number,
): UsageFact {
  const project = alias.azureModelAccount(account)
  const {modeldeploymentname: deployment, modelname: model, region} = dimensions
  const until = at + interval
  const total = (counted: Counted) => counts.get(counted)?.total ?? null
  return {
    fact: 'usage',
    line,
    id: bucketId('azure/metrics', at, until, {...dimensions, project, metrics: measured.join('+')}),
    granularity: 'bucket',
    at,
    until,
    signature: signature({
      channel: 'azure-metrics',
      provider: 'azure',
      account: alias.providerAccount('azure', subscription),
      project,
      region,
      model_deployment: deployment === model ? undefined : deployment,
    }),
    requestedModel: deployment ?? null,
    servedModel: model ?? null,
    tier: null,
    usage: {
      requests: total('requests'),
      inputTokens: total('inputTokens'),
      outputTokens: total('outputTokens'),
      cacheReadTokens: null,
      cacheWriteTokens: null,
    },
    cost: null,
    costSource: null,
    status: null,
    partition: partitionOf(`azure/metrics ${measured.join('+')} ${interval / MINUTE}m`, {
      of: project,
      by: {item: model, key: deployment, region},
    }),
  }
}
