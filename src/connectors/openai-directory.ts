/**
 * OpenAI's organization directory: who holds which key, and who works on which project. One connector for every list,
 * told apart by each item's `object`; the project or group a list belongs to often stands in its path alone.
 * Never read: redacted_value. Spend limits are left out: they recur monthly and have neither beginning nor end, which
 * a dated budget cannot say.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type EntityFact, type Issue, issue, type LinkFact} from '../model/fact.ts'
import {quoted} from './aggregate.ts'
import {connector} from './connector.ts'
import {array, isObject, object, text} from './fields.ts'
import {entity, link, person} from './provider-directory.ts'

export const openaiDirectory = connector({
  id: 'openai-directory',
  label: 'OpenAI users, projects, API keys, service accounts and groups',
  placed: true,
  recognises: ({shape, sample, path}) =>
    (shape === 'json' || shape === 'jsonl') &&
    (sample.length > 0 ? sample.some(item => kindOf(item, path) !== null) : LISTS.test(path)),
  *parse(source) {
    let told = false
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      const kind = kindOf(value, source.path)
      if (kind === null) {
        yield unknownItem(line, value)
        continue
      }
      const project = text(value, 'project_id') ?? PROJECT.exec(source.path)?.[1]
      const group = text(value, 'group_id') ?? GROUP.exec(source.path)?.[1]
      if (!told && ((kind in OF_PROJECT && !project) || (kind === 'group_user' && !group))) {
        told = true
        yield homeless(line)
      }
      yield* ITEMS[kind]({
        line,
        value,
        project: project && alias.openai('project', project),
        group: group && alias.openai('group', group),
      })
    }
  },
})

const LISTS =
  /(?:^|\/)openai\/(?:.*\/)?(?:users|projects|api_keys|service_accounts|admin_api_keys|groups)(?:[._-][^/]*)?$/i
const PROJECT = /(?:^|\/)projects\/([^/]+)\/(?:api_keys|service_accounts|users|groups)(?:[._/-][^/]*)?$/i
const GROUP = /(?:^|\/)groups\/([^/]+)\/users(?:[._/-][^/]*)?$/i

const unknownItem = (line: number, value: unknown): Issue =>
  issue(
    line,
    'unknown-item',
    `an entry without id or of a kind unknown here (its object is ${quoted(text(value, 'object'))})`,
    'save each list of the API in a file of its own',
  )

const homeless = (line: number): Issue =>
  issue(
    line,
    'no-parent',
    'neither the entries nor the path say which project or group this list belongs to',
    'keep it as projects/{project_id}/users.json or groups/{group_id}/users.json',
  )

interface Item {
  readonly line: number
  readonly value: unknown
  readonly project: Alias | undefined
  readonly group: Alias | undefined
}

const KINDS = {
  'organization.user': 'user',
  'organization.project': 'project',
  'organization.project.api_key': 'api_key',
  'organization.project.service_account': 'service_account',
  'organization.project.user': 'project_user',
  'organization.admin_api_key': 'admin_api_key',
  'project.group': 'project_group',
} as const
type Kind = (typeof KINDS)[keyof typeof KINDS] | 'group' | 'group_user'

const OF_PROJECT = {api_key: true, service_account: true, project_user: true, project_group: true}

/** Groups and their users carry no `object` of their own; ids and the path tell them. */
function kindOf(value: unknown, path: string): Kind | null {
  const id = text(value, 'id')
  const named = text(value, 'object') ?? ''
  if (Object.hasOwn(KINDS, named)) {
    const kind = KINDS[named as keyof typeof KINDS]
    return (kind === 'project_group' ? text(value, 'group_id') : id) === undefined ? null : kind
  }
  if (id?.startsWith('group_') && isObject(value) && ('group_type' in value || 'is_scim_managed' in value))
    return 'group'
  const ofGroup = GROUP.exec(path)?.[1]?.startsWith('group_') || (GROUP.test(path) && LISTS.test(path))
  return ofGroup && id && /^user[-_]/.test(id) ? 'group_user' : null
}

