import {existsSync} from 'node:fs'
import {resolve} from 'node:path'
import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {workflow} from '../config/workflow.ts'
import {writeTemplate, writeWorkflow} from '../config/write-template.ts'
import {Flags} from '../oclif.ts'

const WORKFLOW = '.github/workflows/venturi.yml'

export default class Init extends BaseCommand {
  static override summary =
    'Write a commented venturi.yaml in the current folder (or where --config says), with --ci a workflow too.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --force',
    '<%= config.bin %> <%= command.id %> --ci github --package https://files.example/venturi-0.1.0.tgz',
  ]
  static override flags = {
    force: Flags.boolean({
      description: 'replace a file that is already there; with --ci the workflow alone',
    }),
    ci: Flags.option({
      options: ['github'] as const,
      description: `write ${WORKFLOW}: a comment on every pull request; a venturi.yaml that is there stays`,
    })(),
    package: Flags.string({
      description: 'what the workflow installs venturi from: a tarball or name@version',
      dependsOn: ['ci'],
    }),
  }

  override async run() {
    const {flags} = await this.parse(Init)
    const path = flags.config ?? 'venturi.yaml'
    const files: {path: string; status: 'written' | 'kept'}[] = []
    if (flags.ci) {
      writeWorkflow(resolve(WORKFLOW), WORKFLOW, workflow(flags.package ?? ''), flags.force)
      files.push({path: WORKFLOW, status: 'written'})
    }
    const kept = flags.ci !== undefined && existsSync(resolve(path))
    if (!kept) writeTemplate(resolve(path), path, flags.force)
    files.unshift({path, status: kept ? 'kept' : 'written'})
    for (const {path: shown, status} of files) this.log(`${status === 'kept' ? 'kept' : 'wrote'} ${shown}`)
    this.say('Every key is in it as a comment. Next: venturi ingest PATH, then venturi attribute.')
    if (flags.ci && !flags.package)
      this.say(`Fill in VENTURI_PACKAGE in ${WORKFLOW}: what its jobs install venturi from.`)
    return {schema_version: SCHEMA_VERSION, files}
  }
}
