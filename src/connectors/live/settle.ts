/** What two readings of the same lists say together about when each link held. Pure. */

interface Link {
  readonly id: number
  readonly relation: string
  readonly from: string
  readonly to: string
  readonly basis: string
  /** Epoch ms; null: always. */
  readonly validFrom: number | null
}

export type Change =
  | {readonly link: number; readonly begins: number}
  | {readonly link: number; readonly ends: number}
  | {readonly link: number; readonly drop: true}

const keyOf = ({from, relation, to, basis}: Link): string => `${from}\n${relation}\n${to}\n${basis}`
/** What a subject may have moved within. */
const placeOf = ({from, relation, basis}: Link): string => `${from}\n${relation}\n${basis}`

/**
 * `before` are the open links of the earlier reading, `now` those of the one at `at`. What both say goes on from when it
 * began; what only the earlier says ended at `at`. What is new began at `at` where it takes the place of something that
 * ended (a move), else it holds since ever: a new key was in use before anybody listed it.
 */
export function settleLinks(before: readonly Link[], now: readonly Link[], at: number): Change[] {
  const current = new Set(now.map(keyOf))
  const earlier = new Map(before.map(link => [keyOf(link), link]))
  const left = new Set(before.filter(link => !current.has(keyOf(link))).map(placeOf))
  return [
    ...before.map(link =>
      current.has(keyOf(link)) ? ({link: link.id, drop: true} as const) : {link: link.id, ends: at},
    ),
    ...now.flatMap(link => {
      if (link.validFrom !== null) return []
      const known = earlier.get(keyOf(link))
      const begins = known ? known.validFrom : left.has(placeOf(link)) ? at : null
      return begins === null ? [] : [{link: link.id, begins}]
    }),
  ]
}
