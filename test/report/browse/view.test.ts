import {stripVTControlCharacters} from 'node:util'
import {afterAll, describe, expect, test} from 'vitest'
import {view} from '../../../src/report/browse/view.ts'
import {widthOf} from '../../../src/report/formats/layout.ts'
import {acme} from '../acme.ts'
import {explorer} from './open.ts'

const {store} = acme()
const {source, start, press} = explorer(store)
afterAll(() => {
  source[Symbol.dispose]()
  store[Symbol.dispose]()
})

const SCREENS = {
  ledger: 'down',
  team: 'open',
  service: 'open open',
  shared: '/ c x open open open',
  evidence: 'open open open down down',
  search: '/ p a y',
  nothing: '/ z z',
  help: 'open ?',
} as const

describe.each(Object.entries(SCREENS))('%s', (name, keys) => {
  test.each([
    {columns: 60, rows: 15},
    {columns: 80, rows: 24},
    {columns: 120, rows: 40},
  ])('$columns×$rows', async size => {
    const state = press(start(size), keys)
    const plain = view(state, false)
    expect(plain).toHaveLength(size.rows)
    expect(plain.filter(line => widthOf(line) > size.columns)).toEqual([])
    expect(plain.join('')).not.toContain('\u001b')
    expect(plain.join(' ')).toMatch(/owned \S+ \+ contested \S+ \+ unresolved \S+ = total \S+/)
    expect(view(state, true).map(line => stripVTControlCharacters(line).trimEnd())).toEqual(
      plain.map(line => line.trimEnd()),
    )
    await expect(`${plain.map(line => line.trimEnd()).join('\n')}\n`).toMatchFileSnapshot(
      `golden/${name}-${size.columns}x${size.rows}.txt`,
    )
  })
})

test('a screen too small says so', () =>
  expect(view(start({columns: 30, rows: 8}), false)[0]).toBe('venturi needs 40×10, this is…'))
