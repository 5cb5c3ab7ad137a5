import {SCHEMA_VERSION} from '../base-command.ts'
import {loadConfig} from '../config/load.ts'
import {DecisionCommand} from '../decision-command.ts'
import {byFlags} from '../decision-flags.ts'
import {Args, Flags} from '../oclif.ts'
import {closedToJson, closedToText} from '../server/audit/closed-views.ts'
import {loadModel} from '../server/model/load.ts'

export default class Close extends DecisionCommand {
  static override summary = "Freeze a month's attribution: what changes about it later becomes an adjustment."
  static override description =
    'Its records and reports stay as they are, whatever is read, overridden or attributed afterwards; venturi audit verify proves it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 2026-10',
    '<%= config.bin %> <%= command.id %> 2026-11 --force --json',
  ]
  static override args = {period: Args.string({description: 'a month: 2026-10', required: true})}
  static override flags = {
    by: byFlags.by,
    force: Flags.boolean({description: 'close it though it is not over'}),
  }

  override async run() {
    const {args, flags} = await this.parse(Close)
    const {closePeriod} = await import('../server/audit/close.ts')
    const context = this.context(flags)
    const config = await loadConfig(context.config)
    const {model} = loadModel(config, context.db)
    using desk = this.desk(flags)
    const closed = closePeriod(desk, {
      ...{period: args.period, force: flags.force, config, model, venturi: this.config.version},
      say: line => this.progress(line),
    })
    this.progress('')
    this.log(closedToText(closed))
    return {schema_version: SCHEMA_VERSION, closed: closedToJson(closed)}
  }
}
