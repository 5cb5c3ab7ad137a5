/** The edge of this folder: facts out of the store, attributions, cells and remainders back into it, in one transaction. */
import {hash} from 'node:crypto'
import type {AllocationRule} from '../model/allocation-rule.ts'
import {callerOf} from '../model/caller.ts'
import {type ModelIdentity, signatureText} from '../model/chunk.ts'
import type {LinkFact, Signature} from '../model/fact.ts'
import {DAY_MS} from '../model/time.ts'
import {settleInMemory} from '../store/open.ts'
import * as sql from '../store/queries/attribute.ts'
import * as facts from '../store/queries/facts.ts'
import {getMeta, setMeta} from '../store/queries/ingest.ts'
import {all, one, type ReadableStore, run, type WritableStore} from '../store/query.ts'
import {
  type Active,
  type Attribution,
  attributeAll,
  buildWorld,
  type Facts,
  resolveFacts,
  type World,
  worldOf,
} from './attribute.ts'
import {spendClassOf} from './outcome.ts'
import {type DegradationState, heuristicBaseline, type Model, whileInTime} from './rail/model.ts'
import {type Saved, saveActivity} from './run-activity.ts'
import {type BillItem, billItems, type Placed, settleBills} from './run-bills.ts'
import {saveBudgetScopes} from './run-budgets.ts'
import {matchCalls, type Signatures} from './run-calls.ts'
import {replaceExports} from './run-editions.ts'
import {saveQuestions} from './run-gaps.ts'
import {usesIn} from './run-habits.ts'
import {saveMonths} from './run-months.ts'
import {loadDecisions, rulingsOf, rulingsText} from './run-rulings.ts'
import {saveTeams} from './run-teams.ts'
import {loadFacts} from './run-world.ts'
import type {Window} from './stages/shared-use.ts'
import {type AttributeSummary, summarise} from './summary.ts'

export interface AttributeOptions {
  /** What the configuration declares; its place is shown as `venturi.yaml`. */
  readonly declared?: readonly LinkFact[]
  /** What answers beyond rules; absent: `HeuristicBaseline`. */
  readonly model?: Model
  /** Seconds in which the model has to answer: plain rules answer what is left after them; absent: as long as it takes. */
  readonly budgetSeconds?: number | undefined
  /** Milliseconds that only grow. */
  readonly clock?: () => number
  /** How the configuration says shared costs are split. */
  readonly allocations?: readonly AllocationRule[]
  /** Settle again though nothing has changed. */
  readonly all?: boolean
  /** Epoch ms: overrides that have expired by then no longer hold. */
  readonly now?: number
  readonly say?: (line: string) => void
}

const SETTLED = ['superseded', 'invoiced', 'settlement']

/** Settles what has been ingested since the last time; with nothing new it says what was settled then. */
export function attributeStore(store: WritableStore, options: AttributeOptions = {}): AttributeSummary {
  const {
    declared = [],
    allocations = [],
    model = heuristicBaseline('disabled'),
    all: again = false,
    now = Date.now(),
    budgetSeconds,
    clock = () => performance.now(),
    say = () => {},
  } = options
  if (again || !isSettled(store, {declared, allocations, model, budgetSeconds, now})) {
    settleInMemory(store)
    store.database.exec('BEGIN IMMEDIATE')
    try {
      const rulings = rulingsOf(loadDecisions(store), declared, now)
      for (const table of [
        'spend',
        'activity',
        'traffic',
        'latency',
        'workflow',
        'flow',
        'step',
        'lone',
        'workload',
        'budget_scope',
        'team',
        'cell',
        'monthly',
        'channel_day',
        'remainder',
        'split',
        'tally',
        'settles',
        'untried',
        'question',
        'attribution',
        'caller',
        'outcome',
        'matched',
        ...SETTLED,
      ])
        store.database.exec(`DELETE FROM ${table}`)
      const timer = () => timerOf(budgetSeconds, clock)
      settleAll(store, loadFacts(store, declared, rulings), {allocations, model, timer, say})
      run(store, sql.clearChanged, {})
      run(store, setMeta, {key: 'declared', value: configured({declared, allocations, model, budgetSeconds})})
      run(store, setMeta, {key: 'decided', value: rulingsText(rulings)})
      store.database.exec('COMMIT')
    } catch (error) {
      store.database.exec('ROLLBACK')
      throw error
    }
  }
  const states = all(store, sql.degradationStates, {}).map(({state}) => state as DegradationState)
  return summarise(all(store, sql.settledTotals, {}), one(store, sql.attributedSignatures, {})!.count, states)
}

/** Whether there is time left, from now on. */
function timerOf(seconds: number | undefined, clock: () => number): () => boolean {
  if (seconds === undefined) return () => true
  const end = clock() + seconds * 1000
  return () => clock() < end
}

