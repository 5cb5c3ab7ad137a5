import {spawnSync} from 'node:child_process'
import {chmodSync, existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {z} from 'zod'
import {readConfig, schema} from '../../src/config/config.ts'
import {TEMPLATE} from '../../src/config/template.ts'
import {workflow} from '../../src/config/workflow.ts'
import {folderWith, venturi} from './cli.ts'

const uncommented = TEMPLATE.replace(/^# /gm, '')

test('as written it is a valid configuration that says nothing', () => {
  expect(schema.parse(parse(TEMPLATE))).toEqual({version: 1})
})

test('every example is valid when uncommented', () => {
  const config = readConfig(join(folderWith({'venturi.yaml': uncommented}), 'venturi.yaml'))
  expect(config.owners).toEqual([
    {of: 'openai:project/proj_heron', team: 'payments', from: '2026-10-01', until: '2027-03-31'},
  ])
})

test('no key of the configuration is left out', () => {
  expect(Object.keys(z.toJSONSchema(schema).properties!)).toContain('sources')
  expect(missing(z.toJSONSchema(schema) as Shape, parse(uncommented), '')).toEqual([])
})

type Shape = {
  properties?: {[key: string]: Shape}
  items?: Shape
  /** Kinds of item, told apart by their type. */
  oneOf?: Shape[]
  const?: unknown
}

function missing({properties = {}, items}: Shape, value: unknown, at: string): string[] {
  if (items?.oneOf)
    return items.oneOf.flatMap(kind => {
      const type = kind.properties!.type!.const
      const found = (value as {type: unknown}[] | undefined)?.find(item => item.type === type)
      return missing(kind, found, `${at}[${type}]`)
    })
  if (items) {
    // One example may show what another cannot have.
    const each = ((value as unknown[] | undefined) ?? [undefined]).map(item =>
      missing(items, item, `${at}[]`),
    )
    return each[0]!.filter(key => each.every(keys => keys.includes(key)))
  }
  return Object.entries(properties).flatMap(([key, shape]) => {
    const child = (value as {[key: string]: unknown} | undefined)?.[key]
    return child === undefined ? [`${at}.${key}`] : missing(shape, child, `${at}.${key}`)
  })
}

test('writes the file', () => {
  const cwd = folderWith()
  const {status, stdout} = venturi(cwd, ['init'])
  expect({status, stdout}).toEqual({status: 0, stdout: 'wrote venturi.yaml\n'})
  expect(readFileSync(join(cwd, 'venturi.yaml'), 'utf8')).toBe(TEMPLATE)
})

test('never overwrites without --force', () => {
  const cwd = folderWith({'venturi.yaml': 'mine'})
  const refused = venturi(cwd, ['init'])
  expect(refused).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'venturi.yaml: already there, and left as it is\nTry this: add --force to replace it\n',
  })
  expect(readFileSync(join(cwd, 'venturi.yaml'), 'utf8')).toBe('mine')
  const forced = venturi(cwd, ['init', '--force', '--json'])
  expect(forced.status).toBe(0)
  expect(forced.json()).toEqual({schema_version: '1', files: [{path: 'venturi.yaml', status: 'written'}]})
  expect(readFileSync(join(cwd, 'venturi.yaml'), 'utf8')).toBe(TEMPLATE)
})

test('--config says where; a folder that is not there is told', () => {
  const cwd = folderWith({'etc/keep': ''})
  expect(venturi(cwd, ['init', '--config', 'etc/costs.yaml']).status).toBe(0)
  expect(existsSync(join(cwd, 'etc/costs.yaml'))).toBe(true)
  expect(venturi(cwd, ['init', '--config', 'nowhere/costs.yaml'])).toMatchObject({
    status: 2,
    stderr: 'nowhere/costs.yaml: cannot be written (ENOENT)\nTry this: make its folder first\n',
  })
})

