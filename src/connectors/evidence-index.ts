/**
 * What was learned of byte strings: the same bytes, the same number. Millions of rows repeat a few thousand pieces of evidence,
 * and finding which one a row has is much of what reading it costs: a known one allocates nothing and touches memory once in
 * the table and once for its bytes.
 */

/** In bytes. What is longer is seldom said twice. */
const LONGEST_KEY = 4096
/** Keys kept; then all are forgotten. */
const MOST_KEYS = 1 << 18
const FIRST_SLOTS = 1 << 12
const FREE = 0
/** Nothing has been learned of the key. */
export const UNKNOWN = -1

/** Numbers of a slot: where in `#kept` its key stands (`FREE`: nowhere), the key's hash, and what was learned of it. */
const WIDTH = 4
const Slot = {Place: 0, Hash: 1, Value: 2} as const

export class EvidenceIndex {
  /** The key being written, in words: keys are compared four bytes at a time. */
  readonly #key = new Int32Array(LONGEST_KEY / 4)
  readonly #bytes = new Uint8Array(this.#key.buffer)
  #size = 0
  /** Keys one after another, each behind its size in bytes and padded to whole words. */
  #kept = new Int32Array(1 << 16)
  #keptSize = 1
  #slots = new Int32Array(FIRST_SLOTS * WIDTH)
  #count = 0
  /** The slot of the key found last; `UNKNOWN`: none. */
  #found = UNKNOWN

  /** Begins a key anew. */
  begin(): void {
    this.#size = 0
    this.#found = UNKNOWN
  }

  /** Adds a part to the key. Parts may be empty and do not run into one another. */
  add(bytes: Uint8Array, from: number, to: number): void {
    const key = this.#bytes
    const start = this.#size
    const length = to - from
    this.#size = start + length + 1
    if (this.#size > LONGEST_KEY) return
    for (let at = 0; at < length; at++) key[start + at] = bytes[from + at]!
    // No JSON holds this byte as it is written.
    key[start + length] = 0
  }

  /** What was learned of the key; `UNKNOWN` where nothing was, or where it is too long to be kept. */
  find(): number {
    const size = this.#size
    if (size > LONGEST_KEY) return UNKNOWN
    if (this.#count === MOST_KEYS) this.#forget()
    const words = (size + 3) >> 2
    for (let at = size; at < words << 2; at++) this.#bytes[at] = 0
    const hash = this.#hash(words, size)
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = (hash << 2) & mask
    for (; slots[slot] !== FREE; slot = (slot + WIDTH) & mask)
      if (slots[slot + Slot.Hash] === hash && this.#equals(slots[slot]!, words, size)) {
        this.#found = slot
        return slots[slot + Slot.Value]!
      }
    slots[slot + Slot.Place] = this.#keep(words, size)
    slots[slot + Slot.Hash] = hash
    slots[slot + Slot.Value] = UNKNOWN
    this.#found = slot
    if (++this.#count * 2 * WIDTH > slots.length) this.#grow()
    return UNKNOWN
  }

  /** Says what is to be known of the key found last. */
  learn(value: number): void {
    if (this.#found !== UNKNOWN) this.#slots[this.#found + Slot.Value] = value
  }

  #forget(): void {
    this.#keptSize = 1
    this.#count = 0
    this.#slots.fill(FREE)
  }

  #hash(words: number, size: number): number {
    const key = this.#key
    let hash = size
    for (let at = 0; at < words; at++) hash = Math.imul(((hash << 13) | (hash >>> 19)) ^ key[at]!, 0x5bd1e995)
    return hash ^ (hash >>> 15)
  }

  #equals(place: number, words: number, size: number): boolean {
    const kept = this.#kept
    const key = this.#key
    if (kept[place] !== size) return false
    for (let at = 0; at < words; at++) if (kept[place + 1 + at] !== key[at]) return false
    return true
  }

  #keep(words: number, size: number): number {
    const place = this.#keptSize
    if (place + 1 + words > this.#kept.length) {
      const larger = new Int32Array(this.#kept.length * 2)
      larger.set(this.#kept)
      this.#kept = larger
    }
    this.#kept[place] = size
    this.#kept.set(this.#key.subarray(0, words), place + 1)
    this.#keptSize = place + 1 + words
    return place
  }

  #grow(): void {
    const old = this.#slots
    const found = this.#found
    const slots = new Int32Array(old.length * 2)
    const mask = slots.length - 1
    for (let from = 0; from < old.length; from += WIDTH) {
      if (old[from] === FREE) continue
      let slot = (old[from + Slot.Hash]! << 2) & mask
      while (slots[slot] !== FREE) slot = (slot + WIDTH) & mask
      slots.set(old.subarray(from, from + WIDTH), slot)
      if (from === found) this.#found = slot
    }
    this.#slots = slots
  }
}
