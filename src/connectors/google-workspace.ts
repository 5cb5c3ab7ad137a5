/**
 * Google Workspace: saved answers of the Directory API (users, groups, members) and the admin console's CSV downloads. Whose
 * members a list holds is in its path, `groups/{id or address}/members.json`.
 * Never read: passwords, recovery addresses, phones, postal addresses, titles, custom schemas. Organizational units are
 * where policies hang, not teams: they are passed over.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {connector, type Head, type Row} from './connector.ts'
import {array, isObject, type Json, object, text} from './fields.ts'
import {person} from './people.ts'
import {entity, isEmail, isEveryone, link, sameEmails} from './statements.ts'
import {type Columns, cell} from './table.ts'

export const googleWorkspace = connector({
  id: 'google-workspace',
  label: 'Google Workspace users, groups and memberships',
  placed: true,
  recognises: head =>
    head.shape === 'csv'
      ? tableOf(head) !== null
      : (head.shape === 'json' || head.shape === 'jsonl') &&
        (head.sample.length === 0
          ? isEmptyAnswer(head)
          : head.sample.some(value => kindOf(value, groupAt(head.path)) !== undefined)),
  *parse(source) {
    if (source.head.shape === 'csv') {
      const say = tableOf(source.head)!
      for (const row of source.rows()) yield* 'fact' in row ? [row] : say(row)
      return
    }
    const group = groupAt(source.path)
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else yield* statements(record.value, record.line, group)
    }
  },
})

/** The list's key is absent when nothing was found. */
const isEmptyAnswer = ({text: head}: Head): boolean => /"kind"\s*:\s*"admin#directory#\w+"/.test(head)

