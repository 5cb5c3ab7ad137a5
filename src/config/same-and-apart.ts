/** `same` joins names, `apart` keeps them from being joined; nothing may be asked for by both. */
import {UserError} from '../model/errors.ts'

interface Lists {
  readonly same?: readonly (readonly string[])[] | undefined
  readonly apart?: readonly (readonly string[])[] | undefined
}

/** Every two of a list, in its order. */
export const pairsOf = <T>(list: readonly T[]): (readonly [T, T])[] =>
  list.flatMap((one, index) => list.slice(index + 1).map(other => [one, other] as const))

/** Throws a `UserError` that names the lists of both where `same`, taken together, makes one of what `apart` holds apart. */
export function refuseContradiction({same = [], apart = []}: Lists, path: string): void {
  for (const [index, list] of apart.entries())
    for (const [one, other] of pairsOf(list)) {
      const through = chain(same, one, other)
      if (through === null) continue
      const joined = through.map(place => `same.${place}`).join(' and ')
      throw new UserError(
        `${path}: apart.${index}: ${one === other ? `${one} stands in it twice` : `${one} and ${other} are one by ${joined}`}`,
        one === other ? 'take it out once' : `take one of them out of apart.${index} or of ${joined}`,
      )
    }
}

/** The shortest way of lists that share a name, from one name to another; null: there is none. */
function chain(same: readonly (readonly string[])[], from: string, to: string): readonly number[] | null {
  if (from === to) return []
  const ways = [{name: from, lists: [] as readonly number[]}]
  const seen = new Set([from])
  for (const {name, lists} of ways)
    for (const [place, list] of same.entries()) {
      if (!list.includes(name)) continue
      if (list.includes(to)) return [...lists, place]
      for (const next of list) {
        if (seen.has(next)) continue
        seen.add(next)
        ways.push({name: next, lists: [...lists, place]})
      }
    }
  return null
}
