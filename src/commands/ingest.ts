import {BaseCommand, SCHEMA_VERSION, showPath} from '../base-command.ts'
import type {Config} from '../config/config.ts'
import type {Context} from '../config/discover.ts'
import {loadConfig} from '../config/load.ts'
import {listFiles, spoolStdin} from '../connectors/files.ts'
import {ingestFiles, totalsOf} from '../connectors/ingest.ts'
import {UserError} from '../model/errors.ts'
import {Args, Flags} from '../oclif.ts'
import {ingestSummary} from '../report/ingest-summary.ts'
import {startPricing} from '../server/pricing/reprice.ts'
import {openForWriting} from '../store/open.ts'

export default class Ingest extends BaseCommand {
  static override summary =
    'Read files, folders, globs or - (stdin) into the database; each format is recognised by its content. Without a path, ask every source in venturi.yaml.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ./dumps',
    'gunzip -c spend.jsonl.gz | <%= config.bin %> <%= command.id %> -',
    '<%= config.bin %> <%= command.id %> --source openai --dry-run',
  ]
  static override args = {
    path: Args.string({
      description: 'file, folder, glob or - for stdin; none: the sources of venturi.yaml',
      ignoreStdin: true,
    }),
  }
  static override flags = {
    issues: Flags.integer({description: 'show at most this many issues', default: 10, min: 0}),
    source: Flags.string({
      description: 'ask this source of venturi.yaml alone (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'dry-run': Flags.boolean({description: 'say what would be asked, and send nothing'}),
  }
  static override strict = false

  override async run() {
    const {argv, flags} = await this.parse(Ingest)
    const context = this.context(flags)
    const config = await loadConfig(context.config)
    const paths = argv as string[]
    if (paths.length === 0) return await this.#ask(context, config, flags)
    if (flags.source || flags['dry-run'])
      throw new UserError(
        `--${flags.source ? 'source' : 'dry-run'} goes without a PATH`,
        'leave the paths out to ask the sources of venturi.yaml, or the flag out to read files',
      )
    await using stdin = paths.includes('-') ? await spoolStdin(process.stdin) : null
    const named = await listFiles(
      paths.filter(path => path !== '-'),
      context.cwd,
    )
    using store = openForWriting(context.db)
    const summary = await ingestFiles(store, [...named, ...(stdin ? [stdin.file] : [])], {
      price: startPricing(store, config),
      onProgress: ({file, rows, done, files: all}) =>
        this.progress(`${done}/${all} files  ${rows.toLocaleString('en')} rows  ${file}`),
    })
    this.progress('')
    this.log(ingestSummary(summary, flags.issues))
    const {files, issues} = summary
    return {schema_version: SCHEMA_VERSION, files, totals: totalsOf(files), issues}
  }

  async #ask(
    context: Context,
    config: Config,
    flags: {issues: number; source: string[] | undefined; 'dry-run': boolean},
  ) {
    const {chooseSources, exitOf, plan, pull} = await import('../server/live/live.ts')
    const {planToText, sourcesToText} = await import('../server/live/live-text.ts')
    const list = chooseSources(config, flags.source ?? [], context.config && showPath(context.config))
    if (flags['dry-run']) {
      const planned = plan(context.db, list, process.env, Date.now())
      this.log(planToText(planned))
      return {schema_version: SCHEMA_VERSION, would_ask: planned.asks, credentials: planned.credentials}
    }
    const summary = await pull(context.db, config, list, {
      onProgress: line => this.progress(line),
      onStage: line => this.stage(line),
    })
    this.progress('')
    const {sources, files, issues} = summary
    this.log(`${ingestSummary(summary, flags.issues)}\n${sourcesToText(sources)}`)
    for (const {message, mend} of sources.flatMap(({problems}) => problems))
      this.say(`${message}\nTry this: ${mend}.`)
    process.exitCode = exitOf(summary)
    return {schema_version: SCHEMA_VERSION, files, totals: totalsOf(files), issues, sources}
  }
}
