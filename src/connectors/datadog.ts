/**
 * Datadog's catalog: `service.datadog.yaml` (v2, v2.1, v2.2), `entity.datadog.yaml` (v3), several documents a file, and the
 * answers of its API (service definitions, entities with their schemas).
 * Never read: descriptions, contacts, docs, integrations; of tags and extensions the allow-listed words.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {segmentsOf, withOwnFolder} from './checkout.ts'
import {connector, type Head} from './connector.ts'
import {array, isObject, type Json, object, tagList, text} from './fields.ts'
import {entity, isEmail, link, metadataLinks, repositoryTargets} from './statements.ts'

const DESCRIPTOR = /^(service|entity)\.datadog\.ya?ml$/

export const datadogCatalog = connector({
  id: 'datadog-catalog',
  label: 'Datadog service catalog (v2 to v3, YAML and API)',
  placed: true,
  recognises: head => head.sample.some(value => documentsOf(value).length > 0) || isLong(head),
  *parse(source) {
    for (const record of source.documents()) {
      if ('fact' in record) yield record
      else
        for (const document of documentsOf(record.value))
          yield* statements(document, record.line, source.path)
    }
  },
})

/** Long YAML has no sample; its text tells. */
const isLong = ({shape, sample, text: head}: Head): boolean =>
  shape === 'yaml' &&
  sample.length === 0 &&
  (/^schema-version:\s*['"]?v2/m.test(head) || /^apiVersion:\s*['"]?v3['"]?\s*$/m.test(head))

const isV2 = (value: unknown): value is Json =>
  /^v\d/.test(text(value, 'schema-version') ?? '') && isObject(value)
const isV3 = (value: unknown): value is Json =>
  text(value, 'apiVersion') === 'v3' && text(value, 'kind') !== undefined && isObject(value)

/** The documents in a value: itself, the API's definition or entity, or all of an answer with what it includes. */
function documentsOf(value: unknown): Json[] {
  if (isV2(value) || isV3(value)) return [value]
  const included = array(value, 'included').flatMap(documentsOf)
  const listed = array(value, 'data')
  if (listed.length > 0) return included.length > 0 ? included : listed.flatMap(documentsOf)
  const attributes = object(value, 'attributes')
  const schema = attributes.schema
  if (isV2(schema) || isV3(schema)) return [schema]
  if (!isV3(attributes)) return []
  // An entity without its schema says the least: what it is and whose.
  const {apiVersion, kind, name, owner, displayName, tags} = attributes
  return [{apiVersion, kind, metadata: {name, owner, displayName, tags}}]
}

/** What both generations say, by the same words. */
interface Described {
  readonly kind: string
  readonly name: string | undefined
  readonly title: string | undefined
  readonly type: string | undefined
  readonly lifecycle: string | undefined
  readonly owners: readonly (string | undefined)[]
  /** `system:heron`, or a system's plain name. */
  readonly systems: readonly (string | undefined)[]
  readonly repositories: readonly (string | undefined)[]
  readonly folders: readonly Alias[]
  readonly tags: readonly unknown[]
  readonly extensions: Json
}

const described = (document: Json): Described =>
  isV3(document) ? entityOf(document) : definitionOf(document)

const definitionOf = (document: Json): Described => ({
  kind: 'service',
  name: text(document, 'dd-service'),
  title: undefined,
  type: text(document, 'type'),
  lifecycle: text(document, 'lifecycle'),
  owners: [text(document, 'team', 'dd-team')],
  systems: [text(document, 'application')],
  repositories: [...array(document, 'repos').map(repo => text(repo, 'url')), ...repositoryLinks(document)],
  folders: [],
  tags: array(document, 'tags'),
  extensions: object(document, 'extensions'),
})

