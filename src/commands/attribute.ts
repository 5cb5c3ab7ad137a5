import {Flags} from '@oclif/core'
import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {attributeStore} from '../engine/run.ts'
import {openForWriting} from '../store/open.ts'

export default class Attribute extends BaseCommand {
  static override summary = 'Settle who is responsible for what has been ingested.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override flags = {all: Flags.boolean({description: 'settle everything again, changed or not'})}

  override async run() {
    const {flags} = await this.parse(Attribute)
    using store = openForWriting(this.context(flags).db)
    const summary = attributeStore(store, line => this.progress(line))
    return {schema_version: SCHEMA_VERSION, ...summary}
  }
}
