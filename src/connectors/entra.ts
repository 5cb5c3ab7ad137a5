/**
 * Microsoft Entra: saved Graph answers (users, groups, members, service principals, app registrations) and the portal's CSV
 * downloads. What a list belongs to is in its path: `groups/{id}/members.json`, `users/{id}/memberOf.json`.
 * Never read: phones, addresses, titles, private addresses of members, secrets and certificates of applications.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {connector, type Head, type Row} from './connector.ts'
import {array, isObject, object, text} from './fields.ts'
import {person} from './people.ts'
import {entity, isEmail, isEveryone, link, sameEmails} from './statements.ts'
import {type Columns, cell} from './table.ts'

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

export const entra = connector({
  id: 'entra',
  label: 'Microsoft Entra users, groups, memberships, service principals',
  placed: true,
  recognises: head =>
    head.shape === 'csv'
      ? tableOf(head) !== null
      : head.shape === 'json' || head.shape === 'jsonl'
        ? head.sample.some(value => kindOf(value, placeOf(head.path)) !== undefined) || isEmptyAnswer(head)
        : false,
  *parse(source) {
    if (source.head.shape === 'csv') {
      const say = tableOf(source.head)!
      for (const row of source.rows()) yield* 'fact' in row ? [row] : say(row, source.path)
      return
    }
    const place = placeOf(source.path)
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else yield* statements(record.value, record.line, place)
    }
  },
})

/** An answer without items leaves only its context to look at. */
const isEmptyAnswer = ({sample, text: head}: Head): boolean =>
  sample.length === 0 && /"@odata\.context"\s*:\s*"https:\/\/graph\.microsoft\.[^"]*"/.test(head)

type Kind = 'user' | 'group' | 'service_principal' | 'registration'
const COLLECTIONS: {readonly [folder: string]: Kind} = {
  users: 'user',
  groups: 'group',
  serviceprincipals: 'service_principal',
  applications: 'registration',
}

/** What the path tells: the list in the file and, where it lies under an object, that object. */
interface Place {
  /** `members`, `transitivemembers`, `memberof`, `owners`, `manager`, `users`, …: the file's name without endings. */
  readonly list: string
  readonly holder: {readonly kind: Kind; readonly id: string} | undefined
}

function placeOf(path: string): Place {
  const [folder = '', id = '', file = ''] = path.split('/').slice(-3)
  const list = file.toLowerCase().replace(/[._-].*$/, '')
  const kind = COLLECTIONS[folder.toLowerCase()]
  return {list, holder: kind && GUID.test(id) ? {kind, id} : undefined}
}

/** What an object is, by its type where it says one, else by properties that no other kind has, else by its list. */
function kindOf(value: unknown, {list, holder}: Place): Kind | 'other' | undefined {
  const id = text(value, 'id')
  if (!isObject(value) || id === undefined) return undefined
  const said = /^#microsoft\.graph\.(\w+)$/.exec(text(value, '@odata.type') ?? '')?.[1]
  if (said !== undefined) return said === 'user' || said === 'group' ? said : (TYPES[said] ?? 'other')
  if ('userPrincipalName' in value) return 'user'
  if (['groupTypes', 'securityEnabled', 'mailEnabled'].some(key => key in value)) return 'group'
  if ('members@delta' in value) return 'group'
  if ('servicePrincipalType' in value) return 'service_principal'
  if ('appId' in value) return 'signInAudience' in value ? 'registration' : 'service_principal'
  // A role without the right to read answers with ids alone.
  if (!GUID.test(id)) return undefined
  if (holder && /^(transitive)?members$|^owners$|^manager$/.test(list)) return 'user'
  if (holder && /^(transitive)?memberof$/.test(list)) return 'group'
  return '@removed' in value ? (COLLECTIONS[list] ?? 'other') : undefined
}

const TYPES: {readonly [type: string]: Kind} = {
  servicePrincipal: 'service_principal',
  application: 'registration',
}

function* statements(value: unknown, line: number, place: Place): Generator<Fact | Issue> {
  const kind = kindOf(value, place)
  const id = text(value, 'id')
  if (id === undefined) {
    yield issue(line, 'no-id', 'a directory object without id', 'put id into $select and export again')
    return
  }
  // Devices and outside contacts own nothing.
  if (kind === undefined || kind === 'other') return
  const self = alias.entra(kind, id)
  const removed = isObject(value) && '@removed' in value
  if (kind === 'user') yield* user(value, self, line, removed)
  else if (kind === 'group') yield* group(value, self, line, removed)
  else yield* application(value, self, line)
  if (place.holder && !removed) yield* placed(line, self, kind, place)
}

