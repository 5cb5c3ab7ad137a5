/** The edge of this folder: what is so on this machine, in this configuration and in this database. */
import {existsSync, statSync} from 'node:fs'
import {allocationRules} from '../../config/allocations.ts'
import {type Config, readConfig} from '../../config/config.ts'
import {declaredLinks} from '../../config/declared.ts'
import type {Context} from '../../config/discover.ts'
import {missingCredentials, nameOf} from '../../connectors/live/pull.ts'
import {isSettled} from '../../engine/run.ts'
import type {ModelIdentity} from '../../model/chunk.ts'
import {UserError} from '../../model/errors.ts'
import {dayOf, parseTime} from '../../model/time.ts'
import {CATALOGUE, CATALOGUE_DATE} from '../../pricing/catalogue.ts'
import {openForReading} from '../../store/open.ts'
import {attributedSignatures} from '../../store/queries/attribute.ts'
import * as sql from '../../store/queries/doctor.ts'
import {channels} from '../../store/queries/facts.ts'
import {getMeta} from '../../store/queries/ingest.ts'
import {sourceRounds} from '../../store/queries/live.ts'
import {all, one, type ReadableStore} from '../../store/query.ts'
import {loadModel} from '../model/load.ts'
import {pricesAreStale} from '../pricing/reprice.ts'
import {whyUnpriced} from '../pricing/why-unpriced.ts'
import {
  type Content,
  type Gathered,
  MOST_PLACES,
  type PlacedIssue,
  type Problem,
  type Unpriced,
} from './checks.ts'

/** `now` in epoch ms; paths as `show` writes them. */
export function gather(
  {db, config}: Context,
  {
    node,
    now,
    show,
    env,
  }: {
    readonly node: string
    readonly now: number
    readonly show: (path: string) => string
    readonly env: NodeJS.ProcessEnv
  },
): Gathered {
  const configured = attempt(() => readConfig(config))
  const known = 'mend' in configured ? null : configured
  return {
    node,
    config: {path: config === null ? null : show(config), problem: 'mend' in configured ? configured : null},
    listed: (known?.sources ?? []).map(settings => ({
      source: nameOf(settings),
      missing: missingCredentials(settings, env),
    })),
    database: {
      path: show(db),
      bytes: existsSync(db) ? bytesOf(db) : null,
      content: existsSync(db) ? attempt(() => contentOf(db, known, now)) : null,
    },
    catalogue: {name: CATALOGUE, day: dayOf(parseTime(CATALOGUE_DATE)!)},
    today: dayOf(now),
  }
}

/** Issues as `ingest --json` lists them, up to `most` of each code. */
export function listIssues(db: string, most: number): PlacedIssue[] {
  if (!existsSync(db)) return []
  const found = attempt(() => {
    using store = openForReading(db)
    return all(store, sql.firstIssues, {most})
  })
  return 'mend' in found ? [] : found
}

/** What the person can mend becomes a finding; the other checks go on. */
function attempt<T>(read: () => T): T | Problem {
  try {
    return read()
  } catch (error) {
    if (error instanceof UserError) return {message: error.message, mend: error.mend}
    throw error
  }
}

const bytesOf = (db: string): number =>
  [db, `${db}-wal`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0)

/** `config` is null where it cannot be read: then nothing is stale because of it. */
function contentOf(db: string, config: Config | null, now: number): Content {
  using store = openForReading(db)
  const totals = one(store, sql.ingestTotals, {})!
  const settled = one(store, getMeta, {key: 'declared'})?.value
  const unpriced = all(store, settled === undefined ? sql.unpricedUsage : sql.unpricedModels, {})
  return {
    ...totals,
    schema: store.database.pragma('user_version', {simple: true}) as number,
    usage: totals.usage === 1,
    issueCodes: all(store, sql.issueCodes, {}),
    firstIssues: all(store, sql.firstIssues, {most: MOST_PLACES}),
    attributed: settled !== undefined,
    stale:
      one(store, getMeta, {key: 'changed'}) !== undefined ||
      (config !== null &&
        !isSettled(store, {
          declared: declaredLinks(config),
          allocations: allocationRules(config.allocations),
          model: loadModel(config, db).model,
          budgetSeconds: config.inference?.budget_seconds,
          now,
        })),
    stalePrices: config !== null && pricesAreStale(store, config),
    signatures: one(store, attributedSignatures, {})!.count,
    unpriced: byModel(unpriced, whyUnpriced(config ?? {}, now)),
    channels: lastDays(store),
    asked: readings(store),
  }
}

function byModel(
  rows: readonly {readonly identity: string; readonly records: number; readonly unknown: number}[],
  why: (model: ModelIdentity) => string | null,
): Unpriced[] {
  const found = new Map<string, Unpriced>()
  for (const {identity, records, unknown} of rows) {
    const model = JSON.parse(identity) as ModelIdentity
    const [provider, requested, served] = model
    const bare = served ?? requested ?? 'no model named'
    const name = provider === null ? bare : `${bare} at ${provider}`
    const reason = why(model)
    const known = found.get(`${name}\n${reason}`)
    found.set(`${name}\n${reason}`, {
      model: name,
      reason,
      records: records + (known?.records ?? 0),
      unknown: unknown + (known?.unknown ?? 0),
    })
  }
  return [...found.values()].sort((a, b) => b.records - a.records || (a.model < b.model ? -1 : 1))
}

function readings(store: ReadableStore): Content['asked'] {
  const rounds = all(store, sourceRounds, {})
  return [...new Set(rounds.map(({source}) => source))].map(source => {
    const of = (stream: string) => rounds.find(round => round.source === source && round.stream === stream)
    const done = of('done')
    return {source, day: done ? dayOf(done.at) : null, interrupted: of('round') !== undefined}
  })
}

/** Invoices are no usage: looking for their last use would read the whole table. */
const lastDays = (store: ReadableStore) =>
  all(store, channels, {}).flatMap(({channel}) => {
    const found = channel === null || channel === 'invoice' ? undefined : one(store, sql.lastDayOf, {channel})
    return found ? [{channel, day: found.day}] : []
  })
