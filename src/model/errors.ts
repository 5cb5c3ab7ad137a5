/** Exit codes that CI jobs rely on. */
export const EXIT = {done: 0, bug: 1, usage: 2, findings: 3, credentials: 4, interrupted: 130} as const

/**
 * The run cannot go on and the person can mend it. The message says what and where (`file:line`), the mend one thing
 * to do. Thrown where it happens; anything else that is thrown is a bug of ours.
 */
export class UserError extends Error {
  readonly mend: string
  readonly exit: number
  constructor(message: string, mend: string, exit: number = EXIT.usage) {
    super(message)
    this.name = 'UserError'
    this.mend = mend
    this.exit = exit
  }
}
