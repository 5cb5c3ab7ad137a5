/** How right a settled store is, against a company's true owners. Row by row, weighted by what each row cost. */
import type {Oracle} from '../../fixtures/generate/truth.ts'
import type {Outcome} from '../../src/engine/outcome.ts'
import type {Signature} from '../../src/model/fact.ts'
import {iterate, query, type ReadableStore} from '../../src/store/query.ts'

interface Row {
  readonly id: string
  readonly granularity: number
  readonly at: number
  readonly cost: number | null
  readonly evidence: string
  readonly answer: string
  readonly coper: number
  readonly billed: number | null
  readonly est: number | null
  readonly records: number
}

const rowsWithAnswers = query<Record<string, never>, Row>(
  'rowsWithAnswers',
  `
  SELECT u.id, u.granularity, u.at, u.cost_nanos AS cost, s.evidence, o.answer, o.coper_e4 AS coper, c.billed_nanos AS billed,
    c.est_nanos AS est, c.records
  FROM usage AS u
  LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel
  JOIN signature AS s ON s.id = iif(m.id IS NULL, u.signature_id, m.signature_id)
  JOIN attribution AS a ON a.signature_id = s.id AND a.from_at <= u.at AND u.at < a.to_at
  JOIN outcome AS o ON o.id = a.outcome_id
  JOIN cell AS c ON c.day = u.day AND c.attribution_id = a.id AND c.channel = u.channel AND c.model_id = u.model_id
    AND c.granularity = u.granularity
  WHERE c.counts = 1
  ORDER BY u.day, u.id, u.channel`,
)

export interface Score {
  /** Dollars (floats: these are shares to be compared, not money to be paid). */
  readonly total: number
  readonly high: number
  readonly highRight: number
  /** What a careful analyst could know, and how much of it was shown at 0.80 or more with the right owner. */
  readonly knowable: number
  readonly knowableHigh: number
  /** Shown at 0.80 or more though nobody can know it, by case. */
  readonly claimedUnknowable: ReadonlyMap<string, number>
  readonly wrong: ReadonlyMap<string, number>
}

const shown = (alias: string | undefined): string | null =>
  alias === undefined || alias.endsWith('/default') ? null : alias.split('/').at(-1)!

export function score(store: ReadableStore, oracle: Oracle): Score {
  const teamOf = new Map(
    oracle.truth.teams.flatMap(team => team.aliases.map(alias => [alias.toLowerCase(), team.id] as const)),
  )
  const wrong = new Map<string, number>()
  const claimedUnknowable = new Map<string, number>()
  let [total, high, highRight, knowable, knowableHigh] = [0, 0, 0, 0, 0]
  for (const row of iterate(store, rowsWithAnswers, {})) {
    const {owner} = JSON.parse(row.answer) as Outcome
    const signature = JSON.parse(row.evidence) as Signature
    const billed = Number(row.billed ?? 0) / 1e9
    const cost = row.est ? ((row.cost ?? 0) / row.est) * billed : billed / row.records
    const truth =
      row.granularity === 0
        ? oracle.trueOwner(row.id)
        : oracle.trueOwner({
            channel: signature.provider as 'openai',
            granularity: row.granularity === 1 ? 'bucket' : 'line_item',
            at: row.at,
            project: shown(signature.project),
            key: shown(signature.key),
            account: shown(signature.account),
          })
    const organization = owner.organization
    const mine = organization
      ? (teamOf.get(organization.id.toLowerCase()) ?? teamOf.get(organization.name.toLowerCase()))
      : undefined
    const canKnow = truth?.knowable === true && truth.teams.length === 1
    const right = truth !== null && mine !== undefined && mine === (canKnow ? truth.teams[0] : truth.actual)
    total += cost
    if (canKnow) knowable += cost
    if (row.coper < 8000) continue
    high += cost
    if (right) highRight += cost
    else
      wrong.set(truth?.why ?? 'not in the truth', (wrong.get(truth?.why ?? 'not in the truth') ?? 0) + cost)
    if (right && canKnow) knowableHigh += cost
    if (!canKnow)
      claimedUnknowable.set(truth?.why ?? '', (claimedUnknowable.get(truth?.why ?? '') ?? 0) + cost)
  }
  return {total, high, highRight, knowable, knowableHigh, claimedUnknowable, wrong}
}
