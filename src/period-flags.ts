/** Flags of every command that looks at a stretch of time. */
import {Flags} from './oclif.ts'

export const periodFlags = {
  since: Flags.string({description: 'first day: 2026-10-01, 20261001 or 30d (days ago); UTC'}),
  until: Flags.string({description: 'last day, included; written like --since'}),
  period: Flags.string({description: 'a month: 2026-10'}),
}
