/** Which accounts are one person's, and who has left. Nobody is named: what leaves this file is a day, or a count. */
import type {Alias} from '../model/fact.ts'
import {isPersonalAlias} from '../model/person.ts'

export interface Statement {
  readonly relation: string
  readonly from: Alias
  readonly to: Alias
  readonly basis: string
  /** Epoch ms, included and excluded; null: always, still. */
  readonly validFrom: number | null
  readonly validTo: number | null
  readonly path: string
  readonly line: number
}

export interface Account {
  readonly alias: Alias
  readonly name: string | null
  readonly type: string | null
  readonly status: string | null
  readonly path: string
  readonly line: number
}

/** A person is gone. `since`: epoch ms; null: no source says since when. `path`: of the source that says so. */
export interface Departure {
  readonly since: number | null
  readonly path: string
}

/** What HR and directories call an account of somebody who may no longer use it. */
const GONE =
  /^(terminated|departed|left|former|deprovisioned|deactivated|disabled|inactive|suspended|archived|deleted|removed)\b/

/** Of which people every system tells something under a name of its own. */
export class Persons {
  readonly #parents = new Map<Alias, Alias>()
  readonly #statements = new Map<Alias, Statement[]>()
  readonly #accounts = new Map<Alias, Account[]>()

  constructor(statements: readonly Statement[], accounts: readonly Account[]) {
    for (const {relation, from, to} of statements)
      if (relation === 'same_as' && isPersonalAlias(from) && isPersonalAlias(to))
        this.#parents.set(this.of(from), this.of(to))
    for (const said of statements)
      if (said.relation === 'member_of' && isPersonalAlias(said.from))
        push(this.#statements, this.of(said.from), said)
    for (const account of accounts)
      if (isPersonalAlias(account.alias)) push(this.#accounts, this.of(account.alias), account)
  }

  /** One name for all of a person's accounts. */
  of(alias: Alias): Alias {
    let root = alias
    for (
      let next = this.#parents.get(root);
      next !== undefined && next !== root;
      next = this.#parents.get(root)
    )
      root = next
    return root
  }

  /** Null: nobody says that the person has left. HR's day counts before what directories say without one. */
  departure(alias: Alias): Departure | null {
    const person = this.of(alias)
    const jobs = (this.#statements.get(person) ?? []).filter(({basis}) => basis === 'hr')
    const ends = jobs.map(({validTo}) => validTo)
    if (ends.length > 0 && !ends.includes(null)) {
      const since = Math.max(...(ends as number[]))
      return {since, path: jobs.find(({validTo}) => validTo === since)!.path}
    }
    const told = (this.#accounts.get(person) ?? []).filter(({status}) => status !== null)
    // Somebody may have an old account beside the one in use: a system says gone when all of its accounts are.
    for (const accounts of Map.groupBy(told, systemOf).values())
      if (accounts.every(({status}) => GONE.test(status!))) return {since: null, path: accounts[0]!.path}
    return null
  }
}

const systemOf = ({alias}: Account): string => alias.slice(0, alias.indexOf(':'))

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key)
  if (known) known.push(value)
  else map.set(key, [value])
}

/** Whether a text holds the whole name of somebody, however its parts are joined: `ada-quill-laptop` holds Ada Quill's. */
export function namesSomebody(accounts: readonly Account[]): (text: string) => boolean {
  const names = new Set(
    accounts
      .filter(({alias, name}) => name !== null && isPersonalAlias(alias))
      .map(({name}) => wordsOf(name!))
      .filter(words => words.length > 1)
      .map(words => words.join(' ')),
  )
  const longest = Math.max(0, ...[...names].map(name => name.split(' ').length))
  return text => {
    if (/\S@\S/.test(text)) return true
    const words = wordsOf(text)
    return words.some((_, from) => {
      for (let count = 2; count <= longest; count++)
        if (names.has(words.slice(from, from + count).join(' '))) return true
      return false
    })
  }
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
