/**
 * Saved answers of GitHub's REST API: repositories, teams, members, deployments, contributors. Organization, team and
 * repository are often only in the path: `orgs/{org}/teams/{slug}/members.json`, `repos/{org}/{repo}/deployments.json`.
 * Contributions say that somebody works on a repository; how many they are is never kept.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {connector, type Head, type Source} from './connector.ts'
import {array, isObject, type Json, metadata, object, text} from './fields.ts'
import {entity, isEmail, isEveryone, link, metadataLinks, sameEmails} from './statements.ts'

/** What the path tells, by the segments nearest to the file. */
interface Place {
  /** `repos`, `members`, `deployments`, …: the file's name without page number and endings. */
  readonly list: string
  readonly org: string | undefined
  readonly team: string | undefined
  readonly repository: Alias | undefined
}

function placeOf(path: string): Place {
  const segments = path.split('/')
  const list = segments
    .pop()!
    .toLowerCase()
    .replace(/(\.jsonl?|\.ndjson|\.gz)+$/, '')
    .replace(/[._-]page[._-]?\d+$/, '')
  const [a, b, c, d] = [-4, -3, -2, -1].map(from => segments.at(from))
  if (a === 'orgs' && c === 'teams') return {list, org: b, team: d, repository: undefined}
  if (c === 'orgs') return {list, org: d, team: undefined, repository: undefined}
  if (b === 'repos' && c && d) return {list, org: c, team: undefined, repository: alias.githubRepo(c, d)}
  // `repos/{org}/{repo}/deployments/{id}/statuses.json`
  const e = segments.at(-5)
  if (e === 'repos' && a && b && c === 'deployments')
    return {list, org: a, team: undefined, repository: alias.githubRepo(a, b)}
  return {list, org: undefined, team: undefined, repository: undefined}
}

/** An empty answer is told by its path alone. */
const emptyAt = (head: Head, holds: (place: Place) => boolean): boolean =>
  (head.shape === 'empty' || (head.shape === 'json' && head.sample.length === 0)) && holds(placeOf(head.path))

const first = (head: Head): Json => (isObject(head.sample[0]) ? head.sample[0] : {})

function* each(source: Source, say: (value: unknown, line: number, place: Place) => Generator<Fact | Issue>) {
  const place = placeOf(source.path)
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else yield* say(record.value, record.line, place)
  }
}

export const githubRepos = connector({
  id: 'github-repos',
  label: 'GitHub repositories (of an organization or a team)',
  placed: true,
  recognises: head =>
    emptyAt(head, ({list, org, repository}) => list === 'repos' && org !== undefined && !repository) ||
    (isFullName(text(first(head), 'full_name')) && !('members_count' in first(head))) ||
    (isFullName(text(first(head), 'repository_full_name')) && Array.isArray(first(head).properties)),
  parse: source => each(source, repository),
})

const isFullName = (name: string | undefined): boolean => /^[^/\s]+\/[^/\s]+$/.test(name ?? '')

function* repository(value: unknown, line: number, {org, team}: Place): Generator<Fact | Issue> {
  const [owner, name] = (text(value, 'full_name', 'repository_full_name') ?? '').split('/')
  if (!owner || !name) {
    yield issue(line, 'no-name', 'a repository without full_name', 'export full_name')
    return
  }
  const self = alias.githubRepo(owner, name)
  const archived = isObject(value) ? value.archived : undefined
  yield entity(line, 'project', self, {
    name,
    type: 'repository',
    status: archived === true ? 'archived' : archived === false ? 'active' : undefined,
  })
  yield* metadataLinks(line, self, customProperties(value), 'repository', 'team', 'costCenter')
  if (org && team && canChange(value))
    yield link(line, 'owned_by', self, alias.githubTeam(org, team), 'repository')
}

/** Both forms: a map on the repository, a list of name and value from the organization's bulk endpoint. */
function customProperties(value: unknown): Json {
  const listed = array(value, 'properties').map(item => [
    text(item, 'property_name') ?? '',
    isObject(item) ? item.value : undefined,
  ])
  return {...Object.fromEntries(listed), ...object(value, 'custom_properties')}
}

/** Maintaining a repository is evidence of owning it; writing to it is what half the company may. */
function canChange(value: unknown): boolean {
  const role = text(value, 'role_name', 'permission')
  const permissions = object(value, 'permissions')
  return (
    role === 'admin' || role === 'maintain' || permissions.admin === true || permissions.maintain === true
  )
}

