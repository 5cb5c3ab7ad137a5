/** Edge: invoices, bill rows, usage reports and requests into one settlement, and what it decides into cells. */
import {COST_SOURCES, GRANULARITIES, type ModelIdentity, signatureText} from '../model/chunk.ts'
import {partitionIn, partsOf} from '../model/edition.ts'
import {GATEWAY_CACHE, type Signature} from '../model/fact.ts'
import {PPM} from '../model/money.ts'
import {providerName} from '../model/provider.ts'
import {dayOf} from '../model/time.ts'
import * as sql from '../store/queries/attribute.ts'
import * as facts from '../store/queries/facts.ts'
import {insertIssue, internModel, internSignature} from '../store/queries/ingest.ts'
import {all, one, run, type WritableStore} from '../store/query.ts'
import {billsForItself, channelOf, isCharged, isGateway, SUMS} from './channels.ts'
import {withoutNumber} from './exports.ts'
import type {Graph} from './graph.ts'
import {latestInvoices} from './invoices.ts'
import {restated, type Traffic} from './restate.ts'
import {baseOf, type Models, type Signatures} from './run-calls.ts'
import {type Kept, saveSettlement, saveUnbilled} from './run-settlement.ts'
import {type Item, type Settled, settle} from './settle.ts'

/** Where attributions were saved. */
export interface Placed {
  readonly signatureOf: ReadonlyMap<number, number>
  /** By signature: its earliest attribution. */
  readonly firstOf: ReadonlyMap<number, number>
}

/** Projects that are the provider's own: a bill and a log that name one mean the same. */
const PROVIDER_PROJECT = /^(?:aws:inference_profile|azure:cognitive_account|google:project)\//

export interface BillItem extends Item {
  readonly invoice: string
  readonly signatureId: number
  readonly signature: Signature
  readonly at: number
  readonly until: number
  readonly batch: bigint
  readonly line: bigint
}

/** Invoices as the topmost bills. Only dollars settle dollars. */
export function billItems(store: WritableStore): BillItem[] {
  const {invoices, undated} = latestInvoices(all(store, facts.allBills, {}))
  for (const {batch, line, message} of undated)
    run(store, insertIssue, {
      ...{batch_id: Number(batch), line: Number(line), code: 'undated-export', message},
      mend: 'put each list in a folder named for its day, as finance/2026-11-03/, or remove the older',
    })
  return invoices.map(({invoice, provider: written, account, start, end, amount, batch, line}) => {
    const provider = providerName(written)
    const [at, until] = [Number(start), Number(end)]
    const signature: Signature = {channel: 'invoice', provider, line: `invoice ${invoice}: not itemised`}
    return {
      id: `invoice-${provider}-${invoice}-${new Date(at).toISOString().slice(0, 10)}`,
      ...{
        source: 'invoices',
        series: 'invoices',
        measure: 'money',
        precision: 1,
        level: 'invoice' as const,
        origin: 'invoice',
      },
      ...{explicable: true, gateway: false, provider, day: dayOf(at), lastDay: dayOf(until - 1)},
      ...{account, project: null, key: null, model: null, cost: amount, tokens: null},
      signatureId: one(store, internSignature, {value: signatureText(signature)})!.id,
      ...{invoice, signature, at, until, batch, line},
    }
  })
}

/** FOCUS restates the provider's own export; a console rounds; Google's standard table holds less than its detailed one. */
const precisionOf = (connector: string): number =>
  connector === 'focus' ? 0 : connector.endsWith('-csv') || connector === 'gcp-billing' ? 1 : 2

