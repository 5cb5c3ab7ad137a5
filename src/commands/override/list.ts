import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {loadDecisions} from '../../engine/run-rulings.ts'
import {standingOf} from '../../model/decisions.ts'
import {Flags} from '../../oclif.ts'
import {overrideToJson, overrideToText} from '../../server/audit/views.ts'
import {openForReading} from '../../store/open.ts'

export default class OverrideList extends BaseCommand {
  static override summary = 'Overrides that are in force: whose what is, who said so, when and why.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all --json',
  ]
  static override flags = {all: Flags.boolean({description: 'also those revoked or expired'})}

  override async run() {
    const {flags} = await this.parse(OverrideList)
    using store = openForReading(this.context(flags).db)
    const now = Date.now()
    const overrides = loadDecisions(store).overrides.filter(
      override => flags.all || standingOf(override, now) === 'in force',
    )
    if (overrides.length === 0) this.say('No override is in force.')
    else this.log(overrides.map(override => overrideToText(override, now)).join('\n'))
    return {
      schema_version: SCHEMA_VERSION,
      overrides: overrides.map(override => overrideToJson(override, now)),
    }
  }
}
