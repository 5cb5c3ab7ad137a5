import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {compile, compilePattern, match, matches} from '../../src/engine/codeowners.ts'
import {effectiveFile} from '../../src/engine/owners-file.ts'
import {CODEOWNERS_LIMIT, numbered, parseCodeownersLine, readCodeowners} from '../../src/model/codeowners.ts'
import {lineCases, patternCases} from './codeowners-cases.ts'

const REAL = 'fixtures/ownership-otel-semconv'

const rulesOf = (text: string) =>
  readCodeowners(numbered(text))!.flatMap(said => (said.kind === 'rule' ? [said] : []))

describe('a line', () => {
  test.each(lineCases)('$line', ({line, rule, bad}) => {
    const parsed = parseCodeownersLine(line)
    const said = parsed.kind === 'rule' ? {rule: [parsed.pattern, ...parsed.owners]} : {}
    expect({...said, ...(parsed.kind === 'bad' ? {bad: parsed.code} : {})}).toEqual({
      ...(rule ? {rule} : {}),
      ...(bad ? {bad} : {}),
    })
  })

  test('a bad one says what and how to mend it', () => {
    expect(parseCodeownersLine('/a fen/marsh')).toEqual({
      kind: 'bad',
      code: 'bad-owner',
      what: '"fen/marsh" is not @login, @org/team or an e-mail address, so GitHub skips the line',
      mend: 'write it as @fen/marsh, or escape the space before it as "\\ " if it belongs to the path',
    })
  })
})

test('a file of 3 MB is not loaded at all', () => {
  const line = '/a @fen/marsh\n'
  const text = line.repeat(Math.ceil(CODEOWNERS_LIMIT / line.length) - 1)
  expect(readCodeowners(numbered(text))).not.toBeNull()
  expect(readCodeowners(numbered(text + line))).toBeNull()
})

describe('a pattern', () => {
  const paths = [...new Set(patternCases.flatMap(({matches, misses}) => [...matches, ...misses]))]

  test.each(patternCases)('$pattern', ({pattern, matches: hits, misses}) => {
    const rules = compile([{pattern}])
    const found = [...hits, ...misses].filter(path => match(rules, path) !== null)
    expect(found).toEqual([...hits])
  })

  test.each(patternCases)('$pattern: the index loses nothing', ({pattern}) => {
    const rules = compile([{pattern}])
    for (const path of paths)
      expect({path, found: match(rules, path) !== null}).toEqual({
        path,
        found: matches(compilePattern(pattern), path.split('/').filter(Boolean)),
      })
  })

  // A matcher that tries every way would not return within the test's time limit, nor in a year.
  test('of many stars is decided', () => {
    const rules = compile([{pattern: `${'*a'.repeat(40)}b`}, {pattern: `${'/**/a'.repeat(40)}/b`}])
    expect(match(rules, 'a'.repeat(4000))).toBeNull()
    expect(match(rules, `${'a/'.repeat(2000)}c`)).toBeNull()
  })
})

describe('the last match wins', () => {
  const rules = compile(
    rulesOf(
      [
        '*                   @fen/platform',
        '/services/heron/    @fen/marsh @quill   # two owners',
        '/services/heron/gen/',
        'docs/*              docs@fen.example',
        '*.sql               @fen/reed',
        '/apps/my app/       @fen/reed',
      ].join('\n'),
    ),
  )
  test.each([
    ['README.md', 1, ['@fen/platform']],
    ['services/heron/main.go', 2, ['@fen/marsh', '@quill']],
    ['services/heron/gen/api.go', 3, []],
    ['services/heron/gen/schema.sql', 5, ['@fen/reed']],
    ['docs/a.md', 4, ['docs@fen.example']],
    ['docs/deep/a.md', 1, ['@fen/platform']],
    ['./services/heron/main.go', 2, ['@fen/marsh', '@quill']],
    ['apps/my app/a', 1, ['@fen/platform']],
  ])('%s', (path, line, owners) => expect(match(rules, path)).toMatchObject({line, owners}))

  test('no rule is null', () => expect(match(compile(rulesOf('/a @fen/marsh')), 'b')).toBeNull())
})

test('of several files GitHub uses the first it looks for', () => {
  expect(effectiveFile(['docs/CODEOWNERS', 'CODEOWNERS'])).toBe('CODEOWNERS')
  expect(effectiveFile(['docs/CODEOWNERS', '.github/CODEOWNERS', 'CODEOWNERS'])).toBe('.github/CODEOWNERS')
  expect(effectiveFile(['pkg/CODEOWNERS', 'codeowners'])).toBeNull()
})

describe('open-telemetry/semantic-conventions', () => {
  const rules = compile(rulesOf(readFileSync(`${REAL}/CODEOWNERS`, 'utf8')))
  const files = readFileSync(`${REAL}/files.txt`, 'utf8').trim().split('\n')

  test('119 rules give each of the 728 files one', () => {
    expect(rules.rules).toHaveLength(119)
    expect(files).toHaveLength(728)
    expect(files.filter(path => match(rules, path) === null)).toEqual([])
  })

  // Read off the file by hand; `/internal/tools/schema_check.sh` (line 20) loses to the later `/internal/` (line 165).
  test.each([
    ['README.md', 16, 'specs-semconv-approvers'],
    ['docs/gen-ai/README.md', 16, 'specs-semconv-approvers'],
    ['docs/registry/attributes/rpc.md', 16, 'specs-semconv-approvers'],
    ['model/onc_rpc/registry.yaml', 16, 'specs-semconv-approvers'],
    ['docs/runtime/jvm-metrics.md', 32, 'semconv-jvm-approvers'],
    ['model/network/deprecated/registry-deprecated.yaml', 50, 'semconv-security-approvers'],
    ['docs/non-normative/groups/system/use-cases.md', 69, 'semconv-system-approvers'],
    ['internal/tools/schema_check.sh', 165, 'weaver-approvers'],
    ['docs/rpc/grpc.md', 182, 'specs-semconv-approvers'],
    ['model/oracle-cloud/registry.yaml', 192, 'semconv-oracle-cloud-approvers'],
  ])('%s: line %i', (path, line, last) => {
    const rule = match(rules, path)
    expect({line: rule?.line, last: rule?.owners.at(-1)}).toEqual({line, last: `@open-telemetry/${last}`})
  })

  test('an individual can own', () =>
    expect(match(rules, 'schemas/1.20.0')).toMatchObject({
      line: 19,
      owners: ['@open-telemetry/specs-semconv-approvers', '@tigrannajaryan'],
    }))

  test('the index agrees with asking every rule', () => {
    for (const path of files) {
      const last = rules.patterns.findLastIndex(pattern => matches(pattern, path.split('/')))
      expect(match(rules, path)).toBe(rules.rules[last])
    }
  })
})
