/** The edge of this folder: facts out of the store, attributions, cells and remainders back into it, in one transaction. */
import {type ModelIdentity, signatureText} from '../model/chunk.ts'
import type {LinkFact, Signature} from '../model/fact.ts'
import * as sql from '../store/queries/attribute.ts'
import {getMeta, setMeta} from '../store/queries/ingest.ts'
import {all, one, run, type WritableStore} from '../store/query.ts'
import {type Active, type Attribution, attributeAll, buildWorld, type Facts} from './attribute.ts'
import {spendClassOf} from './outcome.ts'
import {type BillItem, billItems, saveSettled} from './run-bills.ts'
import {matchCalls, type Signatures} from './run-calls.ts'
import {type Cell, type Placed, place, readCells} from './run-cells.ts'
import {type AttributeSummary, summarise} from './summary.ts'

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
  const raw = readCells(store, matching)
  const bills = billItems(store)
  for (const bill of bills) signatures.set(bill.signatureId, bill.signature)
  say('reading the graph')
  const world = buildWorld(loadFacts(store, declared))
  say('resolving signatures')
  const attributions = attributeAll(world, activeSignatures(raw, bills, signatures))
  const placed = saveAttributions(store, attributions)
  say('settling bills')
  const cells = place(store, raw, placed)
  saveSettled(store, {cells, bills, placed, signatures, models, graph: world.graph})
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

/** Signatures with the days they were used on. */
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
