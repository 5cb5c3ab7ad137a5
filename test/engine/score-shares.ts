/** How near the split of each shared key is to whose its requests really were. Weighted by what each row cost. */
import type {Oracle} from '../../fixtures/generate/truth.ts'
import type {Outcome} from '../../src/engine/outcome.ts'
import {iterate, query, type ReadableStore} from '../../src/store/query.ts'

const requestsWithAnswers = query<
  Record<string, never>,
  {id: string; cost: number | null; key: string | null; answer: string}
>(
  'requestsWithAnswers',
  `
  SELECT u.id, u.cost_nanos AS cost, s.evidence ->> '$.key' AS key, o.answer
  FROM usage AS u
  LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel
  JOIN signature AS s ON s.id = iif(m.id IS NULL, u.signature_id, m.signature_id)
  JOIN attribution AS a ON a.signature_id = s.id AND a.from_at <= u.at AND u.at < a.to_at
  JOIN outcome AS o ON o.id = a.outcome_id
  WHERE u.granularity = 0
  ORDER BY u.day, u.id, u.channel`,
)

export interface SharedKey {
  /** Dollars (floats: these are shares to be compared, not money to be paid). */
  readonly cost: number
  readonly silentCost: number
  /** Mean absolute difference over the teams, in points of a hundred: of all its cost, and of what is split. */
  readonly off: number
  readonly offSilent: number
}

class Parts {
  readonly truth = new Map<string, number>()
  readonly said = new Map<string, number>()

  add(cost: number, actual: string, shares: readonly (readonly [team: string, part: number])[]): void {
    this.truth.set(actual, (this.truth.get(actual) ?? 0) + cost)
    for (const [team, part] of shares) this.said.set(team, (this.said.get(team) ?? 0) + cost * part)
  }

  get cost(): number {
    return [...this.truth.values()].reduce((sum, cost) => sum + cost, 0)
  }

  get off(): number {
    const teams = [...new Set([...this.truth.keys(), ...this.said.keys()])]
    const apart = teams.map(team => Math.abs((this.truth.get(team) ?? 0) - (this.said.get(team) ?? 0)))
    return (100 * apart.reduce((sum, one) => sum + one, 0)) / teams.length / this.cost
  }
}

/** Keys of which a part is split, by their id. */
export function sharedKeys(store: ReadableStore, oracle: Oracle): Map<string, SharedKey> {
  const teams = new Map(
    oracle.truth.teams.flatMap(team => team.aliases.map(alias => [alias.toLowerCase(), team.id] as const)),
  )
  const keys = new Map<string, {readonly all: Parts; readonly silent: Parts}>()
  for (const {id, cost, key, answer} of iterate(store, requestsWithAnswers, {})) {
    const actual = oracle.trueOwner(id)?.actual
    if (key === null || !actual || !cost) continue
    const outcome = JSON.parse(answer) as Outcome
    const shares = outcome.shares.map(({organization, share_ppm}) => {
      const known =
        organization &&
        (teams.get(organization.id.toLowerCase()) ?? teams.get(organization.name.toLowerCase()))
      return [known ?? 'nobody', share_ppm / 1_000_000] as const
    })
    const parts = keys.get(key) ?? {all: new Parts(), silent: new Parts()}
    keys.set(key, parts)
    parts.all.add(cost / 1e9, actual, shares)
    if (outcome.output_state === 'bounded') parts.silent.add(cost / 1e9, actual, shares)
  }
  return new Map(
    [...keys]
      .filter(([, {silent}]) => silent.cost > 0)
      .map(([key, {all, silent}]) => [
        key,
        {cost: all.cost, silentCost: silent.cost, off: all.off, offSilent: silent.off},
      ]),
  )
}

/** Weighted by cost. */
export function meanOff(keys: ReadonlyMap<string, SharedKey>): {off: number; offSilent: number} {
  const list = [...keys.values()]
  const mean = (weight: (key: SharedKey) => number, of: (key: SharedKey) => number) =>
    list.reduce((sum, key) => sum + weight(key) * of(key), 0) /
    list.reduce((sum, key) => sum + weight(key), 0)
  return {
    off: mean(
      ({cost}) => cost,
      ({off}) => off,
    ),
    offSilent: mean(
      ({silentCost}) => silentCost,
      ({offSilent}) => offSilent,
    ),
  }
}
