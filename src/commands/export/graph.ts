import {writeFileSync} from 'node:fs'
import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {declaredLinks} from '../../config/declared.ts'
import {loadConfig} from '../../config/load.ts'
import {readWorld} from '../../engine/run.ts'
import {UserError} from '../../model/errors.ts'
import {Flags} from '../../oclif.ts'
import {describeGraph} from '../../server/graph/describe.ts'
import {graphToXml} from '../../server/graph/graphml.ts'
import {openForReading} from '../../store/open.ts'

export default class ExportGraph extends BaseCommand {
  static override summary =
    'The graph: nodes with all their names, links with evidence, what was merged and why, what nearly was.'
  static override description =
    'People are left out; with --people what at least five of them have in common is shown.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --output graph.json',
    '<%= config.bin %> <%= command.id %> --format graphml > graph.graphml',
  ]
  static override flags = {
    format: Flags.option({
      options: ['json', 'graphml'] as const,
      description: 'graphml for tools that draw graphs',
    })({default: 'json'}),
    output: Flags.string({char: 'o', description: 'file to write (default: stdout)'}),
    people: Flags.boolean({description: 'people too, never fewer than five', allowNo: true, default: false}),
  }

  override async run() {
    const {flags} = await this.parse(ExportGraph)
    const {format, output = null, people} = flags
    if (this.jsonEnabled() && output === null && format !== 'json')
      throw new UserError('--json would mix with the graph', 'name a file with --output')
    const context = this.context(flags)
    const declared = declaredLinks(await loadConfig(context.config))
    using store = openForReading(context.db)
    const {graph} = readWorld(store, declared, Date.now())
    const described = {schema_version: SCHEMA_VERSION, ...describeGraph(graph, people)}
    const {left_out} = described
    if (people && left_out.people > 0)
      this.say('People are left out: nothing is shown about fewer than five.')
    if (output === null && this.jsonEnabled()) return described
    const text = format === 'json' ? `${JSON.stringify(described, null, 2)}\n` : graphToXml(described)
    if (output === null) process.stdout.write(text)
    else writeFileSync(output, text)
    const {nodes, links, merges} = described
    return {
      ...{schema_version: SCHEMA_VERSION, format, output, nodes: nodes.length, links: links.length},
      ...{merges: merges.length, left_out},
    }
  }
}
