/** The edge of this folder: facts out of the store, attributions, cells and remainders back into it, in one transaction. */
import {COST_SOURCES, GRANULARITIES, type ModelIdentity, signatureText} from '../model/chunk.ts'
import type {LinkFact, Signature} from '../model/fact.ts'
import {modelBase} from '../model/model-name.ts'
import {providerName} from '../model/provider.ts'
import {DAY_MS, dayOf} from '../model/time.ts'
import * as sql from '../store/queries/attribute.ts'
import {getMeta, internModel, internSignature, setMeta} from '../store/queries/ingest.ts'
import {all, iterate, one, run, type WritableStore} from '../store/query.ts'
import {type Active, type Attribution, attributeAll, buildWorld, type Facts} from './attribute.ts'
import {spendClassOf} from './outcome.ts'
import {bothSignatures, type Call, CHANNELS_RANKED, twins} from './same-calls.ts'
import {type Item, type Settled, settle} from './settle.ts'
import {type AttributeSummary, summarise} from './summary.ts'

/** What a gateway reports of itself: its calls appear again in the provider's report. */
const GATEWAYS = new Set(['litellm'])

export interface AttributeOptions {
  /** What the configuration declares; its place is shown as `venturi.yaml`. */
  readonly declared?: readonly LinkFact[]
  /** Settle again though nothing has changed. */
  readonly all?: boolean
  readonly say?: (line: string) => void
}

/** Settles what has been ingested since the last time; with nothing new it says what was settled then. */
export function attributeStore(
  store: WritableStore,
  {declared = [], all: again = false, say = () => {}}: AttributeOptions = {},
): AttributeSummary {
  const configured = JSON.stringify(declared)
  const fresh =
    one(store, getMeta, {key: 'changed'}) === undefined &&
    one(store, getMeta, {key: 'declared'})?.value === configured
  if (again || !fresh) {
    store.database.exec('BEGIN IMMEDIATE')
    try {
      for (const table of ['cell', 'remainder', 'attribution', 'outcome', 'matched'])
        store.database.exec(`DELETE FROM ${table}`)
      settleAll(store, declared, say)
      run(store, sql.clearChanged, {})
      run(store, setMeta, {key: 'declared', value: configured})
      store.database.exec('COMMIT')
    } catch (error) {
      store.database.exec('ROLLBACK')
      throw error
    }
  }
  return summarise(all(store, sql.settledTotals, {}), one(store, sql.attributedSignatures, {})!.count)
}

function settleAll(store: WritableStore, declared: readonly LinkFact[], say: (line: string) => void): void {
  const signatures = new Map(
    all(store, sql.allSignatures, {}).map(({id, evidence}) => [id, JSON.parse(evidence) as Signature]),
  )
  const models = new Map(
    all(store, sql.allModels, {}).map(({id, identity}) => [id, JSON.parse(identity) as ModelIdentity]),
  )
  say('matching calls that two sources report')
  const matching = matchCalls(store, signatures, models)
  say('adding up usage')
  const raw = all(store, matching ? sql.matchedUsageCells : sql.usageCells, {}).map(toCell)
  const bills = billItems(store)
  for (const bill of bills) signatures.set(bill.signatureId, bill.signature)
  say('reading the graph')
  const world = buildWorld(loadFacts(store, declared))
  say('resolving signatures')
  const attributions = attributeAll(world, activeSignatures(raw, bills, signatures))
  const placed = saveAttributions(store, attributions)
  say('settling bills')
  const cells = place(store, raw, placed)
  const names = new Map(
    world.graph.nodes.flatMap(node => node.aliases.map(known => [known, node.name] as const)),
  )
  save(store, cells, bills, placed, signatures, models, names)
}

function loadFacts(store: WritableStore, declared: readonly LinkFact[]): Facts {
  return {
    entities: all(store, sql.allEntities, {}),
    links: [
      ...all(store, sql.allLinks, {}).map(link => ({...link, exclusive: link.exclusive === 1})),
      ...declared.map(({relation, from, to, basis, validFrom = null, validTo = null}) => ({
        ...{relation, from, to, basis, validFrom, validTo, exclusive: false},
        where: 'venturi.yaml',
      })),
    ],
    rules: all(store, sql.allRules, {}).map(rule => ({...rule, owners: JSON.parse(rule.owners) as string[]})),
    deployments: all(store, sql.allDeployments, {}),
  }
}

