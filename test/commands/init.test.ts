import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {z} from 'zod'
import {readConfig, schema} from '../../src/config/config.ts'
import {TEMPLATE} from '../../src/config/template.ts'
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
