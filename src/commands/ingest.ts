import {Args, Flags} from '@oclif/core'
import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {listFiles} from '../connectors/files.ts'
import {ingestFiles} from '../connectors/ingest.ts'
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
    const files = await listFiles(argv as string[], process.cwd())
    using store = openForWriting(this.context(flags).db)
    const {files: done, issues} = await ingestFiles(store, files, {price: () => null})
    this.log(JSON.stringify(done.map(f => [f.path, f.format, f.status, f.rows, f.issues])))
    return {schema_version: SCHEMA_VERSION, files: done, issues}
  }
}
