/**
 * SCIM 2.0 users and groups (RFC 7643), as ListResponse pages or bare resources. Attribute names ignore case.
 * Never read: names' parts, titles, phones, addresses, photos, private e-mails.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {connector, type Head} from './connector.ts'
import {array, isObject, type Json, text} from './fields.ts'
import {person} from './people.ts'
import {entity, isEveryone, link, oktaId} from './statements.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user'
const LIST = 'urn:ietf:params:scim:api:messages:2.0:listresponse'

export const scim = connector({
  id: 'scim',
  label: 'SCIM 2.0 users and groups',
  needs: {fields: ['schemas', 'id']},
  recognises: head =>
    head.sample.length > 0
      ? schemasOf(folded(head.sample[0])).some(
          schema => schema === LIST || schema.startsWith(CORE.toLowerCase()),
        )
      : isEmptyList(head),
  *parse(source) {
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else yield* resource(folded(record.value), record.line)
    }
  },
})

/** A ListResponse whose `Resources` are empty leaves no record to look at. */
const isEmptyList = ({shape, text: head}: Head): boolean =>
  shape === 'json' && head.toLowerCase().includes(LIST)

const schemasOf = (value: Json): string[] =>
  array(value, 'schemas').map(schema => (typeof schema === 'string' ? schema.toLowerCase() : ''))

/** The object with its keys in lower case. */
function folded(value: unknown): Json {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]))
}

function* resource(value: Json, line: number): Generator<Fact | Issue> {
  const schemas = schemasOf(value)
  if (schemas.includes(LIST)) {
    // Reached only where `Resources` is absent (nothing found) or spelled in another case.
    for (const item of array(value, 'resources')) yield* resource(folded(item), line)
    return
  }
  const id = text(value, 'id')
  const kind = text(folded(value.meta), 'resourcetype')?.toLowerCase() ?? schemas.map(coreKind).find(Boolean)
  if (kind !== 'user' && kind !== 'group') return
  if (!id) yield issue(line, 'no-id', `a SCIM ${kind} without id`, 'export the id')
  else if (kind === 'user') yield* user(value, id, line)
  else yield* group(value, id, line)
}

const coreKind = (schema: string): string | undefined =>
  schema.startsWith(CORE.toLowerCase()) ? schema.slice(CORE.length) : undefined

function* user(value: Json, id: string, line: number): Generator<Fact> {
  const self = alias.scim('user', id)
  const work = array(value, 'emails')
    .map(folded)
    .filter(
      email => text(email, 'type')?.toLowerCase() === 'work' || !text(email, 'type') || isTrue(email.primary),
    )
  const company = folded(value[ENTERPRISE])
  const manager = text(folded(company.manager), 'value')
  yield* person(line, self, {
    name: text(value, 'displayname') ?? text(folded(value.name), 'formatted'),
    status: value.active === undefined ? undefined : isTrue(value.active) ? 'active' : 'inactive',
    emails: [text(value, 'username'), ...work.map(email => text(email, 'value'))],
    department: text(company, 'department'),
    costCenter: text(company, 'costcenter'),
    employee: text(company, 'employeenumber'),
    manager: manager && alias.scim('user', manager),
  })
  yield* external(value, self, line)
  for (const of of array(value, 'groups').map(folded)) {
    const group = text(of, 'value')
    // Indirect memberships follow from the nesting of groups.
    if (group && text(of, 'type')?.toLowerCase() !== 'indirect')
      yield link(line, 'member_of', self, alias.scim('group', group), 'directory')
  }
}

function* group(value: Json, id: string, line: number): Generator<Fact> {
  const self = alias.scim('group', id)
  const name = text(value, 'displayname')
  yield entity(line, 'organization', self, {name, type: isEveryone(name) ? 'everyone' : 'group'})
  yield* external(value, self, line)
  for (const member of array(value, 'members').map(folded)) {
    const other = text(member, 'value')
    if (!other) continue
    const nested =
      text(member, 'type')?.toLowerCase() === 'group' || /\/groups\//i.test(text(member, '$ref') ?? '')
    yield nested
      ? link(line, 'part_of', alias.scim('group', other), self, 'directory')
      : link(line, 'member_of', alias.scim('user', other), self, 'directory')
  }
}

/** The provisioning system writes its own id into `externalId`. */
function* external(value: Json, self: Alias, line: number): Generator<Fact> {
  const other = oktaId(text(value, 'externalid'))
  if (other) yield link(line, 'same_as', self, other, 'declared')
}

/** Some senders write `"True"`. */
const isTrue = (value: unknown): boolean => String(value).toLowerCase() === 'true'