type Facts = Generator<EntityFact | LinkFact>

const ITEMS: {readonly [kind in Kind]: (item: Item) => Facts} = {
  *user({line, value}) {
    const user = alias.openai('user', text(value, 'id')!)
    const nested = object(value, 'user')
    const name = text(value, 'name') ?? text(nested, 'name')
    if (isObject(value) && value.is_service_account === true)
      yield entity(line, 'identity', user, {type: 'service_account', name})
    else yield* person(line, user, name, text(value, 'email') ?? text(nested, 'email'))
    for (const membership of array(object(value, 'projects'), 'data')) {
      const project = text(membership, 'id')
      if (project) yield link(line, user, 'contributes_to', alias.openai('project', project), 'directory')
    }
  },

  *project({line, value}) {
    const archived = text(value, 'archived_at') === undefined ? undefined : 'archived'
    yield entity(line, 'project', alias.openai('project', text(value, 'id')!), {
      type: 'project',
      name: text(value, 'name'),
      status: text(value, 'status') ?? archived,
    })
  },

  /** `owner_project_access` is `inactive` once the owner has left the project: the key no longer works. */
  *api_key({line, value, project}) {
    const key = alias.openai('key', text(value, 'id')!)
    yield entity(line, 'identity', key, {
      type: 'api_key',
      name: text(value, 'name'),
      status: text(value, 'owner_project_access'),
    })
    yield* ownedKey(line, key, object(value, 'owner'))
    if (project) yield link(line, key, 'runs_in', project, 'key_record')
  },

  *admin_api_key({line, value}) {
    const key = alias.openai('key', text(value, 'id')!)
    yield entity(line, 'identity', key, {type: 'admin_api_key', name: text(value, 'name')})
    const owner = object(value, 'owner')
    yield* ownedKey(line, key, {type: text(owner, 'type'), [text(owner, 'type') ?? '']: owner})
  },

  *service_account({line, value, project}) {
    const account = alias.openai('service_account', text(value, 'id')!)
    yield entity(line, 'identity', account, {type: 'service_account', name: text(value, 'name')})
    if (project) yield link(line, account, 'runs_in', project, 'key_record')
  },

  *project_user({line, value, project}) {
    const user = alias.openai('user', text(value, 'id')!)
    yield* person(line, user, text(value, 'name'), text(value, 'email'))
    if (project) yield link(line, user, 'contributes_to', project, 'directory')
  },

  *group({line, value}) {
    yield entity(line, 'organization', alias.openai('group', text(value, 'id')!), {
      type: text(value, 'group_type') ?? 'group',
      name: text(value, 'name'),
    })
  },

  *group_user({line, value, group}) {
    const user = alias.openai('user', text(value, 'id')!)
    yield* person(line, user, text(value, 'name'), text(value, 'email'))
    if (group) yield link(line, user, 'member_of', group, 'directory')
  },

  *project_group({line, value, project, group}) {
    if (!group) return
    yield entity(line, 'organization', group, {
      type: text(value, 'group_type') ?? 'group',
      name: text(value, 'group_name'),
    })
    if (project) yield link(line, project, 'owned_by', group, 'directory')
  },
}

/** A key acts for its owner, whom its record describes: often the only trace of people who have left. */
function* ownedKey(line: number, key: Alias, owner: unknown): Facts {
  const user = object(owner, 'user')
  const account = object(owner, 'service_account')
  const [userId, accountId] = [text(user, 'id'), text(account, 'id')]
  if (accountId) {
    const known = alias.openai('service_account', accountId)
    yield entity(line, 'identity', known, {type: 'service_account', name: text(account, 'name')})
    yield link(line, key, 'acts_for', known, 'key_record')
  } else if (userId) {
    const known = alias.openai('user', userId)
    yield* person(line, known, text(user, 'name'), text(user, 'email'))
    yield link(line, key, 'acts_for', known, 'key_record')
  }
}
