/** Usage as causes of its cost are looked for: by model, with what is counted of it. Pure. */
import type {Nanos} from '../model/money.ts'
import type {Consumed} from './change.ts'
import type {Use} from './load-activity.ts'

/** What answered; where nobody says, what was asked for. */
export const modelOf = ({model}: Pick<Use, 'model'>): string | null => model?.[2] ?? model?.[1] ?? null

/** All of them; null: nobody counted any. */
function tokensOf({inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens}: Use): number | null {
  const counts = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens].filter(
    count => count !== null,
  )
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0)
}

/** A part of a use, `share` in parts per million. Counts are in millionths, so that a share of a use is a share of its counts. */
export function consumedOf(use: Use, share: number, cost: Nanos): Consumed {
  const scaled = (count: number | null): bigint | null =>
    count === null ? null : BigInt(count) * BigInt(share)
  return {
    ...{model: modelOf(use) ?? '', cost},
    ...{requests: scaled(use.requests), tokens: scaled(tokensOf(use))},
  }
}