/** Whether what was settled last still holds: nothing has been read, declared, decided or has expired since. */
export function isSettled(
  store: ReadableStore,
  {
    declared = [],
    allocations = [],
    model = heuristicBaseline('disabled'),
    budgetSeconds,
    now = Date.now(),
  }: AttributeOptions,
): boolean {
  const known = (key: string) => one(store, getMeta, {key})?.value
  const then = known('declared')
  if (known('changed') !== undefined || then !== configured({declared, allocations, model, budgetSeconds}))
    return false
  return (known('decided') ?? '[]') === rulingsText(rulingsOf(loadDecisions(store), declared, now))
}

/** What `attribute` was configured with, to be compared: other words, other answers. */
const configured = ({
  declared,
  allocations,
  model,
  budgetSeconds,
}: Pick<Required<AttributeOptions>, 'declared' | 'allocations' | 'model'> &
  Pick<AttributeOptions, 'budgetSeconds'>): string =>
  JSON.stringify([declared, allocations, model.version, model.state, budgetSeconds])

/** The graph as `attribute` would see it. */
export function readWorld(store: ReadableStore, declared: readonly LinkFact[], now: number): World {
  const rulings = rulingsOf(loadDecisions(store), declared, now)
  const signatures = all(store, facts.allSignatures, {}).map(
    ({evidence}) => JSON.parse(evidence) as Signature,
  )
  return buildWorld(loadFacts(store, declared, rulings), signatures)
}

function settleAll(
  store: WritableStore,
  stated: Facts,
  {
    allocations: rules,
    model,
    timer,
    say,
  }: Required<Pick<AttributeOptions, 'allocations' | 'model' | 'say'>> & {
    readonly timer: () => () => boolean
  },
): void {
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
  const tally = matching ? sql.tallyMatchedRequests : sql.tallyRequests
  for (const {day} of all(store, sql.usageDays, {})) run(store, tally, {day})
  const used = all(store, sql.signatureActivity, {})
  const bills = billItems(store)
  for (const bill of bills) signatures.set(bill.signatureId, bill.signature)
  say('reading the graph')
  const known = resolveFacts(stated, signatures.values())
  const world = worldOf(stated, known, model)
  saveBudgetScopes(store, world)
  say('resolving signatures')
  const actives = activeSignatures(used, bills, signatures)
  const sharing = {rules, usesOf: (windows: readonly Window[]) => usesIn(store, windows, models)}
  const inTime = timer()
  const attributions = attributeAll(world, actives, sharing, inTime)
  const {placed, saved} = saveAttributions(store, attributions, signatures)
  say('asking what would settle the rest')
  const supposing = {...world, model: whileInTime(model, inTime)}
  const base = {facts: stated, known, world: supposing, actives, attributions}
  saveQuestions(store, base, [...placed.signatureOf.keys()])
  say('adding up records')
  run(store, sql.findSplits, {})
  run(store, sql.insertWholeDays, {})
  run(store, sql.insertSplitDays, {})
  say('settling bills')
  settleBills(store, {bills, placed, signatures, models, graph: world.graph})
  run(store, sql.insertSpend, {})
  run(store, sql.insertCurrentSpend, {})
  saveMonths(store)
  say('counting teams')
  saveTeams(store, world, lastUse(actives))
  say('adding up calls')
  saveActivity(store, saved, signatures)
}

/** Epoch ms: when the last day of usage begins. */
const lastUse = (actives: readonly Active[]): number =>
  actives.reduce((last, {lastDay}) => Math.max(last, lastDay), 0) * DAY_MS

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

/** Into tables that are empty: ids are places in order. */
function saveAttributions(
  store: WritableStore,
  attributions: readonly Attribution[],
  signatures: Signatures,
): {readonly placed: Placed; readonly saved: readonly Saved[]} {
  const saved: Saved[] = []
  const signatureOf = new Map<number, number>()
  const firstOf = new Map<number, number>()
  // By digest: the answers of a large company are too much to keep.
  const outcomes = new Map<string, number>()
  const callers = new Map<string, number>()
  for (const attribution of attributions) {
    const {signatureId, from, to, outcome} = attribution
    const answer = JSON.stringify(outcome)
    const digest = hash('sha256', answer, 'base64')
    let outcome_id = outcomes.get(digest)
    if (outcome_id === undefined) {
      outcome_id = outcomes.size + 1
      outcomes.set(digest, outcome_id)
      const {output_state, stage_origin: stage, coper} = outcome
      run(store, sql.insertOutcome, {
        ...{id: outcome_id, answer, output_state, spend_class: spendClassOf(outcome), stage},
        coper_e4: Math.round(coper * 10_000),
      })
    }
    const caller = JSON.stringify(callerOf(signatures.get(signatureId)!))
    let caller_id = callers.get(caller)
    if (caller_id === undefined) {
      callers.set(caller, (caller_id = callers.size + 1))
      run(store, sql.insertCaller, {id: caller_id, caller})
    }
    const id = signatureOf.size + 1
    run(store, sql.insertAttribution, {
      ...{id, signature_id: signatureId, from_at: from, to_at: to, outcome_id, caller_id},
    })
    saved.push({attribution, outcomeId: outcome_id})
    signatureOf.set(id, signatureId)
    if (!firstOf.has(signatureId)) firstOf.set(signatureId, id)
  }
  return {placed: {signatureOf, firstOf}, saved}
}
