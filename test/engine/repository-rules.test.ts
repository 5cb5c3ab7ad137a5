import {describe, expect, test} from 'vitest'
import {type RuleRow, Span, Union} from '../../src/engine/graph.ts'
import {compileRules, rulesFor} from '../../src/engine/repository-rules.ts'

const REPOSITORY = 'github:repo/acme/heron'
const rule = (owner: string, validFrom: number | null = null, validTo: number | null = null): RuleRow => ({
  ...{
    repository: REPOSITORY,
    file: 'CODEOWNERS',
    line: 1,
    pattern: '*',
    owners: [owner],
    section: null,
    where: owner,
  },
  ...{validFrom, validTo},
})

function asked(rows: readonly RuleRow[], at: number): string {
  const span = new Span()
  const [found] = rulesFor(compileRules(rows, new Union()), REPOSITORY, null, at, span)
  return `${found?.owners ?? 'nobody'} ${span.lo}..${span.hi}`
}

const VERSIONS = [rule('@acme/old', null, 100), rule('@acme/new', 100, 200)]
test.each([
  ['before the change', VERSIONS, 99, '@acme/old -Infinity..100'],
  ['at the change', VERSIONS, 100, '@acme/new 100..200'],
  ['after its removal', VERSIONS, 200, 'nobody 200..Infinity'],
  ['a checkout alone', [rule('@acme/dump')], 150, '@acme/dump -Infinity..Infinity'],
  ['history knows better than a checkout', [rule('@acme/dump'), ...VERSIONS], 150, '@acme/new 100..200'],
  [
    'a checkout where history has nothing',
    [rule('@acme/dump'), ...VERSIONS],
    250,
    '@acme/dump 200..Infinity',
  ],
] as const)('%s', (_, rows, at, expected) => expect(asked(rows, at)).toBe(expected))

/** Lines for folders `a`, `b`, …, each with the owners at its place. */
const lines = (...owners: readonly (readonly string[])[]): RuleRow[] =>
  owners.map((named, index) => ({
    ...rule('', null, null),
    ...{
      line: index + 1,
      pattern: `/${String.fromCharCode(97 + index)}/`,
      owners: named,
      where: `CODEOWNERS:${index + 1}`,
    },
  }))
const ownersOf = (rows: readonly RuleRow[], folder: string): readonly string[] =>
  rulesFor(compileRules(rows, new Union()), REPOSITORY, folder, 0, new Span())[0]?.owners ?? []
const beside = (count: number, overseen: number) =>
  Array.from({length: count}, (_, index) => [
    ...(index < overseen ? ['@acme/approvers'] : []),
    `@acme/t${index}`,
  ])

describe('who stands on most lines of a file looks over everything', () => {
  test.each([
    ['and beside another owner does not tell whose it is', beside(10, 10), '@acme/t0'],
    ['from six in ten lines on', beside(10, 6), '@acme/t0'],
    ['not on fewer', beside(10, 5), '@acme/approvers,@acme/t0'],
    ['not in a file of a few lines', beside(7, 7), '@acme/approvers,@acme/t0'],
    ['alone on a line it owns that', [['@acme/approvers'], ...beside(10, 10)], '@acme/approvers'],
    [
      'named twice on a line it is on one',
      [...Array(4).fill(['@acme/x', '@acme/x', '@acme/y']), ...beside(4, 0)],
      '@acme/x,@acme/x,@acme/y',
    ],
  ])('%s', (_, owners, expected) => expect(String(ownersOf(lines(...owners), 'a'))).toBe(expected))
})
