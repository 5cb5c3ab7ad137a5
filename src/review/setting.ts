/** One thing a file sets about models, ready to be compared. */
import type {Known} from './resolve.ts'
import type {Subject} from './words.ts'

export interface Setting {
  readonly subject: Subject
  /** As written. */
  readonly key: string
  /** Keys that lead to it, in one spelling. */
  readonly name: string
  readonly scope: string
  readonly callee: string
  /** Null: a model that could not be found; then `expression` says what was written. */
  readonly value: string | null
  readonly expression: string
  /** Whose the call is, where its name tells. */
  readonly provider: string | null
  readonly path: string
  readonly line: number
  /** Where the value stands. */
  readonly at: Known | null
  /** The name this setting gives a value to; null: a use. */
  readonly definition: string | null
  /** Settings of one call, or of one object of a configuration file, have this in common. */
  readonly group: string
  /** Says only whose client is made. */
  readonly client: boolean
  /** Of a route. */
  readonly members: readonly Member[]
}

export interface Member {
  readonly text: string
  readonly line: number
}

export const isPlaceholder = (text: string): boolean =>
  /^(?:x+|none|null|auto|default|string|todo|changeme|your[-_].*|model|<.*>|undefined)$/i.test(text)
