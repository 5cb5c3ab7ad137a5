/**
 * A key of the LiteLLM gateway: what its record says now, and who held it when, from the audit log.
 * `token` is a hash; `key_name` is a fragment of the key itself and is never read.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue, type LinkFact} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {array, isObject, isTrue, object, tagList, text} from './fields.ts'
import {entity, link, metadataLinks} from './statements.ts'

/** The administrator of the master key stands in for "nobody in particular". */
export const isSomebody = (id: string | undefined): id is string =>
  id !== undefined &&
  !/^(default_user_id|litellm_proxy_admin|litellm-proxy-master-key|litellm_proxy_master_key)$/.test(id)

/** A row of `LiteLLM_VerificationToken` or of its `Deleted` twin. */
export function* key(value: unknown, line: number): Generator<Fact | Issue> {
  const token = text(value, 'token')
  if (!token) {
    yield issue(line, 'no-id', 'a key without token', 'export the token column (a hash)')
    return
  }
  if (token.startsWith('sk-')) {
    yield issue(
      line,
      'raw-key',
      'token holds a key, not its hash',
      'revoke that key and export the table itself',
    )
    return
  }
  const self = alias.litellm('key', token)
  yield entity(line, 'identity', self, {
    name: text(value, 'key_alias'),
    type: 'api_key',
    status: text(value, 'deleted_at') ? 'deleted' : isTrue(value, 'blocked') ? 'blocked' : undefined,
  })
  yield* holders(value, self, line)
  const organization = text(value, 'organization_id')
  if (organization && !text(value, 'team_id'))
    yield link(line, 'owned_by', self, alias.litellm('organization', organization), 'key_record')
  const project = text(value, 'project_id')
  if (project) yield link(line, 'runs_in', self, alias.litellm('project', project), 'key_record')
  const creator = text(value, 'created_by')
  if (isSomebody(creator)) yield link(line, 'created_by', self, alias.litellm('user', creator), 'key_record')
  yield* keyMetadata(value, self, line)
}

/** The user and the team in a key's record, or in a part of it. */
function* holders(value: unknown, self: Alias, line: number): Generator<LinkFact> {
  const user = text(value, 'user_id')
  if (isSomebody(user)) yield link(line, 'acts_for', self, alias.litellm('user', user), 'key_record')
  const team = text(value, 'team_id')
  if (team) yield link(line, 'owned_by', self, alias.litellm('team', team), 'key_record')
}

/** What whoever made the key wrote about it: services, consumers, team, cost center, namespace, repository. */
function* keyMetadata(value: unknown, self: Alias, line: number): Generator<LinkFact> {
  const written = object(value, 'metadata')
  const tags = tagList([...array(value, 'tags'), ...array(written, 'tags')])
  yield* metadataLinks(
    line,
    self,
    {...tags, ...written},
    'label',
    'service',
    'consumers',
    'team',
    'costCenter',
    'namespace',
    'repository',
  )
}

/** A row of `LiteLLM_AuditLog` with its line. */
export interface AuditRow {
  readonly line: number
  readonly value: unknown
}

interface Change {
  readonly line: number
  readonly at: number
  readonly before: readonly LinkFact[]
  readonly after: readonly LinkFact[]
  /** The key was deleted: whoever held it last did so to the end. */
  readonly last: boolean
}

/** Fields of a key that say whose it is, with what they say. */
const HELD = {
  user_id: holders,
  team_id: holders,
  metadata: keyMetadata,
} as const satisfies {[field: string]: (value: unknown, self: Alias, line: number) => Generator<LinkFact>}

/**
 * Rows come in any order and name only what they changed. Sorted by time, the changes of one field of one key follow each
 * other, and each value holds from its change to the next:
 *
 *     09-03  team_id  before t-marsh  after t-reed      t-marsh  until 09-03
 *     09-17  team_id  before t-reed   after t-egret     t-reed   09-03 to 09-17
 *                                                       t-egret  from 09-17
 */
export function* keyHistory(rows: readonly AuditRow[]): Generator<Fact | Issue> {
  const chains = new Map<string, Change[]>()
  for (const {line, value} of rows) {
    if (!/VerificationToken$/i.test(text(value, 'table_name') ?? '')) continue
    const id = text(value, 'object_id')
    const at = parseTime(text(value, 'updated_at') ?? '')
    if (!id || id.startsWith('sk-')) {
      yield issue(line, 'no-id', 'an audit row without the hash of its key', 'export object_id')
      continue
    }
    if (at === null) {
      yield issue(line, 'bad-time', 'updated_at of an audit row is not a time', 'export it as ISO-8601')
      continue
    }
    for (const field of ['user_id', 'team_id', 'metadata'] as const) {
      const change = changeOf(value, field, alias.litellm('key', id), line, at)
      if (!change) continue
      const chain = chains.get(`${id} ${field}`)
      if (chain) chain.push(change)
      else chains.set(`${id} ${field}`, [change])
    }
  }
  for (const chain of chains.values()) yield* intervals(chain)
}

function changeOf(
  row: unknown,
  field: keyof typeof HELD,
  key: Alias,
  line: number,
  at: number,
): Change | null {
  const [before, after] = [object(row, 'before_value'), object(row, 'updated_values')]
  const last = /^delete/i.test(text(row, 'action') ?? '')
  if (!last && !Object.hasOwn(after, field)) return null
  const said = (values: unknown): LinkFact[] =>
    [...HELD[field](only(values, field), key, line)].map(fact => ({...fact, basis: 'key_history'}))
  const change = {line, at, before: said(before), after: last ? [] : said(after), last}
  return !last && sameLinks(change.before, change.after) ? null : change
}

const only = (values: unknown, field: string): unknown =>
  isObject(values) && Object.hasOwn(values, field) ? {[field]: values[field]} : {}

const sameLinks = (one: readonly LinkFact[], other: readonly LinkFact[]): boolean => {
  const words = (links: readonly LinkFact[]) =>
    links
      .map(({relation, to}) => `${relation} ${to}`)
      .sort()
      .join('\n')
  return words(one) === words(other)
}

function* intervals(chain: readonly Change[]): Generator<LinkFact> {
  const changes = [...chain].sort((one, other) => one.at - other.at || one.line - other.line)
  for (const [index, {before, after, at, last}] of changes.entries()) {
    const previous = changes[index - 1]
    const from = previous ? {validFrom: previous.at} : {}
    // The value before is the value after the last change; told again only where the log has a gap.
    if (!previous || !sameLinks(previous.after, before))
      for (const fact of before) yield {...fact, ...from, ...(last ? {} : {validTo: at})}
    const next = changes.slice(index + 1).find(change => !change.last)
    for (const fact of after) yield {...fact, validFrom: at, ...(next ? {validTo: next.at} : {})}
  }
}
