import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {loadConfig} from '../config/load.ts'
import {Args, Flags} from '../oclif.ts'
import {FORMATS, render} from '../report/formats/render.ts'
import {detect} from '../review/detect.ts'
import {openRange} from '../review/git.ts'
import {toJson, toReport} from '../server/diff/diff-view.ts'
import {ownersAtHead} from '../server/diff/owners.ts'
import {screenOf} from '../terminal.ts'

export default class Diff extends BaseCommand {
  static override summary =
    'Changes to models, providers, routes, limits, prompts and schedules in a git range.'
  static override description =
    'Compares HEAD with its merge base. Needs no database, configuration or network; without BASE compares with the default branch.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> origin/main..HEAD --json',
    '<%= config.bin %> <%= command.id %> v1.4.0..v1.5.0 --format markdown',
  ]
  static override args = {
    range: Args.string({description: 'BASE..HEAD, or BASE alone (default: what left the default branch)'}),
  }
  static override flags = {
    format: Flags.option({options: FORMATS, description: 'how to print it'})({default: 'table'}),
  }

  override async run() {
    const {args, flags} = await this.parse(Diff)
    const {azure_deployments: deployments = {}} = await loadConfig(this.context(flags).config)
    const {base, head, repository: opened} = await openRange(process.cwd(), args.range, process.env)
    using repository = opened
    const detection = await detect(repository, {
      deployments,
      progress: (read, all) => this.progress(`${read} of ${all} changed files read`),
    })
    this.progress('')
    const ownerOf = await ownersAtHead(repository)
    const diff = {base, head, generatedAt: new Date().toISOString(), detection, ownerOf}
    const result = {schema_version: SCHEMA_VERSION, ...toJson(diff)}
    this.log(
      render(flags.format, toReport(diff), result, screenOf(flags['no-color'], process.env, process.stdout)),
    )
    return result
  }
}
