/** Production against development: what each environment costs. Pure. */
import type {Nanos} from '../../model/money.ts'
import type {Use} from '../load-activity.ts'

export interface Environment {
  /** Null: nobody says. */
  readonly name: string | null
  readonly cost: Nanos
  readonly records: number
  /** Of the cost, what only the caller's tag says. */
  readonly tagged: Nanos
}

const WORDS: {readonly [written: string]: string} = {
  prod: 'production',
  live: 'production',
  dev: 'development',
  test: 'testing',
  stage: 'staging',
}

/** Dearest first; what nobody says comes last. */
export function environmentsOf(uses: readonly Use[]): Environment[] {
  const sums = new Map<string | null, {cost: Nanos; records: number; tagged: Nanos}>()
  for (const {workload, cost, records} of uses) {
    const written = workload.tags.environment?.toLowerCase()
    const name = written === undefined ? null : (WORDS[written] ?? written)
    const sum = sums.get(name) ?? {cost: 0n, records: 0, tagged: 0n}
    sums.set(name, sum)
    sum.cost += cost
    sum.records += records
    if (name !== null && workload.outcome.environment === null) sum.tagged += cost
  }
  return [...sums]
    .map(([name, sum]) => ({name, ...sum}))
    .sort((a, b) => {
      if (a.name === null || b.name === null) return a.name === null ? 1 : -1
      return a.cost === b.cost ? (a.name < b.name ? -1 : 1) : a.cost > b.cost ? -1 : 1
    })
}
