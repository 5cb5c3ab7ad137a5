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
  const lines = [cost !== null ? `$${cost}  ${head}` : price === null ? `no price  ${head}` : head]
  if (reason !== null && price === null) lines.push(`  ${reason}`)
  if (price !== null) {
    const kinds = Object.entries(price.per_million_usd)
      .filter(([, usd]) => usd !== null)
      .map(([kind, usd]) => `${kind.replaceAll('_', ' ')} $${usd}`)
    const fees = Object.entries(price.per_thousand_usd ?? {}).map(
      ([kind, usd]) => `${kind.replaceAll('_', ' ')} $${usd}`,
    )
    const since = price.valid_from === null ? '' : `, valid from ${price.valid_from}`
    const overlay = price.overlay === undefined ? '' : `, overlay ${price.overlay}`
    lines.push(`  a million tokens: ${kinds.join(', ')}`)
    if (fees.length > 0) lines.push(`  a thousand: ${fees.join(', ')}`)
    lines.push(`  ${price.catalogue}${overlay}${since}`)
  }
  return [...lines, ...notes.map(note => `  ${note}`)].join('\n')
}
