/** A file that cannot be read on: its entries are refused together, the other files are not. The mend is one thing to do. */
export class UnreadableFile extends Error {
  readonly mend: string
  constructor(message: string, mend: string) {
    super(message)
    this.name = 'UnreadableFile'
    this.mend = mend
  }
}
