/** Which teams have AI in their workflows. About teams and workflows only: what would be about fewer than five people is pooled. */
import type {Ref} from '../engine/outcome.ts'
import {FEWEST_SHOWN} from '../model/cohort.ts'
import {isElsewhere} from '../model/environment.ts'
import type {Nanos} from '../model/money.ts'
import {isPersonalAlias} from '../model/person.ts'
import type {Use} from './load-activity.ts'
import {sharesOf, splitOver} from './record.ts'

/** A team as the directory and HR count it. */
export interface TeamSize {
  readonly organization: string
  readonly name: string
  readonly people: number
  /** Of them, those with an account or a seat. */
  readonly access: number
  /** Of them, by tool. */
  readonly tools: {readonly [tool: string]: number}
}

/** What use is for. `untold`: neither a workflow nor a person is named. */
export interface Money {
  readonly workflow: Nanos
  readonly interactive: Nanos
  readonly untold: Nanos
}

export interface TeamUse {
  readonly organization: Ref
  /** Null: no source says. */
  readonly size: TeamSize | null
  readonly money: Money
  /** People with interactive use, by ids that tell them apart and are shown nowhere. */
  readonly contributors: ReadonlySet<string>
  /** Services and features, dearest first. */
  readonly workflows: readonly string[]
  /** Any of them in production, or where no source says where. */
  readonly inProduction: boolean
  /** Days with use in a workflow. */
  readonly activeDays: number
  /** Workflow spend of the second half of the days over the first, less one, in ppm; null: nothing in the first. */
  readonly growth: number | null
}

export interface Usage {
  readonly teams: readonly TeamUse[]
  /** Money that no team can be named for. */
  readonly nobody: Nanos
}

const NO_MONEY: Money = {workflow: 0n, interactive: 0n, untold: 0n}

export const sumOf = ({workflow, interactive, untold}: Money): Nanos => workflow + interactive + untold

const plus = (a: Money, b: Money): Money => ({
  workflow: a.workflow + b.workflow,
  interactive: a.interactive + b.interactive,
  untold: a.untold + b.untold,
})

type Purpose = keyof Money

/** Service accounts, roles and keys of no person stand for a workflow even where it has no name; a person's tag for none. */
function purposeOf({outcome: {owner}, workload: {tags}}: Use): Purpose {
  if (owner.service !== null) return 'workflow'
  if (owner.identity !== null) return isPersonalAlias(owner.identity.id) ? 'interactive' : 'workflow'
  return tags.feature === undefined ? 'untold' : 'workflow'
}

class Sum {
  readonly organization: Ref
  money = NO_MONEY
  readonly people = new Set<string>()
  readonly workflows = new Map<string, Nanos>()
  readonly days = new Set<number>()
  readonly halves: [first: Nanos, second: Nanos] = [0n, 0n]
  inProduction = false

  constructor(organization: Ref) {
    this.organization = organization
  }

  add(use: Use, cost: Nanos, half: 0 | 1): void {
    const purpose = purposeOf(use)
    this.money = plus(this.money, {...NO_MONEY, [purpose]: cost})
    const {service, identity} = use.outcome.owner
    if (purpose === 'interactive') this.people.add(identity!.id)
    if (purpose !== 'workflow') return
    this.days.add(use.day!)
    this.halves[half] += cost
    const name = service?.name ?? use.workload.tags.feature
    if (name === undefined) return
    this.workflows.set(name, (this.workflows.get(name) ?? 0n) + cost)
    if (!isElsewhere(use.workload.tags.environment)) this.inProduction = true
  }
}

