/**
 * Okta users, groups and memberships: saved API answers (`users.json`, `groups.json`, `groups/{id}/users.json`) or the three
 * CSV files scripts write. Never read: phones, addresses, titles, second (private) e-mails, credentials.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue} from '../model/fact.ts'
import {connector, type Head} from './connector.ts'
import {isObject, object, text} from './fields.ts'
import {managerRef, person} from './people.ts'
import {entity, isEveryone, link} from './statements.ts'

export const okta = connector({
  id: 'okta',
  label: 'Okta users, groups and memberships',
  placed: true,
  needs: {columns: ['user_id', ['group_id', 'login']], fields: ['id', 'profile']},
  recognises: head =>
    head.columns.length > 0
      ? tableOf(head.columns) !== null
      : head.sample.length === 0
        ? head.shape === 'json' && (EMPTY.test(head.path) || placeOf(head.path).group !== undefined)
        : isUser(head.sample[0]) || isGroup(head.sample[0]) || isBareMember(head),
  *parse(source) {
    const place = placeOf(source.path)
    if (source.head.shape === 'csv') {
      const say = tableOf(source.head.columns)!
      for (const row of source.rows()) {
        if ('fact' in row) yield row
        else yield* say(row.row, row.line)
      }
      return
    }
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else if (isGroup(record.value)) yield* group(record.value, record.line, place.user)
      else yield* user(record.value, record.line, place.group)
    }
  },
})

const EMPTY = /(^|\/)okta\/(users|groups)\b[^/]*$/i

/** `groups/{id}/users.json` holds a group's members, `users/{id}/groups.json` a user's groups. */
function placeOf(path: string): {group: string | undefined; user: string | undefined} {
  const [kind, id, list] = path.split('/').slice(-3)
  return {
    group: kind === 'groups' && /^users\b/.test(list ?? '') ? id : undefined,
    user: kind === 'users' && /^groups\b/.test(list ?? '') ? id : undefined,
  }
}

const profileOf = (value: unknown) => object(value, 'profile')

const isUser = (value: unknown): boolean =>
  text(value, 'id') !== undefined && text(profileOf(value), 'login') !== undefined

const isGroup = (value: unknown): boolean =>
  text(value, 'id') !== undefined &&
  text(profileOf(value), 'name') !== undefined &&
  (/^(OKTA_GROUP|APP_GROUP|BUILT_IN)$/.test(text(value, 'type') ?? '') ||
    (isObject(value) && 'objectClass' in value))

/** Members cut down to their ids are known by an Okta id under a group's folder. */
const isBareMember = ({path, sample: [first]}: Head): boolean =>
  placeOf(path).group !== undefined && /^00u/.test(text(first, 'id') ?? '')

function* user(value: unknown, line: number, group: string | undefined): Generator<Fact | Issue> {
  const id = text(value, 'id')
  if (!id) {
    yield issue(line, 'no-id', 'an Okta user without id', 'export the id')
    return
  }
  const profile = profileOf(value)
  const names = [text(profile, 'firstName'), text(profile, 'lastName')].filter(Boolean).join(' ')
  yield* person(line, alias.okta('user', id), {
    name: text(profile, 'displayName') ?? (names || undefined),
    status: text(value, 'status'),
    emails: [text(profile, 'login'), text(profile, 'email')],
    department: text(profile, 'department'),
    costCenter: text(profile, 'costCenter'),
    employee: text(profile, 'employeeNumber'),
    manager: managerRef(text(profile, 'managerId')),
  })
  if (group) yield link(line, 'member_of', alias.okta('user', id), alias.okta('group', group), 'directory')
}

function* group(value: unknown, line: number, member: string | undefined): Generator<Fact | Issue> {
  const id = text(value, 'id')!
  yield* organization(line, id, text(profileOf(value), 'name'), text(value, 'type'))
  if (member) yield link(line, 'member_of', alias.okta('user', member), alias.okta('group', id), 'directory')
}

function* organization(
  line: number,
  id: string,
  name: string | undefined,
  type: string | undefined,
): Generator<Fact> {
  yield entity(line, 'organization', alias.okta('group', id), {
    name,
    type:
      type?.toUpperCase() === 'BUILT_IN' || isEveryone(name) ? 'everyone' : (type ?? 'group').toLowerCase(),
  })
}

type Table = (row: unknown, line: number) => Generator<Fact | Issue>

/** Which of the three CSV files, by its columns. */
function tableOf(columns: readonly string[]): Table | null {
  const has = (...names: readonly string[]) => names.every(name => columns.includes(name))
  if (has('group_id', 'user_id')) return memberRow
  if (has('group_id', 'group_name')) return groupRow
  return has('user_id', 'login') && (has('email') || has('status')) ? userRow : null
}

function* userRow(row: unknown, line: number): Generator<Fact | Issue> {
  const id = text(row, 'user_id')
  if (!id) {
    yield issue(line, 'no-id', 'a row without user_id', 'fill in user_id')
    return
  }
  yield* person(line, alias.okta('user', id), {
    name: text(row, 'display_name'),
    status: text(row, 'status'),
    emails: [text(row, 'login'), text(row, 'email')],
    department: text(row, 'department'),
    costCenter: text(row, 'cost_center'),
    employee: text(row, 'employee_number'),
    manager: managerRef(text(row, 'manager_id')),
  })
}

function* groupRow(row: unknown, line: number): Generator<Fact | Issue> {
  const id = text(row, 'group_id')
  if (id) yield* organization(line, id, text(row, 'group_name'), text(row, 'group_type'))
  else yield issue(line, 'no-id', 'a row without group_id', 'fill in group_id')
}

function* memberRow(row: unknown, line: number): Generator<Fact | Issue> {
  const [group, user] = [text(row, 'group_id'), text(row, 'user_id')]
  if (group && user)
    yield link(line, 'member_of', alias.okta('user', user), alias.okta('group', group), 'directory')
  else yield issue(line, 'no-id', 'a membership without group_id or user_id', 'fill in both')
}
