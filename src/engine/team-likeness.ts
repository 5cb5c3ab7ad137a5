/** How alike two systems' groups are: each comparison adds its weight in log-odds (Fellegi and Sunter). Pure. */
import {FEWEST_SHOWN} from '../model/cohort.ts'
import type {Alias} from '../model/fact.ts'
import type {Rarity} from './names.ts'
import type {Group} from './team-groups.ts'

/** Below so many people in either group, their number says little. */
const FEWEST_PEOPLE = 3

/** Whom and what each system lists at all: nobody is missing from a group of a system that does not know them. */
export class Known {
  readonly #people = new Map<string, Set<Alias>>()
  readonly #things = new Map<string, Set<Alias>>()

  constructor(groups: readonly Group[]) {
    for (const {system, people, things} of groups) {
      const [persons, objects] = [
        this.#people.get(system) ?? new Set<Alias>(),
        this.#things.get(system) ?? new Set<Alias>(),
      ]
      for (const person of people) persons.add(person)
      for (const thing of things) objects.add(thing)
      this.#people.set(system, persons)
      this.#things.set(system, objects)
    }
  }

  people = (a: Group, b: Group): Shared => shared(a.people, b.people, this.#in(this.#people, a, b))
  things = (a: Group, b: Group): Shared => shared(a.things, b.things, this.#in(this.#things, a, b))

  #in(known: ReadonlyMap<string, ReadonlySet<Alias>>, a: Group, b: Group): (item: Alias) => boolean {
    const [left, right] = [known.get(a.system)!, known.get(b.system)!]
    return item => left.has(item) && right.has(item)
  }
}

interface Shared {
  readonly both: number
  /** Of what both systems list, what is in one or the other group. */
  readonly either: number
  /** In one of the groups, and unknown to the other's system. */
  readonly unlisted: number
}

function shared(a: ReadonlySet<Alias>, b: ReadonlySet<Alias>, listed: (item: Alias) => boolean): Shared {
  let [both, apart, unlisted] = [0, 0, 0]
  for (const item of a)
    if (b.has(item)) both++
    else if (listed(item)) apart++
    else unlisted++
  for (const item of b)
    if (!a.has(item))
      if (listed(item)) apart++
      else unlisted++
  return {both, either: both + apart, unlisted}
}

/** How often something in one of two groups is in both: when they are one team, and when they are not. */
const PEOPLE = {same: 0.75, other: 0.05, most: 20, least: -6} as const
const THINGS = {same: 0.8, other: 0.1, most: 7, least: -2} as const
/** With less in common one group is part of the other, if anything. */
const LEAST_SHARED = 0.4

/** Somebody whom only one of the systems knows counts against for a tenth of somebody it leaves out. */
const UNLISTED = 0.1

/** Log-odds of so many in both of two groups (Fellegi and Sunter), no more than one comparison may say. */
function agreement(
  {both, either, unlisted}: Shared,
  {same, other, most, least}: typeof PEOPLE | typeof THINGS,
): number {
  const apart = either - both + unlisted * UNLISTED
  const odds = both * Math.log(same / other) + apart * Math.log((1 - same) / (1 - other))
  return Math.min(both < either * LEAST_SHARED ? 0 : most, Math.max(least, odds))
}

/** Log-odds that both are one team, less how many it could be; and why. */
export function compare(a: Group, b: Group, rarity: Rarity, known: Known): {weight: number; because: string} {
  const reasons: string[] = []
  let weight = 0
  let best = {score: -1, shared: [] as readonly string[]}
  for (const left of a.names)
    for (const right of b.names) {
      const found = rarity.likeness(left, right)
      if (found.score > best.score) best = {score: found.score, shared: found.shared}
    }
  if (best.score >= 0) {
    weight += nameWeight(best.score)
    if (best.score >= 0.4) reasons.push(`names agree on ${best.shared.join(', ')}`)
  }
  const people = known.people(a, b)
  if (people.either >= FEWEST_PEOPLE) {
    weight += agreement(people, PEOPLE)
    if (people.both * 3 >= people.either)
      reasons.push(
        people.either < FEWEST_SHOWN
          ? 'mostly the same few people in both'
          : `${people.both} of ${people.either} people in both`,
      )
  } else if (people.either > 0) {
    weight += people.both === people.either ? 2 : people.both === 0 ? -2.5 : 0
    if (people.both === people.either) reasons.push('all known people in both')
  }
  const things = known.things(a, b)
  weight += agreement(things, THINGS)
  if (things.both > 0) reasons.push(`${things.both} of ${things.either} repositories or services in common`)
  return {weight, because: reasons.join('; ')}
}

const nameWeight = (score: number): number =>
  score >= 0.97
    ? 7
    : score >= 0.85
      ? 5.5
      : score >= 0.7
        ? 4
        : score >= 0.55
          ? 2.5
          : score >= 0.4
            ? 1
            : score >= 0.2
              ? -0.5
              : -1.5
