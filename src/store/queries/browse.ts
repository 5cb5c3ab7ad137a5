/** A service's records a day at a time. Answers are given as a JSON list of their ids. */
import {query} from '../query.ts'
import {CELL, type CellRow, REMAINDER, type RemainderRow, SETTLED, type SettledRow} from './records.ts'

const AMONG = `IN (SELECT value FROM json_each(@outcomes))`

export const allOutcomes = query<
  {readonly [none: string]: never},
  {id: number; answer: string; spendClass: string}
>('allOutcomes', `SELECT id, answer, spend_class AS spendClass FROM outcome ORDER BY id`)

/** Days in [from, to) with records of these answers, newest first, by the cube. */
export const daysOfOutcomes = query<{outcomes: string; from: number; to: number}, {day: number}>(
  'daysOfOutcomes',
  `
  SELECT DISTINCT day
  FROM spend
  WHERE current = 0 AND day >= @from AND day < @to AND outcome_id ${AMONG}
  ORDER BY day DESC`,
)

/** The same of a closed period. */
export const daysOfFrozenOutcomes = query<
  {outcomes: string; freeze: number; from: number; to: number},
  {day: number}
>(
  'daysOfFrozenOutcomes',
  `
  SELECT DISTINCT day
  FROM frozen_spend
  WHERE freeze = @freeze AND day >= @from AND day < @to AND outcome_id ${AMONG}
  ORDER BY day DESC`,
)

/** One day's rows with these answers, in time order. */
export const rowsOfOutcomes = query<{day: number; outcomes: string}, SettledRow>(
  'rowsOfOutcomes',
  `${SETTLED}
    AND u.day = @day AND a.outcome_id ${AMONG}
  ORDER BY u.at, u.id, u.channel`,
)

export const cellsOfOutcomes = query<{day: number; outcomes: string}, CellRow>(
  'cellsOfOutcomes',
  `${CELL}
  WHERE day = @day AND attribution_id IN (SELECT id FROM attribution WHERE outcome_id ${AMONG})
  ORDER BY attribution_id, channel, model_id, granularity`,
  {exact: true},
)

export const remaindersOfOutcomes = query<{day: number; outcomes: string}, RemainderRow>(
  'remaindersOfOutcomes',
  `${REMAINDER}
  WHERE r.day = @day AND a.outcome_id ${AMONG}
  ORDER BY r.at, r.id`,
)
