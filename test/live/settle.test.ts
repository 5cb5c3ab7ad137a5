import {expect, test} from 'vitest'
import {settleLinks} from '../../src/connectors/live/settle.ts'

const AT = 1000
let id = 0
const link = (text: string, validFrom: number | null = null) => {
  const [from = '', relation = '', to = ''] = text.split(' ')
  return {id: ++id, from, relation, to, basis: 'directory', validFrom}
}
/** What holds after both readings, as text. */
function settled(
  before: readonly ReturnType<typeof link>[],
  now: readonly ReturnType<typeof link>[],
): string[] {
  const links = new Map(
    [...before, ...now].map(known => [known.id, {...known, validTo: null as number | null}]),
  )
  for (const change of settleLinks(before, now, AT)) {
    if ('drop' in change) links.delete(change.link)
    else if ('ends' in change) links.get(change.link)!.validTo = change.ends
    else links.get(change.link)!.validFrom = change.begins
  }
  return [...links.values()]
    .map(
      ({from, relation, to, validFrom, validTo}) =>
        `${from} ${relation} ${to} ${validFrom ?? ''}-${validTo ?? ''}`,
    )
    .sort()
}

test.each<[string, string[], string[], string[]]>([
  ['the same', ['u in a'], ['u in a'], ['u in a -']],
  ['a move', ['u in a'], ['u in b'], ['u in a -1000', 'u in b 1000-']],
  ['one more', ['u in a'], ['u in a', 'u in b'], ['u in a -', 'u in b -']],
  ['one less', ['u in a', 'u in b'], ['u in b'], ['u in a -1000', 'u in b -']],
  ['somebody new', ['u in a'], ['u in a', 'v in a'], ['u in a -', 'v in a -']],
  ['somebody who left', ['u in a', 'v in a'], ['u in a'], ['u in a -', 'v in a -1000']],
  [
    'another relation ends',
    ['u in a', 'u owns x'],
    ['u in a', 'u in b'],
    ['u in a -', 'u in b -', 'u owns x -1000'],
  ],
  ['said twice, now once', ['u is e', 'u is e'], ['u is e'], ['u is e -']],
  ['nothing before', [], ['u in a'], ['u in a -']],
])('%s', (_, before, now, expected) => {
  expect(
    settled(
      before.map(text => link(text)),
      now.map(text => link(text)),
    ),
  ).toEqual(expected)
})

test('what began goes on from then', () => {
  expect(settled([link('u in b', 500)], [link('u in b')])).toEqual(['u in b 500-'])
  expect(settled([link('u in b', 500)], [link('u in c')])).toEqual(['u in b 500-1000', 'u in c 1000-'])
})