/** `groups/{key}/members.json`; the key is the group's id or its address. */
function groupAt(path: string): Alias | undefined {
  const [folder, key = '', file = ''] = path.split('/').slice(-3)
  return folder?.toLowerCase() === 'groups' && /^members?\b/i.test(file)
    ? alias.googleWorkspace('group', decoded(key))
    : undefined
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

type Kind = 'user' | 'group' | 'member' | 'list'

/** By its `kind`, else by the properties that no other has. */
function kindOf(value: unknown, group: Alias | undefined): Kind | undefined {
  if (!isObject(value)) return undefined
  const said = /^admin#directory#(\w+)$/.exec(text(value, 'kind') ?? '')?.[1]
  // A list whose items are absent comes as itself.
  if (said !== undefined) return said === 'user' || said === 'group' || said === 'member' ? said : 'list'
  if ('primaryEmail' in value) return 'user'
  if ('directMembersCount' in value || 'adminCreated' in value) return 'group'
  return /^(OWNER|MANAGER|MEMBER)$/.test(text(value, 'role') ?? '') &&
    (group || /^(USER|GROUP|CUSTOMER|EXTERNAL)$/.test(text(value, 'type') ?? ''))
    ? 'member'
    : undefined
}

function* statements(value: unknown, line: number, group: Alias | undefined): Generator<Fact | Issue> {
  const kind = kindOf(value, group)
  if (kind === 'user') yield* user(value, line)
  else if (kind === 'group') yield* organization(value, line)
  else if (kind === 'member' && group) yield* member(value, line, group)
  else if (kind === 'member')
    yield issue(
      line,
      'no-group',
      'members of a group that the path does not name',
      'keep the file as groups/{id or address}/members.json',
    )
}

function* user(value: unknown, line: number): Generator<Fact | Issue> {
  const [id, address] = [text(value, 'id'), text(value, 'primaryEmail')]
  if (!id && !address) {
    yield issue(line, 'no-id', 'a user without id and primaryEmail', 'export both')
    return
  }
  const self = alias.googleWorkspace('user', id ?? address!)
  const place = primary(array(value, 'organizations'))
  const manager = array(value, 'relations').find(item => text(item, 'type') === 'manager')
  const employee = array(value, 'externalIds').find(item => text(item, 'type') === 'organization')
  const boss = text(manager, 'value')
  yield* person(line, self, {
    name: text(object(value, 'name'), 'fullName'),
    status: statusOf(value),
    emails: [address, ...texts(value, 'aliases'), ...texts(value, 'nonEditableAliases')],
    department: text(place, 'department'),
    costCenter: text(place, 'costCenter'),
    employee: text(employee, 'value'),
    manager: boss !== undefined && isEmail(boss) ? alias.email(boss) : undefined,
  })
}

const statusOf = (value: unknown): string | undefined => {
  const {suspended, archived} = isObject(value) ? value : ({} as Json)
  return archived === true
    ? 'archived'
    : suspended === true
      ? 'suspended'
      : suspended === false
        ? 'active'
        : undefined
}

/** The organization marked as primary, else the only one. */
const primary = (places: readonly unknown[]): unknown =>
  places.find(place => isObject(place) && place.primary === true) ??
  (places.length === 1 ? places[0] : undefined)

const texts = (value: unknown, key: string): string[] =>
  array(value, key).filter((item): item is string => typeof item === 'string')

/** A group is known by its id and, as members lists may be asked for by address, by its addresses. */
function* organization(value: unknown, line: number): Generator<Fact | Issue> {
  const [id, address] = [text(value, 'id'), text(value, 'email')]
  if (!id && !address) {
    yield issue(line, 'no-id', 'a group without id and email', 'export both')
    return
  }
  const self = alias.googleWorkspace('group', id ?? address!)
  const name = text(value, 'name')
  const everyone = isEveryone(name) || isEveryone(address?.replace(/@.*/, ''))
  yield entity(line, 'organization', self, {name, type: everyone ? 'everyone' : 'group'})
  const addresses = [address, ...texts(value, 'aliases'), ...texts(value, 'nonEditableAliases')]
  for (const known of new Set(
    addresses.filter(item => item !== undefined).map(item => alias.googleWorkspace('group', item)),
  ))
    if (known !== self) yield link(line, 'same_as', self, known, 'verified')
  yield* sameEmails(line, self, ...addresses)
}

function* member(value: unknown, line: number, group: Alias): Generator<Fact | Issue> {
  const [id, address] = [text(value, 'id'), text(value, 'email')]
  const type = text(value, 'type')?.toUpperCase() ?? 'USER'
  // The whole customer is a member: the group is everybody's.
  if (type === 'CUSTOMER') yield entity(line, 'organization', group, {type: 'everyone'})
  else if (!id && !address) yield issue(line, 'no-id', 'a member without id and email', 'export one of them')
  else if (type === 'GROUP') {
    const self = alias.googleWorkspace('group', id ?? address!)
    yield entity(line, 'organization', self, {
      type: isEveryone(address?.replace(/@.*/, '')) ? 'everyone' : 'group',
    })
    if (id) yield* sameEmails(line, self, address)
    yield link(line, 'part_of', self, group, 'directory')
  } else {
    const self = id ? alias.googleWorkspace('user', id) : alias.email(address!)
    yield entity(line, 'identity', self, {type: 'person', status: text(value, 'status')})
    yield* sameEmails(line, self, address)
    yield link(line, 'member_of', self, group, 'directory')
  }
}

/** The console's users download, and its list of memberships by address. */
const COLUMNS = {
  address: ['email_address'],
  first: ['first_name'],
  last: ['last_name'],
  status: ['status'],
  employee: ['employee_id'],
  manager: ['manager_email'],
  department: ['department'],
  costCenter: ['cost_center'],
  group: ['group_email'],
  groupName: ['group_name'],
  member: ['member_email'],
  memberType: ['member_type'],
} as const satisfies Columns<string>

function tableOf({columns}: Head): ((row: Row) => Generator<Fact | Issue>) | null {
  const has = (...names: readonly string[]) => names.every(name => columns.includes(name))
  if (has('email_address', 'org_unit_path')) return userRow
  return has('group_email', 'member_email') ? memberRow : null
}

function* userRow({row, line}: Row): Generator<Fact | Issue> {
  const address = cell(row, COLUMNS.address)
  if (address === undefined || !isEmail(address)) {
    yield issue(line, 'no-id', 'a user without an address in "Email Address"', 'export the column')
    return
  }
  const manager = cell(row, COLUMNS.manager)
  yield* person(line, alias.googleWorkspace('user', address), {
    name: [cell(row, COLUMNS.first), cell(row, COLUMNS.last)].filter(Boolean).join(' ') || undefined,
    status: cell(row, COLUMNS.status),
    emails: [address],
    department: cell(row, COLUMNS.department),
    costCenter: cell(row, COLUMNS.costCenter),
    employee: cell(row, COLUMNS.employee),
    manager: manager !== undefined && isEmail(manager) ? alias.email(manager) : undefined,
  })
}

function* memberRow({row, line}: Row): Generator<Fact | Issue> {
  const [address, email] = [cell(row, COLUMNS.group), cell(row, COLUMNS.member)]
  const type = cell(row, COLUMNS.memberType)?.toUpperCase()
  if (!address || (!email && type !== 'CUSTOMER')) {
    yield issue(line, 'no-id', 'a membership without group email or member email', 'fill in both')
    return
  }
  yield* organization({email: address, name: cell(row, COLUMNS.groupName)}, line)
  yield* member({email, type}, line, alias.googleWorkspace('group', address))
}
