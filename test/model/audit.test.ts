import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {canonical, firstBreak, follow, type StoredEntry} from '../../src/model/audit.ts'
import {decisionsOf, standingOf} from '../../src/model/decisions.ts'

test.each([
  [{b: 1, a: [true, null, 'x']}, '{"a":[true,null,"x"],"b":1}'],
  [{b: undefined, a: {d: 'é"\n', c: 0.5}}, '{"a":{"c":0.5,"d":"é\\"\\n"}}'],
  [[], '[]'],
])('%j has one text', (value, text) => expect(canonical(value)).toBe(text))

const chain = (...said: readonly Omit<Parameters<typeof follow>[1], 'at'>[]): StoredEntry[] => {
  const entries: StoredEntry[] = []
  for (const entry of said)
    entries.push(follow(entries.at(-1) ?? null, {at: 1000 + entries.length, ...entry}))
  return entries
}
const said = (action: string, detail: object) => ({
  ...{actor: 'quill@fen.example', action, subject: 'k1'},
  detail: detail as {readonly [key: string]: string},
})
const DECIDED = chain(
  said('override.add', {
    of: {alias: 'litellm:key/k1'},
    team: 't',
    team_name: 'T',
    why: 'moved',
    expires: '2026-11-30',
  }),
  said('dispute.open', {of: {alias: 'litellm:key/k2'}, why: 'not ours'}),
  said('gate.exception', {why: 'of another part'}),
  said('override.revoke', {override: 1, why: 'wrong'}),
  said('dispute.resolve', {dispute: 2, why: 'agreed', override: 5}),
)

test('a trail as written is whole', () => {
  expect(firstBreak([])).toBe(null)
  expect(firstBreak(DECIDED)).toBe(null)
})

describe('what was tampered with is found at its entry', () => {
  const fields = ['seq', 'at', 'actor', 'action', 'subject', 'detail', 'previous', 'hash'] as const
  const change = (value: string | number, place: number): string | number => {
    if (typeof value === 'number') return value + 1 + place
    const at = place % (value.length + 1)
    const other = value[at] === 'x' ? 'y' : 'x'
    return `${value.slice(0, at)}${other}${value.slice(at + 1)}`
  }
  test('any character of any field', () => {
    fc.assert(
      fc.property(
        fc.nat(DECIDED.length - 1),
        fc.constantFrom(...fields),
        fc.nat(300),
        (index, field, place) => {
          const entry = DECIDED[index]!
          const tampered = DECIDED.with(index, {...entry, [field]: change(entry[field], place)})
          expect(firstBreak(tampered)?.seq).toBe(index + 1)
        },
      ),
      {numRuns: 2000},
    )
  })

  test('a blank in a detail, which means the same', () =>
    expect(
      firstBreak(DECIDED.with(1, {...DECIDED[1]!, detail: DECIDED[1]!.detail.replace(',', ', ')})),
    ).toEqual({
      seq: 2,
      what: 'has a detail that is not as it was written',
    }))

  test('an entry taken out, put in between, or written again with a hash that fits', () => {
    expect(firstBreak(DECIDED.toSpliced(1, 1))).toEqual({seq: 2, what: 'is missing'})
    expect(firstBreak(DECIDED.toSpliced(1, 0, DECIDED[1]!))?.seq).toBe(3)
    const again = follow(DECIDED[0]!, {...DECIDED[1]!, detail: {why: 'ours'}})
    expect(firstBreak(DECIDED.with(1, again))).toMatchObject({
      seq: 3,
      what: expect.stringContaining('came before it'),
    })
  })
})

test('entries add up to what is in force', () => {
  const {overrides, disputes, closed} = decisionsOf(DECIDED)
  expect(overrides).toMatchObject([{id: 1, where: 'audit:1', revoked: {id: 4, why: 'wrong'}}])
  expect(disputes).toMatchObject([{id: 2, resolved: {id: 5, override: 5}}])
  expect(closed).toEqual([])
  const [first] = decisionsOf(DECIDED.slice(0, 1)).overrides
  expect(standingOf(first!, Date.UTC(2026, 10, 30, 23))).toBe('in force')
  expect(standingOf(first!, Date.UTC(2026, 11, 1))).toBe('expired')
  expect(standingOf(overrides[0]!, 0)).toBe('revoked')
})
