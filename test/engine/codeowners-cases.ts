/** The whole pattern table of GitHub's rules: `matches` and `misses`, and what the rules behind it imply. */
export const patternCases: readonly {
  readonly pattern: string
  readonly matches: readonly string[]
  readonly misses: readonly string[]
}[] = [
  {pattern: '*', matches: ['a', 'a/b/c.txt', '.github/x'], misses: []},
  {pattern: '*.js', matches: ['a.js', 'x/y/a.js', '.js'], misses: ['a.js.map', 'ajs', 'a.JS']},
  {
    pattern: 'foo',
    matches: ['foo', 'foo/bar', 'bar/foo', 'bar/foo/baz'],
    misses: ['foo.txt', 'afoo', 'Foo', 'bar/food'],
  },
  {pattern: 'foo/', matches: ['foo/bar', 'x/foo/bar', 'x/foo/y/z'], misses: ['foo', 'x/foo']},
  {pattern: '/foo', matches: ['foo', 'foo/bar', 'foo/x/y'], misses: ['bar/foo', 'foobar']},
  {pattern: '/foo/', matches: ['foo/bar', 'foo/x/y'], misses: ['foo', 'bar/foo/baz']},
  {pattern: 'foo/bar', matches: ['foo/bar', 'foo/bar/baz'], misses: ['x/foo/bar', 'foo/bars']},
  {pattern: 'docs/*', matches: ['docs/a.md', 'docs/.x'], misses: ['docs/x/a.md', 'docs', 'x/docs/a.md']},
  {pattern: '/*', matches: ['foo', 'README.md'], misses: ['foo/bar']},
  {pattern: 'foo/*.txt', matches: ['foo/a.txt', 'foo/.txt'], misses: ['foo/x/a.txt', 'q/foo/a.txt']},
  {pattern: 'foo/*/baz', matches: ['foo/x/baz', 'foo/x/baz/q'], misses: ['foo/baz', 'foo/x/y/baz']},
  {pattern: '**/logs', matches: ['logs', 'build/logs', 'a/b/logs/x'], misses: ['logs.txt', 'a/blogs']},
  {pattern: 'foo/**', matches: ['foo/a', 'foo/a/b/c'], misses: ['foo', 'x/foo/a']},
  {
    pattern: 'foo/**/bar',
    matches: ['foo/bar', 'foo/x/y/bar', 'foo/bar/below', 'foo/x/bar/y/z'],
    misses: ['foo', 'x/foo/bar', 'foo/x/bars', 'foobar'],
  },
  {pattern: 'f?o', matches: ['foo', 'x/f-o', 'f.o/y'], misses: ['fo', 'fooo', 'f/o']},
  {pattern: '/', matches: [], misses: ['a', 'a/b', '']},
  // What follows from the rules behind the table.
  {pattern: '**', matches: ['a', 'a/b'], misses: []},
  {pattern: '/**', matches: ['a', 'a/b'], misses: []},
  {pattern: '**/', matches: ['a/b'], misses: []},
  {pattern: '/**/*.ts', matches: ['a.ts', 'x/y/a.ts'], misses: ['a.tsx']},
  {pattern: '**/foo/bar', matches: ['foo/bar', 'x/foo/bar/y'], misses: ['foo/x/bar']},
  {pattern: '/a/**/b/**/c', matches: ['a/b/c', 'a/x/b/y/z/c/d'], misses: ['a/c/b', 'a/b']},
  {pattern: 'foo/*/', matches: ['foo/x/y', 'foo/x/y/z'], misses: ['foo/x', 'foo']},
  {pattern: 'foo/**/*', matches: ['foo/a', 'foo/x/a'], misses: ['foo', 'bar/foo/a']},
  {
    pattern: '/src/*/test*',
    matches: ['src/a/tests/x', 'src/a/test.ts'],
    misses: ['src/tests', 'src/a/b/test'],
  },
  {pattern: '*a*b*', matches: ['xaxbx', 'ab', 'd/ab/e'], misses: ['ba', 'a/b']},
  {pattern: '*.test.ts', matches: ['x/a.test.ts'], misses: ['a.ts', 'a.test.tsx']},
  {pattern: '*.d.ts/', matches: ['x.d.ts/y'], misses: ['x.d.ts']},
  {pattern: 'a**b', matches: ['ab', 'axxb', 'q/a-b/c'], misses: ['a/b']},
  {
    pattern: '/apps/[param]/x.ts',
    matches: ['apps/[param]/x.ts'],
    misses: ['apps/p/x.ts', 'x/apps/[param]/x.ts'],
  },
  {pattern: '/apps/my\\ app/', matches: ['apps/my app/a'], misses: ['apps/my', 'apps/my\\ app/a']},
  {pattern: '/docs/\\*.md', matches: ['docs/*.md'], misses: ['docs/a.md']},
  {pattern: '\\*\\*', matches: ['**', 'x/**/y'], misses: ['a']},
  {pattern: '/src/C#/', matches: ['src/C#/a.cs'], misses: ['src/C/a.cs']},
  {pattern: '/日本/*.md', matches: ['日本/あ.md'], misses: ['日本.md']},
]

