import {createWriteStream} from 'node:fs'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {loadConfig} from '../../config/load.ts'
import {energyRates} from '../../model/energy/estimate.ts'
import {UserError} from '../../model/errors.ts'
import {Flags} from '../../oclif.ts'
import {periodFlags} from '../../period-flags.ts'
import {RECORD_FORMATS, recordsToText} from '../../report/export-records.ts'
import {staleness} from '../../report/load.ts'
import {recordsOf} from '../../report/load-closed.ts'
import {parsePeriod} from '../../report/period.ts'
import {openForReading} from '../../store/open.ts'

export default class ExportRecords extends BaseCommand {
  static override summary = 'Every AttributionRecord, by time: one JSON object a line, or CSV.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --period 2026-10 > records.jsonl',
    '<%= config.bin %> <%= command.id %> --format csv --output records.csv',
  ]
  static override flags = {
    ...periodFlags,
    format: Flags.option({
      options: RECORD_FORMATS,
      description: 'jsonl has everything, csv what fits a line',
    })({
      default: 'jsonl',
    }),
    output: Flags.string({char: 'o', description: 'file to write (default: stdout)'}),
  }

  override async run() {
    const {flags} = await this.parse(ExportRecords)
    const {format, output = null} = flags
    const period = parsePeriod(flags, Date.now())
    if (this.jsonEnabled() && output === null)
      throw new UserError('--json would mix with the records', 'name a file with --output')
    const context = this.context(flags)
    using store = openForReading(context.db)
    const stale = staleness(store)
    if (stale !== null) this.say(stale)
    const written = {records: 0}
    const skipped = {unsettled: 0}
    const rates = energyRates((await loadConfig(context.config)).energy)
    const records = recordsOf(store, period, skipped, rates)
    const text = Readable.from(recordsToText(records, format, written))
    if (output === null) await pipeline(text, process.stdout, {end: false})
    else await pipeline(text, createWriteStream(output))
    if (skipped.unsettled > 0)
      this.say(`${skipped.unsettled} rows are newer than their attribution. Try this: venturi attribute.`)
    return {schema_version: SCHEMA_VERSION, format, output, ...written, ...skipped}
  }
}
