import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {declaredLinks} from '../../config/declared.ts'
import {loadConfig} from '../../config/load.ts'
import {UserError} from '../../model/errors.ts'
import {Flags} from '../../oclif.ts'
import {staleness} from '../../report/load.ts'
import {observe, parseWindow} from '../../server/diff/observe.ts'
import {writeSnapshot} from '../../server/diff/snapshot.ts'
import {openForReading} from '../../store/open.ts'

export default class ExportSnapshot extends BaseCommand {
  static override summary =
    'A small database for CI: what venturi diff prices changes from, and nothing about people.'
  static override description =
    'Services, repositories, folders, owners, budgets, and sums of traffic by service, model and day. venturi diff says the same from it as from the whole database; every other command refuses it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --output venturi-snapshot.db',
    '<%= config.bin %> diff origin/main..HEAD --db venturi-snapshot.db',
  ]
  static override flags = {
    output: Flags.string({
      char: 'o',
      description: 'file to write; a snapshot that is there is replaced',
      required: true,
    }),
    window: Flags.string({
      description: 'how many days of traffic before today: the longest window a review may ask for',
      default: '90d',
    }),
  }

  override async run() {
    const {flags} = await this.parse(ExportSnapshot)
    const {output} = flags
    const days = parseWindow(flags.window)
    const context = this.context(flags)
    const declared = declaredLinks(await loadConfig(context.config))
    const now = Date.now()
    using store = openForReading(context.db)
    const stale = staleness(store)
    if (stale !== null) this.say(stale)
    const observed = observe(store, declared, days, now)
    if (observed === null)
      throw new UserError(
        `${context.db}: holds no attributed usage`,
        'run `venturi ingest PATH`, then `venturi attribute`',
      )
    const written = writeSnapshot(observed, output, now)
    this.say(
      `${output}: ${written.services} services, ${written.budgets} budgets, ${written.rows} rows of traffic from ${written.since} to ${written.until}, ${Math.ceil(written.bytes / 1024)} KiB`,
    )
    return {schema_version: SCHEMA_VERSION, output, ...written}
  }
}