type Signatures = Map<number, Signature>
type Models = ReadonlyMap<number, ModelIdentity>

/** Fills `matched`; says whether there was anything to match. */
function matchCalls(store: WritableStore, signatures: Signatures, models: Models): boolean {
  const present = all(store, sql.channels, {}).map(({channel}) => channel)
  const requesting = CHANNELS_RANKED.filter(channel => present.includes(channel))
  if (requesting.length < 2) return false
  const known = new Map<string, number>()
  const intern = (signature: Signature): number => {
    const text = signatureText(signature)
    const seen = known.get(text)
    if (seen !== undefined) return seen
    const {id} = one(store, internSignature, {value: text})!
    known.set(text, id)
    signatures.set(id, signature)
    return id
  }
  let better: {day: number; id: string; channel: string; signatureId: number} | null = null
  const both = new Map<string, number>()
  for (const call of all(store, sql.sameCalls, {ranked: JSON.stringify(CHANNELS_RANKED)})) {
    if (better?.day !== call.day || better.id !== call.id) {
      better = call
      continue
    }
    const key = `${better.signatureId} ${call.signatureId}`
    let joint = both.get(key)
    if (joint === undefined) {
      joint = intern(bothSignatures(signatures.get(better.signatureId)!, signatures.get(call.signatureId)!))
      both.set(key, joint)
    }
    const {day, id} = call
    run(store, sql.insertMatched, {day, id, channel: better.channel, signature_id: joint})
    run(store, sql.insertMatched, {day, id, channel: call.channel, signature_id: null})
  }
  matchTwins(store, requesting, signatures, models, intern)
  return true
}

function matchTwins(
  store: WritableStore,
  requesting: readonly string[],
  signatures: Signatures,
  models: Models,
  intern: (signature: Signature) => number,
): void {
  if (!requesting.includes('litellm') || !requesting.includes('bedrock')) return
  const calls = (channel: string): Call[] =>
    all(store, sql.requestsOf, {channel})
      .filter(({signatureId}) => providerName(signatures.get(signatureId)?.provider ?? '') === 'aws')
      .map(({day, id, at, signatureId, modelId, input, output, read, written}) => ({
        ...{day, id, at, signatureId, model: baseOf(models.get(modelId)!) ?? ''},
        tokens: `${input} ${output} ${read ?? 0} ${written ?? 0}`,
      }))
  for (const {call, gateway} of twins(calls('litellm'), calls('bedrock'))) {
    // Of the provider's log only the account is kept: its principal is the gateway's, whoever called.
    const joint = {
      ...signatures.get(gateway.signatureId)!,
      account: signatures.get(call.signatureId)!.account,
    }
    run(store, sql.insertMatched, {day: call.day, id: call.id, channel: 'bedrock', signature_id: null})
    run(store, sql.addMatched, {
      day: gateway.day,
      id: gateway.id,
      channel: 'litellm',
      signature_id: intern(joint as Signature),
    })
  }
}

const baseOf = ([, requested, served]: ModelIdentity): string | null => {
  const name = served ?? requested
  return name === null ? null : modelBase(name)
}

interface Cell {
  readonly day: number
  readonly channel: string
  readonly granularity: number
  readonly signatureId: number
  readonly modelId: number
  readonly records: bigint
  readonly requests: bigint | null
  readonly inputTokens: bigint | null
  readonly outputTokens: bigint | null
  readonly cacheReadTokens: bigint | null
  readonly cacheWriteTokens: bigint | null
  readonly est: bigint | null
  readonly unpriced: bigint
  readonly firstAt: number
}

const toCell = (row: sql.CellSums): Cell => ({
  ...row,
  day: Number(row.day),
  granularity: Number(row.granularity),
  signatureId: Number(row.signatureId),
  modelId: Number(row.modelId),
  firstAt: Number(row.firstAt),
})

