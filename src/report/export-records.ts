/** Records as a stream of text in pieces of some 64 KiB: nothing is held that has been written. */
import {recordsCsvHeader, recordToCsv} from './formats/records-csv.ts'
import type {AttributionRecord} from './record.ts'

export const RECORD_FORMATS = ['jsonl', 'csv'] as const
export type RecordFormat = (typeof RECORD_FORMATS)[number]

export interface Written {
  records: number
}

const PIECE = 65_536

export function* recordsToText(
  records: Iterable<AttributionRecord>,
  format: RecordFormat,
  written: Written,
): Generator<string> {
  const toLine = format === 'csv' ? recordToCsv : (record: AttributionRecord) => JSON.stringify(record)
  let piece = format === 'csv' ? `${recordsCsvHeader}\n` : ''
  for (const record of records) {
    written.records++
    piece += `${toLine(record)}\n`
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
