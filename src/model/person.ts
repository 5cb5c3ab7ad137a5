/** How people are told from machines: by what kind of account it is, and how systems know it. */
import type {Alias} from './fact.ts'

/** Types of identities that are nobody. */
export const MACHINES = ['service_account', 'bot', 'api_key', 'app'] as const

const PERSONAL = /^(email:|name:person\/|hr:worker\/|aws:identity\/|(?!aws:)[a-z0-9_]+:user\/)/

export const isPersonalAlias = (alias: Alias): boolean => PERSONAL.test(alias)
