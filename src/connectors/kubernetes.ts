/**
 * Kubernetes objects as `kubectl get … -o json` lists or as manifests: namespaces, workloads, service accounts, Argo CD
 * applications (also as `argocd app list -o json` gives them).
 * Never read: environment variables, commands, ConfigMaps, Secrets, and any annotation but those named here.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {application, isApplication, trackingApplication} from './argocd.ts'
import {connector, type Head} from './connector.ts'
import {array, isIdentifier, type Json, metadata, object, text} from './fields.ts'
import {entity, isEmail, link, metadataLinks, repositoryTargets} from './statements.ts'
import {imageRepository, WORKLOADS} from './workloads.ts'

/** What makes a file ours: kinds that are read, and kinds that stand beside them and are skipped unread. */
const KINDS = [
  ...WORKLOADS,
  'Namespace',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'Service',
  'Ingress',
  'Pod',
  'List',
]
const API = /^(v1|apps\/v1\w*|batch\/v1\w*|networking\.k8s\.io\/\w+|argoproj\.io\/\w+)$/

export const kubernetes = connector({
  id: 'kubernetes',
  label: 'Kubernetes namespaces, workloads, service accounts; Argo CD applications',
  needs: {fields: ['apiVersion', 'kind', 'metadata']},
  recognises: head =>
    head.sample.some(
      value =>
        (KINDS.includes(text(value, 'kind') ?? '') && API.test(text(value, 'apiVersion') ?? '')) ||
        isApplication(value),
    ) || isLongManifest(head),
  *parse(source) {
    for (const record of source.documents()) {
      if ('fact' in record) yield record
      // JSON lists arrive as their items, YAML ones as they are.
      else if (text(record.value, 'kind') === 'List')
        for (const item of array(record.value, 'items')) yield* statements(item, record.line)
      else yield* statements(record.value, record.line)
    }
  },
})

/** Long YAML has no sample; its text tells. */
const isLongManifest = ({shape, sample, text: head}: Head): boolean =>
  shape === 'yaml' &&
  sample.length === 0 &&
  /^apiVersion:\s*(v1|apps\/v1|batch\/v1|argoproj\.io\/\w+)\s*$/m.test(head) &&
  new RegExp(`^kind:\\s*(${[...KINDS, 'Application'].join('|')})\\s*$`, 'm').test(head)

interface Thing {
  readonly line: number
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly annotations: Json
  readonly labels: Json
  readonly value: unknown
}

function* statements(value: unknown, line: number): Generator<Fact | Issue> {
  if (isApplication(value)) {
    yield* application(value, line)
    return
  }
  const kind = text(value, 'kind') ?? ''
  const say = kind === 'Namespace' ? namespace : kind === 'ServiceAccount' ? serviceAccount : workload
  if (say === workload && !WORKLOADS.includes(kind)) return
  const about = object(value, 'metadata')
  const name = text(about, 'name')
  if (!name) {
    yield issue(line, 'no-name', `a ${kind} without metadata.name`, 'give it a name')
    return
  }
  yield* say({
    line,
    kind,
    name,
    namespace: text(about, 'namespace') ?? 'default',
    annotations: object(about, 'annotations'),
    labels: object(about, 'labels'),
    value,
  })
}

function* namespace(thing: Thing): Generator<Fact> {
  const self = alias.k8sNamespace(thing.name)
  yield entity(thing.line, 'project', self, {
    name: thing.name,
    type: 'namespace',
    status: text(object(thing.value, 'status'), 'phase'),
  })
  yield* ownerLabels(thing.line, self, thing.annotations, thing.labels)
}

/** Who owns it and who pays, from labels and from annotations under the same words. */
function* ownerLabels(line: number, self: Alias, ...maps: readonly Json[]): Generator<Fact> {
  const seen = new Set<string>()
  for (const map of maps)
    for (const said of metadataLinks(line, self, withoutRecommended(map), 'label', 'team', 'costCenter')) {
      if (!seen.has(said.to)) yield said
      seen.add(said.to)
    }
}

/** `app.kubernetes.io/component: worker` is no service, `…/managed-by` no owner: that family is read by name. */
const withoutRecommended = (map: Json): Json =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !/^(app\.kubernetes\.io|helm\.sh)\//.test(key)))

function* workload(thing: Thing): Generator<Fact> {
  const {line, kind, value} = thing
  const self = alias.k8sWorkload(thing.namespace, thing.name)
  const template = podTemplate(value, kind)
  const pod = object(template, 'spec')
  const podMetadata = object(template, 'metadata')
  // Telemetry sees the pods' labels: where the two differ, both are said.
  const maps = [thing.labels, object(podMetadata, 'labels')]
  const annotations = {...thing.annotations, ...object(podMetadata, 'annotations')}

  yield entity(line, 'service', self, {name: thing.name, type: kind.toLowerCase()})
  yield link(line, 'runs_in', self, alias.k8sNamespace(thing.namespace), 'deployment')
  const named = [...maps.flatMap(serviceNames), ...catalogComponent(annotations)]
  for (const service of new Set(named)) yield link(line, 'part_of', self, service, 'label')
  const application = trackingApplication(text(annotations, 'argocd.argoproj.io/tracking-id'))
  if (application) yield link(line, 'part_of', self, application, 'deployment')
  const owner = array(object(value, 'metadata'), 'ownerReferences').find(
    item => text(item, 'kind') === 'CronJob',
  )
  const cronJob = text(owner, 'name')
  if (cronJob) yield link(line, 'part_of', self, alias.k8sWorkload(thing.namespace, cronJob), 'deployment')
  yield* ownerLabels(line, self, annotations, ...maps)
  const account = text(pod, 'serviceAccountName', 'serviceAccount')
  if (account)
    yield link(line, 'acts_for', alias.k8sServiceAccount(thing.namespace, account), self, 'deployment')
  yield* builtFrom(line, self, annotations, maps, array(pod, 'containers'))
}

