/** Overrides and disputes: checked, written to the audit trail, and the store marked as to be attributed again. */
import {readWorld} from '../../engine/run.ts'
import {loadDecisions} from '../../engine/run-rulings.ts'
import {
  type Days,
  type Dispute,
  type Override,
  placeOf,
  type Subject,
  standingOf,
  subjectText,
} from '../../model/decisions.ts'
import {UserError} from '../../model/errors.ts'
import type {LinkFact} from '../../model/fact.ts'
import {DAY_MS, formatDay, parseTime} from '../../model/time.ts'
import {setMeta} from '../../store/queries/ingest.ts'
import {run, type WritableStore} from '../../store/query.ts'
import {append} from './append.ts'
import {findSubject, findTeam} from './subject.ts'

/** Who decides, when (epoch ms), and what the configuration declares. */
export interface Desk {
  readonly store: WritableStore
  readonly declared: readonly LinkFact[]
  readonly now: number
  readonly actor: string
}

interface About {
  readonly of: string
  readonly why: string
  readonly from?: string | undefined
  readonly until?: string | undefined
}

/** One decision: all of it or nothing, and what was settled is out of date. */
function decide<T>({store}: Desk, act: () => T): T {
  return store.database
    .transaction(() => {
      const done = act()
      run(store, setMeta, {key: 'changed', value: '1'})
      return done
    })
    .immediate()
}

export function addOverride(
  desk: Desk,
  said: About & {readonly team: string; readonly expires?: string | undefined},
): Override {
  const {store, declared, now} = desk
  const why = reason(said.why)
  const days = daysOf(said)
  const expires = said.expires === undefined ? undefined : day(said.expires, '--expires')
  if (expires !== undefined && parseTime(expires)! + DAY_MS <= now)
    throw new UserError(`--expires ${expires} is past`, 'name a day that is to come, or leave it out')
  return decide(desk, () => {
    const world = readWorld(store, declared, now)
    const of = findSubject(store, world, said.of)
    const id = override(desk, of, findTeam(world, said.team), {...days, ...(expires && {expires}), why})
    return loadDecisions(store).overrides.find(known => known.id === id)!
  })
}

function override(
  {store, now: at, actor}: Desk,
  of: Subject,
  team: {readonly id: string; readonly name: string},
  rest: Days & {readonly why: string; readonly expires?: string; readonly dispute?: number},
): number {
  const detail = {of, team: team.id, team_name: team.name, ...rest}
  return append(store, {at, actor, action: 'override.add', subject: subjectText(of), detail})
}

export function revokeOverride(desk: Desk, id: string, why: string): Override {
  const {store, now: at, actor} = desk
  const because = reason(why)
  return decide(desk, () => {
    const found = byId(loadDecisions(store).overrides, id, 'override')
    const standing = standingOf(found, at)
    if (standing !== 'in force')
      throw new UserError(`override ${found.id}: ${standing} already`, 'see `venturi override list --all`')
    const detail = {override: found.id, why: because}
    append(store, {at, actor, action: 'override.revoke', subject: subjectText(found.said.of), detail})
    return byId(loadDecisions(store).overrides, id, 'override')
  })
}

export function openDispute(desk: Desk, said: About): Dispute {
  const {store, declared, now: at, actor} = desk
  const [why, days] = [reason(said.why), daysOf(said)]
  return decide(desk, () => {
    const of = findSubject(store, readWorld(store, declared, at), said.of)
    const detail = {of, ...days, why}
    const id = append(store, {at, actor, action: 'dispute.open', subject: subjectText(of), detail})
    return byId(loadDecisions(store).disputes, String(id), 'dispute')
  })
}

/** With an owner, an override on the same subject and days is added in the same step. */
export function resolveDispute(desk: Desk, id: string, why: string, owner: string | undefined): Dispute {
  const {store, declared, now: at, actor} = desk
  const because = reason(why)
  return decide(desk, () => {
    const {id: dispute, said, resolved} = byId(loadDecisions(store).disputes, id, 'dispute')
    if (resolved !== null)
      throw new UserError(`dispute ${dispute}: resolved already`, 'see `venturi dispute list --all`')
    const {of, why: _, ...days} = said
    const team = owner === undefined ? null : findTeam(readWorld(store, declared, at), owner)
    const added = team && override(desk, of, team, {...days, why: because, dispute})
    const detail = {dispute, why: because, ...(added !== null && {override: added})}
    append(store, {at, actor, action: 'dispute.resolve', subject: subjectText(of), detail})
    return byId(loadDecisions(store).disputes, id, 'dispute')
  })
}

/** By its number, also written as its place: `7` or `audit:7`. */
function byId<T extends {readonly id: number}>(known: readonly T[], text: string, what: string): T {
  const found = known.find(({id}) => text === String(id) || text === placeOf(id))
  if (found) return found
  throw new UserError(
    `${text}: no ${what} has that number`,
    known.length === 0 ? `there is none yet` : `see \`venturi ${what} list --all\``,
  )
}

const MOST = 1000

function reason(text: string): string {
  const why = text.trim()
  if (why === '') throw new UserError('--why is empty', 'say why: whoever audits this reads it')
  if (why.length > MOST)
    throw new UserError(`--why has ${why.length} characters`, `say it in ${MOST}, and name where more stands`)
  return why
}

function daysOf({from, until}: About): Days {
  const days = {
    ...(from !== undefined && {from: day(from, '--from')}),
    ...(until !== undefined && {until: day(until, '--until')}),
  }
  if (days.from !== undefined && days.until !== undefined && days.until < days.from)
    throw new UserError(`--until ${days.until} is before --from ${days.from}`, 'swap the two')
  return days
}

function day(text: string, flag: string): string {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseTime(text) : null
  if (at === null || formatDay(at / DAY_MS) !== text)
    throw new UserError(`${flag} "${text}" is not a day`, 'write it as YYYY-MM-DD')
  return text
}
