/** Keys, roles and accounts that calls were made with: who used each, under whose answer, and what is written about it. */
import type {Outcome, SpendClass} from '../engine/outcome.ts'
import type {Caller} from '../model/caller.ts'
import type {Alias} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'
import {isPersonalAlias} from '../model/person.ts'
import {DAY_MS} from '../model/time.ts'
import type {Account, Statement} from './persons.ts'

/** Use of a credential under one answer. */
export interface AccessUse {
  /** Of the attribution. */
  readonly id: number
  readonly caller: Caller
  readonly outcome: Outcome
  readonly spendClass: SpendClass
  /** Epoch ms: while the answer held. */
  readonly from: number
  readonly to: number
  /** Epoch days of the first and the last use in the period. */
  readonly first: number
  readonly last: number
  /** What is not known counts nothing. */
  readonly cost: Nanos
  readonly records: number
  readonly calls: number
}

export interface Credential {
  /** Null where it would tell who somebody is. */
  readonly shown: Alias | null
  readonly alias: Alias
  /** What its systems call it; null: nothing. May name a person: `subject` never does. */
  readonly name: string | null
  readonly subject: string
  readonly uses: readonly AccessUse[]
  /** What its systems list of it. */
  readonly records: readonly Account[]
  readonly statements: readonly Statement[]
  /** Accounts of people who hold it. */
  readonly holders: readonly Alias[]
}

export function credentialsIn(
  uses: readonly AccessUse[],
  statements: readonly Statement[],
  accounts: readonly Account[],
  namesSomebody: (text: string) => boolean,
): Credential[] {
  const said = Map.groupBy(statements, ({from}) => from)
  const listed = Map.groupBy(accounts, ({alias}) => alias)
  const used = Map.groupBy(
    uses.filter(({caller}) => caller.credential !== null),
    ({caller}) => caller.credential!,
  )
  return [...used].map(([alias, own]) => {
    const about = said.get(alias) ?? []
    const holders = new Set(
      [
        ...(isPersonalAlias(alias) ? [alias] : []),
        ...about.filter(({relation}) => relation === 'acts_for').map(({to}) => to),
      ].filter(isPersonalAlias),
    )
    const records = listed.get(alias) ?? []
    const name = records.find(({name}) => name !== null)?.name ?? nameIn(own)
    const id = alias.slice(alias.indexOf('/') + 1)
    const isAccount = isPersonalAlias(alias) || namesSomebody(id)
    const isPersons = isAccount || holders.size > 0 || (name !== null && namesSomebody(name))
    return {
      ...{alias, name, records, uses: own, holders: [...holders]},
      shown: isAccount ? null : alias,
      subject: isAccount
        ? "a person's account"
        : isPersons
          ? `${shortId(id)} (a person's)`
          : (name ?? shortId(id)),
      statements: about.filter(({relation}) => relation !== 'member_of' && relation !== 'same_as'),
    }
  })
}

const nameIn = (uses: readonly AccessUse[]): string | null =>
  uses.toSorted((a, b) => b.last - a.last).find(({caller}) => caller.keyName !== null)?.caller.keyName ?? null

/** Epoch ms between which it was really used under an answer; end excluded. */
export const usedFrom = ({from, first}: AccessUse): number => Math.max(from, first * DAY_MS)
export const usedTo = ({to, last}: AccessUse): number => Math.min(to, (last + 1) * DAY_MS)

const SHORT_ID = 12

/** Hashes are known by their beginning, roles and keys by what follows their account. */
const shortId = (id: string): string =>
  /^[0-9a-f]{32,}$/.test(id) ? id.slice(0, SHORT_ID) : id.slice(id.lastIndexOf('/') + 1)
