import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {EXIT} from '../model/errors.ts'
import {formatDay} from '../model/time.ts'
import {Flags} from '../oclif.ts'
import {periodFlags} from '../period-flags.ts'
import {FORMATS, render} from '../report/formats/render.ts'
import {staleness} from '../report/load.ts'
import {loadReconciliation} from '../report/load-reconciliation.ts'
import {parsePeriod} from '../report/period.ts'
import {GROUPINGS} from '../report/reconciliation.ts'
import {findingsIn, findingText, parseDriftRules} from '../report/reconciliation-findings.ts'
import {toJson, toReport} from '../report/reconciliation-view.ts'
import {openForReading} from '../store/open.ts'
import {screenOf} from '../terminal.ts'

export default class Reconcile extends BaseCommand {
  static override summary =
    'What providers bill against what is attributed: drift, what only one side has, and why; every invoice tied.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --period 2026-10',
    '<%= config.bin %> <%= command.id %> --by project --by day --format csv',
    '<%= config.bin %> <%= command.id %> --fail-on "drift>1%|unbilled"',
  ]
  static override flags = {
    ...periodFlags,
    by: Flags.option({
      options: GROUPINGS,
      description: 'a line for each; repeat it to combine',
      multiple: true,
      delimiter: ',',
    })({default: ['provider']}),
    'fail-on': Flags.string({
      description: 'exit 3 when a line breaks a rule: drift>1%, drift>50usd, unbilled, undetailed, unmatched',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
    }),
    format: Flags.option({
      options: FORMATS,
      description: 'how to print it',
    })({
      default: 'table',
    }),
  }

  override async run() {
    const {flags} = await this.parse(Reconcile)
    const period = parsePeriod(flags, Date.now())
    const rules = parseDriftRules(flags['fail-on'])
    using store = openForReading(this.context(flags).db)
    const stale = staleness(store)
    if (stale !== null) this.say(stale)
    const reconciliation = loadReconciliation(store, {period, by: flags.by})
    const findings = findingsIn(reconciliation.lines, rules)
    const report = toReport(reconciliation)
    const result = {
      schema_version: SCHEMA_VERSION,
      ...toJson(reconciliation, rules.length === 0 ? null : findings),
    }
    this.log(render(flags.format, report, result, screenOf(flags['no-color'], process.env, process.stdout)))
    for (const finding of findings) {
      const {provider, account, project, day} = finding.line
      const where = [provider, account, project?.name ?? project?.id, day === null ? null : formatDay(day)]
      this.say(
        `${where.filter(name => name !== null && name !== undefined).join(', ')}: ${findingText(finding)}`,
      )
    }
    if (findings.length > 0) process.exitCode = EXIT.findings
    return result
  }
}
