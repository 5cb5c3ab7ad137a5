/** Unzipping in pieces. The inflater checks neither length nor checksum and unfolds whatever it is given, so this does. */
import {crc32} from 'node:zlib'
import {Gunzip} from 'fflate'
import {UnreadableFile} from './unreadable-file.ts'

/** A gzip file that grows more than this many times (past the first 64 MiB) is refused as a bomb. */
const BOMB_RATIO = 300
const BOMB_FROM = 64 << 20
/**
 * Bytes inflated at once: little, so that whoever only wants the beginning of a file does not unzip it all. Deflate unfolds
 * a thousand times at most, so a bomb is noticed 16 MiB past the limit.
 */
const BITE = 1 << 14

export class Unzipper {
  readonly #path: string
  readonly #gunzip: Gunzip
  #out: Uint8Array[] = []
  /** Of the present member; a file may be several gzip files in a row. */
  #checksum = 0
  #stored = 0
  #unzipped = 0
  /** The last eight bytes: checksum and length of the last member. */
  #tail = Buffer.alloc(0)

  constructor(path: string) {
    this.#path = path
    this.#gunzip = new Gunzip(piece => {
      this.#checksum = crc32(piece, this.#checksum)
      this.#unzipped += piece.length
      this.#out.push(piece)
    })
    this.#gunzip.onmember = () => {
      this.#checksum = 0
    }
  }

  /** The unzipped pieces of the next stored bytes, which may be overwritten afterwards. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    this.#tail = Buffer.concat([this.#tail, bytes.subarray(-8)]).subarray(-8)
    for (let from = 0; from < bytes.length; from += BITE) {
      const bite = bytes.slice(from, from + BITE)
      this.#stored += bite.length
      yield* this.#inflate(bite, false)
      if (this.#unzipped > BOMB_FROM && this.#unzipped > this.#stored * BOMB_RATIO)
        throw new UnreadableFile(
          `${this.#path} grows more than ${BOMB_RATIO} times when unzipped`,
          'unzip it yourself and look at it',
        )
    }
  }

  /** What is left at the end of the file. */
  *end(): Generator<Uint8Array> {
    yield* this.#inflate(new Uint8Array(0), true)
    if (this.#tail.length < 8 || this.#tail.readUInt32LE(0) !== this.#checksum)
      throw this.#broken('its checksum does not match')
  }

  *#inflate(bytes: Uint8Array, final: boolean): Generator<Uint8Array> {
    try {
      this.#gunzip.push(bytes, final)
    } catch (error) {
      throw this.#broken((error as Error).message)
    }
    const out = this.#out
    this.#out = []
    yield* out
  }

  #broken(why: string): UnreadableFile {
    return new UnreadableFile(`${this.#path} is a broken gzip file (${why})`, 'export or copy it again')
  }
}
