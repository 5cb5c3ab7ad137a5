/**
 * Numbers byte strings: the same bytes, the same number. Millions of rows repeat a few thousand pieces of evidence, and finding
 * which one a row has is most of what reading it costs, so nothing is allocated for a known one.
 */

/** In bytes. What is longer is seldom said twice. */
const LONGEST_KEY = 4096
/** Keys kept; then all are forgotten. */
const MOST_KEYS = 1 << 18
const FIRST_SLOTS = 1 << 12
const FREE = 0

export class EvidenceIndex {
  /** The key being written, in words: keys are compared four bytes at a time. */
  readonly #key = new Int32Array(LONGEST_KEY / 4)
  readonly #bytes = new Uint8Array(this.#key.buffer)
  #size = 0
  /** Keys one after another, each behind its size in bytes and padded to whole words. */
  #kept = new Int32Array(1 << 16)
  #keptSize = 1
  /** By slot: where in `#kept` the key stands, its number and its hash. */
  #places = new Int32Array(FIRST_SLOTS)
  #numbers = new Int32Array(FIRST_SLOTS)
  #hashes = new Int32Array(FIRST_SLOTS)
  #count = 0

  /** Begins a key anew. */
  begin(): void {
    this.#size = 0
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

  /** The number of the key; one not seen before gets the next. -1: it is too long. */
  find(): number {
    const size = this.#size
    if (size > LONGEST_KEY) return -1
    const words = (size + 3) >> 2
    this.#bytes.fill(0, size, words << 2)
    const hash = this.#hash(words, size)
    let slot = hash & (this.#places.length - 1)
    for (; this.#places[slot] !== FREE; slot = (slot + 1) & (this.#places.length - 1))
      if (this.#hashes[slot] === hash && this.#equals(this.#places[slot]!, words, size))
        return this.#numbers[slot]!
    const number = this.#count++
    this.#put(slot, this.#keep(words, size), number, hash)
    if (this.#count * 2 > this.#places.length) this.#grow()
    return number
  }

  /** Whether it is time to forget: what goes with the numbers is then forgotten too. */
  get isFull(): boolean {
    return this.#count >= MOST_KEYS
  }

  forget(): void {
    this.#keptSize = 1
    this.#count = 0
    this.#places.fill(FREE)
  }

  #hash(words: number, size: number): number {
    let hash = size
    for (let at = 0; at < words; at++)
      hash = Math.imul(((hash << 13) | (hash >>> 19)) ^ this.#key[at]!, 0x5bd1e995)
    return hash ^ (hash >>> 15)
  }

  #equals(place: number, words: number, size: number): boolean {
    const kept = this.#kept
    if (kept[place] !== size) return false
    for (let at = 0; at < words; at++) if (kept[place + 1 + at] !== this.#key[at]) return false
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

  #put(slot: number, place: number, number: number, hash: number): void {
    this.#places[slot] = place
    this.#numbers[slot] = number
    this.#hashes[slot] = hash
  }

  #grow(): void {
    const [places, numbers, hashes] = [this.#places, this.#numbers, this.#hashes]
    const slots = places.length * 2
    this.#places = new Int32Array(slots)
    this.#numbers = new Int32Array(slots)
    this.#hashes = new Int32Array(slots)
    for (let old = 0; old < places.length; old++) {
      if (places[old] === FREE) continue
      let slot = hashes[old]! & (slots - 1)
      while (this.#places[slot] !== FREE) slot = (slot + 1) & (slots - 1)
      this.#put(slot, places[old]!, numbers[old]!, hashes[old]!)
    }
  }
}
