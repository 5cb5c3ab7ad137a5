/** What can go wrong between here and a service. None of them carries a header, a body or a secret. */

/** The service does not let us: the credential is wrong, or not allowed this. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, where: string) {
    super(`${where}: answered ${status}`)
    this.name = 'Refused'
    this.status = status
  }
}

/** There is no such thing, or no longer. */
export class Absent extends Error {
  readonly status: number
  constructor(status: number, where: string) {
    super(`${where}: answered ${status}`)
    this.name = 'Absent'
    this.status = status
  }
}

/** The service does not understand the question, or it is one that must not be asked. */
export class Rejected extends Error {
  readonly mend: string
  /** Null: it was never asked. */
  readonly status: number | null
  constructor(message: string, mend: string, status: number | null = null) {
    super(message)
    this.name = 'Rejected'
    this.mend = mend
    this.status = status
  }
}

/** Out of patience: it does not answer, or only much later. */
export class Unreachable extends Error {
  readonly mend: string
  constructor(message: string, mend: string) {
    super(message)
    this.name = 'Unreachable'
    this.mend = mend
  }
}
