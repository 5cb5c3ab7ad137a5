/** A file's bytes as text; null: it is no text. */
const utf8 = new TextDecoder('utf-8', {fatal: true})

export function decode(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.subarray(0, 8000).includes(0)) return null
  try {
    return utf8.decode(bytes)
  } catch {
    // An older encoding: names and models are ASCII in all of them.
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  }
}

/** Where texts differ: from where in both, and up to where in either; what is before and after is the same. */
export function difference(
  before: string,
  after: string,
): readonly [start: number, endBefore: number, endAfter: number] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++
  let same = 0
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++
  return [start, before.length - same, after.length - same]
}
