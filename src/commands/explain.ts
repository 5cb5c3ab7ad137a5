import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {loadConfig} from '../config/load.ts'
import {energyRates} from '../model/energy/estimate.ts'
import {Args} from '../oclif.ts'
import {explanationToText} from '../report/formats/explain-text.ts'
import {staleness} from '../report/load.ts'
import {RecordFinder} from '../report/load-closed.ts'
import type {RecordReader} from '../report/records.ts'
import {explainer} from '../server/pricing/compare.ts'
import {openForReading} from '../store/open.ts'
import {screenOf} from '../terminal.ts'

export default class Explain extends BaseCommand {
  static override summary =
    "One record's six layers, evidence, candidates and weighing: who owns it, and why."
  static override examples = [
    '<%= config.bin %> <%= command.id %> chatcmpl-9f2',
    '<%= config.bin %> export records | jq -r .id | <%= config.bin %> <%= command.id %> - --json',
  ]
  static override args = {
    record: Args.string({
      description: 'record id, event id or the beginning of one; - reads ids from stdin',
      required: true,
    }),
  }

  override async run() {
    const {args, flags} = await this.parse(Explain)
    const ids = args.record === '-' ? await readIds(process.stdin) : [args.record]
    const context = this.context(flags)
    using store = openForReading(context.db)
    const stale = staleness(store)
    if (stale !== null) this.say(stale)
    const config = await loadConfig(context.config)
    using finder = new RecordFinder(store, energyRates(config.energy))
    const frozen = new Set<string>()
    const explainers = new Map<RecordReader, ReturnType<typeof explainer>>()
    const found = ids.map(id => {
      const {found: record, reader, closed} = finder.find(id)
      if (closed !== null)
        frozen.add(`${closed.said.period} is closed: this is what was frozen (${closed.where}).`)
      const explain = explainers.get(reader) ?? explainer(reader, config)
      explainers.set(reader, explain)
      return explain(record)
    })
    for (const line of frozen) this.say(line)
    const screen = screenOf(flags['no-color'], process.env, process.stdout)
    this.log(found.map(explanation => explanationToText(explanation, screen)).join('\n\n\n'))
    return args.record === '-'
      ? {schema_version: SCHEMA_VERSION, explanations: found}
      : {schema_version: SCHEMA_VERSION, ...found[0]!}
  }
}

/** One id a line; empty lines are nothing. */
async function readIds(input: NodeJS.ReadStream): Promise<string[]> {
  let text = ''
  for await (const part of input.setEncoding('utf8')) text += part
  return text.split(/\r?\n/).filter(line => line.trim() !== '')
}