function podTemplate(value: unknown, kind: string): Json {
  const spec = object(value, 'spec')
  return object(kind === 'CronJob' ? object(object(spec, 'jobTemplate'), 'spec') : spec, 'template')
}

/** `component: worker` names a part of an application, not the application. */
const withoutParts = (labels: Json): Json =>
  Object.fromEntries(
    Object.entries(withoutRecommended(labels)).filter(([key]) => !/(^|\/)(component|workload)$/i.test(key)),
  )

/** The application by the recommended label, else by the customary ones; the system it is part of. */
function serviceNames(labels: Json): Alias[] {
  const names: Alias[] = []
  const recommended = recommendedName(labels)
  const customary = metadata(withoutParts(labels)).get('service') ?? []
  for (const name of recommended ? [recommended] : customary)
    if (isIdentifier(name)) names.push(alias.named('service', name))
  names.push(...catalogComponent(labels))
  const system = text(labels, 'app.kubernetes.io/part-of')
  if (system && isIdentifier(system)) names.push(alias.named('project', system))
  return names
}

/**
 * The recommended label; where it only repeats the name of a chart that many share (`microservice`), the release
 * (`app.kubernetes.io/instance`) is what tells one from another.
 */
function recommendedName(labels: Json): string | undefined {
  const name = text(labels, 'app.kubernetes.io/name')
  const release = text(labels, 'app.kubernetes.io/instance')
  const chart = text(labels, 'helm.sh/chart')?.replace(/-v?\d[\w.+-]*$/, '')
  return name !== undefined && name === chart && release !== undefined && !release.includes(name)
    ? release
    : name
}

/** A catalog component's `backstage.io/kubernetes-id`: it declares itself the same as this name. */
function catalogComponent(map: Json): Alias[] {
  const id = text(map, 'backstage.io/kubernetes-id')
  return id && isIdentifier(id) ? [alias.named('service', id)] : []
}

function* builtFrom(
  line: number,
  self: Alias,
  annotations: Json,
  labels: readonly Json[],
  containers: readonly unknown[],
): Generator<Fact> {
  const source = text(annotations, 'org.opencontainers.image.source')
  const declared = new Set(source ? repositoryTargets(source) : [])
  for (const target of declared) yield link(line, 'built_from', self, target, 'deployment')
  for (const map of [annotations, ...labels]) yield* metadataLinks(line, self, map, 'label', 'repository')
  const images = containers.map(container => imageRepository(text(container, 'image') ?? ''))
  for (const target of new Set(images.filter(image => image !== undefined)))
    if (!declared.has(target)) yield link(line, 'built_from', self, target, 'name')
}

const CLIENT_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

function* serviceAccount(thing: Thing): Generator<Fact | Issue> {
  const {line, annotations} = thing
  const self = alias.k8sServiceAccount(thing.namespace, thing.name)
  yield entity(line, 'identity', self, {name: thing.name, type: 'service_account'})
  yield link(line, 'runs_in', self, alias.k8sNamespace(thing.namespace), 'deployment')
  const arn = text(annotations, 'eks.amazonaws.com/role-arn')
  const role = arn && alias.awsPrincipal(arn)
  if (role) {
    yield entity(line, 'identity', role.alias, {name: role.alias.split('/').at(-1), type: 'role'})
    yield link(line, 'acts_for', role.alias, self, 'deployment')
  } else if (arn)
    yield issue(
      line,
      'bad-arn',
      `the role of service account ${thing.namespace}/${thing.name} is not an IAM role's ARN`,
      'write it as arn:aws:iam::ACCOUNT:role/NAME',
    )
  const google = text(annotations, 'iam.gke.io/gcp-service-account')
  if (google && isEmail(google)) {
    const principal = alias.email(google)
    yield entity(line, 'identity', principal, {name: google.replace(/@.*/, ''), type: 'service_account'})
    yield link(line, 'acts_for', principal, self, 'deployment')
  } else if (google)
    yield issue(
      line,
      'bad-service-account',
      `the Google account of service account ${thing.namespace}/${thing.name} is not an address`,
      'write it as NAME@PROJECT.iam.gserviceaccount.com',
    )
  const azure = text(annotations, 'azure.workload.identity/client-id')
  if (azure && CLIENT_ID.test(azure)) {
    const principal = alias.entra('app', azure)
    yield entity(line, 'identity', principal, {type: 'service_account'})
    yield link(line, 'acts_for', principal, self, 'deployment')
  } else if (azure)
    yield issue(
      line,
      'bad-client-id',
      `the client id of service account ${thing.namespace}/${thing.name} is not a GUID`,
      'write the application (client) id of the managed identity',
    )
  yield* ownerLabels(line, self, annotations, thing.labels)
}
