import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {runDemo} from '../server/demo/run-demo.ts'
import {shownToJson, shownToText} from '../server/demo/show.ts'
import {screenOf} from '../terminal.ts'

export default class Demo extends BaseCommand {
  static override summary =
    'Read a bundled company into a fresh database, attribute it, print its ledger and explain one record.'
  static override description = 'Needs no network and no keys; writes to a temporary folder only.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  override async run() {
    const {flags} = await this.parse(Demo)
    const {db, shown} = await runDemo({
      stage: line => {
        this.progress('')
        this.say(line)
      },
      progress: line => this.progress(line),
    })
    this.log(shownToText(shown, screenOf(flags['no-color'], process.env, process.stdout)))
    this.say(`\nLook further:\n  venturi report ledger --db ${db}\n  venturi doctor --db ${db}`)
    return {schema_version: SCHEMA_VERSION, db, ...shownToJson(shown)}
  }
}
