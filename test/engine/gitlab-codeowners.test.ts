import {describe, expect, test} from 'vitest'
import {compile, compilePattern, match, matches} from '../../src/engine/codeowners.ts'
import {Span, Union} from '../../src/engine/graph.ts'
import {compileOwners, effectiveFile, matchOwners} from '../../src/engine/owners-file.ts'
import {compileRules, ownerAliases, rulesFor} from '../../src/engine/repository-rules.ts'
import {codeowner} from '../../src/model/alias.ts'
import {numbered} from '../../src/model/codeowners.ts'
import {hostOf, readOwnersFile} from '../../src/model/codeowners-file.ts'

/** GitLab's patterns: the documented examples, and what `File.fnmatch` makes of the rest. */
const patterns: readonly {pattern: string; matches: readonly string[]; misses: readonly string[]}[] = [
  {pattern: '*', matches: ['a', 'a/b/c.txt', '.gitlab-ci.yml', 'x/.hidden/y'], misses: []},
  {pattern: '*.rb', matches: ['a.rb', 'x/y/a.rb', '.rb'], misses: ['a.rb/x', 'a.rbx']},
  {pattern: '/README.md', matches: ['README.md'], misses: ['docs/README.md', 'README.md/x']},
  {pattern: '/docs/README.md', matches: ['docs/README.md'], misses: ['README.md', 'x/docs/README.md']},
  {
    pattern: 'README.md',
    matches: ['README.md', 'internal/README.md', 'app/lib/README.md'],
    misses: ['README.mdx'],
  },
  {
    pattern: 'internal/README.md',
    matches: ['internal/README.md', 'docs/internal/README.md', 'docs/api/internal/README.md'],
    misses: ['README.md', 'internal/x/README.md'],
  },
  {pattern: '/docs/', matches: ['docs/a', 'docs/x/y', 'docs/.x'], misses: ['docs', 'x/docs/a']},
  {pattern: 'docs/', matches: ['docs/a', 'x/docs/y/z'], misses: ['docs', 'x/docs']},
  {pattern: 'model/db/', matches: ['model/db/a', 'x/model/db/y/z'], misses: ['model/a', 'db/a']},
  {pattern: 'docs', matches: ['docs', 'x/docs'], misses: ['docs/a']},
  {pattern: '/docs', matches: ['docs'], misses: ['docs/a', 'x/docs']},
  {pattern: '/docs/*', matches: ['docs/a.md', 'docs/.x'], misses: ['docs/x/a.md', 'docs']},
  {pattern: 'docs/*', matches: ['docs/a.md', 'x/docs/a.md'], misses: ['docs/x/a.md']},
  {pattern: '/docs/*.md', matches: ['docs/a.md'], misses: ['docs/x/a.md', 'docs/a.txt']},
  {pattern: '/docs/index.*', matches: ['docs/index.md', 'docs/index.html'], misses: ['docs/index']},
  {
    pattern: '/docs/*spec*',
    matches: ['docs/qa_specs.rb', 'docs/spec_helpers.rb', 'docs/runtime.spec'],
    misses: ['docs/x/spec'],
  },
  {
    pattern: '/docs/*/README.md',
    matches: ['docs/api/README.md'],
    misses: ['docs/README.md', 'docs/a/b/README.md'],
  },
  {
    pattern: '/docs/**/index.md',
    matches: ['docs/index.md', 'docs/api/index.md', 'docs/api/graphql/index.md'],
    misses: ['index.md', 'x/docs/index.md'],
  },
  {pattern: '/docs/**/*.md', matches: ['docs/a.md', 'docs/x/y/a.md'], misses: ['docs/a.txt']},
  {
    pattern: '**/*.rb',
    matches: ['config/database.rb', 'app/controllers/users/stars_controller.rb', 'a.rb'],
    misses: [],
  },
  {
    pattern: '!**/generated/',
    matches: ['generated/a', 'x/generated/y/z'],
    misses: ['generated', 'x/generated'],
  },
  {pattern: '/docs/**', matches: ['docs/a'], misses: ['docs/x/a', 'docs']},
  {pattern: '/', matches: ['a', 'a/b'], misses: []},
  {
    pattern: 'path\\ with\\ spaces/*.md',
    matches: ['path with spaces/a.md', 'x/path with spaces/a.md'],
    misses: ['path/a.md'],
  },
  {
    pattern: '\\#file_with_pound.rb',
    matches: ['#file_with_pound.rb', 'x/#file_with_pound.rb'],
    misses: ['file_with_pound.rb'],
  },
  {pattern: '/f?o', matches: ['foo'], misses: ['fo', 'f/o', 'foo/x']},
  {pattern: '/v[0-9]/', matches: ['v1/a', 'v9/x/y'], misses: ['v10/a', 'vx/a']},
  {pattern: '/[!ab]c', matches: ['xc'], misses: ['ac', 'bc', 'c']},
  {pattern: '/[^a-c_]', matches: ['d', '-'], misses: ['a', 'b', '_']},
  {pattern: '/[]x]', matches: [']', 'x'], misses: ['[]x]']},
  {pattern: '/[a\\-z]', matches: ['a', '-', 'z'], misses: ['m']},
  {pattern: '[Section', matches: [], misses: ['[Section', 'S']},
  {pattern: '/[a/b]', matches: [], misses: ['a/b', 'a', '[a/b]']},
  {pattern: '/docs/\\*.md', matches: ['docs/*.md'], misses: ['docs/a.md']},
]

