/** Git's objects by name through two processes that live as long as the reading: one tells sizes, one gives bytes. */
import {type ChildProcessByStdio, spawn} from 'node:child_process'
import type {Readable, Writable} from 'node:stream'

type Process = ChildProcessByStdio<Writable, Readable, null>

export class Blobs {
  readonly #root: string
  #sizes: Process | null = null
  #contents: Process | null = null

  constructor(root: string) {
    this.#root = root
  }

  /** The bytes of files, in the order of their names (`<id>` or `<commit>:<path>`); null: no file. `tooLarge` is told of others. */
  async read(
    names: readonly string[],
    largest: number,
    tooLarge: (index: number) => void,
  ): Promise<(Buffer | null)[]> {
    if (names.length === 0) return []
    this.#sizes ??= this.#start('--batch-check')
    const told = await exchange(this.#sizes, names, lineEnds, names.length)
    const sizes = told.toString('utf8').split('\n')
    const found = names.map((name, index) => {
      const [, id, size] = /^(\w+) blob (\d+)$/.exec(sizes[index]!) ?? []
      if (id === undefined || size === undefined) return null
      if (Number(size) > largest) tooLarge(index)
      return Number(size) > largest ? null : {name, size: Number(size), header: `${id} blob ${size}\n`.length}
    })
    const wanted = found.filter(item => item !== null)
    if (wanted.length === 0) return found.map(() => null)
    this.#contents ??= this.#start('--batch')
    const total = wanted.reduce((sum, {size, header}) => sum + header + size + 1, 0)
    const bytes = await exchange(
      this.#contents,
      wanted.map(({name}) => name),
      sizeOf,
      total,
    )
    let at = 0
    return found.map(item => {
      if (item === null) return null
      const start = at + item.header
      at = start + item.size + 1
      return bytes.subarray(start, start + item.size)
    })
  }

  [Symbol.dispose](): void {
    this.#sizes?.stdin.end()
    this.#contents?.stdin.end()
  }

  #start(mode: string): Process {
    return spawn('git', ['cat-file', mode], {cwd: this.#root, stdio: ['pipe', 'pipe', 'ignore']})
  }
}

const lineEnds = (chunk: Buffer): number => {
  let count = 0
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++
  return count
}
const sizeOf = ({length}: Buffer): number => length

/** Asks, and waits until all is answered: until what `counted` counts adds up. */
function exchange(
  process: Process,
  names: readonly string[],
  counted: (chunk: Buffer) => number,
  total: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let seen = 0
    const done = (): void => {
      process.stdout.off('data', take)
      process.off('close', broken)
    }
    const take = (chunk: Buffer): void => {
      chunks.push(chunk)
      seen += counted(chunk)
      if (seen < total) return
      done()
      resolve(Buffer.concat(chunks))
    }
    const broken = (): void => {
      done()
      reject(new Error('git cat-file ended before it had answered'))
    }
    process.stdout.on('data', take)
    process.on('close', broken)
    process.stdin.write(`${names.join('\n')}\n`)
  })
}