export const githubTeams = connector({
  id: 'github-teams',
  label: 'GitHub teams (of an organization or a repository)',
  placed: true,
  needs: {fields: ['slug', ['privacy', 'permission', 'notification_setting']]},
  recognises: head =>
    emptyAt(head, ({list, org}) => list === 'teams' && org !== undefined) ||
    (text(first(head), 'slug') !== undefined &&
      ['privacy', 'permission', 'notification_setting'].some(key => key in first(head)) &&
      !('full_name' in first(head))),
  parse: source => each(source, team),
})

function* team(value: unknown, line: number, place: Place): Generator<Fact | Issue> {
  const slug = text(value, 'slug')
  // `https://github.com/orgs/fen/teams/marsh`
  const org =
    text(object(value, 'organization'), 'login') ??
    /\/orgs\/([^/]+)\/teams\//.exec(text(value, 'html_url') ?? '')?.[1] ??
    place.org
  if (!slug || !org) {
    yield issue(
      line,
      'no-organization',
      `the team ${JSON.stringify(slug ?? text(value, 'name') ?? '')} does not say its organization`,
      'keep the file as orgs/{org}/teams.json',
    )
    return
  }
  const self = alias.githubTeam(org, slug)
  yield entity(line, 'organization', self, {
    name: text(value, 'name') ?? slug,
    type: isEveryone(slug) ? 'everyone' : 'team',
  })
  const parent = text(object(value, 'parent'), 'slug')
  // A list of a team's children is saved under that team.
  const above = parent ?? (place.list === 'teams' ? place.team : undefined)
  if (above) yield link(line, 'part_of', self, alias.githubTeam(org, above), 'directory')
  if (place.repository && canChange(value)) yield link(line, 'owned_by', place.repository, self, 'repository')
}

export const githubMembers = connector({
  id: 'github-members',
  label: 'GitHub members (of an organization or a team)',
  placed: true,
  recognises: head =>
    emptyAt(head, ({list, org, repository}) => list === 'members' && org !== undefined && !repository) ||
    (text(first(head), 'login') !== undefined &&
      (typeof first(head).id === 'number' || placeOf(head.path).list === 'members') &&
      !('contributions' in first(head)) &&
      !('permissions' in first(head)) &&
      !('profile' in first(head))),
  parse: source => each(source, member),
})

function* member(value: unknown, line: number, {list, org, team}: Place): Generator<Fact | Issue> {
  const self = yield* account(value, line)
  if (!self) yield issue(line, 'no-login', 'a member without login', 'export login')
  else if (list === 'members' && org && team)
    yield link(line, 'member_of', self, alias.githubTeam(org, team), 'directory')
}

/** A user or a bot, said and returned; an organization's account is neither. */
function* account(value: unknown, line: number): Generator<Fact, Alias | undefined> {
  const login = text(value, 'login')
  if (!login) return undefined
  const self = alias.githubUser(login)
  const bot = text(value, 'type') === 'Bot' || login.endsWith('[bot]')
  yield entity(line, 'identity', self, {name: login, type: bot ? 'bot' : 'person'})
  return self
}

export const githubContributors = connector({
  id: 'github-contributors',
  label: 'GitHub contributors of a repository',
  placed: true,
  needs: {fields: ['contributions', ['login', 'email']]},
  recognises: head =>
    emptyAt(head, ({list, repository}) => list === 'contributors' && repository !== undefined) ||
    ('contributions' in first(head) && ('login' in first(head) || text(first(head), 'type') === 'Anonymous')),
  parse: source => each(source, contributor),
})

function* contributor(value: unknown, line: number, {repository}: Place): Generator<Fact | Issue> {
  if (!repository) {
    yield issue(
      line,
      'no-repository',
      'contributors of a repository that nothing names',
      'keep the file as repos/{org}/{repo}/contributors.json',
    )
    return
  }
  const email = text(value, 'email')
  const self = (yield* account(value, line)) ?? (email && isEmail(email) ? alias.email(email) : undefined)
  if (self) yield link(line, 'contributes_to', self, repository, 'repository')
}