function entityOf(document: Json): Described {
  const metadata = object(document, 'metadata')
  const spec = object(document, 'spec')
  const owner = text(metadata, 'owner')
  const locations = array(object(document, 'datadog'), 'codeLocations')
  return {
    kind: text(document, 'kind')!.toLowerCase(),
    name: text(metadata, 'name'),
    title: text(metadata, 'displayName'),
    type: text(spec, 'type'),
    lifecycle: text(spec, 'lifecycle'),
    // The others help: an owner is one.
    owners: owner ? [owner] : array(metadata, 'additionalOwners').map(other => text(other, 'name')),
    systems: [...array(spec, 'componentOf'), metadata.inheritFrom].map(item =>
      typeof item === 'string' ? item : undefined,
    ),
    repositories: [
      ...repositoryLinks(metadata),
      ...locations.map(location => text(location, 'repositoryURL')),
    ],
    folders: locations.flatMap(folders),
    tags: array(metadata, 'tags'),
    extensions: object(document, 'extensions'),
  }
}

const repositoryLinks = (of: Json): (string | undefined)[] =>
  array(of, 'links')
    .filter(item => text(item, 'type')?.toLowerCase() === 'repo')
    .map(item => text(item, 'url'))

/** `services/heron/**` is the folder; what holds a wildcard before its end is none. */
function folders(location: unknown): Alias[] {
  const repository = text(location, 'repositoryURL')
  if (!repository) return []
  const plain = array(location, 'paths')
    .filter(path => typeof path === 'string')
    .map(path => path.replace(/\/\*{1,2}(\/\*)?$/, '').replace(/^\.?\/+|\/+$/g, ''))
  return plain
    .filter(path => path !== '' && !/[*?[{]/.test(path))
    .map(path => alias.pathIn(alias.repository(repository), path))
}

const KINDS: {readonly [kind: string]: 'service' | 'system' | 'resource'} = {
  service: 'service',
  system: 'system',
  application: 'system',
}

function* statements(document: Json, line: number, path: string): Generator<Fact | Issue> {
  const about = described(document)
  if (!about.name) {
    const field = isV3(document) ? 'metadata.name' : 'dd-service'
    yield issue(line, 'no-name', `a ${about.kind} without ${field}`, 'give it a name')
    return
  }
  const kind = KINDS[about.kind] ?? 'resource'
  const self =
    about.kind === 'repository' && about.name.includes('/')
      ? alias.repository(about.name)
      : alias.catalog('datadog', kind, about.name)
  yield entity(line, kind === 'service' ? 'service' : 'project', self, {
    name: about.title ?? (about.kind === 'repository' ? undefined : about.name),
    type: about.type ?? about.kind,
    status: about.lifecycle,
  })
  for (const owner of new Set(about.owners.filter(name => name !== undefined)))
    yield link(line, 'owned_by', self, ownerOf(owner), 'catalog')
  for (const system of new Set(about.systems.flatMap(systemOf)))
    if (system !== self) yield link(line, 'part_of', self, system, 'catalog')
  const stated = [...about.repositories.flatMap(url => (url ? repositoryTargets(url) : [])), ...about.folders]
  const own = DESCRIPTOR.test(segmentsOf(path).file) ? withOwnFolder(stated, path) : new Set(stated)
  if (kind === 'service') for (const to of own) yield link(line, 'built_from', self, to, 'catalog')
  const said = {...about.extensions, ...tagList(about.tags)}
  yield* metadataLinks(line, self, said, 'label', 'team', 'costCenter', 'namespace', 'repository')
}

/** `system:heron`, `application:default/birds`, or a plain name; a reference to anything else is no system. */
function systemOf(reference: string | undefined): Alias | [] {
  const [, kind = 'system', name] = /^(?:(\w+):)?(?:[^/]*\/)?(.+)$/.exec(reference ?? '') ?? []
  return name && KINDS[kind] === 'system' ? alias.catalog('datadog', 'system', name) : []
}

/** A team's handle, or a person's address. */
const ownerOf = (written: string): Alias =>
  isEmail(written)
    ? alias.email(written)
    : alias.catalog('datadog', 'team', written.replace(/^(team|group):/i, ''))
