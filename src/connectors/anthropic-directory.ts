/**
 * Anthropic's organization directory: keys and whom they act for, workspaces and their tags, people and groups. One
 * connector for every list, told apart by the prefixes of ids and each item's `type`.
 * Never read: partial_key_hint, descriptions.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type EntityFact, type Issue, issue, type LinkFact} from '../model/fact.ts'
import {quoted} from './aggregate.ts'
import {connector} from './connector.ts'
import {isObject, METADATA_TARGETS, metadata, object, text} from './fields.ts'
import {entity, link, person} from './provider-directory.ts'

export const anthropicDirectory = connector({
  id: 'anthropic-directory',
  label: 'Anthropic API keys, workspaces, users, service accounts and groups',
  placed: true,
  recognises: ({shape, sample, path}) =>
    (shape === 'json' || shape === 'jsonl') &&
    (sample.length > 0 ? sample.some(item => kindOf(item) !== null) : LISTS.test(path)),
  *parse(source) {
    let told = false
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      const kind = kindOf(value)
      if (kind === null) {
        yield unknownItem(line, value)
        continue
      }
      const workspace = text(value, 'workspace_id') ?? WORKSPACE.exec(source.path)?.[1]
      const group = text(value, 'group_id') ?? GROUP.exec(source.path)?.[1]
      if (!told && ((kind === 'workspace_member' && !workspace) || (kind === 'group_member' && !group))) {
        told = true
        yield homeless(line)
      }
      yield* ITEMS[kind]({
        line,
        value,
        workspace: workspace && alias.anthropic('workspace', workspace),
        group: group && alias.anthropic('group', group),
      })
    }
  },
})

const LISTS =
  /(?:^|\/)anthropic\/(?:.*\/)?(?:api_keys|workspaces|users|members|service_accounts|rbac_groups)(?:[._-][^/]*)?$/i
const WORKSPACE = /(?:^|\/)workspaces\/([^/]+)\/members(?:[._/-][^/]*)?$/i
const GROUP = /(?:^|\/)rbac_groups\/([^/]+)\/members(?:[._/-][^/]*)?$/i

const unknownItem = (line: number, value: unknown): Issue =>
  issue(
    line,
    'unknown-item',
    `an entry without id or of a kind unknown here (its type is ${quoted(text(value, 'type'))})`,
    'save each list of the API in a file of its own',
  )

const homeless = (line: number): Issue =>
  issue(
    line,
    'no-parent',
    'neither the entries nor the path say which workspace or group this list belongs to',
    'keep it as workspaces/{workspace_id}/members.json or rbac_groups/{group_id}/members.json',
  )

interface Item {
  readonly line: number
  readonly value: unknown
  readonly workspace: Alias | undefined
  readonly group: Alias | undefined
}

const KIND_BY_PREFIX = {
  apikey: 'api_key',
  wrkspc: 'workspace',
  svac: 'service_account',
  rbac_group: 'group',
} as const
type Kind =
  | (typeof KIND_BY_PREFIX)[keyof typeof KIND_BY_PREFIX]
  | 'user'
  | 'workspace_member'
  | 'group_member'

function kindOf(value: unknown): Kind | null {
  const prefix = /^(apikey|wrkspc|svac|rbac_group)_/.exec(text(value, 'id') ?? '')?.[1]
  if (prefix) return KIND_BY_PREFIX[prefix as keyof typeof KIND_BY_PREFIX]
  const type = text(value, 'type')
  if (/^user_/.test(text(value, 'id') ?? '') && type === 'user') return 'user'
  if (!/^user_/.test(text(value, 'user_id') ?? '')) return null
  if (isObject(value) && ('workspace_role' in value || type === 'workspace_member')) return 'workspace_member'
  return /^rbac_group_/.test(text(value, 'group_id') ?? '') || type === 'rbac_group_member'
    ? 'group_member'
    : null
}

/** A user or a service account, by its type where there is one, else by the prefix of its id. */
function actor(id: string | undefined, type?: string): Alias | undefined {
  if (id === undefined) return undefined
  return alias.anthropic(
    type === 'service_account' || id.startsWith('svac_') ? 'service_account' : 'user',
    id,
  )
}

