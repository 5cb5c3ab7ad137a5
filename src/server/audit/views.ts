/** Decisions and entries of the trail, as programs and as people read them. */
import type {StoredEntry} from '../../model/audit.ts'
import {
  type Days,
  type Dispute,
  type Ended,
  type Override,
  standingOf,
  subjectText,
} from '../../model/decisions.ts'
import {dayOf, formatDay, formatTime} from '../../model/time.ts'
import {clean} from '../../report/formats/layout.ts'

const endedToJson = (ended: Ended | null) =>
  ended && {id: ended.id, at: formatTime(ended.at), who: ended.who, why: ended.why}

const daysToJson = ({from, until}: Days) => ({from: from ?? null, until: until ?? null})

export const overrideToJson = (override: Override, now: number) => {
  const {id, at, who, where, said, revoked} = override
  return {
    ...{id, standing: standingOf(override, now), of: said.of, team: {id: said.team, name: said.team_name}},
    ...daysToJson(said),
    ...{expires: said.expires ?? null, why: said.why, who, at: formatTime(at), where},
    ...{dispute: said.dispute ?? null, revoked: endedToJson(revoked)},
  }
}

export const disputeToJson = ({id, at, who, where, said, resolved}: Dispute) => ({
  ...{id, standing: resolved === null ? 'open' : 'resolved', of: said.of},
  ...daysToJson(said),
  ...{why: said.why, who, at: formatTime(at), where},
  resolved: resolved && {...endedToJson(resolved), override: resolved.override},
})

export const entryToJson = ({seq, at, actor, action, subject, detail, hash}: StoredEntry) => ({
  ...{seq, at: formatTime(at), actor, action, subject},
  detail: JSON.parse(detail) as unknown,
  hash,
})

const on = (at: number): string => formatDay(dayOf(at))

function daysText({from, until}: Days): string {
  if (from === undefined && until === undefined) return ''
  return `; use ${[from && `from ${from}`, until && `until ${until}`].filter(Boolean).join(' ')}`
}

const subjectLine = (said: Override['said'] | Dispute['said']): string =>
  'alias' in said.of ? said.of.alias : `${subjectText(said.of)} and all with the same evidence`

export function overrideToText(override: Override, now: number): string {
  const {id, at, who, said, revoked} = override
  const expires = said.expires === undefined ? '' : `; expires after ${said.expires}`
  return cleaned(
    `${id}  ${standingOf(override, now)}: ${subjectLine(said)} is ${said.team_name}'s (${said.team})`,
    `${who}, ${on(at)}: ${said.why}${daysText(said)}${expires}`,
    revoked && `revoked by ${revoked.who}, ${on(revoked.at)}: ${revoked.why}`,
  )
}

export function disputeToText({id, at, who, said, resolved}: Dispute): string {
  const settled = resolved?.override ? ` (override ${resolved.override})` : ''
  return cleaned(
    `${id}  ${resolved === null ? 'open' : 'resolved'}: ${subjectLine(said)}`,
    `${who}, ${on(at)}: ${said.why}${daysText(said)}`,
    resolved && `resolved by ${resolved.who}, ${on(resolved.at)}: ${resolved.why}${settled}`,
  )
}

const INDENT = '\n    '
const cleaned = (...lines: readonly (string | null)[]): string =>
  lines
    .filter(line => line !== null)
    .map(clean)
    .join(INDENT)

const WHYS = ['why', 'comment', 'sha256']

export function entryToText({seq, at, actor, action, subject, detail}: StoredEntry): string {
  const said = JSON.parse(detail) as {readonly [key: string]: unknown}
  const [told] = WHYS.flatMap(key => (typeof said[key] === 'string' ? [said[key]] : []))
  return cleaned(
    `${seq}  ${formatTime(at)}  ${action}  ${subject}`,
    `${actor}${told === undefined ? '' : `: ${told}`}`,
  )
}
