import {SCHEMA_VERSION} from '../../base-command.ts'
import {DecisionCommand} from '../../decision-command.ts'
import {byFlags} from '../../decision-flags.ts'
import {Args, Flags} from '../../oclif.ts'
import {resolveDispute} from '../../server/audit/decide.ts'
import {disputeToJson, disputeToText} from '../../server/audit/views.ts'

export default class DisputeResolve extends DecisionCommand {
  static override summary =
    'Resolve a dispute: the evidence stands, or --owner overrides it in the same step.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 8 --why "the audit log agrees" --owner payments',
    '<%= config.bin %> <%= command.id %> 8 --why "withdrawn" --json',
  ]
  static override args = {
    id: Args.string({description: 'its number, as dispute list shows it', required: true}),
  }
  static override flags = {
    ...byFlags,
    owner: Flags.string({description: 'whose it is: adds an override on the same subject and days'}),
  }

  override async run() {
    const {args, flags} = await this.parse(DisputeResolve)
    using desk = this.desk(flags)
    const resolved = resolveDispute(desk, args.id, flags.why, flags.owner)
    this.log(disputeToText(resolved))
    this.sayNext()
    return {schema_version: SCHEMA_VERSION, dispute: disputeToJson(resolved)}
  }
}