interface BillItem extends Item {
  readonly signatureId: number
  readonly signature: Signature
  readonly at: number
  readonly until: number
  readonly batch: bigint
  readonly line: bigint
}

const IGNORED_STATUS = /^(void|voided|draft|cancell?ed|uncollectible|estimate|pro.?forma)$/i

/** Invoices as the topmost bills. Only dollars settle dollars. */
function billItems(store: WritableStore): BillItem[] {
  return all(store, sql.allBills, {})
    .filter(({status, currency}) => currency.toUpperCase() === 'USD' && !IGNORED_STATUS.test(status ?? ''))
    .map(bill => {
      const provider = providerName(bill.provider)
      const [at, until] = [Number(bill.start), Number(bill.end)]
      const signature: Signature = {
        channel: 'invoice',
        provider,
        line: `invoice ${bill.invoice}: not itemised`,
      }
      const account = bill.account === null ? null : bill.account
      return {
        id: `invoice-${provider}-${bill.invoice}-${new Date(at).toISOString().slice(0, 10)}`,
        ...{
          series: 'invoices',
          level: 'invoice' as const,
          gateway: false,
          provider,
          day: dayOf(at),
          lastDay: dayOf(until - 1),
        },
        ...{account, project: null, key: null, model: null, cost: bill.amount, tokens: null},
        ...{
          signatureId: one(store, internSignature, {value: signatureText(signature)})!.id,
          signature,
          at,
          until,
          batch: bill.batch,
          line: bill.line,
        },
      }
    })
}

function activeSignatures(
  cells: readonly Cell[],
  bills: readonly BillItem[],
  signatures: Signatures,
): Active[] {
  const found = new Map<number, {firstDay: number; lastDay: number; firstAt: number; cost: bigint}>()
  const see = (id: number, firstDay: number, lastDay: number, firstAt: number, cost: bigint) => {
    const known = found.get(id)
    if (!known) found.set(id, {firstDay, lastDay, firstAt, cost})
    else {
      known.firstDay = Math.min(known.firstDay, firstDay)
      known.lastDay = Math.max(known.lastDay, lastDay)
      known.firstAt = Math.min(known.firstAt, firstAt)
      known.cost += cost
    }
  }
  for (const cell of cells) see(cell.signatureId, cell.day, cell.day, cell.firstAt, cell.est ?? 0n)
  for (const bill of bills) see(bill.signatureId, bill.day, bill.lastDay, bill.at, bill.cost ?? 0n)
  return [...found]
    .map(([id, active]) => ({id, signature: signatures.get(id)!, ...active}))
    .sort((a, b) => (signatureText(a.signature) < signatureText(b.signature) ? -1 : 1))
}

interface Placed {
  readonly id: number
  readonly from: number
  readonly to: number
}

function saveAttributions(store: WritableStore, attributions: readonly Attribution[]): Map<number, Placed[]> {
  const placed = new Map<number, Placed[]>()
  for (const {signatureId, from, to, outcome} of attributions) {
    const {id: outcome_id} = one(store, sql.insertOutcome, {
      answer: JSON.stringify(outcome),
      output_state: outcome.output_state,
      spend_class: spendClassOf(outcome.output_state),
      stage: outcome.stage_origin,
      coper_e4: Math.round(outcome.coper * 10_000),
    })!
    const {id} = one(store, sql.insertAttribution, {
      signature_id: signatureId,
      from_at: from,
      to_at: to,
      outcome_id,
    })!
    const known = placed.get(signatureId)
    if (known) known.push({id, from, to})
    else placed.set(signatureId, [{id, from, to}])
  }
  return placed
}

interface PlacedCell extends Cell {
  readonly attributionId: number
}

