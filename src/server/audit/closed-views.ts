/** Closed periods and what verifying found, as programs and as people read them. */
import type {Closed} from '../../model/decisions.ts'
import {parseUsd, showExactUsd} from '../../model/money.ts'
import {dayOf, formatDay, formatTime} from '../../model/time.ts'
import {clean} from '../../report/formats/layout.ts'
import {isWhole, type Verified, type VerifiedPeriod} from './verify.ts'

export const closedToJson = ({id, at, who, where, said}: Closed) => ({
  ...{id, period: said.period, since: `${formatDay(said.from_day)}T00:00:00Z`},
  ...{until: `${formatDay(said.to_day)}T00:00:00Z`, records: said.records, total_usd: said.total_usd},
  ...{sha256: said.sha256, adjustments: said.adjustments, at: formatTime(at), who, where},
})

export function closedToText({id, who, said}: Closed): string {
  const records = `${said.records.toLocaleString('en')} ${said.records === 1 ? 'record' : 'records'}`
  const booked = said.adjustments.length
  return clean(
    `${said.period} is closed: ${records}, ${showExactUsd(parseUsd(said.total_usd)!)}, by ${who} (audit:${id}), sha256 ${said.sha256}` +
      (booked === 0
        ? ''
        : `; with it ${booked} ${booked === 1 ? 'adjustment' : 'adjustments'} of periods before`),
  )
}

export const verifiedToJson = (verified: Verified) => ({
  ok: isWhole(verified),
  entries: verified.entries,
  head: verified.head,
  broken: verified.broken,
  periods: verified.periods.map(({closed: {id, said}, found, sameMoney, same}) => ({
    ...{id, period: said.period, ok: same, sha256: said.sha256, records: said.records},
    ...{found_sha256: found.sha256, found_records: found.records, reports_ok: sameMoney},
  })),
})

/** `venturi`: this version. */
export function verifiedToText({entries, head, broken, periods}: Verified, venturi: string): string {
  const chain =
    broken === null
      ? `audit trail: ${entries} ${entries === 1 ? 'entry' : 'entries'}, each as it was written${head === null ? '' : `; the last is ${head}`}`
      : `audit trail: broken. Entry ${broken.seq} ${broken.what}; it and what follows prove nothing.\nTry this: go back to a copy of the database whose trail is whole.`
  return [chain, ...periods.map(period => periodText(period, venturi))].join('\n')
}

function periodText(
  {closed: {at, who, said}, found, sameRecords, same}: VerifiedPeriod,
  venturi: string,
): string {
  const closed = `closed on ${formatDay(dayOf(at))} by ${clean(who)}`
  if (same)
    return `${said.period}: ${said.records.toLocaleString('en')} records, byte for byte as ${closed} (sha256 ${said.sha256})`
  if (sameRecords)
    return `${said.period}: its records are as ${closed}, but reports show other figures than theirs.\nTry this: go back to a copy of the database.`
  const version =
    venturi === said.venturi
      ? ''
      : ` by venturi ${said.venturi}; this is ${venturi}, which may write records otherwise`
  return (
    `${said.period}: not as ${closed}${version}. It had ${said.records.toLocaleString('en')} records with sha256 ${said.sha256}; ` +
    `now it has ${found.records.toLocaleString('en')} with ${found.sha256}.\nTry this: compare \`venturi export records --period ${said.period}\` with what was exported then.`
  )
}
