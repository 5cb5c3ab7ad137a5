import {createInterface} from 'node:readline'
import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {loadConfig} from '../config/load.ts'
import {EXIT, UserError} from '../model/errors.ts'
import {Args, Flags} from '../oclif.ts'
import {answerLines, createPriceDesk, type PriceDesk} from '../pricing/price-query.ts'
import {toText} from '../pricing/price-text.ts'

const tokens = (of: string) => Flags.integer({description: `${of} tokens`, min: 0, helpGroup: 'TOKENS'})

/** What a question is made of, by the words of its JSON form with hyphens. */
const question = {
  provider: Flags.string({
    description: 'who bills: openai, azure, bedrock, vertex_ai, … (default: the model tells)',
  }),
  at: Flags.string({description: 'time of use, UTC: 2026-10-14 or 2026-10-14T09:30:00Z (default: now)'}),
  'service-tier': Flags.string({
    description: 'standard, batch, flex or priority, as any provider spells it',
    aliases: ['tier'],
  }),
  'input-tokens': tokens('input (without cache)'),
  'output-tokens': tokens('output'),
  'cache-read-tokens': tokens('cache-read'),
  'cache-write-tokens': tokens('cache-write'),
  'cache-write-1h-tokens': tokens('of the cache-write: one-hour'),
  'audio-input-tokens': tokens('of the input: audio'),
  'audio-output-tokens': tokens('of the output: audio'),
  'image-input-tokens': tokens('of the input: image'),
  'image-output-tokens': tokens('of the output: image'),
  'web-searches': Flags.integer({description: 'searches, billed beside tokens', min: 0, helpGroup: 'TOKENS'}),
}

export default class Price extends BaseCommand {
  static override summary = 'What token counts cost, when, at which tier, and which price row says so.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> azure/gpt-4.1 --input-tokens 12000 --output-tokens 800',
    '<%= config.bin %> <%= command.id %> claude-sonnet-4-5 --at 2026-10-01 --service-tier batch --input-tokens 1000000',
    'echo \'{"model":"gpt-5","input_tokens":1000}\' | <%= config.bin %> <%= command.id %> - --json',
  ]
  static override args = {
    model: Args.string({description: 'model as logs write it, or - for JSON lines on stdin', required: true}),
  }
  static override flags = question

  override async run() {
    const {args, flags} = await this.parse(Price)
    const {rates, azure_deployments: azureDeployments} = await loadConfig(this.context(flags).config)
    const desk = createPriceDesk({rates, azureDeployments}, Date.now())
    if (args.model === '-') return this.answerStdin(desk)
    const asked = Object.entries(flags).filter(([name]) => name in question)
    const reply = desk({
      ...Object.fromEntries(asked.map(([name, value]) => [name.replaceAll('-', '_'), value])),
      model: args.model,
    })
    if ('error' in reply) throw new UserError(reply.error.message, reply.error.mend)
    this.log(toText(reply.answer))
    return {schema_version: SCHEMA_VERSION, prices: [reply.answer]}
  }

  private async answerStdin(desk: PriceDesk) {
    const {prices, issues} = await answerLines(createInterface({input: process.stdin}), desk)
    for (const {line, message, mend} of issues) this.say(`-:${line}: ${message}. Try this: ${mend}.`)
    if (prices.length > 0) this.log(prices.map(toText).join('\n'))
    if (prices.length === 0 && issues.length > 0) process.exitCode = EXIT.usage
    return {schema_version: SCHEMA_VERSION, prices, ...(issues.length > 0 ? {issues} : {})}
  }
}
