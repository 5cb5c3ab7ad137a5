/** Parses one large file beside the thread that inserts. It runs ahead by a few chunks and then waits, so memory stays flat. */
import {createHash} from 'node:crypto'
import {parentPort, workerData} from 'node:worker_threads'
import {ChunkWriter} from '../model/chunk.ts'
import type {Connector} from './connector.ts'
import {factsOf} from './facts-of.ts'
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
  const {numbers, ids, traces} = chunk
  const moved = [numbers, ids.bytes, ids.lengths, traces.bytes, traces.lengths]
  parentPort!.postMessage(
    {chunk} satisfies ParseMessage,
    moved.map(({buffer}) => buffer as ArrayBuffer),
  )
}

const connector: Connector = connectors.find(({id}) => id === job.connector)!
factsOf(connector, source, writer, send)
send()
parentPort!.postMessage({sha256: hash.digest('hex')} satisfies ParseMessage)
