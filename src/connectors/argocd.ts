/**
 * What an Argo CD application says: where its manifests lie, what it deploys, when it did. `spec.project` is Argo's own and
 * says nothing of whose it is.
 * Never read: parameters and values of charts, plugin environments, messages, who synced.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {array, isIdentifier, isObject, type Json, metadata, object, text} from './fields.ts'
import {entity, link, metadataLinks} from './statements.ts'
import {imageRepository, WORKLOADS} from './workloads.ts'

/** Whether a value is an application. Argo's own command line leaves kind and version out. */
export function isApplication(value: unknown): value is Json {
  if (!isObject(value)) return false
  const [kind, api] = [text(value, 'kind'), text(value, 'apiVersion')]
  if (kind !== undefined || api !== undefined)
    return kind === 'Application' && api?.startsWith('argoproj.io/') === true
  const spec = object(value, 'spec')
  return (
    isObject(spec.destination) &&
    ('source' in spec || 'sources' in spec) &&
    text(object(value, 'metadata'), 'name') !== undefined
  )
}

export function* application(value: Json, line: number): Generator<Fact | Issue> {
  const about = object(value, 'metadata')
  const name = text(about, 'name')
  if (!name) {
    yield issue(line, 'no-name', 'an Application without metadata.name', 'give it a name')
    return
  }
  // A generated name is a template's: `{{cluster}}-heron`.
  if (name.includes('{{')) return
  const spec = object(value, 'spec')
  const status = object(value, 'status')
  const self = alias.argoApplication(text(about, 'namespace') ?? 'argocd', name)
  const umbrella = object(status, 'summary').isAppOfApps === true
  yield entity(line, umbrella ? 'project' : 'service', self, {
    name,
    type: umbrella ? 'app_of_apps' : 'application',
  })
  const labels = object(about, 'labels')
  const annotations = object(about, 'annotations')
  for (const map of [labels, annotations])
    yield* metadataLinks(line, self, map, 'label', 'team', 'costCenter', 'repository')
  if (umbrella) return
  const namespace = text(object(spec, 'destination'), 'namespace')
  if (namespace) yield link(line, 'runs_in', self, alias.k8sNamespace(namespace), 'deployment')
  for (const to of manifests(spec)) yield link(line, 'built_from', self, to, 'deployment')
  const images = array(object(status, 'summary'), 'images')
  const built = images.map(image => (typeof image === 'string' ? imageRepository(image) : undefined))
  for (const to of new Set(built.filter(found => found !== undefined)))
    yield link(line, 'built_from', self, to, 'name')
  for (const workload of managed(array(status, 'resources'), namespace))
    yield link(line, 'part_of', workload, self, 'deployment')
  yield* deployments(status, spec, self, environmentOf(labels, annotations), line)
}

const environmentOf = (...maps: readonly Json[]): string | null => {
  const [said] = maps.flatMap(map => metadata(map).get('environment') ?? [])
  return said?.toLowerCase() ?? null
}

/** Folders where manifests are kept beside the code they deploy, and those that tell one stage from another. */
const MANIFEST_FOLDER =
  /^(k8s|kubernetes|deploy(ment)?s?|manifests?|charts?|helm|overlays?|base|kustomize|infra|argo-?cd|envs?|environments?|prod(uction)?|stag(e|ing)|dev(elopment)?|test|qa)$/i

/**
 * Where the manifests lie. A folder of a service's own code around them is what is built; a repository that only holds
 * manifests has a folder a service. Charts of a registry are somebody else's.
 */
function manifests(spec: Json): Set<Alias> {
  const found = new Set<Alias>()
  for (const source of sourcesOf(spec)) {
    const address = text(source, 'repoURL')
    const path = text(source, 'path')
    // A source by reference only lends its values to another one.
    if (!address || text(source, 'chart') || (path === undefined && text(source, 'ref'))) continue
    const repository = alias.repository(address)
    const folders = (path ?? '').split('/').filter(folder => folder !== '' && folder !== '.')
    while (folders.length > 0 && MANIFEST_FOLDER.test(folders.at(-1)!)) folders.pop()
    found.add(folders.length > 0 ? alias.pathIn(repository, folders.join('/')) : repository)
  }
  return found
}

function* managed(resources: readonly unknown[], namespace: string | undefined): Generator<Alias> {
  for (const item of resources) {
    const name = text(item, 'name')
    const place = text(item, 'namespace') ?? namespace
    if (name && place && WORKLOADS.includes(text(item, 'kind') ?? '')) yield alias.k8sWorkload(place, name)
  }
}

/** The last ten or so that went through; a running or failed operation is not one of them. */
function* deployments(
  status: Json,
  spec: Json,
  subject: Alias,
  environment: string | null,
  line: number,
): Generator<Fact | Issue> {
  const history = array(status, 'history')
  for (const entry of history.length > 0 ? history : lastOperation(status)) {
    const written = text(entry, 'deployedAt')
    const at = parseTime(written ?? '')
    if (at === null) {
      yield issue(
        line,
        'bad-time',
        `deployedAt of entry ${text(entry, 'id') ?? 'without id'} in the history of ${subject.replace(/^.*\//, '')} is not a time`,
        'export it as ISO-8601',
      )
      continue
    }
    const revision = commitOf(entry, spec)
    yield {fact: 'deployment', line, subject, environment, at, revision}
  }
}

/** The commit that went out: of several sources that of the first which is no chart, whose revision is only a version. */
function commitOf(entry: unknown, spec: Json): string | null {
  const sources = [entry, spec].map(of => sourcesOf(of)).find(found => found.length > 0) ?? []
  const at = sources.findIndex(source => text(source, 'chart') === undefined)
  const several = array(entry, 'revisions')
  const revision =
    several.length > 0 ? several[Math.max(0, at)] : at === -1 ? undefined : text(entry, 'revision')
  return typeof revision === 'string' && revision !== '' && at !== -1 ? revision : null
}

const sourcesOf = (of: unknown): Json[] => {
  const several = array(of, 'sources').filter(isObject)
  return several.length > 0
    ? several
    : [object(of, 'source')].filter(source => Object.keys(source).length > 0)
}

/** Where no history is kept, the last operation, if it went through. */
function lastOperation(status: Json): Json[] {
  const operation = object(status, 'operationState')
  if (text(operation, 'phase') !== 'Succeeded') return []
  const {revision, revisions} = object(operation, 'syncResult')
  return [{id: 'operationState', deployedAt: text(operation, 'finishedAt', 'startedAt'), revision, revisions}]
}

/** `APP:GROUP/KIND:NAMESPACE/NAME`, by which a managed object names its application; `ns_app` where it lives elsewhere. */
export function trackingApplication(id: string | undefined): Alias | undefined {
  const [app = ''] = id?.split(':') ?? []
  const [namespace, name] = app.includes('_') ? app.split('_', 2) : ['argocd', app]
  return name && isIdentifier(name) ? alias.argoApplication(namespace!, name) : undefined
}
