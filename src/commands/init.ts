import {resolve} from 'node:path'
import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {writeTemplate} from '../config/write-template.ts'
import {Flags} from '../oclif.ts'

export default class Init extends BaseCommand {
  static override summary = 'Write a commented venturi.yaml in the current folder (or where --config says).'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --force',
  ]
  static override flags = {force: Flags.boolean({description: 'replace a file that is already there'})}

  override async run() {
    const {flags} = await this.parse(Init)
    const path = flags.config ?? 'venturi.yaml'
    writeTemplate(resolve(path), path, flags.force)
    this.log(`wrote ${path}`)
    this.say('Every key is in it as a comment. Next: venturi ingest PATH, then venturi attribute.')
    return {schema_version: SCHEMA_VERSION, files: [{path, status: 'written'}]}
  }
}
