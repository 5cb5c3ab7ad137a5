/**
 * The right answers of a company whose truth is known: `BASE.truth.json` and `BASE.truth.requests.csv.gz` beside the dump folder
 * BASE (`fixtures/README.md`). An edge: it reads files.
 */
import {existsSync, readFileSync} from 'node:fs'
import {gunzipSync} from 'node:zlib'
import {UserError} from '../../model/errors.ts'

export interface Share {
  /** Null: the part nobody can know. */
  readonly team: string | null
  readonly share_ppm: number
}

export interface Owner {
  /** Every field named must be equal; null means that the source says null. */
  readonly match: {readonly [field: string]: string | null}
  readonly from: string
  readonly to: string
  readonly team: string | null
  readonly shared: readonly Share[] | null
  readonly knowable: boolean
  readonly actual: string | null
  readonly why: string
}

export interface Truth {
  readonly total_usd: string
  readonly bills: readonly {
    readonly provider: string
    readonly invoice: string
    readonly account: string
    readonly amount_usd: string
  }[]
  readonly teams: readonly {
    readonly id: string
    readonly name: string
    readonly aliases: readonly string[]
    readonly merged_into?: {readonly team: string; readonly at: string}
  }[]
  readonly spend: readonly {
    readonly team: string | null
    readonly knowable_usd: string
    readonly actual_usd: string
  }[]
  readonly cases: {
    readonly [name: string]: {readonly entries: number; readonly usd: string; readonly knowable: boolean}
  }
  readonly quirks: {readonly [name: string]: number | string}
  /** The gateway's own accounts: what they report is the gateway's log, seen again. */
  readonly gateway_accounts: readonly {readonly [field: string]: string}[]
  readonly bad_rows: readonly string[]
  readonly owners: readonly Owner[]
}

export interface Answer {
  /** One team, or the closed set it is certainly among; empty when it cannot be known. */
  readonly teams: readonly string[]
  readonly knowable: boolean
  /** Who it really was, known or not. Null for sums of several teams. */
  readonly actual: string | null
  readonly shared: readonly Share[] | null
  readonly why: string
}

/** Fields that tell whose a provider's bucket or a bill's line is; `at` is epoch ms. */
export interface Fields {
  readonly channel: string
  readonly granularity: 'bucket' | 'line_item'
  readonly at: number
  readonly project?: string | null
  readonly key?: string | null
  readonly account?: string | null
  readonly model?: string | null
  readonly line?: string | null
}

export interface Oracle {
  readonly truth: Truth
  readonly requests: ReadonlyMap<string, Answer>
  /** By a gateway or Bedrock request id, or by the dimensions of a bucket or bill line; null: not in the truth. */
  trueOwner(asked: string | Fields): Answer | null
}

export function loadTruth(base: string): Oracle {
  const [head, rows] = [`${base}.truth.json`, `${base}.truth.requests.csv.gz`]
  for (const file of [head, rows])
    if (!existsSync(file))
      throw new UserError(
        `${base}: its truth is not beside it: no ${file}`,
        'name a folder that `npm run worlds` or `npm run fixtures` wrote',
      )
  const truth = JSON.parse(readFileSync(head, 'utf8')) as Truth
  const requests = new Map<string, Answer>()
  const [, ...lines] = gunzipSync(readFileSync(rows)).toString().trimEnd().split('\n')
  for (const line of lines) {
    const [id = '', teams = '', knowable, actual = '', why = ''] = line.split(',')
    requests.set(id, {
      teams: teams === '' ? [] : teams.split('|'),
      knowable: knowable === 'true',
      actual,
      shared: null,
      why,
    })
  }
  const owners = new Owners(truth.owners)
  return {
    truth,
    requests,
    trueOwner: asked => (typeof asked === 'string' ? (requests.get(asked) ?? null) : owners.find(asked)),
  }
}

/** Entries by the key or project they name, so that a row meets few of them. */
class Owners {
  readonly #entries: readonly Owner[]
  readonly #remembered = new Map<string, readonly Owner[]>()

  constructor(entries: readonly Owner[]) {
    this.#entries = entries
  }

  /** The most exact entry that agrees with every field. */
  find(fields: Fields): Answer | null {
    const day = new Date(fields.at).toISOString().slice(0, 10)
    const asked: {readonly [field: string]: unknown} = {...fields, day}
    const {at, ...rest} = asked
    const key = JSON.stringify(rest)
    let fitting = this.#remembered.get(key)
    if (fitting === undefined) {
      fitting = this.#entries.filter(({match}) =>
        Object.entries(match).every(([field, value]) => (asked[field] ?? null) === value),
      )
      this.#remembered.set(key, fitting)
    }
    const best = fitting
      .filter(({from, to}) => Date.parse(from) <= fields.at && fields.at < Date.parse(to))
      .reduce<Owner | null>(
        (found, owner) =>
          found === null || Object.keys(owner.match).length > Object.keys(found.match).length ? owner : found,
        null,
      )
    if (best === null) return null
    const teams = best.team === null ? (best.shared?.flatMap(share => share.team ?? []) ?? []) : [best.team]
    return {teams, knowable: best.knowable, actual: best.actual, shared: best.shared, why: best.why}
  }
}
