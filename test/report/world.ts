/** Test stores by method calls: usage, answers and cells as `attribute` leaves them. A test states only what matters. */

import type {Outcome, Question, Ref, SpendClass} from '../../src/engine/outcome.ts'
import {saveActivity} from '../../src/engine/run-activity.ts'
import {saveMonths} from '../../src/engine/run-months.ts'
import {callerOf} from '../../src/model/caller.ts'
import {COST_SOURCES, GRANULARITIES} from '../../src/model/chunk.ts'
import type {CallContext, Granularity, Signature} from '../../src/model/fact.ts'
import {parseUsd} from '../../src/model/money.ts'
import {dayOf} from '../../src/model/time.ts'
import {openForWriting} from '../../src/store/open.ts'
import {insertCurrentSpend, insertSpend} from '../../src/store/queries/attribute.ts'
import type {WritableStore} from '../../src/store/query.ts'
import {run} from '../../src/store/query.ts'

export const team = (name: string): Ref => ({
  id: `github:team/acme/${name.toLowerCase().replaceAll(' ', '-')}`,
  name,
})
export const service = (name: string): Ref => ({id: `backstage:component/default/${name}`, name})
export const budget = (code: string, name: string): Ref => ({id: `finance:cost_center/${code}`, name})

export const spendClassOf = (state: Outcome['output_state']): SpendClass =>
  state === 'deterministically_resolved' || state === 'strongly_inferred'
    ? 'owned'
    : state === 'bounded' || state === 'ambiguous'
      ? 'contested'
      : 'unresolved'

export const outcome = (part: Partial<Outcome> = {}): Outcome => ({
  output_state: 'unknown',
  coper: 0,
  stage_origin: 'stage_a',
  owner: {service: null, identity: null, project: null, organization: null, budget: null},
  environment: null,
  shares: [{organization: null, budget: null, share_ppm: 1_000_000, basis: 'owner not known'}],
  edges: [],
  candidates: [],
  waterfall: [],
  basis: [],
  rationale: 'Nobody has written down whose this is.',
  contradictions: [],
  degradation_state: 'none',
  model_version: null,
  ...part,
})

export interface Call {
  readonly id: string
  readonly at: string
  readonly usd: string | null
  readonly outcome: Outcome
  readonly signature?: Signature
  readonly spendClass?: SpendClass
  readonly granularity?: Granularity
  readonly source?: (typeof COST_SOURCES)[number]
  readonly tokens?: readonly [input: number, output: number, cacheRead: number]
  readonly model?: readonly [string | null, string | null, string | null, string | null]
  readonly price?: object
  readonly trace?: string
  readonly line?: number
  readonly failed?: boolean
  readonly context?: CallContext
}

export interface World {
  readonly store: WritableStore
  call(call: Call): World
  /** What a bill leaves over. */
  remainder(part: {id: string; at: string; usd: string; outcome: Outcome; signature?: Signature}): World
  /** A bill decides what all cells of a day with this answer cost, or (null) that nobody knows. */
  bill(part: {day: string; outcome: Outcome; usd: string | null}): World
  /** Rows of a channel are only detail of others. */
  detail(channel: string): World
  /** A row is absorbed into another source's row about the same call. */
  absorb(id: string, channel: string): World
  invoice(part: {start: string; end: string; usd: string}): World
  /** What `attribute` asks, and the answers it would settle with which probability. */
  question(
    question: Question,
    settles: readonly {outcome: Outcome; signature?: Signature; ppm: number}[],
  ): World
}

const MODEL = ['openai', 'gpt-5', 'gpt-5-2025-08-07', null] as const
const FOREVER = 9_000_000_000_000

