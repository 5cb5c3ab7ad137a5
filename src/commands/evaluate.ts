import {BaseCommand, SCHEMA_VERSION, showPath} from '../base-command.ts'
import {declaredLinks} from '../config/declared.ts'
import {loadConfig} from '../config/load.ts'
import {Flags} from '../oclif.ts'
import {FORMATS, render} from '../report/formats/render.ts'
import {staleness} from '../report/load.ts'
import {evaluateStore} from '../server/evaluate/evaluate-store.ts'
import {evaluationReport, worldReport} from '../server/evaluate/evaluate-view.ts'
import {lastMeasurement, type Measurement, remember} from '../server/evaluate/history.ts'
import {evaluateWorld} from '../server/evaluate/known-world.ts'
import {loadModel} from '../server/model/load.ts'
import {openForReading} from '../store/open.ts'
import {screenOf} from '../terminal.ts'

export default class Evaluate extends BaseCommand {
  static override summary =
    'How often answers are right, and whether as often as they say: measured on edges whose truth is known.'
  static override description =
    'Hides what rules settled, entity by entity, and asks again. Each measurement is kept beside the database, so that the next says what changed.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --world fixtures/acme --json',
  ]
  static override flags = {
    world: Flags.string({
      description: "a company's dump folder whose truth lies beside it, instead of this database",
    }),
    save: Flags.boolean({
      description: 'keep the measurement beside the database',
      default: true,
      allowNo: true,
    }),
    format: Flags.option({options: FORMATS, description: 'how to print it'})({default: 'table'}),
  }

  override async run() {
    const {flags} = await this.parse(Evaluate)
    const context = this.context(flags)
    const config = await loadConfig(context.config)
    const loaded = loadModel(config, context.db)
    if (loaded.problem !== null) this.say(loaded.problem)
    const screen = screenOf(flags['no-color'], process.env, process.stdout)
    const at = new Date().toISOString()
    const model = {version: loaded.model.version, degradation_state: loaded.model.state}
    if (flags.world !== undefined) {
      const world = await evaluateWorld(flags.world, loaded.model)
      const result = {schema_version: SCHEMA_VERSION, world: flags.world, model, edges: [], ...world}
      this.log(render(flags.format, worldReport(world, flags.world, model.version), result, screen))
      return result
    }
    using store = openForReading(context.db)
    const stale = staleness(store)
    if (stale !== null) this.say(stale)
    const evaluation = evaluateStore(store, declaredLinks(config), loaded)
    const of = 'this database'
    const before = lastMeasurement(context.db, of)
    const {owner} = evaluation
    if (flags.save && owner !== null) {
      const {accuracy, accuracy_at_080, coverage, ece} = owner
      remember(context.db, {
        at,
        of,
        model: model.version,
        accuracy,
        accuracy_at_080,
        coverage,
        ece,
      } satisfies Measurement)
    }
    const result = {schema_version: SCHEMA_VERSION, ...evaluation, before}
    this.log(render(flags.format, evaluationReport(evaluation, before, showPath(context.db)), result, screen))
    return result
  }
}
