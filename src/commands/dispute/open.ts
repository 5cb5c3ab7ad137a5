import {SCHEMA_VERSION} from '../../base-command.ts'
import {DecisionCommand} from '../../decision-command.ts'
import {byFlags, daysFlags} from '../../decision-flags.ts'
import {Args} from '../../oclif.ts'
import {openDispute} from '../../server/audit/decide.ts'
import {disputeToJson, disputeToText} from '../../server/audit/views.ts'

export default class DisputeOpen extends DecisionCommand {
  static override summary =
    'Dispute whose some spend is: until that is resolved it is contested, and not charged.'
  static override description =
    'Of a record, it is about everything with the same evidence; of a team, about all that is the team’s.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> litellm:key/9f2c --why "we handed this key over on the 17th" --from 2026-10-17',
    '<%= config.bin %> <%= command.id %> attr_gcq.chatcmpl-9f2 --why "not our service" --json',
  ]
  static override args = {
    of: Args.string({
      description: 'record id, or the alias of a key, project, role, service, repository, user or team',
      required: true,
    }),
  }
  static override flags = {...byFlags, ...daysFlags}

  override async run() {
    const {args, flags} = await this.parse(DisputeOpen)
    using desk = this.desk(flags)
    const opened = openDispute(desk, {...flags, of: args.of})
    this.log(disputeToText(opened))
    this.sayNext()
    return {schema_version: SCHEMA_VERSION, dispute: disputeToJson(opened)}
  }
}
