/** Splits by what the company has written down (`allocations:` of venturi.yaml). Pure. */
import type {AllocationKey, AllocationRule} from '../../model/allocation-rule.ts'
import type {Alias, Signature} from '../../model/fact.ts'
import type {World} from '../attribute.ts'
import {Span} from '../graph.ts'
import type {Part, Pot, Uses} from './shared-use.ts'
import {positive, proportional, type Sight, type Split} from './split.ts'

type Mapped = Extract<AllocationKey, 'tenant' | 'product_surface' | 'calling_application'>

/** Where requests say it, the surest first. */
const VALUES: {readonly [by in Mapped]: readonly (keyof Signature)[]} = {
  tenant: ['team_name', 'user', 'tag_project_id'],
  product_surface: ['tag_feature'],
  calling_application: ['service', 'tag_service'],
}

/** Null: the rule counts what nobody has counted. */
export function byRule(pot: Pot, rule: AllocationRule, sight: Sight): Split | null {
  const {split, why, place} = rule
  const documented = (by: string) => `by the documented rule for it (${by})`
  const figures = `${why} (${place})`
  if ('shares' in split) {
    const weights = weightsOf(pot, rule, sight.world, fixed(rule))
    return {of: () => weights, basis: documented('fixed shares'), figures}
  }
  const basis = documented(`by ${split.by.replaceAll('_', ' ')}`)
  switch (split.by) {
    case 'requests':
    case 'tokens':
    case 'cost':
      return counted(pot, split.by, basis, figures, sight.uses)
    case 'tenant':
    case 'product_surface':
    case 'calling_application':
      return byValues(pot, rule, {...sight, basis, figures, fields: VALUES[split.by], map: split.map})
    default:
      return split.by satisfies never
  }
}

type Given = readonly {readonly team: Alias | null; readonly weight: bigint}[]

/** What a rule with fixed shares gives, the rest to whoever it names for that. */
function fixed({split, remainder}: AllocationRule): Given {
  const shares = 'shares' in split ? split.shares : []
  const rest = shares.reduce((left, {billionths}) => left - billionths, 1_000_000_000)
  return [
    ...shares.map(({team, billionths}) => ({team, weight: BigInt(billionths)})),
    {team: remainder, weight: BigInt(rest)},
  ]
}

/** By candidate; what goes to somebody who is none is nobody's. */
function weightsOf(pot: Pot, {place}: AllocationRule, world: World, given: Given): bigint[] {
  const weights = [...pot.among, null].map(() => 0n)
  for (const {team, weight} of given) {
    const found = team === null ? -1 : candidate(pot, world, team)
    weights[found < 0 ? pot.among.length : found]! += weight
  }
  if (weights.every(weight => weight === 0n)) throw new Error(`${place}: a rule without weights`)
  return weights
}

/** Which of the candidates a name stands for on the days of the pot; -1: none of them. */
function candidate({among, from}: Pot, {graph, ownership}: World, team: Alias): number {
  const node = graph.node(team)
  if (!node) return -1
  const [best] = [...ownership.organizationsOf(node, 1, from, new Span())].sort(
    (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
  )
  return among.findIndex(({id}) => id === best?.[0])
}

function counted(
  pot: Pot,
  by: 'requests' | 'tokens' | 'cost',
  basis: string,
  figures: string,
  uses: Uses,
): Split | null {
  const measure = (parts: readonly Part[]): bigint =>
    by === 'cost' ? uses.costs(parts) : BigInt(uses.all(parts).reduce((sum, use) => sum + use[by], 0))
  for (const parts of [pot.hinted, pot.ever]) {
    const split = proportional(pot, basis, figures, id => measure(parts.filter(({whose}) => whose === id)))
    if (split) return split
  }
  return null
}

interface ByValues extends Sight {
  readonly basis: string
  readonly figures: string
  readonly fields: readonly (keyof Signature)[]
  readonly map: readonly {readonly value: string; readonly team: Alias}[]
}

/**
 * What says whose it is, by the map or else as it was settled, counts by its cost; a value that neither tells of is the
 * remainder's. Silent requests with a mapped value are that team's; the others are split as those that say something are.
 */
function byValues(pot: Pot, rule: AllocationRule, by: ByValues): Split | null {
  const {world, uses, basis, figures, fields, map} = by
  const rest = pot.among.length
  const teams = new Map(map.map(({value, team}) => [value, candidate(pot, world, team)]))
  const remainder = rule.remainder === null ? -1 : candidate(pot, world, rule.remainder)
  const indexOf = ({interval, whose}: Part): number | null => {
    const values = fields.flatMap(field => interval.active.signature[field] ?? [])
    if (values.length === 0) return null
    const mapped = values.flatMap(value => teams.get(value) ?? teams.get(value.replace(/^[^/]*\//, '')) ?? [])
    const settled = pot.among.findIndex(({id}) => id === whose)
    const found = mapped[0] ?? (settled >= 0 ? settled : remainder)
    return found < 0 ? rest : found
  }
  const weights = [...pot.among, null].map(() => 0n)
  const inTime = pot.all.filter(({from, to}) => from < pot.to && to > pot.from)
  for (const part of inTime) {
    const index = indexOf(part)
    if (index !== null) weights[index]! += positive(uses.cost(part))
  }
  if (weights.every(weight => weight === 0n)) return null
  return {
    of: part => {
      const index = indexOf(part)
      return index === null ? weights : weights.map((_, other) => (other === index ? 1n : 0n))
    },
    basis,
    figures,
  }
}
