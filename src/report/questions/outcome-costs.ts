/** What a successful outcome costs, where outcomes say what they are results of. Pure. */
import * as alias from '../../model/alias.ts'
import type {Nanos} from '../../model/money.ts'
import type {Use} from '../load-activity.ts'
import {sharesOf, splitOver} from '../record.ts'

/** What events say they are results of; all null: nothing, or a trace alone. */
export interface Scope {
  /** `name:service/heron-api`. */
  readonly service: string | null
  readonly project: string | null
  readonly organization: string | null
  readonly feature: string | null
}

/** Events of one name, unit and scope. Quantities are in billionths. */
export interface Counted extends Scope {
  readonly name: string
  readonly unit: string | null
  /** Delivered and not said to have failed, less what was taken back. */
  readonly succeeded: bigint
  readonly failed: bigint
  readonly events: number
  /** Events that say nothing of success: they count as delivered. */
  readonly unsaid: number
}

/** Events that name a trace and nothing else, by name and unit. */
export interface Traced extends Omit<Counted, keyof Scope> {
  /** Events whose trace is a known workflow, what of them succeeded, and what those workflows cost (null: of none is it known). */
  readonly traced: number
  readonly paidFor: bigint
  readonly cost: Nanos | null
}

export interface OutcomeCost {
  readonly name: string
  readonly unit: string | null
  /** What joins outcomes to spend: `service heron-api, feature triage`; null: nothing does. */
  readonly by: string | null
  readonly succeeded: bigint
  readonly failed: bigint
  readonly events: number
  /** Of the events those that are joined to spend. */
  readonly joined: number
  readonly unsaid: number
  /** Null: no spend is joined. */
  readonly cost: Nanos | null
  /** Null: no spend is joined, or nothing succeeded. */
  readonly each: Nanos | null
}

/** By name, then dearest first. Spend may be in several lines: each outcome is measured against all that its scope costs. */
export function outcomeCosts(
  counted: readonly Counted[],
  traced: readonly Traced[],
  uses: readonly Use[],
): OutcomeCost[] {
  const scoped = counted.map(events => {
    const by = scopeText(events)
    const cost = by === null ? null : costWithin(events, uses)
    const joined = cost === null ? 0 : events.events
    return lineOf(events, {by, cost, joined, paidFor: events.succeeded})
  })
  const found = traced.map(events => lineOf(events, {...events, by: 'trace', joined: events.traced}))
  return [...scoped, ...found].sort(
    (a, b) =>
      order(a.name, b.name) ||
      (a.cost === b.cost ? 0 : (a.cost ?? -1n) > (b.cost ?? -1n) ? -1 : 1) ||
      order(a.by ?? '', b.by ?? '') ||
      order(a.unit ?? '', b.unit ?? ''),
  )
}

const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

/** `paidFor`: what succeeded for the cost. */
const lineOf = (
  {name, unit, succeeded, failed, events, unsaid}: Omit<Counted, keyof Scope>,
  {by, cost, joined, paidFor}: Pick<OutcomeCost, 'by' | 'cost' | 'joined'> & {readonly paidFor: bigint},
): OutcomeCost => ({
  ...{name, unit, by, succeeded, failed, events, joined, unsaid, cost},
  each: cost === null || paidFor <= 0n ? null : perUnit(cost, paidFor),
})

const BILLIONTHS = 1_000_000_000n

/** Rounded to the nano-dollar, half away from zero. */
const perUnit = (cost: Nanos, billionths: bigint): Nanos => {
  const twice = 2n * cost * BILLIONTHS
  return twice < 0n ? -((-twice + billionths) / (2n * billionths)) : (twice + billionths) / (2n * billionths)
}

function scopeText({service, project, organization, feature}: Scope): string | null {
  const said = [
    ['service', service && bare(service)],
    ['project', project && bare(project)],
    ['team', organization && bare(organization)],
    ['feature', feature],
  ].filter(([, name]) => name !== null)
  return said.length === 0 ? null : said.map(([kind, name]) => `${kind} ${name}`).join(', ')
}

const bare = (named: string): string => named.slice(named.indexOf('/') + 1)

/** All that is said must hold. Null: nothing in these days does. */
function costWithin(scope: Scope, uses: readonly Use[]): Nanos | null {
  let cost: Nanos | null = null
  for (const use of uses) {
    const {tags, outcome} = use.workload
    const {service, project} = outcome.owner
    if (scope.service !== null && !isNamed('service', service, scope.service)) continue
    if (scope.feature !== null && tags.feature !== scope.feature) continue
    if (scope.project !== null && !isProject(use, scope.project, project)) continue
    const part = scope.organization === null ? use.cost : partOf(use, scope.organization)
    if (part !== null) cost = (cost ?? 0n) + part
  }
  return cost
}

interface Named {
  readonly id: string
  readonly name: string
}

const isNamed = (kind: 'service' | 'project' | 'team', found: Named | null, wanted: string): boolean =>
  found !== null &&
  [found.name, found.id.slice(found.id.lastIndexOf('/') + 1)].some(name => alias.named(kind, name) === wanted)

const isProject = ({workload: {tags}}: Use, wanted: string, found: Named | null): boolean =>
  isNamed('project', found, wanted) ||
  (tags.project_id !== undefined && alias.named('project', tags.project_id) === wanted)

/** What one team pays of it; null: nothing. */
function partOf({outcome, spendClass, cost}: Use, wanted: string): Nanos | null {
  if (spendClass === 'unresolved') return null
  const shares = sharesOf(outcome)
  const costs = splitOver(shares, cost)
  const own = costs.filter((_, index) => isNamed('team', shares[index]!.organization, wanted))
  return own.length === 0 ? null : own.reduce((sum, part) => sum + part, 0n)
}