/** Where a row of a bill or usage report stands, for settling. */
function aggregateItems(store: WritableStore, signatures: Signatures, models: Models, known: Known) {
  return all(store, sql.aggregates, {sums: JSON.stringify(SUMS)}).map(row => {
    const signature = signatures.get(Number(row.signatureId))!
    const model = models.get(Number(row.modelId))!
    const [at, until] = [Number(row.at), row.until === null ? Number(row.at) + 1 : Number(row.until)]
    const level = GRANULARITIES[Number(row.granularity)] === 'bucket' ? 'bucket' : 'line'
    const item: Item = {
      id: `${row.day} ${row.channel} ${row.id}`,
      source: row.connector,
      series: `${row.connector} ${withoutNumber(row.path)}`,
      measure: level === 'line' ? 'money' : measureOf(row.id),
      precision: precisionOf(row.connector),
      level,
      gateway: false,
      origin: row.channel,
      explicable: isModelUse(signature, model, row.cost),
      ...dimensions(signature, model, Number(row.day), dayOf(Math.max(at, until - 1)), known),
      cost: row.cost,
      tokens: row.tokens === null ? null : Number(row.tokens),
    }
    return {item, row}
  })
}

/** Reports of images or embeddings stand beside the one of tokens; reports that do not say what they are restate it. */
function measureOf(id: string): string {
  const [, kind] = /\/usage\/(\w+)/.exec(partsOf(partitionIn(id) ?? '').report) ?? []
  return kind === undefined || kind === 'completions' ? 'tokens' : kind
}

type Known = (alias: string) => string

function dimensions(signature: Signature, model: ModelIdentity, day: number, lastDay: number, known: Known) {
  const id = (alias: string | undefined) => (alias === undefined ? null : known(alias))
  const provider = providerName(signature.provider ?? '')
  return {
    provider,
    day,
    lastDay,
    account: signature.account ?? (billsForItself(provider) ? provider : null),
    project: id(signature.project),
    // A console's CSV knows keys by name alone; a cloud's key is the principal that called.
    key: id(signature.key) ?? signature.key_name ?? id(signature.role),
    model: baseOf(model),
  }
}

/** Clouds bill much besides models. */
const CLOUDS = new Set(['aws', 'azure', 'google', 'oracle', 'ibm'])
/** Services of the same names that no call of a model explains. */
const OTHER_SERVICES =
  /\b(?:speech|translat\w*|computer vision|face|natural language|language service|text analytics|form recognizer|document intelligence|(?:cognitive|ai) search|content safety)\b/i
/** Money without use, in the bill's first word; it says so only where it names no model. */
const NO_USE =
  /^(?:tax|credit|refund|fee|rifee|purchase|adjustment|rounding error|\w*discount|savingsplan\w*)\b[^:]*:/i
const MODEL_WORDS =
  /bedrock|sagemaker|openai|foundry|cognitive|vertex|gemini|claude|generative|\bllm\b|anthropic|mistral|\bnova\b|titan|llama|cohere|watsonx/i
/** What model makers bill besides the use of models. */
const OTHER_WORDS =
  /\b(tax|vat|gst|hst|credits?|refunds?|discounts?|seats?|subscriptions?|support plan|commitment|rounding|adjustments?)\b/i

/** Whether a bill's row can be for calls of models: use that a model maker bills, and what a cloud says is one. */
function isModelUse({provider, line = ''}: Signature, model: ModelIdentity, cost: bigint | null): boolean {
  if (baseOf(model) !== null) return true
  if ((cost ?? 0n) < 0n || NO_USE.test(line) || OTHER_WORDS.test(line)) return false
  return !CLOUDS.has(providerName(provider ?? '')) || (MODEL_WORDS.test(line) && !OTHER_SERVICES.test(line))
}

export interface Run {
  readonly bills: readonly BillItem[]
  readonly placed: Placed
  readonly signatures: Signatures
  readonly models: Models
  readonly graph: Graph
}

