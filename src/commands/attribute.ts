import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {allocationRules} from '../config/allocations.ts'
import {declaredLinks} from '../config/declared.ts'
import {loadConfig} from '../config/load.ts'
import {attributeStore} from '../engine/run.ts'
import {Flags} from '../oclif.ts'
import {attributeText} from '../report/attribute-summary.ts'
import {loadModel} from '../server/model/load.ts'
import {reprice} from '../server/pricing/reprice.ts'
import {openForWriting} from '../store/open.ts'

export default class Attribute extends BaseCommand {
  static override summary = 'Settle who is responsible for what has been ingested.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all --json',
  ]
  static override flags = {all: Flags.boolean({description: 'settle everything again, changed or not'})}

  override async run() {
    const {flags} = await this.parse(Attribute)
    const context = this.context(flags)
    const started = performance.now()
    using store = openForWriting(context.db)
    const config = await loadConfig(context.config)
    const repriced = reprice(store, config, line => this.progress(line))
    const declared = declaredLinks(config)
    const {model, problem} = loadModel(config, context.db)
    if (problem !== null) this.say(problem)
    const allocations = allocationRules(config.allocations)
    const say = (line: string) => this.progress(line)
    const budgetSeconds = config.inference?.budget_seconds
    const summary = attributeStore(store, {
      ...{declared, allocations, model, budgetSeconds, say},
      all: flags.all,
    })
    this.progress('')
    const seconds = Math.round(performance.now() - started) / 1000
    if (repriced > 0)
      this.say(
        `Prices have changed: ${repriced.toLocaleString('en')} ${repriced === 1 ? 'record was' : 'records were'} priced again.`,
      )
    this.log(attributeText(summary, seconds))
    return {schema_version: SCHEMA_VERSION, ...summary, repriced, seconds}
  }
}
