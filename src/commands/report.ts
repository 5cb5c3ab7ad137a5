import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {loadConfig} from '../config/load.ts'
import {energyRates} from '../model/energy/estimate.ts'
import {Args, Flags} from '../oclif.ts'
import {periodFlags} from '../period-flags.ts'
import {bookOf} from '../report/book.ts'
import {FORMATS, render, renderBook} from '../report/formats/render.ts'
import {lenses} from '../report/lenses/index.ts'
import {AS_OF, staleness} from '../report/load.ts'
import {parsePeriod} from '../report/period.ts'
import {quotesOf} from '../server/pricing/quotes.ts'
import {openForReading} from '../store/open.ts'
import {screenOf} from '../terminal.ts'

const ALL = 'all'

export default class Report extends BaseCommand {
  static override summary =
    'Spend by owner, what may be charged back, and the other ways to read the records.'
  static override description = [
    ...lenses.map(({id, summary}) => `${id}: ${summary}`),
    'all: every one of these, one after another',
  ].join('\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --period 2026-10',
    '<%= config.bin %> <%= command.id %> chargeback --since 30d --format csv',
    '<%= config.bin %> <%= command.id %> all --period 2026-10 --format html > report.html',
    '<%= config.bin %> <%= command.id %> burn --week 2026-W42 --top 5',
  ]
  static override args = {
    lens: Args.string({
      description: 'which view',
      options: [...lenses.map(({id}) => id), ALL],
      default: lenses[0].id,
    }),
  }
  static override flags = {
    ...periodFlags,
    week: Flags.string({description: 'a week, Monday to Sunday: 2026-W42'}),
    top: Flags.integer({description: 'how many rows a list shows before the rest is one (burn: 10)', min: 1}),
    'as-of': Flags.option({options: AS_OF, description: "ownership on the day of use, or today's"})({
      default: 'event',
    }),
    format: Flags.option({
      options: FORMATS,
      description: 'how to print it',
    })({
      default: 'table',
    }),
  }

  override async run() {
    const {args, flags} = await this.parse(Report)
    const period = parsePeriod(flags, Date.now())
    const context = this.context(flags)
    using store = openForReading(context.db)
    const stale = staleness(store)
    if (stale !== null) this.say(stale)
    const config = await loadConfig(context.config)
    const priced = {rates: energyRates(config.energy), quote: quotesOf(config)}
    const request = {
      ...{period, asOf: flags['as-of'], ...priced},
      ...(flags.top !== undefined && {top: flags.top}),
    }
    const screen = screenOf(flags['no-color'], process.env, process.stdout)
    const views = lenses
      .filter(({id}) => args.lens === ALL || id === args.lens)
      .map(lens => [lens, lens.view(store, request)] as const)
    if (args.lens === ALL) {
      const {book, json} = bookOf(views)
      const result = {schema_version: SCHEMA_VERSION, ...json}
      this.log(renderBook(flags.format, book, result, screen))
      return result
    }
    const {report, json} = views[0]![1]
    const result = {schema_version: SCHEMA_VERSION, ...json}
    this.log(render(flags.format, report, result, screen))
    return result
  }
}