/** Settles bills, usage reports and requests against each other; without bills or reports, rows cost what they say. */
export function settleBills(store: WritableStore, {bills, placed, signatures, models, graph}: Run): void {
  // One project goes by its id in an API's export and by its name in a console's.
  const known = (alias: string) => graph.node(alias)?.id ?? alias
  const rows = aggregateItems(store, signatures, models, known)
  const cells = all(store, sql.sumCells, {sums: JSON.stringify(SUMS)})
  if (rows.length === 0 && cells.length === 0 && bills.length === 0) {
    saveUnbilled(store)
    return
  }
  const place = (cell: sql.RequestCell, granularity: number) =>
    placedCell(
      cell,
      granularity,
      signatures.get(placed.signatureOf.get(Number(cell.attributionId))!)!,
      models,
    )
  const listed = all(store, sql.requestCells, {}).map(cell => place(cell, REQUEST))
  const sums = cells
    .map(cell => place(cell, BUCKET))
    .sort((a, b) => SUMS.indexOf(a.cell.channel) - SUMS.indexOf(b.cell.channel))
  const left = sums.length === 0 ? NOTHING : restated(sums.map(trafficOf), listed.map(trafficOf))
  const calls = [...listed, ...sums.filter(({id}) => left.get(id) !== 0n)].map(cell => ({
    cell,
    item: callItem(cell, left.get(cell.id) ?? PPM, known),
  }))
  const items = [...bills, ...rows.map(({item}) => item), ...calls.map(({item}) => item)]
  const nameOf = (alias: string) => graph.node(alias)?.name ?? ''
  const settled = settle(items, nameOf)
  saveAggregates(store, rows, settled)
  for (const {item, cell} of calls) saveCalls(store, item, cell, settled)
  for (const sum of sums)
    if (left.get(sum.id) === 0n) saveCell(store, sum, {billed: 0n, counts: false, reconciled: false})
  for (const bill of bills) if (!settled.absorbed.has(bill.id)) saveRemainder(store, bill, settled, placed)
  const kept: Kept[] = [
    ...calls.map(({item, cell: {cell}}) => ({item, channel: cell.channel, records: Number(cell.records)})),
    ...rows.map(({item, row: {channel}}) => ({item, channel, records: 1})),
    ...bills
      .filter(({id}) => settled.billed.get(id) !== 0n)
      .map(item => ({item, channel: 'invoice', records: 1})),
  ]
  saveSettlement(store, {kept, bills, settled, nameOf})
}

const REQUEST = GRANULARITIES.indexOf('request')
const BUCKET = GRANULARITIES.indexOf('bucket')

const NOTHING: ReadonlyMap<string, bigint> = new Map()

/** A cell of calls, listed or summed, with what tells whose they are. */
interface PlacedCell {
  readonly id: string
  readonly cell: sql.RequestCell
  readonly granularity: number
  readonly signature: Signature
  readonly model: ModelIdentity
  readonly day: number
  readonly lastDay: number
}

function placedCell(
  cell: sql.RequestCell | sql.SumCell,
  granularity: number,
  signature: Signature,
  models: Models,
): PlacedCell {
  const day = Number(cell.day)
  const until = 'until' in cell && cell.until !== null ? Number(cell.until) : null
  return {
    id: `cell ${day} ${cell.attributionId} ${cell.channel} ${cell.modelId}`,
    ...{cell, granularity, signature, model: models.get(Number(cell.modelId))!, day},
    lastDay: until === null ? day : Math.max(day, dayOf(until - 1)),
  }
}

const trafficOf = ({id, cell, signature, model, day, lastDay}: PlacedCell): Traffic => ({
  ...{id, day, lastDay},
  source: cell.channel,
  model: baseOf(model),
  tokens: Number(cell.tokens ?? 0n),
  gateways: gatewaysOf(cell.channel, signature),
  service: (signature.service ?? signature.workload)?.toLowerCase() ?? null,
  user: signature.user ?? null,
})

/** The gateway whose row it is, and the one whose key it carries: one call may have passed two. */
function gatewaysOf(channel: string, {key, provider = ''}: Signature): Traffic['gateways'] {
  const found = new Map<string, string | null>()
  const {sums} = channelOf(channel) ?? {}
  const family = isGateway(channel, providerName(provider)) ? (sums ?? channel) : undefined
  const [system = ''] = key?.split(':', 1) ?? []
  if (family !== undefined) found.set(family, system === family ? key! : null)
  if (sums === undefined && channelOf(system)?.kind === 'gateway') found.set(system, key!)
  return found
}

