/** Flags of the commands that decide something in somebody's name. */
import {Flags} from './oclif.ts'

export const byFlags = {
  why: Flags.string({description: 'the reason; it stays in the audit trail', required: true}),
  by: Flags.string({
    description:
      "in whose name (default: VENTURI_ACTOR, else git's user.email, else the user of this machine)",
  }),
}

export const daysFlags = {
  from: Flags.string({description: 'first day of use it is about: 2026-10-01, UTC (default: always)'}),
  until: Flags.string({description: 'last day of use it is about, included (default: still)'}),
}
