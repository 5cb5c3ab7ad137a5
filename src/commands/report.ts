import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {loadConfig} from '../config/load.ts'
import {energyRates} from '../model/energy/estimate.ts'
import {EXIT, UserError} from '../model/errors.ts'
import {Args, Flags} from '../oclif.ts'
import {periodFlags} from '../period-flags.ts'
import {bookOf} from '../report/book.ts'
import {FORMATS, render, renderBook} from '../report/formats/render.ts'
import {lenses} from '../report/lenses/index.ts'
import {AS_OF, staleness} from '../report/load.ts'
import {parsePeriod} from '../report/period.ts'
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
    '<%= config.bin %> <%= command.id %> security --fail-on "leaver|shared>500usd"',
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
    'fail-on': Flags.string({
      description:
        'exit 3 on findings (security): leaver, master, shared, orphaned, recycled, contradicted, each also with >Nusd',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
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
    const chosen = lenses.filter(({id}) => args.lens === ALL || id === args.lens)
    const request = {
      ...{period, asOf: flags['as-of'], rates: energyRates(config.energy)},
      ...(chosen.some(({priced}) => priced) && {
        quote: (await import('../server/pricing/quotes.ts')).quotesOf(config),
      }),
      ...(flags.top !== undefined && {top: flags.top}),
    }
    const screen = screenOf(flags['no-color'], process.env, process.stdout)
    const views = chosen.map(lens => [lens, lens.view(store, request)] as const)
    const rules = flags['fail-on']
    const checks = views.flatMap(([, {broken}]) => (broken === undefined ? [] : [broken]))
    if (rules.length > 0 && checks.length === 0)
      throw new UserError(`report ${args.lens} has no findings for --fail-on`, 'use it with: report security')
    const findings = rules.length === 0 ? [] : checks.flatMap(broken => broken(rules))
    const [[, single]] = views as [(typeof views)[number]]
    const book = args.lens === ALL ? bookOf(views) : null
    const result = {schema_version: SCHEMA_VERSION, ...(book ?? single).json}
    this.log(
      book === null
        ? render(flags.format, single.report, result, screen)
        : renderBook(flags.format, book.book, result, screen),
    )
    for (const finding of findings) this.say(finding)
    if (findings.length > 0) process.exitCode = EXIT.findings
    return result
  }
}