/** Cells under their attribution; a day on which the owner changes is read again, row by row. */
function place(
  store: WritableStore,
  cells: readonly Cell[],
  placed: ReadonlyMap<number, readonly Placed[]>,
): PlacedCell[] {
  const found: PlacedCell[] = []
  const split = new Map<number, Set<number>>()
  for (const cell of cells) {
    const start = cell.day * DAY_MS
    const whole = placed.get(cell.signatureId)!.find(({from, to}) => from <= start && start + DAY_MS <= to)
    if (whole) found.push({...cell, attributionId: whole.id})
    else split.set(cell.day, (split.get(cell.day) ?? new Set()).add(cell.signatureId))
  }
  for (const [day, ids] of split) {
    const merged = new Map<string, PlacedCell>()
    for (const row of iterate(store, sql.usageCellsOfDay, {day, signatures: JSON.stringify([...ids])})) {
      const at = Number(row.at)
      const cell = toCell(row)
      const attributionId = placed.get(cell.signatureId)!.find(({from, to}) => from <= at && at < to)!.id
      const key = cellKey({...cell, attributionId})
      const known = merged.get(key)
      merged.set(key, known ? addCells(known, cell) : {...cell, attributionId})
    }
    found.push(...merged.values())
  }
  return found
}

const plus = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : b === null ? a : a + b)

const addCells = (a: PlacedCell, b: Cell): PlacedCell => ({
  ...a,
  records: a.records + b.records,
  requests: plus(a.requests, b.requests),
  inputTokens: plus(a.inputTokens, b.inputTokens),
  outputTokens: plus(a.outputTokens, b.outputTokens),
  cacheReadTokens: plus(a.cacheReadTokens, b.cacheReadTokens),
  cacheWriteTokens: plus(a.cacheWriteTokens, b.cacheWriteTokens),
  est: plus(a.est, b.est),
  unpriced: a.unpriced + b.unpriced,
})

const cellKey = (cell: PlacedCell): string =>
  `${cell.day} ${cell.attributionId} ${cell.channel} ${cell.modelId} ${cell.granularity}`

const tokensOf = (cell: Cell): number | null =>
  cell.inputTokens === null && cell.outputTokens === null
    ? null
    : Number(
        (cell.inputTokens ?? 0n) +
          (cell.outputTokens ?? 0n) +
          (cell.cacheReadTokens ?? 0n) +
          (cell.cacheWriteTokens ?? 0n),
      )

/** Where a row of a bill or usage report stands, for settling. */
function aggregateItems(store: WritableStore, signatures: Signatures, models: Models) {
  return all(store, sql.aggregates, {}).map(row => {
    const signature = signatures.get(Number(row.signatureId))!
    const [at, until] = [Number(row.at), row.until === null ? Number(row.at) + 1 : Number(row.until)]
    const item: Item = {
      id: `${row.day} ${row.channel} ${row.id}`,
      series: `${row.channel} ${row.path.replace(/[.-]?page[-_]?\d+/, '')}`,
      level: GRANULARITIES[Number(row.granularity)] === 'bucket' ? 'bucket' : 'line',
      gateway: false,
      ...dimensions(
        signature,
        models.get(Number(row.modelId))!,
        Number(row.day),
        dayOf(Math.max(at, until - 1)),
      ),
      cost: row.cost,
      tokens: row.tokens === null ? null : Number(row.tokens),
    }
    return {item, row}
  })
}

function dimensions(signature: Signature, model: ModelIdentity, day: number, lastDay: number) {
  const {account = null, project = null, key = null} = signature
  return {
    provider: providerName(signature.provider ?? ''),
    day,
    lastDay,
    account,
    project,
    key,
    model: baseOf(model),
  }
}

function save(
  store: WritableStore,
  cells: readonly PlacedCell[],
  bills: readonly BillItem[],
  placed: ReadonlyMap<number, readonly Placed[]>,
  signatures: Signatures,
  models: Models,
  names: ReadonlyMap<string, string>,
): void {
  const rows = aggregateItems(store, signatures, models)
  const requests = cells.filter(({granularity}) => granularity === 0)
  const settled =
    rows.length === 0 && bills.length === 0
      ? null
      : settle(
          [
            ...bills,
            ...rows.map(({item}) => item),
            ...requests.map(cell => requestItem(cell, signatures, models)),
          ],
          names,
        )
  for (const cell of requests) saveCell(store, cell, settled)
  saveAggregates(store, cells, rows, placed, settled)
  for (const bill of bills)
    if (settled && !settled.absorbed.has(bill.id)) saveRemainder(store, bill, settled, placed)
}

