/** The same traffic is counted once, however many places of a service change what it is about. */
import type {Change} from '../change.ts'
import type {PricedChange} from './price-change.ts'

interface Found {
  readonly change: Change
  /** Null: not known. */
  readonly service: string | null
  readonly priced: PricedChange
}

const NAMES_MODEL = new Set(['model_changed', 'model_removed', 'reasoning_introduced'])

/** What a change's traffic is: the service's with one model, or all of it. */
const sameTraffic = ({change: {kind, key, from, model}, service}: Found): string =>
  NAMES_MODEL.has(kind) ? `${service}\nmodel\n${from}` : `${service}\n${kind} ${key}\n${model}`

/** Changes that say the same count at the first; of those that contradict each other none can be told. */
export function withoutDoubles<Item extends Found>(found: readonly Item[]): Item[] {
  const groups = Map.groupBy(
    found.filter(({priced: {delta, atMost}}) => delta !== null || atMost !== null),
    sameTraffic,
  )
  return found.map(item => {
    const group = groups.get(sameTraffic(item)) ?? []
    const [first] = group
    if (!first || group.length === 1 || !group.includes(item)) return item
    const {from, to} = first.change
    const agree = group.every(({change}) => change.from === from && change.to === to)
    if (agree && item === first) return item
    const why = agree
      ? `the same traffic as ${first.change.path}:${first.change.line}: counted there`
      : `${group.length} places change what the same traffic is asked of: which of it each will take cannot be told`
    return {
      ...item,
      priced: {
        ...item.priced,
        ...{delta: null, atMost: null, moves: [], assumptions: [why]},
        replayed: agree ? item.priced.replayed : null,
      },
    }
  })
}