/** Lines and what they say: a rule, nothing, or the code of the reason GitHub skips them. */
export const lineCases: readonly {
  readonly line: string
  readonly rule?: readonly [pattern: string, ...owners: string[]]
  readonly bad?: string
}[] = [
  {line: ''},
  {line: '   \t'},
  {line: '# Fen monorepo'},
  {line: '   # indented comment @fen/x'},
  {line: '*                      @fen/platform', rule: ['*', '@fen/platform']},
  {
    line: '/services/heron/       @fen/marsh @quill   # two owners',
    rule: ['/services/heron/', '@fen/marsh', '@quill'],
  },
  {line: '/services/heron/gen/', rule: ['/services/heron/gen/']},
  {line: '/services/heron/gen/   # nobody', rule: ['/services/heron/gen/']},
  {line: 'docs/*                 docs@fen.example', rule: ['docs/*', 'docs@fen.example']},
  {line: '/apps/my\\ app/         @fen/reed', rule: ['/apps/my\\ app/', '@fen/reed']},
  {line: '\t/a\t@fen/marsh\t@quill', rule: ['/a', '@fen/marsh', '@quill']},
  {line: '\uFEFF* @fen/platform', rule: ['*', '@fen/platform']},
  {line: '* @fen/platform\r', rule: ['*', '@fen/platform']},
  {line: '/a @fen/marsh#no space before', rule: ['/a', '@fen/marsh']},
  {line: '/a @fen/marsh #@quill', rule: ['/a', '@fen/marsh']},
  {line: '/src/C#/ @fen/marsh', rule: ['/src/C#/', '@fen/marsh']},
  {line: '/apps/[param]/x.ts @fen/marsh', rule: ['/apps/[param]/x.ts', '@fen/marsh']},
  {line: '/a @quill_fen', rule: ['/a', '@quill_fen']},
  {line: '/a @Fen/Marsh.Team', rule: ['/a', '@Fen/Marsh.Team']},
  {line: '/', rule: ['/']},
  {line: '\\#name @fen/marsh', bad: 'bad-pattern'},
  {line: '!/a @fen/marsh', bad: 'bad-pattern'},
  {line: 'a/***/b @fen/marsh', bad: 'bad-pattern'},
  {line: '/a\\', bad: 'bad-pattern'},
  {line: '/a fen/marsh', bad: 'bad-owner'},
  {line: '/a @fen/marsh/sub', bad: 'bad-owner'},
  {line: '/a @', bad: 'bad-owner'},
  {line: '/a quill@localhost', bad: 'bad-owner'},
  {line: '/apps/my app/ @fen/reed', bad: 'bad-owner'},
]
