import {existsSync} from 'node:fs'
import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {loadConfig} from '../config/load.ts'
import {EXIT} from '../model/errors.ts'
import {Args, Flags} from '../oclif.ts'
import {FORMATS, render} from '../report/formats/render.ts'
import {staleness} from '../report/load.ts'
import {detect} from '../review/detect.ts'
import {toAnnotations} from '../review/formats/annotations.ts'
import {toJunit} from '../review/formats/junit.ts'
import {openRange} from '../review/git.ts'
import {readReviewed} from '../review/reviewed.ts'
import {breachesIn, parseThresholds} from '../review/thresholds.ts'
import {toJson, toReport} from '../server/diff/diff-view.ts'
import {parseWindow} from '../server/diff/observe.ts'
import {ownersAtHead} from '../server/diff/owners.ts'
import {priceFrom} from '../server/diff/traffic.ts'
import {openForReview} from '../store/open.ts'
import {isSnapshot} from '../store/snapshot.ts'
import {screenOf} from '../terminal.ts'

export default class Diff extends BaseCommand {
  static override summary =
    'Changes to models, providers, routes, limits, prompts and schedules in a git range.'
  static override description =
    'Compares HEAD with its merge base; without BASE with the default branch. Needs no database, configuration or network; with a database, or a snapshot of one (venturi export snapshot), every change is priced from the traffic of the service it is part of.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> origin/main..HEAD --json',
    '<%= config.bin %> <%= command.id %> v1.4.0..v1.5.0 --format markdown',
    '<%= config.bin %> <%= command.id %> --window 14d --fail-on "delta>500usd|unowned|budget"',
  ]
  static override args = {
    range: Args.string({description: 'BASE..HEAD, or BASE alone (default: what left the default branch)'}),
  }
  static override flags = {
    window: Flags.string({
      description: 'how many days of traffic before today to price with',
      default: '30d',
    }),
    'fail-on': Flags.string({
      description: 'exit 3 when a rule is broken: delta>500usd, delta>20%, unowned, budget',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
    }),
    format: Flags.option({
      options: [...FORMATS, 'github-annotations', 'junit'] as const,
      description: 'how to print it',
    })({
      default: 'table',
    }),
  }

  override async run() {
    const {args, flags} = await this.parse(Diff)
    const thresholds = parseThresholds('--fail-on', flags['fail-on'])
    const days = parseWindow(flags.window)
    const context = this.context(flags)
    const config = await loadConfig(context.config)
    const range = await openRange(process.cwd(), args.range, process.env)
    using repository = range.repository
    const {base, head} = range
    const detection = await detect(repository, {
      deployments: config.azure_deployments ?? {},
      progress: (read, all) => this.progress(`${read} of ${all} changed files read`),
    })
    this.progress('')
    const ownerOf = await ownersAtHead(repository)
    const now = Date.now()
    // One that was named must be there; where none was, none is needed.
    using store = flags.db === undefined && !existsSync(context.db) ? null : openForReview(context.db)
    const stale = store && !isSnapshot(store) ? staleness(store) : null
    if (stale !== null) this.say(stale)
    const {changes} = detection
    const priced = store && priceFrom(store, config, {changes, range, ownerOf, thresholds, days, now})
    if (store !== null && priced === null) this.say(NOT_SETTLED)
    const diff = {base, head, generatedAt: new Date(now).toISOString(), detection, ownerOf, priced}
    const result = {schema_version: SCHEMA_VERSION, ...toJson(diff)}
    const reviewed = readReviewed(JSON.stringify(result), 'venturi diff')
    const breaches = breachesIn(reviewed, thresholds)
    const {format} = flags
    if (format === 'github-annotations') this.log(toAnnotations(reviewed, breaches).trimEnd())
    else if (format === 'junit') this.log(toJunit(reviewed, thresholds, breaches).trimEnd())
    else
      this.log(
        render(format, toReport(diff), result, screenOf(flags['no-color'], process.env, process.stdout)),
      )
    for (const {rule, change, because} of breaches) {
      const where = change === null ? '' : `${changes[change]!.path}:${changes[change]!.line}: `
      this.say(`${where}${because}: breaks ${rule}`)
    }
    if (breaches.length > 0) process.exitCode = EXIT.findings
    return result
  }
}

const NOT_SETTLED =
  'The database holds no attributed usage before today: nothing is priced. Try this: venturi ingest PATH, then venturi attribute.'
