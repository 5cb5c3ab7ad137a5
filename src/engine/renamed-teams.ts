/** Teams that HR has given a new name. Pure. */
import {FEWEST_SHOWN} from '../model/cohort.ts'
import type {Alias} from '../model/fact.ts'
import type {LinkRow, Merge} from './graph.ts'

/** Fewer than this may go anywhere together. */
const FEWEST_PEOPLE = 3
/** So much of a team that leaves on its last day is the team. */
const TOGETHER = 0.8

/** HR's new name of a team: everybody went there on one day, and nobody was there before. */
export function renamedTeams(links: readonly LinkRow[]): Merge[] {
  const memberships = links.filter(({relation, basis}) => relation === 'member_of' && basis === 'hr')
  const [into, byPerson] = [
    Map.groupBy(memberships, ({to}) => to),
    Map.groupBy(memberships, ({from}) => from),
  ]
  const merges: Merge[] = []
  for (const [old, members] of into) {
    if (members.length < FEWEST_PEOPLE || members.some(({validTo}) => validTo === null)) continue
    const next = new Map<Alias, LinkRow[]>()
    for (const member of members)
      for (const link of byPerson.get(member.from)!)
        if (link.to !== old && link.validFrom === member.validTo)
          next.set(link.to, [...(next.get(link.to) ?? []), link])
    const last = Math.max(...members.map(({validTo}) => validTo!))
    for (const [heir, moved] of next) {
      const fresh = into.get(heir)!.every(({validFrom}) => validFrom !== null && validFrom >= last)
      const together = moved.filter(({validFrom}) => validFrom === last).length
      const leaving = members.filter(({validTo}) => validTo === last).length
      if (fresh && together >= leaving * TOGETHER && together >= FEWEST_PEOPLE)
        merges.push({
          ...{a: old, b: heir, probability: 0.97, where: moved[0]!.where},
          because: `HR moved ${together < FEWEST_SHOWN ? 'everybody' : `all ${together} people`} there on one day, and nobody was there before`,
        })
    }
  }
  return merges
}
