/** The edge of this folder towards credentials. */
import type {Outcome, SpendClass} from '../engine/outcome.ts'
import type {Caller} from '../model/caller.ts'
import {monthsIn} from '../model/months.ts'
import * as sql from '../store/queries/access.ts'
import {all, iterate, type ReadableStore} from '../store/query.ts'
import type {Access} from './access-findings.ts'
import {type AccessUse, credentialsIn} from './credentials.ts'
import {type Loaded, loadSpend, type Request} from './load.ts'
import {boundsOf} from './period.ts'
import {namesSomebody, Persons} from './persons.ts'

export function loadAccess(store: ReadableStore, request: Request): Access & {readonly loaded: Loaded} {
  const loaded = loadSpend(store, request, [])
  const bounds = boundsOf(request.period)
  const uses = usesOf(store, request)
  const statements = all(store, sql.accessLinks, {})
  const accounts = all(store, sql.identities, {})
  const persons = new Persons(statements, accounts)
  const isSomebody = namesSomebody(accounts)
  const credentials = credentialsIn(uses, statements, accounts, isSomebody)
  const left = credentials
    .filter(({holders}) => holders.some(holder => persons.departure(holder) !== null))
    .flatMap(({uses}) => uses.map(({id}) => id))
  const days = all(store, sql.accessByDay, {attributions: JSON.stringify(left), ...bounds}).map(
    ({attributionId, day, billed, records}) => ({
      ...{id: Number(attributionId), day: Number(day), cost: billed ?? 0n, records: Number(records)},
    }),
  )
  return {
    ...{loaded, uses, credentials, persons, namesSomebody: isSomebody},
    days: Map.groupBy(days, ({id}) => id),
  }
}

function usesOf(store: ReadableStore, {period, asOf}: Request): AccessUse[] {
  const outcomes = new Map(
    all(store, sql.answersById, {}).map(({id, answer, spendClass}) => [
      id,
      {outcome: JSON.parse(answer) as Outcome, spendClass: spendClass as SpendClass},
    ]),
  )
  const callers = new Map(
    all(store, sql.callers, {}).map(({id, caller}) => [id, JSON.parse(caller) as Caller]),
  )
  return Array.from(
    iterate(store, sql.accessUse, {
      current: asOf === 'current' ? 1 : 0,
      ...monthsIn(boundsOf(period)),
    }),
    row => ({
      ...outcomes.get(Number(row.outcomeId))!,
      id: Number(row.attributionId),
      caller: callers.get(Number(row.callerId))!,
      ...{from: Number(row.fromAt), to: Number(row.toAt), first: Number(row.first), last: Number(row.last)},
      ...{cost: row.billed ?? 0n, records: Number(row.records), calls: Number(row.calls)},
    }),
  )
}
