import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {readConfig} from '../../src/config/config.ts'
import {declaredLinks} from '../../src/config/declared.ts'

function read(yaml: string) {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-config-'))
  onTestFinished(() => rmSync(folder, {recursive: true}))
  const path = join(folder, 'venturi.yaml')
  writeFileSync(path, yaml)
  return readConfig(path)
}

test('what is kept apart is kept apart two by two', () => {
  const links = declaredLinks(read('apart: [["okta:group/1", "github:team/a/b", "datadog:team/c"]]'))
  expect(links.map(({relation, from, to}) => `${from} ${relation} ${to}`)).toEqual([
    'okta:group/1 apart_from github:team/a/b',
    'okta:group/1 apart_from datadog:team/c',
    'github:team/a/b apart_from datadog:team/c',
  ])
})

test.each([
  [
    'one list',
    'same: [["a:x", "a:y"]]\napart: [["a:y", "a:x"]]',
    'apart.0: a:y and a:x are one by same.0',
    'take one of them out of apart.0 or of same.0',
  ],
  [
    'through a third',
    'same: [["a:x", "a:y"], ["b:q", "b:r"], ["a:y", "a:z"]]\napart: [["b:q", "c:s"], ["a:x", "a:z"]]',
    'apart.1: a:x and a:z are one by same.0 and same.2',
    'take one of them out of apart.1 or of same.0 and same.2',
  ],
  ['itself', 'apart: [["a:x", "a:x"]]', 'apart.0: a:x stands in it twice', 'take it out once'],
])('what is one cannot be apart: %s', (_, yaml, message, mend) => {
  expect(() => read(yaml)).toThrow(expect.objectContaining({message: expect.stringContaining(message), mend}))
})

test('both at once, where they do not contradict', () => {
  expect(read('same: [["a:x", "a:y"], ["a:z", "a:w"]]\napart: [["a:x", "a:z"]]').apart).toEqual([
    ['a:x', 'a:z'],
  ])
})
