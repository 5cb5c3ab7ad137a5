/** Edge: what reviews are priced from as a small database of its own, and out of it again. */
import type {Ref, SpendClass} from '../../engine/outcome.ts'
import type {ModelIdentity} from '../../model/chunk.ts'
import {dayOf, formatDay, parseTime} from '../../model/time.ts'
import type {Budget} from '../../report/budgets.ts'
import * as sql from '../../store/queries/snapshot.ts'
import {all, type ReadableStore, run, type WritableStore} from '../../store/query.ts'
import {emptySnapshot, writeAsFile} from '../../store/snapshot.ts'
import type {Account, Answer, Observed, Seen} from './observed.ts'
import type {Repository} from './places.ts'

export interface Written {
  readonly bytes: number
  readonly made_on: string
  readonly since: string
  readonly until: string
  readonly whole: boolean
  readonly repositories: number
  readonly services: number
  readonly budgets: number
  readonly rows: number
}

/** The same `observed` on the same day (`now`: epoch ms) gives the same bytes. What stands at `path` already is replaced in one step. */
export function writeSnapshot(observed: Observed, path: string, now: number): Written {
  using store = emptySnapshot()
  const {from, to, isWhole, repositories, traffic, accounts} = observed
  const about = {
    made_on: formatDay(dayOf(now)),
    since: formatDay(from),
    until: formatDay(to - 1),
    whole: isWhole,
  }
  const save = store.database.transaction(() => {
    for (const [key, value] of Object.entries({what: WHAT, ...about}))
      run(store, sql.insertAbout, {key, value: String(value)})
    for (const repository of repositories)
      run(store, sql.insertRepository, {repository: JSON.stringify(repository)})
    saveTraffic(store, traffic)
    saveAccounts(store, accounts)
  })
  save()
  const bytes = writeAsFile(store, path)
  const services = new Set(traffic.flatMap(({outcome}) => outcome.owner.service?.id ?? []))
  return {
    ...{bytes, ...about, repositories: repositories.length, services: services.size},
    ...{budgets: accounts.length, rows: traffic.length},
  }
}

const WHAT = 'what venturi diff prices changes from, without people; made by venturi export snapshot'

function saveTraffic(store: WritableStore, traffic: readonly Seen[]): void {
  const models = new Map<string, number>()
  const answers = new Map<string, number>()
  for (const seen of traffic) {
    const {outcome, spendClass: spend_class, coper} = seen
    const [answer, identity] = [JSON.stringify(outcome), JSON.stringify(seen.model)]
    const answerId = numberOf(answers, JSON.stringify([answer, spend_class, coper]), id =>
      run(store, sql.insertAnswer, {id, answer, spend_class, coper}),
    )
    const modelId = numberOf(models, identity, id => run(store, sql.insertModel, {id, identity}))
    run(store, sql.insertTraffic, {
      ...{day: seen.day, answer_id: answerId, model_id: modelId, records: seen.records},
      ...{requests: seen.requests, input_tokens: seen.inputTokens, output_tokens: seen.outputTokens},
      ...{cache_read_tokens: seen.cacheReadTokens, cache_write_tokens: seen.cacheWriteTokens},
      ...{billed_nanos: seen.cost, unpriced: seen.unpriced},
    })
  }
}

/** Its place among all that are known, from 1 on; a new one is saved. */
function numberOf(known: Map<string, number>, text: string, save: (id: number) => void): number {
  const found = known.get(text)
  if (found !== undefined) return found
  const id = known.size + 1
  known.set(text, id)
  save(id)
  return id
}

function saveAccounts(store: WritableStore, accounts: readonly Account[]): void {
  for (const [index, {budget, spent}] of accounts.entries()) {
    const {name, organization, costCenter, project, from, to, amount, currency, kind} = budget
    const id = index + 1
    run(store, sql.insertAccount, {
      ...{id, name, project, currency, kind, fromDay: from, toDay: to, amountNanos: amount},
      ...{organizationId: organization?.id ?? null, organizationName: organization?.name ?? null},
      ...{costCenterId: costCenter?.id ?? null, costCenterName: costCenter?.name ?? null},
    })
    for (const [day, nanos] of spent) run(store, sql.insertSpent, {account_id: id, day, nanos})
  }
}

export function readSnapshot(store: ReadableStore): Observed {
  const about = new Map(all(store, sql.aboutSnapshot, {}).map(({key, value}) => [key, value]))
  const day = (key: string): number => dayOf(parseTime(about.get(key)!)!)
  return {
    ...{from: day('since'), to: day('until') + 1, isWhole: about.get('whole') === 'true'},
    repositories: all(store, sql.snapshotRepositories, {}).map(
      ({repository}) => JSON.parse(repository) as Repository,
    ),
    traffic: readTraffic(store),
    accounts: readAccounts(store),
  }
}

function readTraffic(store: ReadableStore): Seen[] {
  const models = new Map(
    all(store, sql.snapshotModels, {}).map(({id, identity}) => [id, JSON.parse(identity) as ModelIdentity]),
  )
  const answers = new Map(
    all(store, sql.snapshotAnswers, {}).map(({id, answer, spendClass, coper}) => [
      id,
      {outcome: JSON.parse(answer) as Answer, spendClass: spendClass as SpendClass, coper},
    ]),
  )
  const count = (value: bigint | null): number | null => (value === null ? null : Number(value))
  return all(store, sql.snapshotTraffic, {}).map(row => ({
    ...answers.get(Number(row.answerId))!,
    ...{day: Number(row.day), model: models.get(Number(row.modelId))!, records: Number(row.records)},
    ...{requests: count(row.requests), inputTokens: count(row.inputTokens)},
    ...{outputTokens: count(row.outputTokens), cacheReadTokens: count(row.cacheReadTokens)},
    ...{cacheWriteTokens: count(row.cacheWriteTokens), cost: row.billedNanos, unpriced: Number(row.unpriced)},
  }))
}

function readAccounts(store: ReadableStore): Account[] {
  const spent = Map.groupBy(all(store, sql.snapshotSpent, {}), ({accountId}) => accountId)
  return all(store, sql.snapshotAccounts, {}).map(row => {
    const {name, project, amountNanos: amount, currency, kind} = row
    const budget: Budget = {
      ...{name, project, amount, currency, kind, from: Number(row.fromDay), to: Number(row.toDay)},
      organization: refOf(row.organizationId, row.organizationName),
      costCenter: refOf(row.costCenterId, row.costCenterName),
    }
    return {
      budget,
      spent: new Map((spent.get(row.id) ?? []).map(({day, nanos}) => [Number(day), nanos])),
    }
  })
}

const refOf = (id: string | null, name: string | null): Ref | null =>
  id === null || name === null ? null : {id, name}
