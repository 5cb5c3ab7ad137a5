/**
 * Saved answers of GitLab's REST API: groups, members, projects, deployments and environments. Group and project are often only
 * in the path, by id or by encoded address: `groups/fen%2Fplatform/members.json`, `projects/fen%2Fheron/deployments.json`.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {connector, type Head, type Source} from './connector.ts'
import {array, isObject, type Json, object, text} from './fields.ts'
import {entity, isEveryone, link, sameEmails} from './statements.ts'

/** What the path tells: the list in the file, and the group or project it is of. */
interface Place {
  readonly list: string
  readonly group: string | undefined
  readonly project: string | undefined
}

function placeOf(path: string): Place {
  const [collection = '', key = '', file = ''] = path.split('/').slice(-3)
  const list = file
    .toLowerCase()
    .replace(/(\.jsonl?|\.ndjson|\.gz)+$/, '')
    .replace(/[._-]page[._-]?\d+$/, '')
  const name = decoded(key)
  return {
    list,
    group: collection === 'groups' ? name : undefined,
    project: collection === 'projects' ? name : undefined,
  }
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

const first = (head: Head): Json =>
  (head.shape === 'json' || head.shape === 'jsonl') && isObject(head.sample[0]) ? head.sample[0] : {}

const has = (value: Json, ...keys: readonly string[]): boolean => keys.every(key => key in value)

function* each(source: Source, say: (value: unknown, line: number, place: Place) => Generator<Fact | Issue>) {
  const place = placeOf(source.path)
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else yield* say(record.value, record.line, place)
  }
}

export const gitlabGroups = connector({
  id: 'gitlab-groups',
  label: 'GitLab groups',
  recognises: head => has(first(head), 'full_path') && !('path_with_namespace' in first(head)),
  parse: source => each(source, group),
})

function* group(value: unknown, line: number): Generator<Fact | Issue> {
  const path = text(value, 'full_path')
  if (!path) {
    yield issue(line, 'no-name', 'a group without full_path', 'export full_path')
    return
  }
  const self = alias.gitlabGroup(path)
  const name = text(value, 'name')
  yield entity(line, 'organization', self, {name, type: isEveryone(name) ? 'everyone' : 'team'})
  const id = text(value, 'id')
  if (id) yield link(line, 'same_as', self, alias.gitlabGroup(id), 'verified')
  const above = path.split('/').slice(0, -1).join('/')
  if (above !== '') yield link(line, 'part_of', self, alias.gitlabGroup(above), 'directory')
}

export const gitlabMembers = connector({
  id: 'gitlab-members',
  label: 'GitLab members (of a group or a project) and users',
  placed: true,
  recognises: head =>
    has(first(head), 'username', 'state') &&
    ['access_level', 'web_url', 'identities'].some(key => key in first(head)),
  parse: source => each(source, member),
})

function* member(value: unknown, line: number, {list, group: of, project}: Place): Generator<Fact | Issue> {
  const login = text(value, 'username')
  if (!login) {
    yield issue(line, 'no-login', 'a member without username', 'export username')
    return
  }
  const self = alias.gitlabUser(login)
  const bot = isObject(value) && (value.bot === true || /^(project|group)_\d+_bot/.test(login))
  yield entity(line, 'identity', self, {
    name: text(value, 'name'),
    type: bot ? 'bot' : 'person',
    status: text(value, 'state'),
  })
  const external = [object(value, 'group_saml_identity'), ...array(value, 'identities')]
  const addresses = external.map(identity => text(identity, 'extern_uid'))
  yield* sameEmails(line, self, text(value, 'email'), ...addresses)
  // `members_all.json` repeats the members of every group above.
  if (list !== 'members') return
  if (of) yield link(line, 'member_of', self, alias.gitlabGroup(of), 'directory')
  else if (project && !/^\d+$/.test(project))
    yield link(line, 'contributes_to', self, repositoryOf(value, project), 'repository')
}

