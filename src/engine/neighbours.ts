/** Who owns a place, by the commits on it: the teams of the people who change it, and the owners of what changes with it. */
import {FEWEST_SHOWN} from '../model/cohort.ts'
import type {Alias} from '../model/fact.ts'
import type {Commits, Near} from './commits.ts'
import type {Distribution} from './probability.ts'
import type {Witness} from './witness.ts'

/** What is asked of everybody and everything near; each answer a distribution that adds up to 1 at most. */
export interface Neighbourhood {
  readonly commits: Commits
  readonly teamOf: (author: Alias) => Distribution
  readonly ownersOf: (repository: Alias, folder: string) => Distribution
  readonly isBot: (author: Alias) => boolean
}

/** Work elsewhere that is worth half a vote: one commit in somebody's own place says little. */
const LITTLE_WORK = 0.5
/** Commits beside which a tie to another place is worth half. */
const FEW_TIES = 1
/** Somebody is of a team that is at least so likely theirs. */
const MOSTLY_OF = 0.5
/** Nothing that commits say is surer than this by itself. */
const MOST = 0.9

export function neighbours(hood: Neighbourhood, repository: Alias, path: string | null): Witness[] {
  const near = hood.commits.near(repository, path)
  return near === null
    ? []
    : [people(hood, near, repository, path), together(hood, near, repository)].flatMap(
        witness => witness ?? [],
      )
}

function people(hood: Neighbourhood, near: Near, repository: Alias, path: string | null): Witness | null {
  const says = new Map<string, number>()
  const last = new Map<string, number>()
  let all = 0
  let known = 0
  for (const {author, weight, part, last: newest} of near.authors) {
    if (hood.isBot(author)) continue
    // Somebody who works everywhere is here for everybody.
    const worth = Math.sqrt(weight * part)
    all += worth
    const team = hood.teamOf(author)
    const votes = team.size > 0 ? team : byWork(hood, author, repository, path)
    if (votes.size > 0) known++
    for (const [name, vote] of votes) {
      says.set(name, (says.get(name) ?? 0) + worth * vote)
      if (vote >= MOSTLY_OF) last.set(name, Math.max(last.get(name) ?? 0, newest))
    }
  }
  if (known === 0) return null
  return {
    family: 'commits',
    basis: 'repository',
    says: shares(says, all),
    because: `${crowd(known)} it`,
    where: near.where,
    last,
  }
}

/** Few people are not counted out. */
const crowd = (people: number): string =>
  people === 1
    ? 'somebody who changes'
    : people < FEWEST_SHOWN
      ? 'the few people who change'
      : `${people} people who change`

/** The owners of where else somebody works. */
function byWork(hood: Neighbourhood, author: Alias, repository: Alias, path: string | null): Distribution {
  const votes = new Map<string, number>()
  let sum = 0
  for (const place of hood.commits.elsewhere(author, repository, path))
    for (const [name, part] of hood.ownersOf(place.repository, place.folder)) {
      votes.set(name, (votes.get(name) ?? 0) + place.weight * part)
      sum += place.weight * part
    }
  return shares(votes, sum + LITTLE_WORK)
}

function together(hood: Neighbourhood, near: Near, repository: Alias): Witness | null {
  const votes = new Map<string, number>()
  for (const {folder, votes: count} of near.together)
    for (const [name, part] of hood.ownersOf(repository, folder))
      votes.set(name, (votes.get(name) ?? 0) + count * part)
  if (votes.size === 0) return null
  return {
    family: 'changed together',
    basis: 'repository',
    says: shares(votes, near.asked + FEW_TIES),
    because: 'what changes with it',
    where: near.where,
  }
}

const shares = (votes: ReadonlyMap<string, number>, all: number): Distribution =>
  new Map([...votes].map(([name, count]) => [name, Math.min(MOST, count / all)]))
