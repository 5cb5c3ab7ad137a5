import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {declaredLinks} from '../config/declared.ts'
import {loadConfig} from '../config/load.ts'
import {readWorld} from '../engine/run.ts'
import {Args} from '../oclif.ts'
import {toTable} from '../report/formats/table.ts'
import {findNodes} from '../server/graph/find-nodes.ts'
import {nodeReport, summarise, summaryReport, viewOf} from '../server/graph/graph-view.ts'
import {openForReading} from '../store/open.ts'
import {screenOf} from '../terminal.ts'

export default class Graph extends BaseCommand {
  static override summary =
    'What was taken for one team, service or key under several names, why, and how sure that is.'
  static override description =
    'Built from what has been ingested and the venturi.yaml of now. Nothing is shown about people.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> payments',
    '<%= config.bin %> <%= command.id %> github:team/acme/payments --json',
  ]
  static override args = {
    name: Args.string({description: 'a team, service, key or repository: its name, or one of its aliases'}),
  }

  override async run() {
    const {args, flags} = await this.parse(Graph)
    const context = this.context(flags)
    const declared = declaredLinks(await loadConfig(context.config))
    using store = openForReading(context.db)
    const {graph} = readWorld(store, declared, Date.now())
    const screen = screenOf(flags['no-color'], process.env, process.stdout)
    if (args.name === undefined) {
      const summary = summarise(graph)
      this.log(toTable(summaryReport(summary), screen))
      return {schema_version: SCHEMA_VERSION, ...summary}
    }
    const nodes = findNodes(graph, args.name).map(node => viewOf(graph, node))
    this.log(nodes.map(view => toTable(nodeReport(view), screen)).join('\n\n\n'))
    return {schema_version: SCHEMA_VERSION, nodes}
  }
}
