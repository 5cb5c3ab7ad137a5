/** The edge of this folder: facts out of the store, attributions, cells and remainders back into it, in one transaction. */
import {type ModelIdentity, signatureText} from '../model/chunk.ts'
import type {LinkFact, Signature} from '../model/fact.ts'
import * as sql from '../store/queries/attribute.ts'
import * as facts from '../store/queries/facts.ts'
import {getMeta, setMeta} from '../store/queries/ingest.ts'
import {all, one, type ReadableStore, run, type WritableStore} from '../store/query.ts'
import {type Active, type Attribution, attributeAll, type Facts, resolveFacts, worldOf} from './attribute.ts'
import {spendClassOf} from './outcome.ts'
import {type BillItem, billItems, type Placed, settleBills} from './run-bills.ts'
import {matchCalls, type Signatures} from './run-calls.ts'
import {replaceExports} from './run-editions.ts'
import {saveQuestions} from './run-gaps.ts'
import {type AttributeSummary, summarise} from './summary.ts'

export interface AttributeOptions {
  /** What the configuration declares; its place is shown as `venturi.yaml`. */
  readonly declared?: readonly LinkFact[]
  /** Settle again though nothing has changed. */
  readonly all?: boolean
  readonly say?: (line: string) => void
}

const SETTLED = ['superseded', 'invoiced', 'settlement']

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
      for (const table of [
        'spend',
        'cell',
        'remainder',
        'split',
        'tally',
        'settles',
        'question',
        'attribution',
        'outcome',
        'matched',
        ...SETTLED,
      ])
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
    all(store, facts.allSignatures, {}).map(({id, evidence}) => [id, JSON.parse(evidence) as Signature]),
  )
  const models = new Map(
    all(store, facts.allModels, {}).map(({id, identity}) => [id, JSON.parse(identity) as ModelIdentity]),
  )
  say('telling later exports from earlier ones')
  const replacing = replaceExports(store, signatures)
  say('matching calls that two sources report')
  const matching = matchCalls(store, signatures, models) || replacing
  say('adding up usage')
  run(store, matching ? sql.tallyMatchedRequests : sql.tallyRequests, {})
  const used = all(store, sql.signatureActivity, {})
  const bills = billItems(store)
  for (const bill of bills) signatures.set(bill.signatureId, bill.signature)
  say('reading the graph')
  const stated = loadFacts(store, declared)
  const known = resolveFacts(stated, signatures.values())
  const world = worldOf(stated, known)
  say('resolving signatures')
  const actives = activeSignatures(used, bills, signatures)
  const attributions = attributeAll(world, actives)
  const placed = saveAttributions(store, attributions)
  say('asking what would settle the rest')
  saveQuestions(store, {facts: stated, known, world, actives, attributions}, [...placed.signatureOf.keys()])
  say('adding up records')
  run(store, sql.findSplits, {})
  run(store, sql.insertWholeDays, {})
  run(store, sql.insertSplitDays, {})
  say('settling bills')
  settleBills(store, {bills, placed, signatures, models, graph: world.graph})
  run(store, sql.insertSpend, {})
  run(store, sql.insertCurrentSpend, {})
}

/** All facts of a store, with what the configuration declares. */
export function loadFacts(store: ReadableStore, declared: readonly LinkFact[]): Facts {
  return {
    entities: all(store, facts.allEntities, {}),
    links: [
      ...all(store, facts.allLinks, {}).map(link => ({...link, exclusive: link.exclusive === 1})),
      ...declared.map(({relation, from, to, basis, validFrom = null, validTo = null}) => ({
        ...{relation, from, to, basis, validFrom, validTo, exclusive: false},
        where: 'venturi.yaml',
      })),
    ],
    rules: all(store, facts.allRules, {}).map(rule => ({
      ...rule,
      owners: JSON.parse(rule.owners) as string[],
    })),
    deployments: all(store, facts.allDeployments, {}),
  }
}

/** Signatures with the days they were used on, in the order of their evidence. */
function activeSignatures(
  used: readonly sql.Activity[],
  bills: readonly BillItem[],
  signatures: Signatures,
): Active[] {
  const active = used.map(({signatureId, firstDay, lastDay, firstAt, cost}) => ({
    id: Number(signatureId),
    ...{firstDay: Number(firstDay), lastDay: Number(lastDay), firstAt: Number(firstAt), cost: cost ?? 0n},
  }))
  const billed = bills.map(({signatureId: id, day, lastDay, at, cost}) => ({
    id,
    firstDay: day,
    lastDay,
    firstAt: at,
    cost: cost ?? 0n,
  }))
  const once = new Map(billed.map(bill => [bill.id, bill]))
  for (const bill of billed) {
    const other = once.get(bill.id)!
    once.set(bill.id, {
      ...other,
      firstDay: Math.min(other.firstDay, bill.firstDay),
      lastDay: Math.max(other.lastDay, bill.lastDay),
    })
  }
  return [...active, ...once.values()]
    .map(item => ({
      ...item,
      signature: signatures.get(item.id)!,
      text: signatureText(signatures.get(item.id)!),
    }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
}

function saveAttributions(store: WritableStore, attributions: readonly Attribution[]): Placed {
  const signatureOf = new Map<number, number>()
  const firstOf = new Map<number, number>()
  const outcomes = new Map<string, number>()
  for (const {signatureId, from, to, outcome} of attributions) {
    const answer = JSON.stringify(outcome)
    let outcome_id = outcomes.get(answer)
    if (outcome_id === undefined) {
      const {output_state, stage_origin: stage, coper} = outcome
      const row = {
        answer,
        output_state,
        spend_class: spendClassOf(output_state),
        stage,
        coper_e4: Math.round(coper * 10_000),
      }
      outcome_id = one(store, sql.insertOutcome, row)!.id
      outcomes.set(answer, outcome_id)
    }
    const {id} = one(store, sql.insertAttribution, {
      signature_id: signatureId,
      from_at: from,
      to_at: to,
      outcome_id,
    })!
    signatureOf.set(id, signatureId)
    if (!firstOf.has(signatureId)) firstOf.set(signatureId, id)
  }
  return {signatureOf, firstOf}
}
