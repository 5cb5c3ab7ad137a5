import {expect, test} from 'vitest'
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
