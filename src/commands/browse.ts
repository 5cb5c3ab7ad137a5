import {BaseCommand} from '../base-command.ts'
import {loadConfig} from '../config/load.ts'
import {UserError} from '../model/errors.ts'
import {periodFlags} from '../period-flags.ts'
import {bookOf} from '../report/browse/book.ts'
import {loadSpend, staleness} from '../report/load.ts'
import {parsePeriod} from '../report/period.ts'
import {Source} from '../server/browse/source.ts'
import {openForReading} from '../store/open.ts'
import {screenOf} from '../terminal.ts'

export default class Browse extends BaseCommand {
  static override summary = 'A full-screen explorer: ledger, team, service, record, evidence.'
  static override examples = ['<%= config.bin %> <%= command.id %> --period 2026-10']
  static override flags = {...periodFlags}

  override async run(): Promise<void> {
    const {flags} = await this.parse(Browse)
    if (this.jsonEnabled())
      throw new UserError('browse is a screen for people and has no --json', 'run `venturi report --json`')
    if (!process.stdin.isTTY || !process.stdout.isTTY || process.env.TERM === 'dumb')
      throw new UserError(
        'browse needs a terminal that it can draw on: this is a pipe, a file or TERM=dumb',
        'run `venturi report`, `venturi explain RECORD` or `venturi export records`',
      )
    const context = this.context(flags)
    const period = parsePeriod(flags, Date.now())
    using store = openForReading(context.db)
    const stale = staleness(store)
    const book = bookOf(loadSpend(store, {period, asOf: 'event'}))
    using source = new Source(store, period, await loadConfig(context.config))
    const {browse} = await import('../server/browse/app.ts')
    const {colour} = screenOf(flags['no-color'], process.env, process.stdout)
    process.exitCode = await browse({book, source, colour})
    if (stale !== null) this.say(stale)
  }
}
