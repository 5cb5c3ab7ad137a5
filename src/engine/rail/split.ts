/** Splits that are the same on every machine and know nothing of order. */

/** FNV-1a over UTF-16 code units, 32 bits. */
export function hashOf(text: string): number {
  let hash = 2166136261
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619)
  return hash >>> 0
}

export const FOLDS = 5

/** The part of five an entity stands in. */
export const foldOf = (entity: string): number => hashOf(entity) % FOLDS
