/** Directories and catalogs say two things, over and over: that a node exists, and how two nodes relate. */
import * as alias from '../model/alias.ts'
import type {Alias, Basis, EntityFact, LinkFact, NodeKind, Relation} from '../model/fact.ts'
import {METADATA_TARGETS, type MetadataWord, metadata} from './fields.ts'

/** An entity with what is known of it; undefined is left out, a status is lower-cased. */
export function entity(
  line: number,
  kind: NodeKind,
  subject: Alias,
  known: {
    readonly name?: string | undefined
    readonly type?: string | undefined
    readonly status?: string | undefined
  },
): EntityFact {
  return {
    fact: 'entity',
    line,
    kind,
    alias: subject,
    ...(known.name === undefined ? {} : {name: known.name}),
    ...(known.type === undefined ? {} : {type: known.type}),
    ...(known.status === undefined ? {} : {status: known.status.toLowerCase()}),
  }
}

export const link = (
  line: number,
  relation: Relation,
  from: Alias,
  to: Alias,
  basis: Basis,
  interval: {readonly validFrom?: number; readonly validTo?: number} = {},
): LinkFact => ({fact: 'link', line, relation, from, to, basis, ...interval})

/** `same_as` for every text that is an e-mail address; the others say nothing. */
export function* sameEmails(
  line: number,
  subject: Alias,
  ...addresses: readonly (string | undefined)[]
): Generator<LinkFact> {
  const found = addresses.filter(address => address !== undefined && isEmail(address))
  for (const to of new Set(found.map(address => alias.email(address!))))
    if (to !== subject) yield link(line, 'same_as', subject, to, 'verified')
}

export const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text.trim())

/** Okta ids are recognisable: users `00u…`, groups `00g…`; provisioning writes them into other systems' external ids. */
export function oktaId(text: string | undefined): Alias | undefined {
  const [, kind] = /^00([ug])[\da-zA-Z]{3,}$/.exec(text ?? '') ?? []
  return kind && alias.okta(kind === 'u' ? 'user' : 'group', text!)
}

/**
 * Whom a single sign-on's subject is: Okta's ids, Entra's object ids and Google's numbers do not resemble each other. Other systems sign in
 * with such ids too; theirs name nobody that any directory lists.
 */
export function signInId(text: string | undefined): Alias | undefined {
  if (text === undefined) return undefined
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return alias.entra('user', text)
  if (/^1\d{20}$/.test(text)) return alias.googleWorkspace('user', text)
  return oktaId(text)
}

/** Groups that hold everybody prove nothing about ownership. */
export const isEveryone = (name: string | undefined): boolean =>
  /^(everyone|everybody|all|(all|everyone)[ _.@-]?(users|employees|staff|hands|company|people|at .*))$/i.test(
    name?.trim() ?? '',
  )

/** What a thing's metadata word says of the thing. */
export const METADATA_RELATIONS = {
  service: 'acts_for',
  consumers: 'consumed_by',
  team: 'owned_by',
  costCenter: 'budgeted_under',
  namespace: 'runs_in',
  repository: 'built_from',
} as const satisfies {readonly [word in MetadataWord]?: Relation}
export type ClaimWord = keyof typeof METADATA_RELATIONS

/** What free metadata, labels or tags of a thing claim about it, for the words given. */
export function* metadataLinks(
  line: number,
  from: Alias,
  map: unknown,
  basis: Basis,
  ...words: readonly ClaimWord[]
): Generator<LinkFact> {
  const said = metadata(map)
  const seen = new Set<string>()
  for (const word of words) {
    const values = said.get(word) ?? []
    for (const value of values) {
      const to = METADATA_TARGETS[word]!(value)
      // Several services are no answer to "which": they are the possible users, a closed set.
      const relation =
        word === 'service' && new Set(values.map(name => name.toLowerCase())).size > 1
          ? 'consumed_by'
          : METADATA_RELATIONS[word]
      if (seen.has(`${relation} ${to}`)) continue
      seen.add(`${relation} ${to}`)
      yield link(line, relation, from, to, basis)
    }
  }
}

/** A repository's address as `built_from` targets: the repository and, when it points into a folder, that folder. */
export function repositoryTargets(address: string): Alias[] {
  const repository = alias.repository(address)
  const [, folder] = /\/(?:tree|blob)\/[^/]+\/(.+?)\/*(?:[?#].*)?$/.exec(address) ?? []
  const path = folder && alias.pathIn(repository, folder.replace(/(^|\/)[^/]+\.ya?ml$/, ''))
  return path && !path.endsWith('#') ? [repository, path] : [repository]
}