describe('--ci github', () => {
  const WORKFLOW = '.github/workflows/venturi.yml'

  test('writes a workflow beside the configuration', () => {
    const cwd = folderWith()
    const {status, stdout, stderr} = venturi(cwd, ['init', '--ci', 'github'])
    expect({status, stdout}).toEqual({status: 0, stdout: `wrote venturi.yaml\nwrote ${WORKFLOW}\n`})
    expect(stderr).toContain('Fill in VENTURI_PACKAGE')
    expect(readFileSync(join(cwd, 'venturi.yaml'), 'utf8')).toBe(TEMPLATE)
  })

  test('keeps a configuration, and a workflow without --force', () => {
    const cwd = folderWith({'venturi.yaml': 'version: 1', [WORKFLOW]: 'mine'})
    expect(venturi(cwd, ['init', '--ci', 'github'])).toMatchObject({
      status: 2,
      stderr: `${WORKFLOW}: already there, and left as it is\nTry this: add --force to replace it\n`,
    })
    expect(readFileSync(join(cwd, WORKFLOW), 'utf8')).toBe('mine')
    const {json} = venturi(cwd, ['init', '--ci', 'github', '--force', '--package', 'v@1', '--json'])
    expect(json().files).toEqual([
      {path: 'venturi.yaml', status: 'kept'},
      {path: WORKFLOW, status: 'written'},
    ])
    expect(readFileSync(join(cwd, 'venturi.yaml'), 'utf8')).toBe('version: 1')
    expect(readFileSync(join(cwd, WORKFLOW), 'utf8')).toContain('VENTURI_PACKAGE: "v@1"')
  })

  test('one job reads, the other writes, and every action is a commit', () => {
    const text = workflow('v@1')
    const {permissions, jobs} = parse(text)
    expect(permissions).toEqual({})
    expect(jobs.analyse.permissions).toEqual({contents: 'read'})
    expect(jobs.comment.permissions).toEqual({'pull-requests': 'write'})
    // What a pull request holds is never in the job that may write.
    expect(JSON.stringify(jobs.comment)).not.toMatch(/checkout|github\.event/)
    const used = [...`${text}${readFileSync('action.yml', 'utf8')}`.matchAll(/uses: (.*)/g)].map(
      ([, use]) => use,
    )
    expect(used.length).toBe(7)
    for (const use of used) expect(use).toMatch(/^actions\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('its comparison is priced where a snapshot was saved, and runs where none was', () => {
    const {steps} = parse(workflow('v@1')).jobs.analyse
    const {run, env} = steps.find(({name}: {name?: string}) => name === 'Compare with the base')
    const cwd = folderWith({
      // Says what it was called with.
      'bin/venturi': '#!/bin/sh\necho "$*" "$(printenv VENTURI_DB || echo without)"\n',
      'saved.db': '',
    })
    chmodSync(join(cwd, 'bin/venturi'), 0o755)
    const said = (snapshot: string): string => {
      const own = {
        PATH: `${join(cwd, 'bin')}:${process.env.PATH}`,
        RUNNER_TEMP: cwd,
        BASE: 'a1',
        SNAPSHOT: snapshot,
      }
      expect(spawnSync('bash', ['-e', '-c', run], {cwd, env: own}).status).toBe(0)
      return readFileSync(join(cwd, 'diff.json'), 'utf8')
    }
    expect(Object.keys(env)).toEqual(['BASE', 'SNAPSHOT'])
    expect(said(join(cwd, 'saved.db'))).toBe(`diff a1..HEAD --json ${join(cwd, 'saved.db')}\n`)
    expect(said(join(cwd, 'none.db'))).toBe('diff a1..HEAD --json without\n')
  })

  test('what docs/comment.md saves is what it restores, by the same pinned actions', () => {
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/comment.md', 'utf8')) ?? []
    interface Step {
      uses?: string
      with: {path: string; key: string; 'restore-keys': string}
    }
    const stepOf = (source: string, job: string, action: string): Step =>
      (parse(source).jobs[job].steps as Step[]).find(({uses}) => uses?.startsWith(action))!
    const saved = stepOf(text, 'snapshot', 'actions/cache/save')
    const restored = stepOf(workflow(''), 'analyse', 'actions/cache/restore')
    expect(saved.with.path).toBe(restored.with.path)
    expect(saved.with.key.startsWith(restored.with['restore-keys'])).toBe(true)
    expect(saved.uses!.split('@')[1]).toBe(restored.uses!.split('@')[1])
    for (const [, use] of text.matchAll(/uses: (.*)/g))
      expect(use).toMatch(/^actions\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('nothing of an event is pasted into a script', () => {
    const steps = [
      ...Object.values(parse(workflow('v@1')).jobs as {[id: string]: {steps: {run?: string}[]}}).flatMap(
        ({steps}) => steps,
      ),
      ...(parse(readFileSync('action.yml', 'utf8')).runs.steps as {run?: string}[]),
    ]
    const scripts = steps.flatMap(({run}) => run ?? [])
    expect(scripts.length).toBe(7)
    expect(scripts.filter(run => run.includes('${{'))).toEqual([])
  })
})
