import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {loadDecisions} from '../../engine/run-rulings.ts'
import {Flags} from '../../oclif.ts'
import {disputeToJson, disputeToText} from '../../server/audit/views.ts'
import {openForReading} from '../../store/open.ts'

export default class DisputeList extends BaseCommand {
  static override summary = 'Open disputes: about what, by whom, since when and why.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all --json',
  ]
  static override flags = {all: Flags.boolean({description: 'also those resolved'})}

  override async run() {
    const {flags} = await this.parse(DisputeList)
    using store = openForReading(this.context(flags).db)
    const disputes = loadDecisions(store).disputes.filter(({resolved}) => flags.all || resolved === null)
    if (disputes.length === 0) this.say('No dispute is open.')
    else this.log(disputes.map(disputeToText).join('\n'))
    return {schema_version: SCHEMA_VERSION, disputes: disputes.map(disputeToJson)}
  }
}
