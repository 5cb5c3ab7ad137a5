import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'

const RULES = '# who\n*  @acme/all\n/services/heron/ @acme/payments @ada\n/generated/\n'

test('--file: owners, a rule without owners, no rule', () => {
  const cwd = folderWith({CO: RULES.replace('*  @acme/all\n', '')})
  const {status, json} = venturi(cwd, [
    'owners',
    '--json',
    '--file',
    'CO',
    'services/heron/app.py',
    'generated/a.ts',
    './x',
  ])
  expect(status).toBe(0)
  expect(json()).toEqual({
    schema_version: '1',
    paths: [
      {
        path: 'services/heron/app.py',
        owners: ['@acme/payments', '@ada'],
        rule: {file: 'CO', line: 2, pattern: '/services/heron/'},
      },
      {path: 'generated/a.ts', owners: [], rule: {file: 'CO', line: 3, pattern: '/generated/'}},
      {path: './x', owners: [], rule: null},
    ],
  })
})

test('text is aligned', () => {
  const cwd = folderWith({CO: RULES})
  const {status, stdout, stderr} = venturi(cwd, [
    'owners',
    '--file',
    'CO',
    'services/heron/app.py',
    'generated/a',
    'README.md',
  ])
  expect(status).toBe(0)
  expect(stderr).toBe('')
  expect(stdout).toBe(
    [
      'services/heron/app.py  @acme/payments @ada  CO:3',
      'generated/a            (nobody)             CO:4',
      'README.md              @acme/all            CO:2',
      '',
    ].join('\n'),
  )
})

test('a folder is asked by what lies in it', () => {
  const cwd = folderWith({CO: RULES})
  const {json} = venturi(cwd, ['owners', '--file', 'CO', '--json', 'services/heron/', '.'])
  expect(json().paths.map(({rule}: {rule: {line: number}}) => rule.line)).toEqual([3, 2])
})

test('lines GitHub skips are told with place and mend, and the rest is read', () => {
  const cwd = folderWith({CO: 'docs nobody-with-at\n* @acme/all\n'})
  const plain = venturi(cwd, ['owners', '--file', 'CO', 'docs'])
  expect(plain.status).toBe(0)
  expect(plain.stdout).toBe('docs  @acme/all  CO:2\n')
  expect(plain.stderr).toMatch(/^CO:1: "nobody-with-at" is not @login.*Try this: write it as @nobody-with-at/)
  expect(venturi(cwd, ['owners', '--file', 'CO', '--json', 'docs']).json().issues).toMatchObject([
    {path: 'CO', line: 1, code: 'bad-owner'},
  ])
})

test('stdin: 100,000 paths, in their order', () => {
  const cwd = folderWith({CO: RULES})
  const lines = Array.from(
    {length: 100_000},
    (_, at) => `services/${at % 2 === 0 ? 'heron' : 'crane'}/${at}.ts`,
  )
  const {status, stdout} = venturi(cwd, ['owners', '--file', 'CO', '-'], {input: `${lines.join('\r\n')}\n\n`})
  expect(status).toBe(0)
  const shown = stdout.trimEnd().split('\n')
  expect(shown).toHaveLength(100_000)
  expect(shown[99_999]).toMatch(/^services\/crane\/99999\.ts +@acme\/all +CO:2$/)
})

test('inside a checkout its CODEOWNERS is asked, paths as seen from the current folder', () => {
  const root = folderWith({
    '.git/HEAD': '',
    'docs/CODEOWNERS': '* @docs\n',
    '.github/CODEOWNERS': RULES,
    'services/heron/app.py': '',
  })
  const {status, json} = venturi(join(root, 'services'), [
    'owners',
    'heron/app.py',
    '../README.md',
    '../../out',
    '--json',
  ])
  expect(status).toBe(0)
  expect(json().paths).toEqual([
    {
      path: 'heron/app.py',
      owners: ['@acme/payments', '@ada'],
      rule: {file: '.github/CODEOWNERS', line: 3, pattern: '/services/heron/'},
    },
    {path: '../README.md', owners: ['@acme/all'], rule: {file: '.github/CODEOWNERS', line: 2, pattern: '*'}},
    {path: '../../out', owners: [], rule: null},
  ])
})