/** `left`: parts per million of a sum that nobody lists. */
function callItem({id, cell, signature, model, day, lastDay}: PlacedCell, left: bigint, known: Known): Item {
  const {channel} = cell
  const {kind, sums} = channelOf(channel) ?? {}
  const placed = dimensions(signature, model, day, lastDay, known)
  const passes = isGateway(channel, placed.provider)
  const project = PROVIDER_PROJECT.test(signature.project ?? '') ? placed.project : null
  // What a gateway answers from its own cache never reaches the provider.
  const cached = model[3] === GATEWAY_CACHE
  return {
    id,
    source: channel,
    series: channel,
    measure: cached ? GATEWAY_CACHE : 'tokens',
    precision: 1,
    level: 'request',
    origin:
      kind === 'gateway'
        ? (sums ?? channel)
        : `${kind ?? channel} ${signature.service ?? signature.workload ?? ''}`,
    explicable: !cached,
    // A gateway's key and project are its own; where its call is known in the provider's log too, so is the account.
    gateway: passes && placed.account === null && project === null,
    charged: isCharged(channel, placed.provider),
    ...placed,
    project,
    key: passes || placed.account === null ? null : placed.key,
    cost: cell.est === null ? null : (cell.est * left) / PPM,
    tokens: cell.tokens === null ? null : Number((cell.tokens * left) / PPM),
  }
}

const flag = (yes: boolean): number => (yes ? 1 : 0)

interface Decided {
  readonly billed: bigint | null
  readonly counts: boolean
  readonly reconciled: boolean
}

function saveCell(store: WritableStore, {cell, granularity}: PlacedCell, decided: Decided): void {
  run(store, sql.settleCell, {
    day: Number(cell.day),
    attributionId: Number(cell.attributionId),
    channel: cell.channel,
    modelId: Number(cell.modelId),
    granularity,
    billed: decided.billed,
    counts: flag(decided.counts),
    reconciled: flag(decided.reconciled),
  })
}

function saveCalls(store: WritableStore, {id, cost}: Item, cell: PlacedCell, settled: Settled): void {
  const reconciled = settled.reconciled.has(id)
  const absorbed = settled.absorbed.has(id)
  const {est} = cell.cell
  if (!reconciled && !absorbed && cost === est) return
  const billed = absorbed && est === null ? null : (settled.billed.get(id) ?? null)
  saveCell(store, cell, {billed, counts: !absorbed, reconciled})
}

/** Aggregates are settled row by row; absorbed rows are no records, the others add up to their cell. */
function saveAggregates(
  store: WritableStore,
  rows: ReturnType<typeof aggregateItems>,
  settled: Settled,
): void {
  interface Sum {
    readonly row: (typeof rows)[number]['row']
    readonly billed: bigint | null
    readonly reconciled: boolean
  }
  const kept = new Map<string, Sum>()
  for (const {item, row} of rows) {
    if (settled.absorbed.has(item.id)) {
      run(store, sql.insertMatched, {day: item.day, id: row.id, channel: row.channel, signature_id: null})
      continue
    }
    const key = `${row.day} ${row.attributionId} ${row.channel} ${row.modelId} ${row.granularity}`
    const before = kept.get(key)
    kept.set(key, {
      row,
      billed: plus(before?.billed ?? null, settled.billed.get(item.id) ?? null),
      reconciled: before?.reconciled === true || settled.reconciled.has(item.id),
    })
  }
  run(store, sql.insertAggregateCells, {})
  for (const {row, billed, reconciled} of kept.values())
    run(store, sql.settleCell, {
      day: Number(row.day),
      attributionId: Number(row.attributionId),
      channel: row.channel,
      modelId: Number(row.modelId),
      granularity: Number(row.granularity),
      billed,
      counts: 1,
      reconciled: flag(reconciled),
    })
}

const plus = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : b === null ? a : a + b)

function saveRemainder(store: WritableStore, bill: BillItem, settled: Settled, placed: Placed): void {
  const billed = settled.billed.get(bill.id) ?? 0n
  if (billed === 0n) return
  const {id: model_id} = one(store, internModel, {value: JSON.stringify([bill.provider, null, null, null])})!
  run(store, sql.insertRemainder, {
    id: bill.id,
    day: bill.day,
    at: bill.at,
    until: bill.until,
    attribution_id: placed.firstOf.get(bill.signatureId)!,
    model_id,
    billed_nanos: billed,
    cost_source: COST_SOURCES.indexOf('invoice'),
    batch_id: bill.batch,
    line: bill.line,
  })
}