export const gitlabProjects = connector({
  id: 'gitlab-projects',
  label: 'GitLab projects',
  recognises: head => has(first(head), 'path_with_namespace'),
  parse: source => each(source, project),
})

/** Maintainers of a project may change who else may. */
const MAINTAINER = 40

function* project(value: unknown, line: number): Generator<Fact | Issue> {
  const path = text(value, 'path_with_namespace')
  if (!path) {
    yield issue(line, 'no-name', 'a project without path_with_namespace', 'export path_with_namespace')
    return
  }
  const self = alias.repository(text(value, 'web_url') ?? `https://gitlab.com/${path}`)
  const archived = isObject(value) ? value.archived : undefined
  yield entity(line, 'project', self, {
    name: text(value, 'path') ?? path.split('/').at(-1)!,
    type: 'repository',
    status: archived === true ? 'archived' : archived === false ? 'active' : undefined,
  })
  const namespace = object(value, 'namespace')
  const full = text(namespace, 'full_path')
  // The top-level group is the company.
  if (full?.includes('/') && text(namespace, 'kind') === 'group')
    yield link(line, 'owned_by', self, alias.gitlabGroup(full), 'repository')
  for (const shared of array(value, 'shared_with_groups')) {
    const other = text(shared, 'group_full_path')
    if (other && Number(text(shared, 'group_access_level')) >= MAINTAINER)
      yield link(line, 'owned_by', self, alias.gitlabGroup(other), 'repository')
  }
}

export const gitlabDeployments = connector({
  id: 'gitlab-deployments',
  label: 'GitLab deployments and environments',
  placed: true,
  recognises: head =>
    (has(first(head), 'environment', 'sha', 'created_at') && isObject(first(head).environment)) ||
    has(first(head), 'external_url', 'slug', 'name') ||
    has(first(head), 'last_deployment'),
  parse: source => each(source, deployment),
})

/** A deployment, or an environment with its last one. */
function* deployment(value: unknown, line: number, {project: named}: Place): Generator<Fact | Issue> {
  const ofEnvironment = isObject(value) && !('sha' in value)
  const said = ofEnvironment ? object(value, 'last_deployment') : value
  // Nothing was ever deployed to the environment.
  if (ofEnvironment && Object.keys(said as Json).length === 0) return
  const status = text(said, 'status')
  if (status !== undefined && status !== 'success') return
  const id = text(said, 'id') ?? 'without id'
  const deployable = object(said, 'deployable')
  const address = [text(object(deployable, 'pipeline'), 'web_url'), text(deployable, 'web_url')]
    .map(url => /^(https?:\/\/[^/]+\/.+?)\/(?:-\/|pipelines\/|builds\/)/.exec(url ?? '')?.[1])
    .find(found => found !== undefined)
  const byPath = named !== undefined && !/^\d+$/.test(named) ? repositoryOf(value, named) : undefined
  const subject = address === undefined ? byPath : alias.repository(address)
  if (!subject) {
    yield issue(
      line,
      'no-repository',
      `deployment ${id} does not say its project`,
      'keep the file as projects/{group%2Fname}/deployments.json',
    )
    return
  }
  const written = text(deployable, 'finished_at') ?? text(said, 'created_at')
  const at = parseTime(written ?? '')
  if (at === null) {
    yield issue(line, 'bad-time', `created_at of deployment ${id} is not a time`, 'export it as ISO-8601')
    return
  }
  const environment = ofEnvironment ? value : object(said, 'environment')
  const tier = text(environment, 'tier')
  const name = tier !== undefined && tier !== 'other' ? tier : text(environment, 'name')
  yield {
    fact: 'deployment',
    line,
    subject,
    environment: name?.toLowerCase() ?? null,
    at,
    revision: text(said, 'sha', 'ref') ?? null,
  }
}

/** A project known by its path, on the host that a record's own address names. */
function repositoryOf(value: unknown, path: string): Alias {
  const host = /^https?:\/\/([^/]+)\//.exec(text(value, 'web_url') ?? '')?.[1] ?? 'gitlab.com'
  return alias.repository(`https://${host}/${path}`)
}
