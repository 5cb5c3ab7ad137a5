/**
 * Stage C: what is truly shared is split among its users by the best basis there is, and says which. Who the candidates are is
 * settled before; what no basis gives to one of them is a line of its own. `docs/engine.md` has the order and the arithmetic.
 */
import {CONTESTED_CAP} from '../../model/confidence.ts'
import {allocate} from '../../model/money.ts'
import {budgetOf} from '../answers.ts'
import type {Interval, World} from '../attribute.ts'
import {Span} from '../graph.ts'
import type {Outcome, Share} from '../outcome.ts'
import {bases} from './bases.ts'
import {type Pot, potsOf, Uses, type UsesOf} from './shared-use.ts'
import {NOBODY, type Split} from './split.ts'

const WHOLE = 1_000_000n

/** Fills in the shares of every interval that several share; the others are as they were. */
export function allocateShared(
  world: World,
  intervals: readonly Interval[],
  usesOf: UsesOf,
): readonly Interval[] {
  const pots = potsOf(world, intervals)
  if (pots.length === 0) return intervals
  const uses = new Uses(usesOf)
  const splits = new Map<Pot, Split>()
  for (const basis of bases) {
    const open = pots.filter(pot => !splits.has(pot))
    uses.fetch(open.flatMap(pot => basis.reads(pot, intervals)))
    for (const pot of open) {
      const split = basis.split(pot, {world, intervals, uses})
      if (split) splits.set(pot, split)
    }
  }
  const shared = new Map(pots.flatMap(pot => pot.silent.map(part => [part.interval, {pot, part}] as const)))
  return intervals.map(interval => {
    const found = shared.get(interval)
    if (!found) return interval
    const split = splits.get(found.pot)!
    return {...interval, outcome: withShares(world, interval, found.pot, split, split.of(found.part))}
  })
}

/** `weights`: of each candidate, in their order, and last of nobody. */
function withShares(
  world: World,
  {from, outcome}: Interval,
  {among}: Pot,
  {basis, figures}: Split,
  weights: readonly bigint[],
): Outcome {
  const names = [...among, null]
  const parts = allocate(
    WHOLE,
    names.map((node, index) => ({key: node?.id ?? '\uffff', weight: weights[index]!})),
  )
  const shares = names.flatMap((node, index): Share[] => {
    if (parts[index] === 0n) return []
    const share_ppm = Number(parts[index])
    if (node === null) return [{organization: null, budget: null, share_ppm, basis: NOBODY}]
    const organization = {id: node.id, name: node.name}
    return [{organization, budget: budgetOf({...world, at: from, span: new Span()}, node), share_ppm, basis}]
  })
  const leading = Math.max(0, ...shares.map(share => (share.organization ? share.share_ppm : 0))) / 1_000_000
  return {
    ...outcome,
    shares,
    coper: Math.min(CONTESTED_CAP, Math.round(leading * 10_000) / 10_000),
    rationale: `${outcome.rationale} It is split ${basis}${figures === '' ? '' : `: ${figures}`}.`,
  }
}
