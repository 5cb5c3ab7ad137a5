/** Which features make most of the cost. Pure. */
import {type Nanos, PPM} from '../../model/money.ts'
import type {Use} from '../load-activity.ts'

export interface Feature {
  readonly name: string
  /** `tag`: the caller says so; else what the attribution found where no tag is. */
  readonly by: 'tag' | 'service' | 'project'
  readonly cost: Nanos
  readonly records: number
  /** The dearest owner; null: nobody known. */
  readonly owner: string | null
}

export interface Features {
  /** Dearest first: the fewest that together reach the share asked for; all of them where they do not. */
  readonly most: readonly Feature[]
  readonly reached: boolean
  readonly others: readonly Feature[]
  /** Of which neither feature, service nor project is known. */
  readonly unknown: {readonly cost: Nanos; readonly records: number}
  readonly total: Nanos
}

export const MOST_PPM = 600_000n

export function featuresOf(uses: readonly Use[]): Features {
  const sums = new Map<string, Sum>()
  const unknown = {cost: 0n, records: 0}
  let total = 0n
  for (const use of uses) {
    total += use.cost
    const about = featureOf(use)
    if (about === null) {
      unknown.cost += use.cost
      unknown.records += use.records
      continue
    }
    const key = `${about.by} ${about.id}`
    const sum = sums.get(key) ?? {...about, cost: 0n, records: 0, owners: new Map<string, Nanos>()}
    sums.set(key, sum)
    sum.cost += use.cost
    sum.records += use.records
    const owner = use.spendClass === 'unresolved' ? null : use.outcome.owner.organization
    if (owner !== null) sum.owners.set(owner.name, (sum.owners.get(owner.name) ?? 0n) + use.cost)
  }
  const ranked = [...sums]
    .sort(([a, x], [b, y]) => (x.cost === y.cost ? (a < b ? -1 : 1) : x.cost > y.cost ? -1 : 1))
    .map(([, {name, by, cost, records, owners}]) => ({name, by, cost, records, owner: dearest(owners)}))
  let taken = 0
  let sum = 0n
  while (taken < ranked.length && sum * PPM < total * MOST_PPM) sum += ranked[taken++]!.cost
  return {
    ...{most: ranked.slice(0, taken), others: ranked.slice(taken), unknown, total},
    reached: taken > 0 && sum * PPM >= total * MOST_PPM,
  }
}

interface Sum {
  readonly name: string
  readonly by: Feature['by']
  cost: Nanos
  records: number
  readonly owners: Map<string, Nanos>
}

function featureOf({workload: {tags, outcome}}: Use) {
  const {service, project} = outcome.owner
  if (tags.feature !== undefined) return {by: 'tag', id: tags.feature, name: tags.feature} as const
  if (service !== null) return {by: 'service', ...service} as const
  return project === null ? null : ({by: 'project', ...project} as const)
}

const dearest = (costs: ReadonlyMap<string, Nanos>): string | null =>
  [...costs].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1))[0]?.[0] ?? null
