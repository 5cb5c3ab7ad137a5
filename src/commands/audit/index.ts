import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {entryToJson, entryToText} from '../../server/audit/views.ts'
import {openForReading} from '../../store/open.ts'
import {auditTrail} from '../../store/queries/audit.ts'
import {all} from '../../store/query.ts'

export default class Audit extends BaseCommand {
  static override summary =
    'The audit trail: every override, dispute and closed period, by whom, when and why.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json | jq .entries[-1]',
  ]

  override async run() {
    const {flags} = await this.parse(this.ctor as typeof Audit)
    using store = openForReading(this.context(flags).db)
    const entries = all(store, auditTrail, {})
    if (entries.length === 0) this.say('The audit trail is empty: nothing has been decided yet.')
    else this.log(entries.map(entryToText).join('\n'))
    return {schema_version: SCHEMA_VERSION, entries: entries.map(entryToJson)}
  }
}
