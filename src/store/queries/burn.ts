/** What the weekly burn asks besides usage by workload. */
import {query} from '../query.ts'

/** First and last day with usage in [from, to); null: there is none. */
export const daysOfUse = query<{from: number; to: number}, {first: number | null; last: number | null}>(
  'daysOfUse',
  `
  SELECT min(day) AS first, max(day) AS last
  FROM activity
  WHERE day >= @from AND day < @to`,
)

/** How many days in [from, to) have usage. */
export const countDaysOfUse = query<{from: number; to: number}, {days: number}>(
  'countDaysOfUse',
  `
  SELECT count(DISTINCT day) AS days
  FROM activity
  WHERE day >= @from AND day < @to`,
)
