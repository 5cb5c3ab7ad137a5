/** Google's SKU descriptions: `Gemini 2.5 Flash GA Thinking Text Output - Predictions`, ` Gemini 2.5 Flash GA Input Text Caching`. */
import {claudeModel, type Meter, NO_METER, type TokenKind, tierIn} from './meter.ts'

/** Other products of the same name: their tokens have prices and ids of their own that the words do not tell. */
const OTHER = /\b(?:tts|native audio|embedding|computer use|robotics|tuning|training)\b/i

function modelIn(description: string): string | null {
  if (OTHER.test(description)) return null
  const [, version, size, lite, kind] =
    /\bgemini (\d(?:\.\d)?) (flash|pro|ultra|nano)( lite)?(?: ga)?( image| live)?\b/i.exec(description) ?? []
  if (version === undefined || size === undefined) return claudeModel(description)
  const live = kind?.trim().toLowerCase() === 'live'
  // "Image Output" of a text model is a modality; "Flash Image" is a model.
  const image = /\bflash(?: ga)? image (?:text|image|ga)\b/i.test(description)
  return `gemini-${live ? 'live-' : ''}${version}-${size.toLowerCase()}${lite ? '-lite' : ''}${image ? '-image' : ''}`
}

/** Thinking is output; what caching stores is billed by the hour and counts no tokens. */
function kindIn(description: string): TokenKind | null {
  if (/storage/i.test(description)) return null
  if (/cache write|cache creation/i.test(description)) return 'cacheWriteTokens'
  if (/caching|cached|cache (?:read|hit)/i.test(description)) return 'cacheReadTokens'
  if (/output|thinking|response/i.test(description)) return 'outputTokens'
  return /input|prompt/i.test(description) ? 'inputTokens' : null
}

/** What a SKU measures; null in everything for SKUs that count no tokens of a model. */
export function gcpMeter(description: string): Meter {
  const known = /\b(?:gemini|claude)\b/i.test(description)
  const kind = known ? kindIn(description) : null
  const model = known ? modelIn(description) : null
  if (!known) return NO_METER
  return {model, kind, tier: tierIn(description), tokens: kind !== null}
}