describe('a pattern', () => {
  test.each(patterns)('$pattern', ({pattern, matches: hits, misses}) => {
    const rules = compile([{pattern}], 'gitlab')
    expect([...hits, ...misses].filter(path => match(rules, path) !== null)).toEqual([...hits])
  })

  const paths = [...new Set(patterns.flatMap(({matches: hits, misses}) => [...hits, ...misses]))]
  test.each(patterns)('$pattern: the index loses nothing', ({pattern}) => {
    const rules = compile([{pattern}], 'gitlab')
    for (const path of paths)
      expect({path, found: match(rules, path) !== null}).toEqual({
        path,
        found: matches(compilePattern(pattern, 'gitlab'), path.split('/')),
      })
  })
})

const rulesOf = (text: string, place = '.gitlab/CODEOWNERS') =>
  readOwnersFile(place, numbered(text)).said!.flatMap(said => (said.kind === 'rule' ? [said] : []))

const ownersOf = (text: string, path: string) =>
  matchOwners(compileOwners(rulesOf(text)), path).map(({section, owners}) => [section, ...owners])

describe('each section answers by itself, and all own the path together', () => {
  test('the documented README', () => {
    const text = [
      '* @admin',
      '[README Owners]',
      'README.md @user1 @user2',
      'internal/README.md @user4',
      '[README other owners]',
      'README.md @user3',
    ].join('\n')
    expect(ownersOf(text, 'README.md')).toEqual([
      ['', '@admin'],
      ['readme owners', '@user1', '@user2'],
      ['readme other owners', '@user3'],
    ])
    expect(ownersOf(text, 'internal/README.md')).toEqual([
      ['', '@admin'],
      ['readme owners', '@user4'],
      ['readme other owners', '@user3'],
    ])
  })

  test('default owners, and lines that override them', () => {
    const text = [
      '* @general-approvers',
      '[Documentation][2] @docs-team',
      'docs/',
      'README.md',
      '*.txt',
      '^[Database] @database-team @agarcia',
      'model/db/',
      'config/db/database-setup.md @docs-team',
    ].join('\n')
    expect(ownersOf(text, 'model/db/CHANGELOG.txt')).toEqual([
      ['', '@general-approvers'],
      ['documentation', '@docs-team'],
      ['^database', '@database-team', '@agarcia'],
    ])
    expect(ownersOf(text, 'config/db/database-setup.md')).toEqual([
      ['', '@general-approvers'],
      ['^database', '@docs-team'],
    ])
  })

  test('sections of one name are one, whatever its case, and optional only if each says so', () => {
    const text = [
      '^[Go]',
      '*.go @a',
      '[Web]',
      '*.ts @b',
      '[GO]',
      'main.go @c',
      '^[Qa]',
      '/spec/ @d',
      '^[QA]',
    ].join('\n')
    expect(ownersOf(text, 'main.go')).toEqual([['go', '@c']])
    expect(ownersOf(text, 'x.go')).toEqual([['go', '@a']])
    expect(ownersOf(text, 'spec/x')).toEqual([['^qa', '@d']])
  })

  test.each([
    ['config/routes.rb', []],
    ['app/a.rb', [['ruby', '@ruby-team']]],
    ['config/settings.yml', [['config', '@ops-team']]],
    ['config/a.rb', [['config', '@ops-team']]],
  ] as const)('what a section excludes it never takes back: %s', (path, owners) => {
    const text = [
      '[Ruby]',
      '*.rb @ruby-team',
      '!/config/**/*.rb        # no approval',
      '/config/routes.rb @ops',
      '[Config]',
      '/config/ @ops-team',
      '!/config/routes.rb',
    ].join('\n')
    expect(ownersOf(text, path)).toEqual(owners)
  })

  test('a line without owners is nobody’s on GitHub and its section’s here', () => {
    expect(ownersOf('[Docs] @docs-team\n/docs/', 'docs/a')).toEqual([['docs', '@docs-team']])
    expect(ownersOf('/docs/ @a\n/docs/gen/', 'docs/gen/x')).toEqual([['']])
  })
})

