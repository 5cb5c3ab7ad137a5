/** What every command shares: `--db`, `--config`, `--json`, errors as text and exit codes, progress on stderr. */
import {homedir} from 'node:os'
import {relative} from 'node:path'
import {type Context, discover} from './config/discover.ts'
import {EXIT, UserError} from './model/errors.ts'
import {Command, Errors, Flags, type Interfaces} from './oclif.ts'
import {explainDatabase} from './store/explain-error.ts'

export const SCHEMA_VERSION = '1'

type BaseFlags = Interfaces.InferredFlags<(typeof BaseCommand)['baseFlags']>

export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    db: Flags.string({
      description: 'database file (default: .venturi/venturi.db beside the nearest venturi.yaml)',
      env: 'VENTURI_DB',
      helpGroup: 'GLOBAL',
    }),
    config: Flags.string({description: 'configuration file', env: 'VENTURI_CONFIG', helpGroup: 'GLOBAL'}),
    'no-color': Flags.boolean({description: 'plain text', helpGroup: 'GLOBAL'}),
  }

  /** Where this run finds its database and configuration: flag, environment, nearest venturi.yaml, default. */
  protected context(flags: BaseFlags): Context {
    const context = discover({cwd: process.cwd(), db: flags.db, config: flags.config})
    this.#database = context.db
    return context
  }

  #database = 'the database'

  /** One line on stderr; progress and remarks never mix with data. */
  protected say(line: string): void {
    process.stderr.write(`${line}\n`)
  }

  /** Progress that replaces itself on a terminal and keeps silent off it. */
  protected progress(line: string): void {
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`)
  }

  /** One line a stage of long work, where progress cannot replace itself. */
  protected stage(line: string): void {
    if (process.stderr.isTTY) this.progress(line)
    else this.say(line)
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
  }

  override async catch(error: unknown): Promise<void> {
    const {exit, text, json} = explainError(explainDatabase(error, this.#database))
    process.exitCode = exit
    if (exit === EXIT.done) {
      if (text !== '') process.stdout.write(`${text}\n`)
    } else if (this.jsonEnabled()) this.logJson(json)
    else if (text !== '') process.stderr.write(`${text}\n`)
  }
}

interface Told {
  readonly exit: number
  readonly text: string
  readonly json: unknown
}

/** An error as a person reads it, as a program reads it, and as an exit code. A bug of ours shows its stack. */
export function explainError(error: unknown): Told {
  const told = (exit: number, message: string, mend: string | null, text: string): Told => ({
    exit,
    text,
    json: {schema_version: SCHEMA_VERSION, error: {message, mend, exit_code: exit}},
  })
  if (error instanceof UserError)
    return told(error.exit, error.message, error.mend, `${error.message}\nTry this: ${error.mend}`)
  if (error instanceof Errors.ExitError) return told(error.oclif.exit ?? 0, '', null, '')
  if (error instanceof Errors.CLIError) {
    const message = error.message.replace(/\nSee more help with --help$/, '')
    return told(
      EXIT.usage,
      message,
      'add --help to see what is allowed',
      `${message}\nTry this: add --help to see what is allowed.`,
    )
  }
  const found = error instanceof Error ? error : new Error(String(error))
  return told(EXIT.bug, found.message, null, `This is a bug in venturi: ${found.stack ?? found.message}`)
}

/** A path as people write it: relative to the current folder when inside it, `~` for home. */
export function showPath(path: string): string {
  const near = relative(process.cwd(), path)
  if (near !== '' && !near.startsWith('..')) return near
  return path.startsWith(homedir()) ? `~${path.slice(homedir().length)}` : path
}
