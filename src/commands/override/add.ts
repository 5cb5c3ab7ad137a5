import {SCHEMA_VERSION} from '../../base-command.ts'
import {DecisionCommand} from '../../decision-command.ts'
import {byFlags, daysFlags} from '../../decision-flags.ts'
import {Flags} from '../../oclif.ts'
import {addOverride} from '../../server/audit/decide.ts'
import {overrideToJson, overrideToText} from '../../server/audit/views.ts'

export default class OverrideAdd extends DecisionCommand {
  static override summary = 'Say whose something is, whatever the evidence says; it stays in the audit trail.'
  static override description =
    'Of a record, it is about everything with the same evidence: same key, project, tags and so on.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --of openai:project/proj_heron --team payments --why "moved in the July reorganization"',
    '<%= config.bin %> <%= command.id %> --of litellm:key/9f2c --team github:team/acme/search --from 2026-10-17 --why "key handed over" --json',
  ]
  static override flags = {
    of: Flags.string({
      description: 'key, project, role, service, repository or user as explain prints it, or a record id',
      required: true,
    }),
    team: Flags.string({description: "the team's name, or one of its aliases", required: true}),
    ...byFlags,
    ...daysFlags,
    expires: Flags.string({
      description: 'last day on which it is in force, whatever days of use it is about',
    }),
  }

  override async run() {
    const {flags} = await this.parse(OverrideAdd)
    using desk = this.desk(flags)
    const added = addOverride(desk, flags)
    this.log(overrideToText(added, desk.now))
    this.sayNext()
    return {schema_version: SCHEMA_VERSION, override: overrideToJson(added, desk.now)}
  }
}