test('ingested repositories: the only one, by name, by owner and name', () => {
  const cwd = folderWith({
    'repos/heron/.github/CODEOWNERS': RULES,
    'repos/heron/docs/CODEOWNERS': '* @docs\n',
  })
  expect(venturi(cwd, ['ingest', 'repos']).status).toBe(0)
  const only = venturi(cwd, ['owners', 'README.md', '--json'])
  expect(only.json().paths).toEqual([
    {path: 'README.md', owners: ['@acme/all'], rule: {file: '.github/CODEOWNERS', line: 2, pattern: '*'}},
  ])
  for (const name of ['heron', 'Heron', 'acme/heron'])
    expect(venturi(cwd, ['owners', 'README.md', '--repo', name]).stdout).toBe(
      'README.md  @acme/all  .github/CODEOWNERS:2\n',
    )
  const unknown = venturi(cwd, ['owners', 'README.md', '--repo', 'crane'])
  expect(unknown.status).toBe(2)
  expect(unknown.stderr).toBe(
    '--repo crane: no ingested repository with a CODEOWNERS file has that name; there is heron\nTry this: give one of these, or name a file with --file\n',
  )
})

test('several ingested repositories and none named', () => {
  const cwd = folderWith({'repos/heron/CODEOWNERS': RULES, 'repos/crane/CODEOWNERS': '* @acme/cranes\n'})
  venturi(cwd, ['ingest', 'repos'])
  const {status, stderr} = venturi(cwd, ['owners', 'README.md'])
  expect(status).toBe(2)
  expect(stderr).toBe(
    '2 ingested repositories have a CODEOWNERS file: crane, heron\nTry this: say which with --repo NAME, or name a file with --file\n',
  )
})

test.each([
  [
    'a missing file',
    ['--file', 'nowhere'],
    'nowhere: no such file\nTry this: check the path given to --file\n',
  ],
  [
    'a folder',
    ['--file', '.github'],
    '.github: a folder, not a file\nTry this: name the file in it: --file .github/CODEOWNERS\n',
  ],
])('%s', (_, flags, message) => {
  const {status, stdout, stderr} = venturi(folderWith({'.github/x': ''}), ['owners', 'a', ...flags])
  expect({status, stdout, stderr}).toEqual({status: 2, stdout: '', stderr: message})
})

test('nothing to ask', () => {
  const {status, stderr} = venturi(folderWith(), ['owners', 'a'])
  expect(status).toBe(2)
  expect(stderr).toMatch(
    /^no CODEOWNERS file: there is no database at .*\nTry this: name a file with --file, or run `venturi ingest PATH`/,
  )
})

describe('a file of GitLab', () => {
  const GITLAB = '* @acme/all\n[Pay][2] @acme/pay\n/services/pay/\n^[Docs]\n*.md @acme/docs/writers\n'

  test('the owners of all sections, and the line of each', () => {
    const cwd = folderWith({CO: GITLAB})
    const {status, stdout, json} = venturi(cwd, [
      'owners',
      '--file',
      'CO',
      'services/pay/README.md',
      '--json',
    ])
    expect(status).toBe(0)
    expect(stdout).not.toBe('')
    expect(json().paths).toEqual([
      {
        path: 'services/pay/README.md',
        owners: ['@acme/all', '@acme/pay', '@acme/docs/writers'],
        rule: {file: 'CO', line: 5, pattern: '*.md'},
        sections: [
          {section: '', optional: false, line: 1, pattern: '*', owners: ['@acme/all']},
          {section: 'pay', optional: false, line: 3, pattern: '/services/pay/', owners: ['@acme/pay']},
          {section: 'docs', optional: true, line: 5, pattern: '*.md', owners: ['@acme/docs/writers']},
        ],
      },
    ])
    expect(venturi(cwd, ['owners', '--file', 'CO', 'services/pay/a.ts']).stdout).toBe(
      'services/pay/a.ts  @acme/all @acme/pay  CO:1,3\n',
    )
  })

  test('in a checkout of GitLab a file without sections is read its way', () => {
    const root = folderWith({
      '.git/HEAD': '',
      '.gitlab-ci.yml': '',
      'docs/CODEOWNERS': 'pay/src/ @acme/pay\n',
      '.gitlab/CODEOWNERS': '* @never\n',
    })
    expect(venturi(root, ['owners', 'services/pay/src/a.ts']).stdout).toBe(
      'services/pay/src/a.ts  @acme/pay  docs/CODEOWNERS:1\n',
    )
  })

  test('ingested, it answers the same', () => {
    const cwd = folderWith({'gitlab.com/acme/platform/mono/CODEOWNERS': GITLAB})
    expect(venturi(cwd, ['ingest', 'gitlab.com']).status).toBe(0)
    for (const repo of [[], ['--repo', 'mono']])
      expect(venturi(cwd, ['owners', 'services/pay/README.md', ...repo]).stdout).toBe(
        'services/pay/README.md  @acme/all @acme/pay @acme/docs/writers  CODEOWNERS:1,3,5\n',
      )
  })
})
