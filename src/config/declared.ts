/** What `venturi.yaml` declares, as links: the strongest evidence there is. */
import {teamsOf} from '../model/allocation-rule.ts'
import type {LinkFact} from '../model/fact.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {allocationRules, teamAlias} from './allocations.ts'
import type {Config} from './config.ts'
import {pairsOf} from './same-and-apart.ts'

export function declaredLinks({same = [], apart = [], owners = [], allocations}: Config): LinkFact[] {
  const together = same.flatMap(([first, ...rest], index) =>
    rest.map(other => ({
      fact: 'link' as const,
      line: index + 1,
      relation: 'same_as' as const,
      from: first!,
      to: other,
      basis: 'declared' as const,
    })),
  )
  const parted = apart.flatMap((aliases, index) =>
    pairsOf(aliases).map(([from, to]) => ({
      fact: 'link' as const,
      line: index + 1,
      relation: 'apart_from' as const,
      from,
      to,
      basis: 'declared' as const,
    })),
  )
  const owned = owners.map(({of, team, from, until}, index) => ({
    fact: 'link' as const,
    line: index + 1,
    relation: 'owned_by' as const,
    from: of,
    to: teamAlias(team),
    basis: 'declared' as const,
    ...(from === undefined ? {} : {validFrom: parseTime(from)!}),
    // A bare end day is included.
    ...(until === undefined ? {} : {validTo: parseTime(until)! + DAY_MS}),
  }))
  const shared = allocationRules(allocations).flatMap((rule, index) =>
    teamsOf(rule).map(team => ({
      fact: 'link' as const,
      line: index + 1,
      relation: 'consumed_by' as const,
      from: rule.of,
      to: team,
      basis: 'declared' as const,
      ...(rule.from === null ? {} : {validFrom: rule.from}),
      ...(rule.until === null ? {} : {validTo: rule.until}),
    })),
  )
  return [...together, ...parted, ...owned, ...shared]
}
