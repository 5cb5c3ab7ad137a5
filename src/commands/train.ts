import {BaseCommand, SCHEMA_VERSION, showPath} from '../base-command.ts'
import {declaredLinks} from '../config/declared.ts'
import {loadConfig} from '../config/load.ts'
import {Flags} from '../oclif.ts'
import {loadModel} from '../server/model/load.ts'
import {trainOn} from '../server/model/train-on.ts'
import {trainingText} from '../server/model/training-text.ts'
import {openForReading} from '../store/open.ts'

export default class Train extends BaseCommand {
  static override summary =
    "Fits the inference model to this database's own known edges; keeps it only if it measures better."
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --output model.json --json',
  ]
  static override flags = {
    output: Flags.string({
      description:
        'where to write the model and, beside it, its card (default: model.json beside the database)',
    }),
    force: Flags.boolean({description: 'keep it though it measures no better'}),
  }

  override async run() {
    const {flags} = await this.parse(Train)
    const context = this.context(flags)
    const config = await loadConfig(context.config)
    const loaded = loadModel(config, context.db)
    if (loaded.problem !== null) this.say(loaded.problem)
    using store = openForReading(context.db)
    const on = new Date().toISOString().slice(0, 10)
    const training = trainOn(store, {
      declared: declaredLinks(config),
      ...{loaded, on, db: context.db, output: flags.output, force: flags.force},
    })
    this.log(trainingText(training, showPath))
    if (training.kept) this.say('Run `venturi attribute` to use it.')
    return {schema_version: SCHEMA_VERSION, ...training}
  }
}