/** How an object relates to the one whose list it stands in. */
function* placed(line: number, self: Alias, kind: Kind, {list, holder}: Place): Generator<Fact> {
  const other = alias.entra(holder!.kind, holder!.id)
  if (/^(transitive)?members$/.test(list) && holder!.kind === 'group') {
    // The groups in between are in their own lists; through them the rest follows.
    if (list === 'members' || kind === 'user') yield* membership(line, self, kind, other)
  } else if (/^(transitive)?memberof$/.test(list) && kind === 'group') {
    if (list === 'memberof' || holder!.kind === 'user') yield* membership(line, other, holder!.kind, self)
  } else if (list === 'manager' && holder!.kind === 'user')
    yield link(line, 'reports_to', other, self, 'directory')
  else if (list === 'owners' && holder!.kind !== 'user' && holder!.kind !== 'group')
    yield link(line, 'owned_by', other, self, 'directory')
}

/** People are members, groups are parts; a workload's identity in a group says what it may do, not whose it is. */
function* membership(line: number, self: Alias, kind: Kind, group: Alias): Generator<Fact> {
  if (kind === 'group') yield link(line, 'part_of', self, group, 'directory')
  if (kind === 'user') yield link(line, 'member_of', self, group, 'directory')
}

function* user(value: unknown, self: Alias, line: number, removed: boolean): Generator<Fact> {
  const enabled = isObject(value) ? value.accountEnabled : undefined
  const organization = object(value, 'employeeOrgData')
  const manager = text(object(value, 'manager'), 'id')
  yield* person(line, self, {
    name: text(value, 'displayName'),
    status: removed ? 'removed' : enabled === false ? 'disabled' : enabled === true ? 'active' : undefined,
    emails: addresses(value),
    department: text(value, 'department'),
    costCenter: text(organization, 'costCenter'),
    employee: text(value, 'employeeId'),
    manager: manager && alias.entra('user', manager),
  })
}

/** Sign-in name, mailbox and its aliases; a guest's own address is in the name it was given here. */
function addresses(value: unknown): string[] {
  const signIn = text(value, 'userPrincipalName')
  const guest = signIn?.includes('#EXT#') === true || text(value, 'userType')?.toLowerCase() === 'guest'
  const proxies = array(value, 'proxyAddresses')
    .filter(address => typeof address === 'string')
    .flatMap(address => /^smtp:(.+)$/i.exec(address)?.[1] ?? [])
  const others = guest ? array(value, 'otherMails').filter(address => typeof address === 'string') : []
  return [signIn && homeAddress(signIn), text(value, 'mail'), ...proxies, ...others].filter(
    address => address !== undefined,
  )
}

/** `quill_partner.example#EXT#@fen.onmicrosoft.com` is quill@partner.example. */
function homeAddress(signIn: string): string {
  const [, name, domain] = /^(.+)_([^_@]+\.[^_@]+)#EXT#@/i.exec(signIn) ?? []
  return name === undefined ? signIn : `${name}@${domain}`
}

function* group(value: unknown, self: Alias, line: number, removed: boolean): Generator<Fact> {
  const name = text(value, 'displayName')
  const rule = text(value, 'membershipRule')
  const types = array(value, 'groupTypes')
  yield entity(line, 'organization', self, {
    name,
    type: isEveryone(name) || holdsAll(rule) ? 'everyone' : types.includes('Unified') ? 'team' : 'group',
    status: removed ? 'removed' : undefined,
  })
  yield* sameEmails(line, self, text(value, 'mail'))
  for (const member of [...array(value, 'members'), ...array(value, 'members@delta')]) {
    const id = text(member, 'id')
    // A delta names who has left, but not when: a later list without them says as much.
    if (id === undefined || (isObject(member) && '@removed' in member)) continue
    const kind = kindOf(member, {list: 'members', holder: {kind: 'group', id: ''}})
    if (kind !== undefined && kind !== 'other') yield* membership(line, alias.entra(kind, id), kind, self)
  }
}

/** A rule that asks nothing but whether an account is real, enabled or a member takes in everybody. */
const holdsAll = (rule: string | undefined): boolean => {
  const asked = [...(rule ?? '').matchAll(/\buser\.(\w+)/gi)].map(([, property]) => property!.toLowerCase())
  return (
    asked.length > 0 && asked.every(property => ['accountenabled', 'usertype', 'objectid'].includes(property))
  )
}

/** An application and its service principal share the application id, which tokens and workload annotations carry. */
function* application(value: unknown, self: Alias, line: number): Generator<Fact> {
  const app = text(value, 'appId')
  yield entity(line, 'identity', self, {name: text(value, 'displayName'), type: 'service_account'})
  if (app) yield link(line, 'same_as', self, alias.entra('app', app), 'verified')
}

