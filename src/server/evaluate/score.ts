/** How right a settled store is, against a company's true owners: row by row, by count and by what each row cost. */
import type {Outcome} from '../../engine/outcome.ts'
import type {Judged} from '../../engine/rail/calibrate.ts'
import {CHARGEBACK_FLOOR} from '../../model/confidence.ts'
import type {Signature} from '../../model/fact.ts'
import {type AnsweredRow, answeredRows} from '../../store/queries/evaluate.ts'
import {iterate, type ReadableStore} from '../../store/query.ts'
import type {Answer, Oracle} from './truth.ts'

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
  /** Shown at 0.80 or more with another owner, by case. */
  readonly wrong: ReadonlyMap<string, number>
  /** Knowable and not shown at 0.80 or more, by case. */
  readonly missed: ReadonlyMap<string, number>
  /** Every row that names somebody, with its probability before the ceiling; weighed by count and by cost. */
  readonly byRecords: readonly Judged[]
  readonly byCost: readonly Judged[]
}

const shown = (alias: string | undefined): string | null =>
  alias === undefined || alias.endsWith('/default') ? null : alias.split('/').at(-1)!

/** What the truth says of a row: by its id, else by what it is about. */
export function truthOf(
  oracle: Oracle,
  row: Pick<AnsweredRow, 'id' | 'granularity' | 'at'>,
  signature: Signature,
): Answer | null {
  if (row.granularity === 0) return oracle.trueOwner(row.id)
  return oracle.trueOwner({
    channel: signature.provider ?? '',
    granularity: row.granularity === 1 ? 'bucket' : 'line_item',
    at: row.at,
    project: shown(signature.project),
    key: shown(signature.key),
    account: shown(signature.account),
  })
}

const canKnow = (truth: Answer | null): boolean => truth?.knowable === true && truth.teams.length === 1

/** The team whose the spend is: as far as it can be known, else whose it really was. */
export const trueTeam = (truth: Answer): string | null => (canKnow(truth) ? truth.teams[0]! : truth.actual)

/** Teams by every name their systems know them by. */
export const teamsByAlias = ({truth}: Oracle): ReadonlyMap<string, string> =>
  new Map(truth.teams.flatMap(team => team.aliases.map(alias => [alias.toLowerCase(), team.id] as const)))

/** What a row cost: its part of what its cell was billed. */
export function costOf({billed, est, cost, records}: AnsweredRow): number {
  const dollars = Number(billed ?? 0) / 1e9
  return est ? ((cost ?? 0) / est) * dollars : dollars / records
}

/** A named answer's probability before the ceiling; null: it names nobody. */
export function probabilityOf({owner, waterfall, coper}: Outcome): number | null {
  if (owner.organization === null) return null
  const odds = waterfall.reduce((sum, {log_odds}) => sum + log_odds, 0)
  return waterfall.length === 0 ? coper : 1 / (1 + Math.exp(-odds))
}

export function score(store: ReadableStore, oracle: Oracle): Score {
  const teamOf = teamsByAlias(oracle)
  const sums = {total: 0, high: 0, highRight: 0, knowable: 0, knowableHigh: 0}
  const [claimedUnknowable, wrong, missed] = [new Cases(), new Cases(), new Cases()]
  const [byRecords, byCost] = [new Tally(), new Tally()]
  for (const row of iterate(store, answeredRows, {})) {
    const outcome = JSON.parse(row.answer) as Outcome
    const {organization} = outcome.owner
    const truth = truthOf(oracle, row, JSON.parse(row.evidence) as Signature)
    const cost = costOf(row)
    const mine =
      organization === null
        ? undefined
        : (teamOf.get(organization.id.toLowerCase()) ?? teamOf.get(organization.name.toLowerCase()))
    const right = truth !== null && mine !== undefined && mine === trueTeam(truth)
    const why = truth?.why ?? 'not in the truth'
    const sure = outcome.coper >= CHARGEBACK_FLOOR
    const probability = probabilityOf(outcome)
    if (probability !== null) {
      byRecords.add(probability, right, 1)
      byCost.add(probability, right, cost)
    }
    sums.total += cost
    if (canKnow(truth)) {
      sums.knowable += cost
      if (sure && right) sums.knowableHigh += cost
      if (!sure) missed.add(why, cost)
    }
    if (!sure) continue
    sums.high += cost
    if (right) sums.highRight += cost
    else wrong.add(why, cost)
    if (!canKnow(truth)) claimedUnknowable.add(why, cost)
  }
  return {...sums, claimedUnknowable, wrong, missed, byRecords: byRecords.judged, byCost: byCost.judged}
}

class Cases extends Map<string, number> {
  add(why: string, cost: number): void {
    this.set(why, (this.get(why) ?? 0) + cost)
  }
}

/** Judgements of one confidence and verdict, added up. */
class Tally {
  readonly #known = new Map<string, {confidence: number; right: boolean; weight: number}>()

  add(confidence: number, right: boolean, weight: number): void {
    const key = `${confidence} ${right}`
    const known = this.#known.get(key)
    if (known) known.weight += weight
    else this.#known.set(key, {confidence, right, weight})
  }

  get judged(): Judged[] {
    return [...this.#known.values()]
  }
}
