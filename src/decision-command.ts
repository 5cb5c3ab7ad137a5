/** What the commands that decide something share: in whose name, on which store, and what comes next. */
import {BaseCommand} from './base-command.ts'
import {readConfig} from './config/config.ts'
import {declaredLinks} from './config/declared.ts'
import {actorOf} from './server/audit/actor.ts'
import type {Desk} from './server/audit/decide.ts'
import {openForReading, openForWriting} from './store/open.ts'

type Said = Parameters<BaseCommand['context']>[0] & {readonly by?: string | undefined}

export abstract class DecisionCommand extends BaseCommand {
  protected desk(flags: Said): Desk & Disposable {
    const context = this.context(flags)
    // Nothing can be decided on before something has been read.
    openForReading(context.db)[Symbol.dispose]()
    const store = openForWriting(context.db)
    return {
      store,
      declared: declaredLinks(readConfig(context.config)),
      now: Date.now(),
      actor: actorOf(flags.by, process.env, context.cwd),
      [Symbol.dispose]: () => store[Symbol.dispose](),
    }
  }

  protected sayNext(): void {
    this.say('Next: venturi attribute, which applies it.')
  }
}
