/** Edge: reads how signatures were used, for Stage C to learn habits from. */
import {modelBase} from '../model/model-name.ts'
import {dayOf} from '../model/time.ts'
import {habits} from '../store/queries/habits.ts'
import {iterate, type ReadableStore} from '../store/query.ts'
import type {Models} from './run-calls.ts'
import type {Use, Window} from './stages/shared-use.ts'

/** Uses of each window in their order. */
export function usesIn(store: ReadableStore, windows: readonly Window[], models: Models): Use[][] {
  const found: Use[][] = windows.map(() => [])
  if (windows.length === 0) return found
  const asked = {
    windows: JSON.stringify(windows.map(({signatureId, from, to}) => [signatureId, from, to])),
    first: dayOf(Math.min(...windows.map(({from}) => from))),
    last: dayOf(Math.max(...windows.map(({to}) => to)) - 1),
  }
  for (const row of iterate(store, habits, asked)) {
    const [provider, requested, served] = models.get(row.modelId)!
    const {hour, requests, tokens, cost: nanos} = row
    const model = `${provider ?? ''} ${modelBase(served ?? requested ?? '')}`
    found[row.window]!.push({model, hour, requests, tokens, nanos})
  }
  return found
}