/** `uses`: by day. Money split between teams is each team's part. */
export function usageOf(uses: readonly Use[], sizes: readonly TeamSize[]): Usage {
  const days = uses.map(({day}) => day!)
  const [first, last] = [Math.min(...days), Math.max(...days)]
  const sums = new Map<string, Sum>(
    sizes.map(({organization, name}) => [organization, new Sum({id: organization, name})]),
  )
  let nobody = 0n
  for (const use of uses) {
    const shares = use.spendClass === 'unresolved' ? [] : sharesOf(use.outcome)
    if (shares.length === 0) nobody += use.cost
    else
      splitOver(shares, use.cost).forEach((cost, index) => {
        const {organization} = shares[index]!
        if (organization === null) {
          nobody += cost
          return
        }
        const sum = sums.get(organization.id) ?? new Sum(organization)
        sums.set(organization.id, sum)
        sum.add(use, cost, 2 * use.day! > first + last ? 1 : 0)
      })
  }
  const sizeOf = new Map(sizes.map(size => [size.organization, size]))
  return {
    nobody,
    teams: [...sums].map(([id, sum]) => ({
      ...{organization: sum.organization, size: sizeOf.get(id) ?? null, money: sum.money},
      ...{contributors: sum.people, inProduction: sum.inProduction, activeDays: sum.days.size},
      workflows: [...sum.workflows]
        .sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1))
        .map(([name]) => name),
      growth: growthOf(sum.halves),
    })),
  }
}

const PPM = 1_000_000n

const growthOf = ([before, after]: readonly [Nanos, Nanos]): number | null =>
  before <= 0n ? null : Number(((after - before) * PPM) / before)

/** `embedded`: a workflow in production; `trying`: workflows elsewhere; `licensed`: accounts or seats of five or more, and no use. */
export type Adoption = 'embedded' | 'trying' | 'interactive' | 'licensed' | 'none'

export interface ShownTeam {
  readonly use: TeamUse
  readonly adoption: Adoption
  /** Null: it is in the pool, because of it alone would be about too few. */
  readonly money: Money | null
}

export interface Shown {
  /** Of five people or more. */
  readonly teams: readonly ShownTeam[]
  /** Teams that are too small, or of unknown size, and teams whose interactive use is of too few. */
  readonly pool: {
    readonly teams: number
    readonly total: Nanos
    /** Null: even together it is about too few to be told apart. */
    readonly money: Money | null
  }
  readonly nobody: Nanos
}

const isFew = (people: number): boolean => people > 0 && people < FEWEST_SHOWN

/**
 * What may be shown. Totals are known, so what one cell leaves out can be worked out from the rest: the pool holds at least
 * five people with interactive use or none, and teams of at least five people together. While it does not, the smallest of the
 * teams shown goes into it too.
 */
export function shownOf({teams, nobody}: Usage): Shown {
  const isSmall = ({size}: TeamUse): boolean => size === null || size.people < FEWEST_SHOWN
  const pooled = teams.filter(team => isSmall(team) || isFew(team.contributors.size))
  const open = teams
    .filter(team => !pooled.includes(team))
    .sort((a, b) => a.size!.people - b.size!.people || (a.organization.id < b.organization.id ? -1 : 1))
  const people = () => pooled.reduce((sum, {size}) => sum + (size?.people ?? 0), 0)
  const contributors = () => new Set(pooled.flatMap(team => [...team.contributors])).size
  const tooFew = () => pooled.length > 0 && (people() < FEWEST_SHOWN || isFew(contributors()))
  while (tooFew() && open.length > 0) pooled.push(open.shift()!)
  const money = pooled.map(({money}) => money).reduce(plus, NO_MONEY)
  return {
    teams: teams
      .filter(team => !isSmall(team))
      .map(team => ({
        use: team,
        adoption: adoptionOf(team),
        money: pooled.includes(team) ? null : team.money,
      })),
    pool: {teams: pooled.length, total: sumOf(money), money: tooFew() ? null : money},
    nobody,
  }
}

function adoptionOf({workflows, inProduction, contributors, size, money}: TeamUse): Adoption {
  if (workflows.length > 0) return inProduction ? 'embedded' : 'trying'
  if (contributors.size >= FEWEST_SHOWN) return 'interactive'
  const used = money.workflow !== 0n || money.untold !== 0n || contributors.size > 0
  return !used && size !== null && size.access >= FEWEST_SHOWN ? 'licensed' : 'none'
}
