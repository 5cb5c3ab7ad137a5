/** Audio and image tokens within the counts of an OpenAI usage row. */
import type {UsageParts} from '../model/fact.ts'
import {count, usageParts} from './fields.ts'

const MODALITIES = ['text', 'audio', 'image'] as const
type Modality = (typeof MODALITIES)[number]

/**
 * The three modalities of the input add up to the uncached tokens; in older exports to all of them, cached ones included. A
 * row where they do neither is taken as all text.
 */
export function modalityParts(
  value: unknown,
  uncached: number | null,
  all: number | null,
): {readonly parts?: UsageParts} {
  const input = (of: Modality) => count(value, `input_${of}_tokens`)
  const cached = (of: Modality) => count(value, `input_cached_${of}_tokens`)
  const output = (of: Modality) => count(value, `output_${of}_tokens`)
  const sum = MODALITIES.reduce((total, of) => total + (input(of) ?? 0), 0)
  const inclusive = sum !== uncached && sum === all
  const own = (of: Modality): number | null => {
    const tokens = input(of)
    if (tokens === null || (sum !== uncached && !inclusive)) return null
    return Math.max(0, inclusive ? tokens - (cached(of) ?? 0) : tokens)
  }
  return usageParts({
    audioInputTokens: own('audio'),
    audioOutputTokens: output('audio'),
    audioCacheReadTokens: cached('audio'),
    imageInputTokens: own('image'),
    imageOutputTokens: output('image'),
    imageCacheReadTokens: cached('image'),
  })
}
