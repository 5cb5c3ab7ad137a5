/**
 * Texts by the thousand on their way between threads: one run of bytes and their lengths, instead of as many objects. It also
 * lets go of the line that a text was cut from.
 */
export interface TextColumn {
  readonly bytes: Uint8Array
  /** In bytes; `ABSENT` for no text. */
  readonly lengths: Int32Array
  readonly ascii: boolean
}

const ABSENT = -1
/** A character of a JavaScript string is at most three bytes of UTF-8. */
const WIDEST = 3

export class TextColumnWriter {
  #bytes = Buffer.alloc(1 << 16)
  #size = 0
  #lengths: number[] = []
  #ascii = true

  add(text: string | undefined): void {
    if (text === undefined) return void this.#lengths.push(ABSENT)
    this.#reserve(text.length * WIDEST)
    const length = this.#bytes.write(text, this.#size)
    if (length !== text.length) this.#ascii = false
    this.#lengths.push(length)
    this.#size += length
  }

  /** A text of ASCII as it stands among bytes. */
  addAscii(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from
    this.#reserve(length)
    const own = this.#bytes
    const size = this.#size
    for (let at = 0; at < length; at++) own[size + at] = bytes[from + at]!
    this.#lengths.push(length)
    this.#size = size + length
  }

  #reserve(most: number): void {
    if (this.#size + most <= this.#bytes.length) return
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#size + most))
    larger.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = larger
  }

  /** Hands over what has gathered and starts anew. */
  take(): TextColumn {
    const column = {
      bytes: new Uint8Array(this.#bytes.subarray(0, this.#size)),
      lengths: Int32Array.from(this.#lengths),
      ascii: this.#ascii,
    }
    this.#size = 0
    this.#lengths = []
    this.#ascii = true
    return column
  }
}

/** The texts of a column in order; null for no text. */
export function textsOf({bytes, lengths, ascii}: TextColumn): (string | null)[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const encoding = ascii ? 'latin1' : 'utf8'
  const texts: (string | null)[] = new Array(lengths.length)
  let from = 0
  for (let index = 0; index < lengths.length; index++) {
    const length = lengths[index]!
    texts[index] = length === ABSENT ? null : buffer.toString(encoding, from, from + length)
    if (length > 0) from += length
  }
  return texts
}
