/** Answers of `venturi price` as plain text. */
import type {PriceAnswer} from './price-query.ts'

/** One answer: what it costs, then the price row that says so. Ends without a newline. */
export function toText(answer: PriceAnswer): string {
  const {
    at,
    cost_usd: cost,
    matched_model: matched,
    model,
    notes = [],
    price,
    provider,
    reason,
    tier,
  } = answer
  const name = matched === null || matched === model ? model : `${model} (${matched})`
  const head = `${name}, ${provider ?? 'provider not said'}, ${tier}, ${at}`
  const lines = [`${cost === null ? 'no cost' : `$${cost}`}  ${head}`]
  if (reason !== null) lines.push(`  ${reason}`)
  if (price !== null) {
    const parts = Object.entries(price.per_million_usd)
      .filter(([, usd]) => usd !== null)
      .map(([kind, usd]) => `${kind.replace('_', ' ')} $${usd}`)
    const since = price.valid_from === null ? '' : `, valid from ${price.valid_from}`
    lines.push(`  a million tokens: ${parts.join(', ')} (${price.catalogue}${since})`)
  }
  return [...lines, ...notes.map(note => `  ${note}`)].join('\n')
}
