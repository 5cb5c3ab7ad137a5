/**
 * OpsLevel's `opslevel.yml`: a service (`service:` or `component:`) or a repository.
 * Never read: descriptions, tools, checks; of tags and properties the allow-listed words.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue} from '../model/fact.ts'
import {checkoutOf, segmentsOf, withOwnFolder} from './checkout.ts'
import {connector} from './connector.ts'
import {array, isObject, type Json, object, text} from './fields.ts'
import {entity, isEmail, link, metadataLinks} from './statements.ts'

const KEYS = ['service', 'component', 'repository'] as const

export const opslevel = connector({
  id: 'opslevel',
  label: 'OpsLevel opslevel.yml',
  placed: true,
  recognises: head => head.shape === 'yaml' && head.sample.some(isOurs),
  *parse(source) {
    for (const record of source.documents()) {
      if ('fact' in record) yield record
      else if (isOurs(record.value)) {
        for (const key of KEYS)
          for (const about of described(record.value, key))
            yield* key === 'repository'
              ? repository(about, record.line, source.path)
              : service(about, record.line, source.path)
      }
    }
  },
})

const isOurs = (value: unknown): value is Json =>
  /^1(\.0)?$/.test(text(value, 'version') ?? '') && isObject(value) && KEYS.some(key => isObject(value[key]))

const described = (value: Json, key: string): Json[] => (isObject(value[key]) ? [object(value, key)] : [])

function* service(about: Json, line: number, path: string): Generator<Fact | Issue> {
  const others = array(about, 'aliases').filter((name): name is string => typeof name === 'string')
  const name = text(about, 'name') ?? others[0]
  if (!name) {
    yield issue(line, 'no-name', 'a service without name', 'give it a name')
    return
  }
  const self = alias.catalog('opslevel', 'service', name)
  yield entity(line, 'service', self, {name, type: text(about, 'type'), status: text(about, 'lifecycle')})
  for (const other of new Set(others.map(item => alias.catalog('opslevel', 'service', item))))
    if (other !== self) yield link(line, 'same_as', self, other, 'declared')
  yield* owned(about, line, self)
  const system = text(about, 'system', 'product')
  if (system) yield link(line, 'part_of', self, alias.catalog('opslevel', 'system', system), 'catalog')
  for (const to of withOwnFolder(array(about, 'repositories').flatMap(repositories), path))
    yield link(line, 'built_from', self, to, 'catalog')
}

/** A repository names itself seldom: it is the one its file lies in. */
function* repository(about: Json, line: number, path: string): Generator<Fact | Issue> {
  const written = text(about, 'name')
  const self = written?.includes('/')
    ? alias.repository(written)
    : checkoutOf(segmentsOf(path).folders)?.repository
  if (!self) {
    yield issue(
      line,
      'no-repository',
      'a repository that neither its name nor its place tells',
      'keep the file as repos/{repo}/opslevel.yml',
    )
    return
  }
  yield* owned(about, line, self)
}

function* owned(about: Json, line: number, self: Alias): Generator<Fact> {
  const owner = text(about, 'owner')
  if (owner)
    yield link(
      line,
      'owned_by',
      self,
      isEmail(owner) ? alias.email(owner) : alias.catalog('opslevel', 'team', owner),
      'catalog',
    )
  const tags = array(about, 'tags').map(tag => [text(tag, 'key') ?? '', text(tag, 'value')])
  const said = {...object(about, 'properties'), ...Object.fromEntries(tags)}
  yield* metadataLinks(line, self, said, 'label', 'team', 'costCenter', 'namespace')
}

/** `github.com:fen/heron` or `fen/heron`, with the folder it lies in. */
function repositories(item: unknown): Alias[] {
  const written = text(item, 'name')
  if (!written) return []
  const elsewhere = /^gitlab/i.test(text(item, 'provider') ?? '') && !/[:.]/.test(written)
  const found = alias.repository(elsewhere ? `https://gitlab.com/${written}` : written)
  const path = text(item, 'path')?.replace(/^\.?\/+|\/+$/g, '')
  return path ? [found, alias.pathIn(found, path)] : [found]
}
