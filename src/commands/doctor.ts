import {BaseCommand, SCHEMA_VERSION, showPath} from '../base-command.ts'
import {EXIT} from '../model/errors.ts'
import {diagnose} from '../server/doctor/checks.ts'
import {findingsToText} from '../server/doctor/doctor-text.ts'
import {gather, listIssues} from '../server/doctor/gather.ts'
import {screenOf} from '../terminal.ts'

/** Issues of one code in `--json`. */
const MOST_ISSUES = 1000

export default class Doctor extends BaseCommand {
  static override summary =
    'Node, configuration, database, prices and sources: what is well, and how to mend the rest.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json | jq \'.findings[] | select(.status != "ok")\'',
  ]

  override async run() {
    const {flags} = await this.parse(Doctor)
    const context = this.context(flags)
    const machine = {node: process.version, now: Date.now(), show: showPath, env: process.env}
    const gathered = gather(context, machine)
    const findings = diagnose(gathered)
    if (findings.some(({status}) => status === 'fail')) process.exitCode = EXIT.usage
    this.log(findingsToText(findings, screenOf(flags['no-color'], process.env, process.stdout)))
    const issues = this.jsonEnabled() ? listIssues(context.db, MOST_ISSUES) : []
    const {content} = gathered.database
    const unpriced = content === null || 'mend' in content ? [] : content.unpriced
    return {schema_version: SCHEMA_VERSION, findings, unpriced, issues}
  }
}
