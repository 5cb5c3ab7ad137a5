/**
 * LiteLLM's directory tables (`LiteLLM_VerificationToken`, `…TeamTable`, `…UserTable`, …) and its audit log, as JSON, JSON Lines or CSV.
 * Never read: `key_name` (a key fragment), spend and limits, model lists, router settings, permissions.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {connector, type Source} from './connector.ts'
import {array, isObject, isTrue, object, text} from './fields.ts'
import {isSomebody, key, keyHistory} from './litellm-keys.ts'
import {entity, isEmail, link, metadataLinks, sameEmails, signInId} from './statements.ts'

type Say = (value: unknown, line: number) => Generator<Fact | Issue>

export const litellmTables = connector({
  id: 'litellm-tables',
  label: 'LiteLLM keys, teams, users, organizations, audit log',
  recognises: head =>
    head.columns.length > 0
      ? tableOf(name => head.columns.includes(name)) !== null
      : head.sample.length > 0
        ? rowTable(head.sample[0]) !== null
        : head.shape === 'json' && EMPTY.test(head.path),
  *parse(source) {
    const changes: {value: unknown; line: number}[] = []
    for (const record of recordsOf(source)) {
      if ('fact' in record) yield record
      else {
        const say = rowTable(record.value)
        if (say === 'audit') changes.push(record)
        else if (say) yield* say(record.value, record.line)
        else
          yield issue(
            record.line,
            'unknown-row',
            'a row without the columns of a LiteLLM table',
            'export the id columns',
          )
      }
    }
    yield* keyHistory(changes)
  },
})

/** An empty table leaves its name. */
const EMPTY =
  /LiteLLM_(Deleted)?(VerificationToken|TeamTable|UserTable|OrganizationTable|ProjectTable|AuditLog)\b[^/]*$/

function* recordsOf(source: Source): Generator<{line: number; value: unknown} | Issue> {
  if (source.head.shape !== 'csv') yield* source.records()
  else for (const row of source.rows()) yield 'fact' in row ? row : {line: row.line, value: row.row}
}

const rowTable = (value: unknown): Say | 'audit' | null =>
  isObject(value) ? tableOf(name => Object.hasOwn(value, name)) : null

/** Which table a row is of, by columns that no other table has. */
function tableOf(has: (column: string) => boolean): Say | 'audit' | null {
  const any = (...names: readonly string[]) => names.some(has)
  if (has('table_name') && has('object_id') && any('action', 'updated_values', 'before_value')) return 'audit'
  if (has('token') && any('key_alias', 'key_name', 'user_id', 'team_id')) return key
  if (has('team_id') && any('team_alias', 'members_with_roles')) return team
  if (has('project_id') && has('project_alias')) return project
  // Cost exports have a user's columns too, and an amount.
  if (
    has('user_id') &&
    any('user_email', 'sso_user_id', 'user_role', 'user_alias') &&
    !any('amount_value', 'line_item')
  )
    return user
  return has('organization_id') && has('organization_alias') ? organization : null
}

function* team(value: unknown, line: number): Generator<Fact | Issue> {
  const id = text(value, 'team_id')
  if (!id) {
    yield issue(line, 'no-id', 'a team without team_id', 'export team_id')
    return
  }
  const self = alias.litellm('team', id)
  yield entity(line, 'organization', self, {
    name: text(value, 'team_alias'),
    type: 'team',
    status: text(value, 'deleted_at') ? 'deleted' : isTrue(value, 'blocked') ? 'blocked' : undefined,
  })
  const organization = text(value, 'organization_id')
  if (organization)
    yield link(line, 'part_of', self, alias.litellm('organization', organization), 'directory')
  yield* metadataLinks(line, self, object(value, 'metadata'), 'label', 'costCenter')
  yield* members(value, self, line)
}

/** `members_with_roles`, or the plain lists of ids that older versions fill. */
function* members(value: unknown, self: Alias, line: number): Generator<Fact> {
  const seen = new Set<string>()
  for (const member of array(value, 'members_with_roles')) {
    const id = text(member, 'user_id')
    const email = text(member, 'user_email')
    const who = isSomebody(id)
      ? alias.litellm('user', id)
      : email && isEmail(email)
        ? alias.email(email)
        : null
    if (!who || seen.has(who)) continue
    seen.add(who)
    yield link(line, 'member_of', who, self, 'directory')
    if (isSomebody(id)) yield* sameEmails(line, who, email)
  }
  for (const id of [...array(value, 'members'), ...array(value, 'admins')]) {
    if (typeof id !== 'string' || !isSomebody(id) || seen.has(alias.litellm('user', id))) continue
    seen.add(alias.litellm('user', id))
    yield link(line, 'member_of', alias.litellm('user', id), self, 'directory')
  }
}

function* user(value: unknown, line: number): Generator<Fact | Issue> {
  const id = text(value, 'user_id')
  if (!id) {
    yield issue(line, 'no-id', 'a user without user_id', 'export user_id')
    return
  }
  if (!isSomebody(id)) return
  const self = alias.litellm('user', id)
  yield entity(line, 'identity', self, {name: text(value, 'user_alias'), type: 'person'})
  yield* sameEmails(line, self, text(value, 'user_email'), id)
  const signedIn = signInId(text(value, 'sso_user_id'))
  if (signedIn) yield link(line, 'same_as', self, signedIn, 'verified')
  for (const of of new Set([text(value, 'team_id'), ...array(value, 'teams')]))
    if (typeof of === 'string' && of !== '')
      yield link(line, 'member_of', self, alias.litellm('team', of), 'directory')
  yield* metadataLinks(line, self, object(value, 'metadata'), 'label', 'costCenter')
}

function* organization(value: unknown, line: number): Generator<Fact | Issue> {
  const id = text(value, 'organization_id')
  if (!id) {
    yield issue(line, 'no-id', 'an organization without organization_id', 'export organization_id')
    return
  }
  const self = alias.litellm('organization', id)
  yield entity(line, 'organization', self, {name: text(value, 'organization_alias'), type: 'organization'})
  yield* metadataLinks(line, self, object(value, 'metadata'), 'label', 'costCenter')
}

function* project(value: unknown, line: number): Generator<Fact | Issue> {
  const id = text(value, 'project_id')
  if (!id) {
    yield issue(line, 'no-id', 'a project without project_id', 'export project_id')
    return
  }
  const subject = alias.litellm('project', id)
  yield entity(line, 'project', subject, {name: text(value, 'project_alias'), type: 'project'})
  const team = text(value, 'team_id')
  if (team) yield link(line, 'owned_by', subject, alias.litellm('team', team), 'key_record')
  yield* metadataLinks(line, subject, object(value, 'metadata'), 'label', 'team', 'costCenter', 'repository')
}
