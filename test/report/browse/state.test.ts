import {afterAll, expect, test} from 'vitest'
import {type Level, lineName, serviceName, shown} from '../../../src/report/browse/levels.ts'
import {current, read, reduce, resized, type State} from '../../../src/report/browse/state.ts'
import {acme} from '../acme.ts'
import {explorer} from './open.ts'

const {store} = acme()
const {source, start, press} = explorer(store)
afterAll(() => {
  source[Symbol.dispose]()
  store[Symbol.dispose]()
})

const nameOf = (level: Level): string =>
  level.at === 'team' ? lineName(level.line) : level.at === 'service' ? serviceName(level.service) : level.at
const path = (state: State): string => state.levels.map(nameOf).join(' > ')

/** Where one is, what the cursor stands on, and the mode. */
function told(state: State): string {
  const level = current(state)
  const item = shown(level, state.book)[level.cursor]
  const on =
    item === undefined
      ? `line ${level.top}`
      : 'spendClass' in item
        ? `${lineName(item)}, ${item.spendClass}`
        : 'service' in item
          ? serviceName(item)
          : item.id
  return `${path(state)}: ${on}${state.mode === 'move' ? '' : ` (${state.mode})`}${state.done ? ' (done)' : ''}`
}

test.each([
  ['', 'ledger: Payments Core, owned'],
  ['down', 'ledger: Risk & Fraud Decisions Platform, owned'],
  ['j j k', 'ledger: Risk & Fraud Decisions Platform, owned'],
  ['up', 'ledger: Payments Core, owned'],
  ['G j', 'ledger: (nobody named), contested'],
  ['G g', 'ledger: Payments Core, owned'],
  ['open', 'ledger > Payments Core: checkout-api'],
  ['l h', 'ledger: Payments Core, owned'],
  ['down open back', 'ledger: Risk & Fraud Decisions Platform, owned'],
  ['back', 'ledger: Payments Core, owned'],
  ['open open', 'ledger > Payments Core > checkout-api: RECORD'],
  ['open open open', 'ledger > Payments Core > checkout-api > record: line 0'],
  ['open open open open', 'ledger > Payments Core > checkout-api > record: line 0'],
  ['open open open down down', 'ledger > Payments Core > checkout-api > record: line 2'],
  ['open open open last', 'ledger > Payments Core > checkout-api > record: line LAST'],
  ['open open open s', 'ledger > Payments Core > checkout-api > record: line 0'],
  ['open open open erase', 'ledger > Payments Core > checkout-api: RECORD'],
  ['s', 'ledger: (nobody named), contested'],
  ['s s s s', 'ledger: Payments Core, owned'],
  ['/ c x', 'ledger: CX Automation, contested (search)'],
  ['/ c x erase erase', 'ledger: Payments Core, owned (search)'],
  ['/ c x open', 'ledger: CX Automation, contested'],
  ['/ c x open back', 'ledger: Payments Core, owned'],
  ['/ c x back', 'ledger: Payments Core, owned'],
  ['/ q', 'ledger: line 0 (search)'],
  ['/ z z z open open', 'ledger: line 0'],
  ['?', 'ledger: Payments Core, owned (help)'],
  ['? q', 'ledger: Payments Core, owned'],
  ['open q', 'ledger > Payments Core: checkout-api (done)'],
  ['x', 'ledger: Payments Core, owned'],
])('keys %j', (keys, expected) =>
  expect(told(press(start(), keys))).toMatch(
    new RegExp(
      `^${expected
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replace('RECORD', 'attr_\\S+')
        .replace('LAST', '[1-9]\\d*')}$`,
    ),
  ),
)

test('the cursor stays on the screen, however small that becomes', () => {
  const end = press(start({columns: 80, rows: 40}), 'last')
  const small = resized(end, {columns: 60, rows: 15})
  const {cursor, top} = current(small)
  expect(cursor).toBe(current(end).cursor)
  expect(top).toBeGreaterThan(0)
  expect(cursor - top).toBeLessThan(7)
  expect(current(resized(small, {columns: 80, rows: 40})).top).toBe(0)
})

test.each([
  [0, 0],
  [3, 0],
  [4, 1],
  [7, 4],
])('four rows: after %i lines down the list begins at %i', (downs, top) => {
  const small = start({columns: 80, rows: 12})
  expect(current(press(small, 'down '.repeat(downs))).top).toBe(top)
  expect(current(press(small, `${'down '.repeat(downs)}${'up '.repeat(2)}`)).top).toBe(top)
})

test('an answer that comes too late changes nothing', () => {
  const waiting = reduce(press(start(), 'open'), 'open')
  const want = current(waiting)
  if (want.at !== 'service') throw new Error('not on a service')
  const gone = reduce(waiting, 'back')
  const found = source.read(want)
  expect(read(gone, want, found)).toBe(gone)
  expect(current(read(waiting, want, found))).toMatchObject({at: 'service', unread: expect.any(Array)})
})