type Facts = Generator<EntityFact | LinkFact>

const ITEMS: {readonly [kind in Kind]: (item: Item) => Facts} = {
  /** The default workspace has no id: a key in it says `workspace_id: null`; one that says nothing is in none. */
  *api_key({line, value, workspace}) {
    const key = alias.anthropic('key', text(value, 'id')!)
    yield entity(line, 'identity', key, {
      type: 'api_key',
      name: text(value, 'name'),
      status: text(value, 'status'),
    })
    const principal = object(value, 'principal')
    const holder = actor(text(principal, 'id'), text(principal, 'type'))
    if (holder) yield link(line, key, 'acts_for', holder, 'key_record')
    const maker = object(value, 'created_by')
    const creator = actor(text(maker, 'id'), text(maker, 'type'))
    if (creator) yield link(line, key, 'created_by', creator, 'key_record')
    const inDefault = isObject(value) && value.workspace_id === null
    const place = inDefault ? alias.anthropic('workspace', 'default') : workspace
    if (place) yield link(line, key, 'runs_in', place, 'key_record')
  },

  *workspace({line, value}) {
    const workspace = alias.anthropic('workspace', text(value, 'id')!)
    const name = text(value, 'name')
    const archived = text(value, 'archived_at') !== undefined
    yield entity(line, 'project', workspace, {
      type: 'workspace',
      name,
      status: archived ? 'archived' : undefined,
    })
    // The Console's CSV exports know workspaces by name; an archived one may have left its name to another. `default` is the one
    // without an id, whatever else is called so.
    if (name && !archived && name.toLowerCase() !== 'default')
      yield link(line, alias.anthropic('workspace', name), 'same_as', workspace, 'key_record')
    yield* tags(line, workspace, object(value, 'tags'))
  },

  *user({line, value}) {
    yield* person(
      line,
      alias.anthropic('user', text(value, 'id')!),
      text(value, 'name'),
      text(value, 'email'),
    )
  },

  *workspace_member({line, value, workspace}) {
    const user = alias.anthropic('user', text(value, 'user_id')!)
    if (workspace) yield link(line, user, 'contributes_to', workspace, 'directory')
  },

  *service_account({line, value}) {
    const account = alias.anthropic('service_account', text(value, 'id')!)
    yield entity(line, 'identity', account, {
      type: 'service_account',
      name: text(value, 'name'),
      status: text(value, 'archived_at') === undefined ? undefined : 'archived',
    })
    const creator = actor(text(value, 'created_by_actor_id'))
    if (creator) yield link(line, account, 'created_by', creator, 'key_record')
  },

  *group({line, value}) {
    yield entity(line, 'organization', alias.anthropic('group', text(value, 'id')!), {
      type: 'rbac_group',
      name: text(value, 'name'),
    })
  },

  *group_member({line, value, group}) {
    const user = alias.anthropic('user', text(value, 'user_id')!)
    yield* person(line, user, undefined, text(value, 'email'))
    if (group) yield link(line, user, 'member_of', group, 'directory')
  },
}

/** What a workspace's tags say of it: its team, its cost center, the services that live in it. */
function* tags(line: number, workspace: Alias, map: unknown): Facts {
  for (const [word, values] of metadata(map))
    for (const value of values) {
      const target = METADATA_TARGETS[word]?.(value)
      if (target === undefined) continue
      if (word === 'team') yield link(line, workspace, 'owned_by', target, 'label')
      else if (word === 'costCenter') yield link(line, workspace, 'budgeted_under', target, 'label')
      else if (word === 'service') yield link(line, target, 'runs_in', workspace, 'label')
    }
}