/** The portal's downloads and import templates; header labels differ between its generations. */
const COLUMNS = {
  id: ['object_id', 'id', 'member_object_id_or_user_principal_name_required'],
  signIn: ['user_principal_name', 'user_name_required', 'user_name', 'upn'],
  name: ['display_name', 'name_required', 'name'],
  mail: ['mail', 'email'],
  kind: ['member_type', 'object_type', 'type', 'odata_type'],
  enabled: ['account_enabled'],
  blocked: ['block_sign_in_yes_no_required', 'block_sign_in'],
  department: ['department'],
  employee: ['employee_id'],
  costCenter: ['employee_org_data_cost_center', 'cost_center'],
} as const satisfies Columns<string>

const MEMBERS_FILE = /(^|[^a-z])members?([^a-z]|$)/i

type Say = (row: Row, path: string) => Generator<Fact | Issue>

function tableOf({columns, path}: Head): Say | null {
  const has = (names: readonly string[]) => names.some(name => columns.includes(name))
  const file = path.split('/').at(-1)!
  if (columns.includes(COLUMNS.id[2])) return memberRow
  if (!has(COLUMNS.signIn.slice(0, 2))) return null
  const listsMembers = has(COLUMNS.kind) || placeOf(path).list === 'members' || MEMBERS_FILE.test(file)
  if (listsMembers && !has(COLUMNS.enabled)) return memberRow
  return has([...COLUMNS.enabled, ...COLUMNS.blocked, 'user_type', ...COLUMNS.department]) ? userRow : null
}

function* userRow({row, line}: Row): Generator<Fact | Issue> {
  const self = userOf(row)
  if (!self) {
    yield issue(line, 'no-id', 'a user without object id and user principal name', 'export one of them')
    return
  }
  const enabled = cell(row, COLUMNS.enabled)?.toLowerCase()
  const blocked = cell(row, COLUMNS.blocked)?.toLowerCase()
  const signIn = cell(row, COLUMNS.signIn)
  yield* person(line, self, {
    name: cell(row, COLUMNS.name),
    status:
      enabled === 'false' || blocked === 'yes'
        ? 'disabled'
        : enabled === 'true' || blocked === 'no'
          ? 'active'
          : undefined,
    emails: [signIn && homeAddress(signIn), cell(row, COLUMNS.mail)],
    department: cell(row, COLUMNS.department),
    costCenter: cell(row, COLUMNS.costCenter),
    employee: cell(row, COLUMNS.employee),
  })
}

/** By object id, else by sign-in name: an import template has no more. */
function userOf(row: Row['row']): Alias | undefined {
  const id = cell(row, COLUMNS.id)
  if (id !== undefined && GUID.test(id)) return alias.entra('user', id)
  const signIn = cell(row, COLUMNS.signIn) ?? id
  return signIn !== undefined && isEmail(signIn) ? alias.email(homeAddress(signIn)) : undefined
}

/** The group is no column: it is in the path, by its id or by its name. */
function* memberRow({row, line}: Row, path: string): Generator<Fact | Issue> {
  const group = groupAt(path)
  if (!group) {
    yield issue(
      line,
      'no-group',
      'members of a group that neither a column nor the path names',
      'keep the file as groups/{object id}/members.csv, or name it after its group',
    )
    return
  }
  const id = cell(row, COLUMNS.id)
  const kind = cell(row, COLUMNS.kind)?.toLowerCase() ?? 'user'
  if (/group/.test(kind) && id !== undefined && GUID.test(id)) {
    const self = alias.entra('group', id)
    yield entity(line, 'organization', self, {name: cell(row, COLUMNS.name), type: 'group'})
    yield link(line, 'part_of', self, group, 'directory')
  } else if (/user|member|guest/.test(kind)) {
    const self = userOf(row)
    if (!self)
      yield issue(line, 'no-id', 'a member without object id and user principal name', 'export one of them')
    else {
      yield* userRow({row, line})
      yield link(line, 'member_of', self, group, 'directory')
    }
  }
}

/** What a download is called besides its group: dates, the portal's own words. */
const NOT_A_NAME =
  /^(export|exported|downloads?|bulk|group|groups|members?|users?|entra|azure|azuread|aad|list|all|csv|\d+)$/i

function groupAt(path: string): Alias | undefined {
  const {holder} = placeOf(path)
  if (holder?.kind === 'group') return alias.entra('group', holder.id)
  const [folder = '', file = ''] = path.split('/').slice(-2)
  const plain = file.replace(/(\.csv|\.gz)+$/i, '')
  const [id] = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/i.exec(plain) ?? []
  if (id) return alias.entra('group', id)
  for (const written of [plain, folder]) {
    const words = written.replace(/([a-z])([A-Z])/g, '$1 $2').split(/[\s_.()-]+/)
    const named = words.filter(word => word !== '' && !NOT_A_NAME.test(word))
    if (named.length > 0) return alias.named('team', named.join(' '))
    if (!words.some(word => /^members?$/i.test(word))) break
  }
  return undefined
}
