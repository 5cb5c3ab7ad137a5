/** Whose place a file is, by what sources say is built from where. */
import {expect, test} from 'vitest'
import {buildWorld} from '../../../src/engine/attribute.ts'
import type {EntityRow, LinkRow} from '../../../src/engine/graph.ts'
import {repositoriesOf, repositoryIn, servicesIn} from '../../../src/server/diff/places.ts'

const entity = (kind: EntityRow['kind'], alias: string, name: string): EntityRow => ({
  ...{kind, alias, name, type: null, status: null, where: 'catalog.yaml:1'},
})
const component = (name: string): EntityRow => entity('service', `backstage:component/default/${name}`, name)
const built = (service: string, from: string): LinkRow => ({
  ...{relation: 'built_from', from: `backstage:component/default/${service}`, to: from, basis: 'catalog'},
  ...{validFrom: null, validTo: null, exclusive: false, where: 'catalog.yaml:1'},
})

const MONO = 'github:repo/acme/mono'
const {graph} = buildWorld({
  entities: [
    ...['heron', 'heron-worker', 'crane', 'otter', 'twin-a', 'twin-b', 'lone'].map(component),
    entity('project', 'github:repo/acme/empty', 'empty'),
    entity('project', 'github:repo/other/lone', 'lone'),
  ],
  links: [
    built('heron', `${MONO}#services/heron`),
    built('heron-worker', `${MONO}#services/heron/worker`),
    built('twin-a', `${MONO}#services/twins`),
    built('twin-b', `${MONO}#services/twins`),
    // No folder is told.
    built('crane', MONO),
    built('otter', MONO),
    built('lone', 'github:repo/acme/lone'),
  ],
  ...{rules: [], deployments: [], commits: []},
})
const repositories = repositoriesOf(graph)

test.each([
  ['services/heron/ask.py', 'heron'],
  ['services/heron/lib/deep/ask.py', 'heron'],
  ['services/heron/worker/job.py', 'heron-worker'],
  // Two are built from here, and which of them it is nobody says.
  ['services/twins/ask.py', null],
  // Named for one of those that are built from the repository.
  ['jobs/crane/ask.py', 'crane'],
  ['jobs/crane/otter/ask.py', null],
  ['ask.py', null],
  ['constructor/ask.py', null],
])('%s is of %s', (path, name) => {
  const serviceOf = servicesIn(repositoryIn(repositories, 'git@github.com:Acme/mono.git', 'anything'))
  expect(serviceOf(path)?.name ?? null).toBe(name)
})

test.each<[address: string | null, folder: string, known: string | null]>([
  ['https://github.com/acme/mono', 'elsewhere', MONO],
  ['https://github.com/acme/unknown', 'mono', null],
  // Without a remote the folder's name tells, where one repository with services has it.
  [null, 'mono', MONO],
  [null, 'Lone', 'github:repo/acme/lone'],
  [null, 'unknown', null],
  ['https://github.com/acme/empty', 'empty', null],
])('%s in a folder %s is %s', (address, folder, known) => {
  expect(repositoryIn(repositories, address, folder)?.aliases[0] ?? null).toBe(known)
})

test('the only service of a repository is everywhere in it', () => {
  const serviceOf = servicesIn(repositoryIn(repositories, 'https://github.com/acme/lone', ''))
  expect([serviceOf('ask.py'), serviceOf('a/b/ask.py')].map(service => service?.name)).toEqual([
    'lone',
    'lone',
  ])
})

test('repositories are in one order, and none without services is kept', () => {
  expect(repositories.map(({aliases}) => aliases[0])).toEqual(['github:repo/acme/lone', MONO])
})