const requestItem = (cell: PlacedCell, signatures: Signatures, models: Models): Item => ({
  id: `cell ${cellKey(cell)}`,
  series: cell.channel,
  level: 'request',
  gateway: GATEWAYS.has(cell.channel) && signatures.get(cell.signatureId)!.account === undefined,
  // A gateway's key and project are its own, not the provider's.
  ...dimensions(signatures.get(cell.signatureId)!, models.get(cell.modelId)!, cell.day, cell.day),
  cost: cell.est,
  tokens: tokensOf(cell),
})

function saveCell(store: WritableStore, cell: PlacedCell, settled: Settled | null): void {
  const id = `cell ${cellKey(cell)}`
  const billed = settled ? (settled.billed.get(id) ?? null) : cell.est
  insertCell(
    store,
    cell,
    cell.est === null && billed === 0n && !settled?.reconciled.has(id) ? null : billed,
    settled?.absorbed.has(id) !== true,
  )
}

function insertCell(store: WritableStore, cell: PlacedCell, billed: bigint | null, counts: boolean): void {
  run(store, sql.insertCell, {
    day: cell.day,
    attribution_id: cell.attributionId,
    channel: cell.channel,
    model_id: cell.modelId,
    granularity: cell.granularity,
    records: cell.records,
    requests: cell.requests,
    input_tokens: cell.inputTokens,
    output_tokens: cell.outputTokens,
    cache_read_tokens: cell.cacheReadTokens,
    cache_write_tokens: cell.cacheWriteTokens,
    est_nanos: cell.est,
    unpriced: cell.unpriced,
    billed_nanos: billed,
    counts: counts ? 1 : 0,
  })
}

/** Aggregates are settled row by row; absorbed rows are no records, the others add up to their cell. */
function saveAggregates(
  store: WritableStore,
  cells: readonly PlacedCell[],
  rows: ReturnType<typeof aggregateItems>,
  placed: ReadonlyMap<number, readonly Placed[]>,
  settled: Settled | null,
): void {
  const kept = new Map<
    string,
    {billed: bigint | null; est: bigint | null; records: bigint; unpriced: bigint}
  >()
  for (const {item, row} of rows) {
    if (settled?.absorbed.has(item.id)) {
      run(store, sql.insertMatched, {day: item.day, id: row.id, channel: row.channel, signature_id: null})
      continue
    }
    const at = Number(row.at)
    const attributionId = placed.get(Number(row.signatureId))!.find(({from, to}) => from <= at && at < to)!.id
    const key = `${item.day} ${attributionId} ${row.channel} ${row.modelId} ${row.granularity}`
    const known = kept.get(key) ?? {billed: null, est: null, records: 0n, unpriced: 0n}
    kept.set(key, {
      billed: plus(known.billed, settled ? (settled.billed.get(item.id) ?? null) : row.cost),
      est: plus(known.est, row.cost),
      records: known.records + 1n,
      unpriced: known.unpriced + (row.cost === null ? 1n : 0n),
    })
  }
  for (const cell of cells) {
    if (cell.granularity === 0) continue
    const found = kept.get(cellKey(cell))
    if (found)
      insertCell(
        store,
        {...cell, records: found.records, est: found.est, unpriced: found.unpriced},
        found.billed,
        true,
      )
  }
}

function saveRemainder(
  store: WritableStore,
  bill: BillItem,
  settled: Settled,
  placed: ReadonlyMap<number, readonly Placed[]>,
): void {
  const billed = settled.billed.get(bill.id) ?? 0n
  if (billed === 0n) return
  const {id: model_id} = one(store, internModel, {value: JSON.stringify([bill.provider, null, null, null])})!
  run(store, sql.insertRemainder, {
    id: bill.id,
    day: bill.day,
    at: bill.at,
    until: bill.until,
    attribution_id: placed.get(bill.signatureId)![0]!.id,
    model_id,
    billed_nanos: billed,
    cost_source: COST_SOURCES.indexOf('invoice'),
    batch_id: bill.batch,
    line: bill.line,
  })
}
