/** A file's facts into a writer of chunks, by the quickest way its connector has. */
import type {ChunkWriter} from '../model/chunk.ts'
import type {Connector, Source} from './connector.ts'
import {jsonLine} from './json-lines.ts'
import {flatten} from './json-stream.ts'

/** `full` is called whenever the writer is, and has to empty it. */
export function factsOf(connector: Connector, source: Source, writer: ChunkWriter, full: () => void): void {
  const lines = connector.scanner ? source.byteLines() : null
  if (!lines) {
    for (const item of connector.parse(source)) {
      writer.add(item)
      if (writer.full) full()
    }
    return
  }
  const scanner = connector.scanner!(writer)
  for (const line of lines) {
    if (!line.ascii || !scanner.scan(line)) {
      const found = jsonLine(line.bytes.toString('utf8', line.start, line.end), line.line)
      if (!found) continue
      const before = writer.rows
      let records = 0
      for (const record of flatten([found])) {
        writer.add('fact' in record ? record : scanner.record(record.value, record.line))
        records++
        if (writer.full) full()
      }
      if (line.ascii && records === 1 && writer.rows === before + 1) scanner.learn()
    }
    if (writer.full) full()
  }
}
