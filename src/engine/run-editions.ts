/** Edge: tells later exports from earlier ones, and takes the rows of the earlier out of what is counted. */
import {editionOf} from '../model/edition.ts'
import type {Signature} from '../model/fact.ts'
import {formatUsd} from '../model/money.ts'
import {formatDay} from '../model/time.ts'
import * as sql from '../store/queries/editions.ts'
import {insertIssue} from '../store/queries/ingest.ts'
import {all, run, type WritableStore} from '../store/query.ts'
import {type Gone, overlap, replace, type Undated} from './editions.ts'
import {type Edition, type Holdings, holdingKey} from './exports.ts'

type Signatures = ReadonlyMap<number, Signature>

/** Fills `superseded` and `matched`; says whether any row no longer counts. */
export function replaceExports(store: WritableStore, signatures: Signatures): boolean {
  run(store, sql.clearExportIssues, {})
  const editions = all(store, sql.allEditions, {}).map(row => ({...row, final: row.final === 1}))
  const days = overlap(editions)
  if (days === null) return false
  const {superseded, repeated, undated, gone} = replace(editions, holdings(store, editions, days, signatures))
  for (const {day, edition, from, to} of superseded)
    run(store, sql.insertSuperseded, {
      day,
      edition: editionOf(edition.partition, edition.batch),
      from_at: from,
      to_at: to,
    })
  if (superseded.length > 0) run(store, sql.matchSuperseded, {})
  for (const {batches, from, to} of repeated)
    run(store, sql.matchRepeated, {batches: JSON.stringify(batches), from, to})
  for (const pair of undated)
    run(store, insertIssue, {batch_id: pair.kept.batch, line: 1, ...undatedText(pair)})
  for (const loss of gone) run(store, insertIssue, {batch_id: loss.kept.batch, line: 1, ...goneText(loss)})
  return superseded.length > 0 || repeated.length > 0
}

const undatedText = ({kept, dropped, from, to, more}: Undated) => ({
  code: 'undated-export',
  message:
    `${kept.path} and ${dropped.path} differ on ${formatDay(from)}${from === to ? '' : ` to ${formatDay(to)}`}, ` +
    `and nothing says which was exported later; the first is counted` +
    (more === 0n ? '' : more > 0n ? `, $${formatUsd(more)} more` : `, $${formatUsd(-more)} less`),
  mend: 'put each export in a folder named for its day, as exports/2026-11-03/, or remove the older',
})

const goneText = ({kept, accounts, amount}: Gone) => ({
  code: 'gone-from-export',
  message: `${kept.path} no longer names ${accounts.slice(0, 3).join(', ')}${accounts.length > 3 ? ', …' : ''}, which stood at $${formatUsd(amount)}: counted as gone`,
  mend: 'nothing, if it is so; if the export was limited to a part of the account, export all of it',
})

/** What the files' rows hold on the days that are said twice. */
function holdings(
  store: WritableStore,
  editions: readonly Edition[],
  days: {readonly from: number; readonly to: number},
  signatures: Signatures,
): Holdings {
  const keys = new Map(
    editions.map(({batch, partition}) => [editionOf(partition, batch), holdingKey(batch, partition)]),
  )
  const found = new Map<string, {days: Map<number, Day>; names: Set<string>}>()
  const dayOf = (edition: string, day: number): {day: Day; names: Set<string>} | undefined => {
    const key = keys.get(edition)
    if (key === undefined) return undefined
    const holding = found.get(key) ?? {days: new Map<number, Day>(), names: new Set<string>()}
    found.set(key, holding)
    const known = holding.days.get(day) ?? {rows: 0, cost: 0n, tokens: 0n, firstRows: []}
    holding.days.set(day, known)
    return {day: known, names: holding.names}
  }
  for (const {edition, day, signatureId, rows, cost, tokens} of all(store, sql.editionDays, days)) {
    const held = dayOf(edition, Number(day))
    if (held === undefined) continue
    held.day.rows += Number(rows)
    held.day.cost += cost ?? 0n
    held.day.tokens += tokens ?? 0n
    for (const name of namesIn(signatures.get(Number(signatureId)) ?? {})) held.names.add(name)
  }
  for (const {edition, day, id} of all(store, sql.editionRows, {...days, most: FIRST_ROWS}))
    dayOf(edition, day)?.day.firstRows.push(id)
  return found
}

/** Rows of a day by which an export is known again. */
const FIRST_ROWS = 32

interface Day {
  rows: number
  cost: bigint
  tokens: bigint
  firstRows: string[]
}

/** What only one account can name; every account has a default workspace. */
const namesIn = ({account, project, key, user}: Signature): string[] =>
  [account, project, key, user].filter(
    name => name !== undefined && name !== 'anthropic:workspace/default',
  ) as string[]
