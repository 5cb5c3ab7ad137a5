/** FOCUS rows as Parquet, a row group at a time: money and quantities are DECIMAL over whole numbers, so exact. */
import type {SchemaElement} from 'hyparquet'
import {ParquetWriter, type Writer} from 'hyparquet-writer'
import type {FocusColumn, FocusRow, FocusTable, FocusType, FocusValue} from '../../model/focus.ts'

/** Rows held at once. */
const GROUP = 10_000

/** Whole numbers of 64 bits hold nano-dollars to nine thousand million dollars, in 18 digits. */
const decimal = (scale: number) => ({type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale}) as const
const TYPES: {readonly [type in FocusType]: Omit<SchemaElement, 'name'>} = {
  text: {type: 'BYTE_ARRAY', converted_type: 'UTF8'},
  json: {type: 'BYTE_ARRAY', converted_type: 'UTF8'},
  instant: {type: 'INT64', converted_type: 'TIMESTAMP_MILLIS'},
  usd: decimal(9),
  quantity: decimal(6),
  count: decimal(0),
  ratio: {type: 'DOUBLE'},
  truth: {type: 'BOOLEAN'},
}

const schemaOf = (columns: readonly FocusColumn[]): SchemaElement[] => [
  {name: 'root', num_children: columns.length},
  ...columns.map(({name, type, nullable}) => ({
    name,
    ...TYPES[type],
    repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
  })),
]

/** `metadata`: what the delivery says of itself; it stands in the file's footer. */
export function writeFocusParquet(
  table: FocusTable,
  rows: Iterable<FocusRow>,
  writer: Writer,
  metadata: {readonly FocusVersion: string; readonly DataGenerator: string},
): void {
  const {columns, cells} = table
  const file = new ParquetWriter({
    writer,
    schema: schemaOf(columns),
    createdBy: 'venturi',
    kvMetadata: [{key: 'FOCUS', value: JSON.stringify(metadata)}],
  })
  let held: FocusValue[][] = columns.map(() => [])
  const flush = () => {
    if (held[0]!.length === 0) return
    file.write({
      columnData: columns.map(({name}, at) => ({name, data: held[at]!})),
      rowGroupSize: GROUP,
    })
    held = columns.map(() => [])
  }
  for (const row of rows) {
    for (const [at, value] of cells(row).entries()) held[at]!.push(value)
    if (held[0]!.length >= GROUP) flush()
  }
  flush()
  file.finish()
}