describe('whose file it is', () => {
  test.each([
    ['.gitlab/CODEOWNERS', '* @fen/platform', 'gitlab'],
    ['repos/x/.gitlab/CODEOWNERS', '', 'gitlab'],
    ['CODEOWNERS', '[Docs]\n/docs/ @fen/writers', 'gitlab'],
    ['CODEOWNERS', '^[README Owners][2] @fen/x', 'gitlab'],
    ['docs/CODEOWNERS', '* @@maintainer', 'gitlab'],
    ['CODEOWNERS', '/a/ @fen/platform/marsh', 'gitlab'],
    ['CODEOWNERS', '# /a/ @fen/platform/marsh\n* @fen/marsh', 'github'],
    ['CODEOWNERS', '/app/[id]/x.ts @fen/marsh', 'github'],
    ['CODEOWNERS', '[id]/x.ts @fen/marsh', 'github'],
    ['CODEOWNERS', '!/a/ @fen/marsh', 'github'],
    ['.github/CODEOWNERS', '[Docs]\n/docs/ @fen/writers', 'github'],
  ])('%s %j: %s', (place, text, host) => expect(hostOf(place, text.split('\n'))).toBe(host))

  test.each([
    [['docs/CODEOWNERS', '.gitlab/CODEOWNERS', 'CODEOWNERS'], 'gitlab', 'CODEOWNERS'],
    [['.gitlab/CODEOWNERS', 'docs/CODEOWNERS'], 'gitlab', 'docs/CODEOWNERS'],
    [['.gitlab/CODEOWNERS'], undefined, '.gitlab/CODEOWNERS'],
    [['.gitlab/CODEOWNERS', '.github/CODEOWNERS'], undefined, '.github/CODEOWNERS'],
    [['.gitlab/CODEOWNERS', '.github/CODEOWNERS'], 'gitlab', '.gitlab/CODEOWNERS'],
  ] as const)('of %j %s uses %s', (files, host, used) => expect(effectiveFile(files, host)).toBe(used))
})

describe('an owner', () => {
  test.each([
    ['@quill', 'gitlab:user/quill'],
    ['@Fen/Platform/Marsh', 'gitlab:group/fen/platform/marsh'],
    ['docs@fen.example', 'email:docs@fen.example'],
    ['@@maintainer', null],
    ['nobody', null],
  ])('%s', (owner, known) => expect(codeowner(owner, 'gitlab')).toBe(known))

  test('@name is a group where one is known', () => {
    const knows = (name: string) => name === 'gitlab:group/fen'
    expect(ownerAliases(['@fen', '@quill'], 'gitlab', knows)).toEqual([
      'gitlab:group/fen',
      'gitlab:user/quill',
    ])
  })
})

const ALWAYS = {validFrom: null, validTo: null}

describe('what speaks for a directory', () => {
  const found = (text: string, path: string | null, repository = 'name:repo/mono') => {
    const rows = rulesOf(text).map(({line, pattern, owners, section}) => ({
      ...{repository, file: '.gitlab/CODEOWNERS', line, pattern, owners, section, ...ALWAYS},
      where: `CODEOWNERS:${line}`,
    }))
    const rules = compileRules(rows, new Union())
    return rulesFor(rules, repository, path, 0, new Span()).map(({said, owners, isDefault}) => [
      said,
      ...owners,
      ...(isDefault ? ['by default'] : []),
    ])
  }
  const text = [
    '* @all',
    '[Pay] @pay',
    '/services/pay/',
    '^[Docs] @docs',
    '/services/pay/',
    '[Lead]',
    '* @lead',
  ].join('\n')

  test('sections that name it, before catch-alls and sections that ask for no approval', () =>
    expect(found(text, 'services/pay')).toEqual([['[pay] /services/pay/', '@pay']]))

  test('catch-alls, where nothing else speaks', () =>
    expect(found(text, 'services/ship')).toEqual([
      ['*', '@all', 'by default'],
      ['[lead] *', '@lead', 'by default'],
    ]))

  test('optional sections, where nothing else speaks', () =>
    expect(found('^[Docs] @docs\n/docs/', 'docs')).toEqual([['[docs] /docs/', '@docs']]))

  test('a folder written without its slash was meant', () => {
    expect(found('/services/pay @pay', 'services/pay')).toEqual([['/services/pay', '@pay']])
    expect(found('/services/pay @pay\n/services/pay/ @new', 'services/pay')).toEqual([
      ['/services/pay/', '@new'],
    ])
    expect(found('/services/pay/ @pay\n/services/pay @new', 'services/pay')).toEqual([
      ['/services/pay', '@new'],
    ])
  })

  test('a repository at gitlab.com is GitLab’s without any section', () => {
    const rows = [
      {
        ...{repository: 'git:repo/gitlab.com/fen/mono', file: 'CODEOWNERS', line: 1, pattern: 'pay/src/'},
        ...{owners: ['@fen/pay'], section: null, where: 'CODEOWNERS:1', ...ALWAYS},
      },
    ]
    const rules = compileRules(rows, new Union())
    expect(rulesFor(rules, 'git:repo/gitlab.com/fen/mono', 'services/pay/src', 0, new Span())).toHaveLength(1)
  })
})
