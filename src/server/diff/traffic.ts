/** Joins a review to a database and prices: what its changes come to; null: nothing is settled there. */
import {basename} from 'node:path'
import type {Config} from '../../config/config.ts'
import {declaredLinks} from '../../config/declared.ts'
import {energyRates} from '../../model/energy/estimate.ts'
import type {Change} from '../../review/change.ts'
import type {Range} from '../../review/git.ts'
import type {Threshold} from '../../review/thresholds.ts'
import type {ReadableStore} from '../../store/query.ts'
import {isSnapshot} from '../../store/snapshot.ts'
import {quotesOf} from '../pricing/quotes.ts'
import {observe} from './observe.ts'
import {inWindow} from './observed.ts'
import type {OwnerOf} from './owners.ts'
import {repositoryIn, servicesIn} from './places.ts'
import {type Asked, type PricedDiff, priceDiff} from './price.ts'
import {readSnapshot} from './snapshot.ts'

export interface Review {
  readonly changes: readonly Change[]
  readonly range: Pick<Range, 'root' | 'remote'>
  readonly ownerOf: OwnerOf
  readonly thresholds: readonly Threshold[]
  /** Longest window, days. */
  readonly days: number
  /** Epoch ms. */
  readonly now: number
}

export function priceFrom(
  store: ReadableStore,
  config: Config,
  {changes, range, ownerOf, thresholds, days, now}: Review,
): PricedDiff | null {
  const known = isSnapshot(store) ? readSnapshot(store) : observe(store, declaredLinks(config), days, now)
  const observed = known && inWindow(known, days, now)
  if (observed === null) return null
  const repository = repositoryIn(known!.repositories, range.remote, basename(range.root))
  return priceDiff(changes, {
    ...{observed, ownerOf, serviceOf: servicesIn(repository), breaks: breaking(thresholds)},
    ...{quote: quotesOf(config), rates: energyRates(config.energy)},
    deployments: config.azure_deployments ?? {},
  })
}

/** Whether one change alone is more than the whole range may be. */
const breaking =
  (thresholds: readonly Threshold[]): Asked['breaks'] =>
  ({mid}, percent) =>
    thresholds.some(threshold => {
      if (threshold.measure !== 'delta') return false
      const {above} = threshold
      return 'nanos' in above
        ? mid > above.nanos
        : percent !== null && BigInt(Math.round(percent * 10_000)) > above.ppm
    })
