import {SCHEMA_VERSION} from '../../base-command.ts'
import {DecisionCommand} from '../../decision-command.ts'
import {byFlags} from '../../decision-flags.ts'
import {Args} from '../../oclif.ts'
import {revokeOverride} from '../../server/audit/decide.ts'
import {overrideToJson, overrideToText} from '../../server/audit/views.ts'

export default class OverrideRevoke extends DecisionCommand {
  static override summary = 'Take an override back: from now on the evidence decides again.'
  static override examples = ['<%= config.bin %> <%= command.id %> 7 --why "the catalog has been corrected"']
  static override args = {
    id: Args.string({description: 'its number, as override list shows it', required: true}),
  }
  static override flags = byFlags

  override async run() {
    const {args, flags} = await this.parse(OverrideRevoke)
    using desk = this.desk(flags)
    const revoked = revokeOverride(desk, args.id, flags.why)
    this.log(overrideToText(revoked, desk.now))
    this.sayNext()
    return {schema_version: SCHEMA_VERSION, override: overrideToJson(revoked, desk.now)}
  }
}
