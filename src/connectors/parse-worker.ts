/** Parses one large file beside the thread that inserts. It runs ahead by a few chunks and then waits, so memory stays flat. */
import {createHash} from 'node:crypto'
import {parentPort, workerData} from 'node:worker_threads'
import {ChunkWriter} from '../model/chunk.ts'
import {connectors} from './index.ts'
import {openSource} from './read.ts'

export interface ParseJob {
  readonly file: string
  readonly name: string
  readonly connector: string
  readonly chunkRows: number
  /** One number: chunks sent and not yet inserted. */
  readonly ahead: SharedArrayBuffer
  readonly mostAhead: number
}

export type ParseMessage = {readonly chunk: ReturnType<ChunkWriter['take']>} | {readonly sha256: string}

const job = workerData as ParseJob
const ahead = new Int32Array(job.ahead)
const hash = createHash('sha256')
const source = openSource(job.file, job.name, bytes => void hash.update(bytes))
const writer = new ChunkWriter(job.chunkRows)

function send(): void {
  const chunk = writer.take()
  for (let waiting = Atomics.load(ahead, 0); waiting >= job.mostAhead; waiting = Atomics.load(ahead, 0))
    Atomics.wait(ahead, 0, waiting)
  Atomics.add(ahead, 0, 1)
  parentPort!.postMessage({chunk} satisfies ParseMessage, [chunk.numbers.buffer as ArrayBuffer])
}

for (const item of connectors.find(({id}) => id === job.connector)!.parse(source)) {
  writer.add(item)
  if (writer.full) send()
}
send()
parentPort!.postMessage({sha256: hash.digest('hex')} satisfies ParseMessage)
