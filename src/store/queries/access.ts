/** Who calls with which credential, and what is written down about credentials and about whoever holds them. */
import type {Months} from '../../model/months.ts'
import {query} from '../query.ts'
import {USED} from './monthly.ts'

/** Use under one attribution in the period. `first`, `last`: epoch days. */
export interface AccessRow {
  readonly attributionId: bigint
  readonly callerId: bigint
  readonly fromAt: bigint
  readonly toAt: bigint
  readonly outcomeId: bigint
  readonly first: bigint
  readonly last: bigint
  readonly billed: bigint | null
  readonly records: bigint
  /** Of the records, single calls. */
  readonly calls: bigint
}

/** Under the answer of the day of use (`current` 0), or the signature's latest (1). */
export const accessUse = query<Months & {current: number}, AccessRow>(
  'accessUse',
  `
  SELECT a.id AS attributionId, a.caller_id AS callerId, a.from_at AS fromAt, a.to_at AS toAt,
    iif(@current, (SELECT outcome_id FROM attribution WHERE signature_id = a.signature_id ORDER BY from_at DESC LIMIT 1), a.outcome_id) AS outcomeId,
    used.*
  FROM (
    SELECT attribution_id, min(first) AS first, max(last) AS last, sum(billed_nanos) AS billed, sum(records) AS records, sum(calls) AS calls
    FROM (${USED})
    GROUP BY attribution_id) AS used
  JOIN attribution AS a ON a.id = used.attribution_id
  ORDER BY a.id`,
  {exact: true},
)

export const callers = query<Record<string, never>, {id: number; caller: string}>(
  'callers',
  'SELECT id, caller FROM caller ORDER BY id',
)

/** What some attributions cost, by day; `attributions`: their ids as JSON. */
export const accessByDay = query<
  {attributions: string; from: number; to: number},
  {attributionId: bigint; day: bigint; billed: bigint | null; records: bigint}
>(
  'accessByDay',
  `
  SELECT attribution_id AS attributionId, day, sum(billed) AS billed, sum(records) AS records
  FROM (
    SELECT attribution_id, day, billed_nanos AS billed, records
    FROM cell
    WHERE counts = 1
    UNION ALL
    SELECT attribution_id, day, billed_nanos, 1
    FROM remainder)
  WHERE day >= @from AND day < @to AND attribution_id IN (SELECT value FROM json_each(@attributions))
  GROUP BY attribution_id, day
  ORDER BY attribution_id, day`,
  {exact: true},
)

export const answersById = query<Record<string, never>, {id: number; answer: string; spendClass: string}>(
  'answersById',
  'SELECT id, answer, spend_class AS spendClass FROM outcome ORDER BY id',
)

/** What is said of whose a credential is, and of people: which accounts are one person, and their times in teams. */
export const accessLinks = query<
  Record<string, never>,
  {
    relation: string
    from: string
    to: string
    basis: string
    validFrom: number | null
    validTo: number | null
    path: string
    line: number
  }
>(
  'accessLinks',
  `
  SELECT DISTINCT relation, from_alias AS "from", to_alias AS "to", basis, valid_from AS validFrom, valid_to AS validTo, path, line
  FROM link JOIN batch ON batch.id = batch_id
  WHERE relation IN ('acts_for', 'consumed_by', 'owned_by', 'created_by', 'same_as', 'member_of')
  ORDER BY from_alias, relation, to_alias, basis, ifnull(valid_from, 0), ifnull(valid_to, 0), path, line`,
)

export const identities = query<
  Record<string, never>,
  {
    alias: string
    name: string | null
    type: string | null
    status: string | null
    path: string
    line: number
  }
>(
  'identities',
  `
  SELECT DISTINCT alias, name, type, status, path, line
  FROM entity JOIN batch ON batch.id = batch_id
  WHERE kind = 'identity'
  ORDER BY alias, path, line`,
)
