/** One thing a file sets about models, ready to be compared. */
import type {Known} from './resolve.ts'
import type {Subject} from './words.ts'
import {amountOf} from './worth.ts'

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
  /** How a route's members stand to each other; null: no route. */
  readonly form: RouteForm | null
}

/** Asked one after the other, sharing the calls, or routes of their own by name. */
export type RouteForm = 'order' | 'pool' | 'named'

export interface Member {
  readonly text: string
  readonly line: number
  /** The name under which it stands in the route, where it is made elsewhere. */
  readonly name: string | null
}

/** What tells two values apart, however they are written: `12_000` is `12000`, and only an order has one. */
export function identityOf({subject, value, expression, members, form}: Setting): string {
  if (value === null) return `?${expression}`
  if (form === 'pool' || form === 'named')
    return members
      .map(({text}) => text)
      .toSorted()
      .join('|')
  return /^(?:limit|batch|reasoning)$/.test(subject) ? value.split(' ').map(amountOf).join(' ') : value
}

export const isPlaceholder = (text: string): boolean =>
  /^(?:x+|none|null|auto|default|string|todo|changeme|your[-_].*|model|<.*>|undefined)$/i.test(text)
