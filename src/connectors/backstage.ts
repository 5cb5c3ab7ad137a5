/**
 * Backstage catalog entities, as `catalog-info.yaml` (several documents a file) or as the catalog API's JSON.
 * Never read: API definitions, descriptions, pictures; `$text` and its kin are not fetched, templates are skipped.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {segmentsOf, withOwnFolder} from './checkout.ts'
import {connector, type Head} from './connector.ts'
import {array, isIdentifier, isObject, type Json, metadata, object, tagList, text} from './fields.ts'
import {entity, isEmail, link, metadataLinks, repositoryTargets, sameEmails} from './statements.ts'

const CATALOG_FILE = /^catalog-info\.ya?ml$/
const API = /^(?:[\w-]+\.)*backstage\.io\//

export const backstage = connector({
  id: 'backstage',
  label: 'Backstage catalog',
  placed: true,
  needs: {fields: ['apiVersion', 'kind', 'metadata']},
  recognises: head =>
    CATALOG_FILE.test(segmentsOf(head.path).file) ||
    head.sample.some(value => API.test(text(value, 'apiVersion') ?? '')) ||
    isLongCatalog(head),
  *parse(source) {
    for (const record of source.documents()) {
      if ('fact' in record) yield record
      else yield* statements(record.value, record.line, source.path)
    }
  },
})

/** Long YAML has no sample; its text tells. */
const isLongCatalog = ({shape, text: head}: Head): boolean =>
  shape === 'yaml' && /^apiVersion:\s*['"]?(?:[\w-]+\.)*backstage\.io\//m.test(head)

interface Entity {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly title: string | undefined
  readonly self: Alias
  readonly line: number
  readonly metadata: Json
  readonly annotations: Json
  readonly spec: Json
  /** Fully resolved references of the API, by type. */
  readonly relations: readonly unknown[]
}

const STATEMENTS: {readonly [kind: string]: (entity: Entity, path: string) => Generator<Fact>} = {
  component,
  group,
  user,
  system: product,
  domain: product,
  resource: product,
  api: product,
  airesource: product,
}

function* statements(value: unknown, line: number, path: string): Generator<Fact | Issue> {
  const kind = text(value, 'kind')?.toLowerCase()
  const say = kind && Object.hasOwn(STATEMENTS, kind) ? STATEMENTS[kind] : undefined
  if (!kind || !say) return
  const metadata = object(value, 'metadata')
  const name = text(metadata, 'name')
  if (!name) {
    yield issue(line, 'no-name', `a ${kind} without metadata.name`, 'give it a name')
    return
  }
  // The skeleton of a software template: `name: ${{ values.name }}`.
  if (name.includes('{{')) return
  const namespace = text(metadata, 'namespace') ?? 'default'
  yield* say(
    {
      kind,
      namespace,
      name,
      title: text(metadata, 'title'),
      self: alias.backstage(kind, namespace, name),
      line,
      metadata,
      annotations: object(metadata, 'annotations'),
      spec: object(value, 'spec'),
      relations: array(value, 'relations'),
    },
    path,
  )
}

/** `[kind:][namespace/]name`, or the old compound form, as an alias; undefined when it is neither. */
export function reference(value: unknown, kind: string, namespace: string): Alias | undefined {
  if (isObject(value)) {
    const name = text(value, 'name')
    return name && alias.backstage(text(value, 'kind') ?? kind, text(value, 'namespace') ?? namespace, name)
  }
  if (typeof value !== 'string' || value.includes('{{')) return undefined
  const match = /^(?:([^:/\s]+):)?(?:([^:/\s]+)\/)?([^:/\s]+)$/.exec(value.trim())
  return match ? alias.backstage(match[1] ?? kind, match[2] ?? namespace, match[3]!) : undefined
}

/** What an entity refers to: the API's resolved relations where it has any of that type, else a field of its spec. */
function referred(of: Entity, relation: string, kinds: readonly string[], value: unknown): Set<Alias> {
  const resolved = of.relations
    .filter(item => text(item, 'type') === relation)
    .map(item => reference(text(item, 'targetRef') ?? object(item, 'target'), kinds[0]!, of.namespace))
    .filter(target => target !== undefined && kinds.some(kind => target.startsWith(`backstage:${kind}/`)))
  const written = (Array.isArray(value) ? value : [value]).map(item =>
    reference(item, kinds[0]!, of.namespace),
  )
  return new Set((resolved.length > 0 ? resolved : written).filter(target => target !== undefined))
}

function* owned(of: Entity): Generator<Fact> {
  for (const owner of referred(of, 'ownedBy', ['group', 'user'], of.spec.owner))
    yield link(of.line, 'owned_by', of.self, owner, 'catalog')
}

function* part(of: Entity, kind: string, value: unknown): Generator<Fact> {
  for (const whole of referred(of, 'partOf', [kind], value))
    if (whole !== of.self) yield link(of.line, 'part_of', of.self, whole, 'catalog')
}

function* labels(of: Entity, ...words: Parameters<typeof metadataLinks>[4][]): Generator<Fact> {
  const said = {...tagList(array(of.metadata, 'tags')), ...object(of.metadata, 'labels')}
  yield* metadataLinks(of.line, of.self, said, 'label', ...words)
}

/** `same_as` for an annotation that names the entity in another system. */
function* declared(
  of: Entity,
  annotation: string,
  to: (value: string) => Alias | undefined,
): Generator<Fact> {
  const value = text(of.annotations, annotation)
  const other = value && to(value)
  if (other) yield link(of.line, 'same_as', of.self, other, 'declared')
}

function* component(of: Entity, path: string): Generator<Fact> {
  const {line, self, spec, annotations} = of
  yield entity(line, 'service', self, {
    name: of.title ?? of.name,
    type: text(spec, 'type'),
    status: text(spec, 'lifecycle'),
  })
  yield* owned(of)
  yield* part(of, 'system', spec.system)
  yield* part(of, 'component', spec.subcomponentOf)
  for (const target of sources(of, path)) yield link(line, 'built_from', self, target, 'catalog')
  const namespace = text(annotations, 'backstage.io/kubernetes-namespace')
  if (namespace) yield link(line, 'runs_in', self, alias.k8sNamespace(namespace), 'catalog')
  const selector = text(annotations, 'backstage.io/kubernetes-label-selector')
  // The selector wins over the id.
  if (selector) {
    const service = selected(selector)
    if (service) yield link(line, 'same_as', self, alias.named('service', service), 'declared')
  } else yield* declared(of, 'backstage.io/kubernetes-id', id => alias.named('service', id))
  const application = text(annotations, 'argocd/app-name')
  if (application && isIdentifier(application))
    yield link(line, 'part_of', alias.argoApplication('argocd', application), self, 'catalog')
  yield* labels(of, 'team', 'costCenter', 'namespace', 'repository')
}

/** The application a label selector names, `app=heron,tier=api`. */
function selected(selector: string): string | undefined {
  const words = metadata(Object.fromEntries(selector.split(',').map(part => part.split(/\s*==?\s*/, 2))))
  const named = words.get('service') ?? []
  return named.length === 1 ? named[0] : undefined
}

/** Repositories and folders a component is built from; a monorepo's component is its folder. */
function sources(of: Entity, path: string): Set<Alias> {
  const found: Alias[] = []
  const slug = text(of.annotations, 'github.com/project-slug')
  const gitlab = text(of.annotations, 'gitlab.com/project-slug')
  if (slug) found.push(alias.repository(slug))
  if (gitlab) found.push(alias.repository(`https://gitlab.com/${gitlab}`))
  // `type:target`: the target holds colons of its own.
  const [, type, target] =
    /^(\w+):(.+)$/.exec(text(of.annotations, 'backstage.io/source-location') ?? '') ?? []
  if (type === 'url' && target) found.push(...repositoryTargets(target))
  return CATALOG_FILE.test(segmentsOf(path).file)
    ? withOwnFolder(found, path, slug?.split('/')[0])
    : new Set(found)
}

function* product(of: Entity): Generator<Fact> {
  yield entity(of.line, 'project', of.self, {
    name: of.title ?? of.name,
    type: of.kind,
    status: text(of.spec, 'lifecycle'),
  })
  yield* owned(of)
  if (of.kind === 'system') yield* part(of, 'domain', of.spec.domain)
  else if (of.kind === 'domain') yield* part(of, 'domain', of.spec.subdomainOf)
  else yield* part(of, 'system', of.spec.system)
  yield* labels(of, 'team', 'costCenter', 'namespace', 'repository')
}

function* group(of: Entity): Generator<Fact> {
  const {line, self, spec} = of
  yield entity(line, 'organization', self, {
    name: text(object(spec, 'profile'), 'displayName') ?? of.title ?? of.name,
    type: text(spec, 'type'),
  })
  for (const parent of referred(of, 'childOf', ['group'], spec.parent))
    yield link(line, 'part_of', self, parent, 'catalog')
  for (const child of referred(of, 'parentOf', ['group'], spec.children))
    yield link(line, 'part_of', child, self, 'catalog')
  for (const member of referred(of, 'hasMember', ['user'], spec.members))
    yield link(line, 'member_of', member, self, 'catalog')
  yield* declared(of, 'github.com/team-slug', slug => {
    const [org, team] = slug.split('/')
    return org && team ? alias.githubTeam(org, team) : undefined
  })
  yield* declared(of, 'graph.microsoft.com/group-id', id => alias.entra('group', id))
  yield* labels(of, 'costCenter')
}

function* user(of: Entity): Generator<Fact> {
  const {line, self, spec} = of
  const profile = object(spec, 'profile')
  const email = text(profile, 'email')
  yield entity(line, 'identity', self, {
    name: text(profile, 'displayName') ?? of.title ?? of.name,
    type: 'person',
  })
  if (email && isEmail(email)) yield* sameEmails(line, self, email)
  for (const team of referred(of, 'memberOf', ['group'], spec.memberOf))
    yield link(line, 'member_of', self, team, 'catalog')
  yield* declared(of, 'github.com/user-login', alias.githubUser)
  yield* declared(of, 'graph.microsoft.com/user-id', id => alias.entra('user', id))
  yield* labels(of, 'costCenter')
}
