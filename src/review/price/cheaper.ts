/** A model that a service already works with and that would do what is changed for much less. */

import {modelBase} from '../../model/model-name.ts'
import {fractionOf} from '../../model/money.ts'
import type {Change} from '../change.ts'
import {withoutSeller} from '../model-shape.ts'
import {type Known, type PricedChange, toModel} from './price-change.ts'
import {replay} from './replay.ts'

/** Of the service's requests, what shows that it really works with a model: this many, and one in so many. */
const LEAST_REQUESTS = 20
const ONE_IN = 20
/** Less than this many times cheaper is not worth anybody's afternoon. */
const TIMES_CHEAPER = 2n

export function cheaperFor(
  {kind, to}: Change,
  {traffic, replayed}: PricedChange,
  known: Known,
): string | null {
  if (kind !== 'model_changed' || to === null || !traffic || !replayed || replayed.to <= 0n) return null
  const base = (name: string): string => modelBase(withoutSeller(name))
  const requests = new Map<string, number>()
  for (const {model, requests: count} of known.service ?? []) {
    const name = model[2] ?? model[1]
    if (name !== null) requests.set(name, (requests.get(name) ?? 0) + (count ?? 0))
  }
  const all = [...requests.values()].reduce((sum, count) => sum + count, 0)
  const others = [...requests].filter(
    ([name, count]) => base(name) !== base(to) && count >= LEAST_REQUESTS && count * ONE_IN >= all,
  )
  const costs = others.flatMap(([name]) => {
    const model = toModel(name, known)
    const found = replay(traffic, known.window, {model, usage: usage => usage}, known.quote)
    return found === null ? [] : [{name, cost: found.to}]
  })
  const [best] = costs.sort((a, b) =>
    a.cost === b.cost ? (a.name < b.name ? -1 : 1) : a.cost < b.cost ? -1 : 1,
  )
  return best && best.cost <= fractionOf(replayed.to, 1n, TIMES_CHEAPER) ? best.name : null
}
