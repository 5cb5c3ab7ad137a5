import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {readConfig} from '../config/config.ts'
import {listFiles, spoolStdin} from '../connectors/files.ts'
import {ingestFiles, totalsOf} from '../connectors/ingest.ts'
import {Args, Flags} from '../oclif.ts'
import {ingestSummary} from '../report/ingest-summary.ts'
import {startPricing} from '../server/pricing/reprice.ts'
import {openForWriting} from '../store/open.ts'

export default class Ingest extends BaseCommand {
  static override summary =
    'Read files, folders, globs or - (stdin) into the database; each format is recognised by its content.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ./dumps',
    'gunzip -c spend.jsonl.gz | <%= config.bin %> <%= command.id %> -',
  ]
  static override args = {
    path: Args.string({description: 'file, folder, glob or - for stdin', required: true}),
  }
  static override flags = {
    issues: Flags.integer({description: 'show at most this many issues', default: 10, min: 0}),
  }
  static override strict = false

  override async run() {
    const {argv, flags} = await this.parse(Ingest)
    const context = this.context(flags)
    const config = readConfig(context.config)
    await using stdin = (argv as string[]).includes('-') ? await spoolStdin(process.stdin) : null
    const paths = (argv as string[]).filter(path => path !== '-')
    const files = [...(await listFiles(paths, context.cwd)), ...(stdin ? [stdin.file] : [])]
    using store = openForWriting(context.db)
    const summary = await ingestFiles(store, files, {
      price: startPricing(store, config),
      onProgress: ({file, rows, done, files: all}) =>
        this.progress(`${done}/${all} files  ${rows.toLocaleString('en')} rows  ${file}`),
    })
    this.progress('')
    this.log(ingestSummary(summary, flags.issues))
    return {
      schema_version: SCHEMA_VERSION,
      files: summary.files,
      totals: totalsOf(summary.files),
      issues: summary.issues,
    }
  }
}
