/**
 * Cortex entity descriptors: an OpenAPI document whose `info` says `x-cortex-…`, as YAML or in the API's answers. A type of
 * one's own is neither a service nor a team: it is kept as something that is owned.
 * Never read: paths and schemas of the API described, descriptions, links, integrations' keys.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {segmentsOf, withOwnFolder} from './checkout.ts'
import {connector, type Head} from './connector.ts'
import {array, isObject, type Json, object, tagList, text} from './fields.ts'
import {entity, isEmail, link, metadataLinks} from './statements.ts'

const DESCRIPTOR = /^cortex\.ya?ml$/

export const cortexCatalog = connector({
  id: 'cortex',
  label: 'Cortex entity descriptors',
  placed: true,
  recognises: head => head.sample.some(value => descriptors(value).length > 0) || isLong(head),
  *parse(source) {
    for (const record of source.documents()) {
      if ('fact' in record) yield record
      else for (const about of descriptors(record.value)) yield* statements(about, record.line, source.path)
    }
  },
})

/** Long YAML has no sample; its text tells. */
const isLong = ({shape, sample, text: head}: Head): boolean =>
  shape === 'yaml' && sample.length === 0 && /^\s*x-cortex-tag:/m.test(head)

/** The `x-cortex-…` keys of a document, in `info` or, as some write them, at the top; of each in an API's list. */
function descriptors(value: unknown): Json[] {
  const listed = array(value, 'descriptors')
  if (listed.length > 0) return listed.flatMap(descriptors)
  if (!isObject(value)) return []
  const about = {...value, ...object(value, 'info')}
  return Object.keys(about).some(key => key.startsWith('x-cortex-')) ? [about] : []
}

type Kind = 'service' | 'system' | 'team' | 'resource'
const KINDS: {readonly [type: string]: Kind} = {service: 'service', domain: 'system', team: 'team'}
const NODES = {service: 'service', system: 'project', team: 'organization', resource: 'project'} as const

function* statements(about: Json, line: number, path: string): Generator<Fact | Issue> {
  const tag = text(about, 'x-cortex-tag')
  if (!tag) {
    yield issue(line, 'no-name', 'a Cortex entity without x-cortex-tag', 'give it its tag under info')
    return
  }
  const type = text(about, 'x-cortex-type')?.toLowerCase() ?? 'service'
  const kind = KINDS[type] ?? 'resource'
  const self = alias.catalog('cortex', kind, tag)
  yield entity(line, NODES[kind], self, {name: text(about, 'title') ?? tag, type})
  const relatives = kind === 'team' ? 'team' : 'system'
  for (const parent of array(about, 'x-cortex-parents').map(item => text(item, 'tag')))
    if (parent) yield link(line, 'part_of', self, alias.catalog('cortex', relatives, parent), 'catalog')
  for (const child of array(about, 'x-cortex-children').map(item => text(item, 'tag')))
    if (child)
      yield link(
        line,
        'part_of',
        alias.catalog('cortex', kind === 'team' ? 'team' : 'service', child),
        self,
        'catalog',
      )
  if (kind === 'team') {
    for (const member of array(object(about, 'x-cortex-team'), 'members')) {
      const email = text(member, 'email')
      if (email && isEmail(email)) yield link(line, 'member_of', alias.email(email), self, 'catalog')
    }
    return
  }
  for (const owner of owners(about)) yield link(line, 'owned_by', self, owner, 'catalog')
  if (kind === 'service') {
    const stated = repositories(object(about, 'x-cortex-git'))
    const own = DESCRIPTOR.test(segmentsOf(path).file) ? withOwnFolder(stated, path) : new Set(stated)
    for (const to of own) yield link(line, 'built_from', self, to, 'catalog')
    for (const workload of workloads(object(about, 'x-cortex-k8s')))
      yield link(line, 'part_of', workload, self, 'catalog')
  }
  const groups = array(about, 'x-cortex-groups')
  const said = {...tagList(groups), ...object(about, 'x-cortex-custom-metadata')}
  yield* metadataLinks(line, self, said, 'label', 'team', 'costCenter', 'namespace', 'repository')
}

/** Groups own; people only where no group does. A group is named in the terms of the system it comes from. */
function owners(about: Json): Set<Alias> {
  const listed = array(about, 'x-cortex-owners')
  const groups = listed.flatMap(owner => {
    const name = text(owner, 'name')
    return text(owner, 'type')?.toLowerCase() === 'group' && name
      ? group(name, text(owner, 'provider')?.toUpperCase() ?? 'CORTEX')
      : []
  })
  const people = listed.flatMap(owner => {
    const email = text(owner, 'email', 'name')
    return text(owner, 'type')?.toLowerCase() === 'email' && email && isEmail(email) ? alias.email(email) : []
  })
  return new Set(groups.length > 0 ? groups : people)
}

function group(name: string, provider: string): Alias {
  const [org, team] = name.replace(/^@/, '').split('/')
  if (provider === 'GITHUB' && org && team) return alias.githubTeam(org, team)
  if (provider === 'GITLAB' && team) return alias.gitlabGroup(name)
  if (provider === 'CORTEX') return alias.catalog('cortex', 'team', name)
  return isEmail(name) ? alias.email(name) : alias.named('team', name)
}

const HOSTS = {
  github: null,
  gitlab: 'gitlab.com',
  bitbucket: 'bitbucket.org',
  azure: 'dev.azure.com',
} as const

function repositories(git: Json): Alias[] {
  return Object.entries(HOSTS).flatMap(([name, host]) => {
    const place = object(git, name)
    const written = text(place, 'repository')
    if (!written) return []
    const repository = alias.repository(
      host === null || /[:.]/.test(written) ? written : `https://${host}/${written}`,
    )
    const base = text(place, 'basepath')?.replace(/^\.?\/+|\/+$/g, '')
    return base ? [repository, alias.pathIn(repository, base)] : [repository]
  })
}

/** `{deployment: [{identifier: "heron-prod/heron-api"}]}` under whatever kind of workload. */
const workloads = (k8s: Json): Alias[] =>
  Object.keys(k8s).flatMap(kind =>
    array(k8s, kind).flatMap(item => {
      const [namespace, name, more] = (text(item, 'identifier') ?? '').split('/')
      return namespace && name && more === undefined ? alias.k8sWorkload(namespace, name) : []
    }),
  )
