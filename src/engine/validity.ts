/**
 * When each statement holds. Sources date some statements and not others: a dump says how things are now, an audit log
 * how they were. Two rules make one timeline of them.
 */
import type {LinkRow} from './graph.ts'

/** Relations of which a subject has one at a time from one kind of source. */
const keyOf = ({from, relation, to, basis}: LinkRow): string =>
  `${from}\n${relation}\n${basis}\n${to.replace(/\/.*/, '')}`

/**
 * 1. An exclusive statement ends when the next dated one of the same subject begins; an audit log's "after" ends at the
 *    next change and its "before" begins at the previous one.
 * 2. A key's undated record, and a directory's undated membership of somebody who moved, hold since the last dated change:
 *    the dump was taken after it.
 */
export function withValidity(links: readonly LinkRow[]): LinkRow[] {
  const ended = endExclusive(links)
  return sinceLastChange(ended)
}

function endExclusive(links: readonly LinkRow[]): LinkRow[] {
  const dates = new Map<string, number[]>()
  const dated = (link: LinkRow) => link.exclusive || link.basis === 'key_history'
  for (const link of links) {
    if (!dated(link)) continue
    const key = keyOf(link)
    const found = dates.get(key) ?? []
    dates.set(key, found)
    if (link.validFrom !== null) found.push(link.validFrom)
    if (link.basis === 'key_history' && link.validTo !== null) found.push(link.validTo)
  }
  for (const found of dates.values()) found.sort((a, b) => a - b)
  return links.map(link => {
    if (!dated(link)) return link
    const found = dates.get(keyOf(link))!
    const next = link.validFrom === null ? undefined : found.find(date => date > link.validFrom!)
    const validTo = next === undefined ? link.validTo : Math.min(next, link.validTo ?? next)
    const before =
      link.validFrom === null && link.validTo !== null
        ? found.findLast(date => date < link.validTo!)
        : undefined
    return {...link, validTo, validFrom: before ?? link.validFrom}
  })
}

const STATE = new Set(['key_record', 'label', 'directory'])

function sinceLastChange(links: readonly LinkRow[]): LinkRow[] {
  const changed = new Map<string, number>()
  for (const {from, relation, basis, validFrom, validTo} of links) {
    if (basis !== 'key_history') continue
    for (const date of [validFrom, validTo]) {
      if (date === null) continue
      const key = `${from}\n${relation}`
      changed.set(key, Math.max(changed.get(key) ?? date, date))
    }
  }
  if (changed.size === 0) return [...links]
  return links.map(link => {
    const date =
      link.validFrom === null && STATE.has(link.basis)
        ? changed.get(`${link.from}\n${link.relation}`)
        : undefined
    return date === undefined ? link : {...link, validFrom: date}
  })
}