export function world(path = ':memory:'): World {
  const store = openForWriting(path)
  const db = store.database
  const intern = (table: string, column: string, value: string): number => {
    db.prepare(`INSERT OR IGNORE INTO ${table} (${column}) VALUES (?)`).run(value)
    return (db.prepare(`SELECT id FROM ${table} WHERE ${column} = ?`).get(value) as {id: number}).id
  }
  db.prepare(
    `INSERT INTO batch VALUES (7, 'sha', '', 'dumps/litellm/spend.jsonl', 'litellm-spend', 1, 1, 1, 0)`,
  ).run()
  const settle = (answer: Outcome, evidence: Signature, spendClass?: SpendClass): number => {
    const text = JSON.stringify(answer)
    if (db.prepare('SELECT 1 FROM outcome WHERE answer = ?').get(text) === undefined)
      db.prepare(
        'INSERT INTO outcome (answer, output_state, spend_class, stage, coper_e4) VALUES (?, ?, ?, ?, ?)',
      ).run(
        text,
        answer.output_state,
        spendClass ?? spendClassOf(answer.output_state),
        answer.stage_origin,
        Math.round(answer.coper * 10_000),
      )
    const {id} = db.prepare('SELECT id FROM outcome WHERE answer = ?').get(text) as {id: number}
    // Each answer gets a signature of its own unless the test says which.
    const said: Signature = {channel: 'litellm', key: `litellm:key/${id}`, ...evidence}
    const signature = intern('signature', 'evidence', JSON.stringify(said))
    const {lastInsertRowid: caller} = db
      .prepare('INSERT INTO caller (caller) VALUES (?)')
      .run(JSON.stringify(callerOf(said)))
    db.prepare(
      'INSERT OR IGNORE INTO attribution (signature_id, from_at, to_at, outcome_id, caller_id) VALUES (?, 0, ?, ?, ?)',
    ).run(signature, FOREVER, id, caller)
    return signature
  }
  const attributionOf = (signature: number): number =>
    (db.prepare('SELECT id FROM attribution WHERE signature_id = ?').get(signature) as {id: number}).id
  const saved = () =>
    (
      db
        .prepare(
          'SELECT signature_id, from_at, to_at, outcome_id, answer FROM attribution JOIN outcome ON outcome.id = outcome_id ORDER BY attribution.id',
        )
        .raw()
        .all() as [number, number, number, number, string][]
    ).map(([signatureId, from, to, outcomeId, answer]) => ({
      attribution: {signatureId, from, to, outcome: JSON.parse(answer) as Outcome},
      outcomeId,
    }))
  const signatures = () =>
    new Map(
      (db.prepare('SELECT id, evidence FROM signature').raw().all() as [number, string][]).map(
        ([id, evidence]) => [id, JSON.parse(evidence) as Signature],
      ),
    )
  let line = 0
  const self: World = {
    // What reports read is summed up when the world is asked for its store.
    get store() {
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
        'monthly',
        'channel_day',
      ])
        db.exec(`DELETE FROM ${table}`)
      run(store, insertSpend, {})
      run(store, insertCurrentSpend, {})
      saveActivity(store, saved(), signatures())
      saveMonths(store)
      return store
    },
    call(call) {
      const evidence = call.signature ?? {}
      const signature = settle(call.outcome, evidence, call.spendClass)
      const at = Date.parse(call.at)
      const nanos = call.usd === null ? null : parseUsd(call.usd)!
      const [input, output, cacheRead] = call.tokens ?? [1000, 200, 0]
      const channel = evidence.channel ?? 'litellm'
      const model = intern('model', 'identity', JSON.stringify(call.model ?? MODEL))
      const granularity = GRANULARITIES.indexOf(call.granularity ?? 'request')
      db.prepare('INSERT INTO usage VALUES (?,?,?,?,?,7,?,?,?,?,1,?,?,?,NULL,?,?,?,?,?,NULL,NULL,?)').run(
        dayOf(at),
        call.id,
        channel,
        signature,
        model,
        call.line ?? ++line,
        granularity,
        at,
        call.granularity === 'bucket' ? at + 86_400_000 : null,
        input,
        output,
        cacheRead,
        nanos,
        COST_SOURCES.indexOf(call.source ?? (nanos === null ? 'none' : 'catalogue')),
        call.price === undefined ? null : intern('price', 'price', JSON.stringify(call.price)),
        call.failed ? 1 : 0,
        call.trace ?? null,
        call.context === undefined ? null : intern('context', 'context', JSON.stringify(call.context)),
      )
      db.prepare(
        `INSERT INTO cell VALUES (?,?,?,?,?,1,1,?,?,?,NULL,?,?,?,1,0)
         ON CONFLICT DO UPDATE SET records = records + 1, requests = requests + 1,
           input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,
           cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
           est_nanos = CASE WHEN excluded.est_nanos IS NULL THEN est_nanos ELSE ifnull(est_nanos, 0) + excluded.est_nanos END,
           billed_nanos = CASE WHEN excluded.est_nanos IS NULL THEN billed_nanos ELSE ifnull(est_nanos, 0) + excluded.est_nanos END,
           unpriced = unpriced + excluded.unpriced`,
      ).run(
        dayOf(at),
        attributionOf(signature),
        channel,
        model,
        granularity,
        input,
        output,
        cacheRead,
        nanos,
        nanos === null ? 1 : 0,
        nanos,
      )
      return self
    },
    remainder({id, at, usd, outcome: answer, signature = {}}) {
      db.prepare('INSERT INTO remainder VALUES (?,?,?,NULL,?,?,?,?,7,99)').run(
        id,
        dayOf(Date.parse(at)),
        Date.parse(at),
        attributionOf(settle(answer, signature)),
        intern('model', 'identity', JSON.stringify(MODEL)),
        parseUsd(usd)!,
        COST_SOURCES.indexOf('provider'),
      )
      return self
    },
    bill({day, outcome: answer, usd}) {
      db.prepare(
        `UPDATE cell SET billed_nanos = ? WHERE day = ? AND attribution_id IN (
          SELECT a.id FROM attribution a JOIN outcome o ON o.id = a.outcome_id WHERE o.answer = ?)`,
      ).run(usd === null ? null : parseUsd(usd)!, dayOf(Date.parse(day)), JSON.stringify(answer))
      return self
    },
    detail(channel) {
      db.prepare('UPDATE cell SET counts = 0 WHERE channel = ?').run(channel)
      return self
    },
    absorb(id, channel) {
      db.prepare(
        'INSERT INTO matched (day, id, channel) SELECT day, id, channel FROM usage WHERE id = ? AND channel = ?',
      ).run(id, channel)
      return self
    },
    invoice({start, end, usd}) {
      const asked = [Date.parse(start), Date.parse(end), parseUsd(usd)!] as const
      db.prepare(`INSERT INTO bill VALUES (7, 1, 'INV-1', 'openai', NULL, ?, ?, ?, 'USD', 'paid')`).run(
        ...asked,
      )
      db.prepare(`INSERT INTO invoiced VALUES ('INV-1', 'INV-1', 'INV-1', 'openai', NULL, ?, ?, ?)`).run(
        ...asked,
      )
      return self
    },
    question(question, settles) {
      const {lastInsertRowid: id} = db
        .prepare('INSERT INTO question (question) VALUES (?)')
        .run(JSON.stringify(question))
      for (const {outcome: answer, signature = {}, ppm} of settles)
        db.prepare('INSERT INTO settles VALUES (?, ?, 1, ?, NULL)').run(
          attributionOf(settle(answer, signature)),
          id,
          ppm,
        )
      return self
    },
  }
  return self
}
