/** From files and `venturi.yaml` to the graph, by the built command line. */
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {venturi} from './cli.ts'

const component = (name: string, owner: string) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec: {type: service, lifecycle: production, owner: ${owner}}
`
const files = {
  'facts/catalog-info.yaml': `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: marsh}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada}
spec: {profile: {email: ada@fen.example}, memberOf: [marsh]}
---
${component('heron', 'marsh')}`,
  'facts/entity.datadog.yaml': `apiVersion: v3
kind: service
metadata: {name: heron, owner: marsh}
spec: {lifecycle: production, type: web}
`,
}
const APART = 'apart:\n  - ["backstage:component/default/heron", "datadog:service/heron"]\n'

const folder = mkdtempSync(join(tmpdir(), 'venturi-graph-'))
afterAll(() => rmSync(folder, {recursive: true}))
beforeAll(() => {
  const configs = {'plain.yaml': 'version: 1\n', 'apart.yaml': APART}
  for (const [path, text] of Object.entries({...files, ...configs})) {
    mkdirSync(dirname(join(folder, path)), {recursive: true})
    writeFileSync(join(folder, path), text)
  }
  expect(run('plain', 'ingest', 'facts').status).toBe(0)
})
const run = (config: string, ...args: readonly string[]) =>
  venturi(folder, [...args, '--config', `${config}.yaml`, '--db', 'v.db'])

describe('venturi graph', () => {
  test('tells what is one, and what venturi.yaml keeps apart', () => {
    const one = run('plain', 'graph', 'heron', '--json').json()
    expect(one.nodes.map(({aliases}: {aliases: string[]}) => aliases)).toEqual([
      ['backstage:component/default/heron', 'datadog:service/heron'],
    ])
    const {nodes} = run('apart', 'graph', 'heron', '--json').json()
    expect(nodes).toHaveLength(2)
    expect(nodes[0].refused).toEqual([
      {
        aliases: ['backstage:component/default/heron', 'datadog:service/heron'],
        ...{probability: 0.97, because: 'both are called heron', where: null},
        apart: ['backstage:component/default/heron', 'datadog:service/heron'],
      },
    ])
    expect(run('apart', 'graph').stdout).toContain('Kept apart')
  })

  test('same and apart at once exit 2, naming both', () => {
    const same = 'same:\n  - ["datadog:service/heron", "backstage:component/default/heron"]\n'
    writeFileSync(join(folder, 'both.yaml'), APART + same)
    const {status, stderr} = run('both', 'graph')
    expect(status).toBe(2)
    expect(stderr).toContain(
      'apart.0: backstage:component/default/heron and datadog:service/heron are one by same.0\nTry this: take one of them out of apart.0 or of same.0\n',
    )
  })
})

describe('venturi export graph', () => {
  test('to stdout, the same with and without --json; fewer than five people are left out', () => {
    const plain = run('plain', 'export', 'graph', '--people')
    expect(plain.json()).toMatchObject({schema_version: '1', people: true, left_out: {people: 1}})
    expect(plain.stdout).not.toContain('ada')
    expect(plain.stderr).toBe('People are left out: nothing is shown about fewer than five.\n')
    expect(run('plain', 'export', 'graph', '--people', '--json').json()).toEqual(plain.json())
  })

  test('as GraphML into a file', () => {
    const {json} = run('plain', 'export', 'graph', '--format', 'graphml', '--output', 'graph.xml', '--json')
    expect(json()).toMatchObject({format: 'graphml', output: 'graph.xml', merges: 2})
    expect(readFileSync(join(folder, 'graph.xml'), 'utf8')).toContain('<graphml ')
  })

  test('GraphML and --json do not mix', () => {
    const {status, json} = run('plain', 'export', 'graph', '--format', 'graphml', '--json')
    expect([status, json().error.mend]).toEqual([2, 'name a file with --output'])
  })
})