export const githubDeployments = connector({
  id: 'github-deployments',
  label: 'GitHub deployments of a repository',
  placed: true,
  needs: {fields: ['sha', 'environment', 'created_at']},
  recognises: head =>
    emptyAt(
      head,
      ({list, repository}) => (list === 'deployments' || list === 'statuses') && repository !== undefined,
    ) ||
    ['sha', 'environment', 'created_at'].every(key => text(first(head), key) !== undefined) ||
    isStatus(first(head)) ||
    isDelivery(first(head)),
  parse: source =>
    each(source, (value, line, place) =>
      isDelivery(value)
        ? deployment(
            {
              ...object(value, 'deployment'),
              statuses: [object(value, 'deployment_status')],
              repository_url: `/repos/${text(object(value, 'repository'), 'full_name') ?? ''}`,
            },
            line,
            place,
          )
        : isStatus(value)
          ? succeeded(value, line, place)
          : deployment(value, line, place),
    ),
})

/** A webhook's delivery: the deployment, and the status it came to. */
const isDelivery = (value: unknown): boolean =>
  isObject(value) && isObject(value.deployment) && isObject(value.deployment_status)

/** One status of a deployment, of a list that lies under the deployment. */
const isStatus = (value: unknown): boolean =>
  text(value, 'state') !== undefined &&
  text(value, 'created_at') !== undefined &&
  isObject(value) &&
  'deployment_url' in value

/** The status that says when a deployment went through; it has no commit. */
function* succeeded(value: unknown, line: number, place: Place): Generator<Fact | Issue> {
  if (text(value, 'state')?.toLowerCase() !== 'success') return
  yield* deployment({...(value as Json), sha: undefined, statuses: []}, line, place)
}

function* deployment(value: unknown, line: number, place: Place): Generator<Fact | Issue> {
  const id = text(value, 'id') ?? 'without id'
  const [, owner, name] =
    /\/repos\/([^/]+)\/([^/]+)/.exec(text(value, 'repository_url', 'deployment_url', 'url') ?? '') ?? []
  const subject = place.repository ?? (owner && name && alias.githubRepo(owner, name))
  if (!subject) {
    yield issue(
      line,
      'no-repository',
      `deployment ${id} does not say its repository`,
      'keep the file as repos/{org}/{repo}/deployments.json',
    )
    return
  }
  const at = parseTime(text(value, 'created_at') ?? '')
  if (at === null) {
    yield issue(line, 'bad-time', `created_at of deployment ${id} is not a time`, 'export it as ISO-8601')
    return
  }
  if (failed(value)) return
  const environment = text(value, 'environment')?.toLowerCase() ?? null
  const revision = text(value, 'sha', 'ref') ?? null
  yield {fact: 'deployment', line, subject, environment, at, revision}
  // A monorepo's deployment often names its service in the free-form payload.
  const services = metadata(object(value, 'payload')).get('service') ?? []
  if (services.length === 1)
    yield {
      fact: 'deployment',
      line,
      subject: alias.named('service', services[0]!),
      environment,
      at,
      revision,
    }
}

/** True when statuses are in the file and none says that the deployment ever went through. */
function failed(value: unknown): boolean {
  const states = [
    text(value, 'state'),
    ...array(value, 'statuses').map(status => text(status, 'state')),
  ].filter(state => state !== undefined)
  return (
    states.length > 0 &&
    !states.some(state => ['success', 'active', 'inactive'].includes(state.toLowerCase()))
  )
}

export const githubIdentities = connector({
  id: 'github-identities',
  label: 'GitHub external identities (SAML, SCIM)',
  placed: true,
  recognises: head =>
    head.sample.some(value => identities(value).length > 0 || provider(value) !== undefined),
  *parse(source) {
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else for (const identity of identities(record.value)) yield* external(identity, record.line)
    }
  },
})

/** The SAML provider of an organization or enterprise, in the `data` of the query or the whole answer. */
function provider(value: unknown): Json | undefined {
  const data = isObject(value) && isObject(value.data) ? value.data : value
  const found = [
    object(data, 'organization').samlIdentityProvider,
    object(object(data, 'enterprise'), 'ownerInfo').samlIdentityProvider,
  ]
  return found.find(isObject)
}

function identities(value: unknown): readonly unknown[] {
  const list = object(provider(value), 'externalIdentities')
  return [...array(list, 'edges').map(edge => object(edge, 'node')), ...array(list, 'nodes')]
}

function* external(identity: unknown, line: number): Generator<Fact> {
  // Somebody who has signed in at the identity provider but never at GitHub has no user.
  const login = text(object(identity, 'user'), 'login')
  if (!login) return
  const self = alias.githubUser(login)
  yield entity(line, 'identity', self, {name: login, type: 'person'})
  const names = [
    text(object(identity, 'samlIdentity'), 'nameId'),
    text(object(identity, 'scimIdentity'), 'username'),
  ]
  yield* sameEmails(line, self, ...names)
}
