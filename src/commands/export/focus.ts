import {createWriteStream} from 'node:fs'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {UserError} from '../../model/errors.ts'
import {FOCUS_VERSIONS, focusMetadata, focusTable, NEWEST_FOCUS} from '../../model/focus.ts'
import {showExactUsd} from '../../model/money.ts'
import {formatTime} from '../../model/time.ts'
import {Flags} from '../../oclif.ts'
import {periodFlags} from '../../period-flags.ts'
import {FOCUS_FORMATS, FocusExport, focusToCsv} from '../../report/focus/export.ts'
import {staleness} from '../../report/load.ts'
import {loadBooks} from '../../report/load-books.ts'
import {explainedRecordsOf} from '../../report/load-closed.ts'
import {parsePeriod} from '../../report/period.ts'
import {openForReading} from '../../store/open.ts'

export default class ExportFocus extends BaseCommand {
  static override summary =
    'Every record as FOCUS cost and usage rows, split costs one row a share: CSV or Parquet.'
  static override description =
    'BilledCost sums to the ledger, to the nano-dollar. What is ours alone has the prefix x_. Nothing in it is about one person.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --period 2026-10 > focus.csv',
    '<%= config.bin %> <%= command.id %> --focus-version 1.2 --format parquet --output focus.parquet',
  ]
  static override flags = {
    ...periodFlags,
    'focus-version': Flags.option({
      options: FOCUS_VERSIONS,
      description: 'of the specification; before 1.3 the columns of a split are ours',
    })({default: NEWEST_FOCUS}),
    format: Flags.option({options: FOCUS_FORMATS, description: 'parquet needs --output'})({default: 'csv'}),
    output: Flags.string({char: 'o', description: 'file to write (default: stdout)'}),
  }

  override async run() {
    const {flags} = await this.parse(ExportFocus)
    const {format, output = null} = flags
    const now = Date.now()
    const period = parsePeriod(flags, now)
    if (output === null && format === 'parquet')
      throw new UserError('Parquet is not text', 'name a file with --output')
    if (output === null && this.jsonEnabled())
      throw new UserError('--json would mix with the rows', 'name a file with --output')
    using store = openForReading(this.context(flags).db)
    const stale = staleness(store)
    if (stale !== null) this.say(stale)
    const table = focusTable(flags['focus-version'])
    const metadata = focusMetadata(table, this.config, formatTime(now))
    const skipped = {unsettled: 0}
    const written = new FocusExport()
    const rows = written.rowsOf(explainedRecordsOf(store, period, skipped), loadBooks(store))
    if (format === 'parquet') {
      const [{fileWriter}, {writeFocusParquet}] = await Promise.all([
        import('hyparquet-writer'),
        import('../../report/formats/focus-parquet.ts'),
      ])
      writeFocusParquet(table, rows, fileWriter(output!), metadata)
    } else
      await pipeline(
        Readable.from(focusToCsv(table, rows)),
        output === null ? process.stdout : createWriteStream(output),
        {end: output !== null},
      )
    const summary = {...written.summary(), ...skipped}
    this.say(`${summary.rows} rows of ${summary.records} records, ${showExactUsd(written.billed)}`)
    if (summary.unpriced_records > 0)
      this.say(
        `${summary.unpriced_records} records have no price and are left out: FOCUS wants an amount. Try this: venturi price MODEL.`,
      )
    if (skipped.unsettled > 0)
      this.say(`${skipped.unsettled} rows are newer than their attribution. Try this: venturi attribute.`)
    return {
      ...{schema_version: SCHEMA_VERSION, focus_version: table.version, format, file: output},
      ...{...summary, metadata},
    }
  }
}
