import {mkdtempSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {describe, expect, onTestFinished, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'
import {ASK, commit, git, repository} from './git-repository.ts'

const kinds = (folder: string, args: readonly string[] = []): string[] => {
  const {status, stdout, stderr} = venturi(folder, ['diff', ...args, '--json'])
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout).changes.map(
    ({kind, path, line, from, to}: {kind: string; path: string; line: number; from: string; to: string}) =>
      `${kind} ${path}:${line} ${from} ${to}`,
  )
}

describe('what a branch changes', () => {
  const world = (): string => {
    const folder = repository({
      '.github/CODEOWNERS': '/services/bot/ @acme/bots\n',
      'services/bot/ask.py': ASK('gpt-4o'),
      'deploy/litellm.yaml':
        'model_list:\n  - model_name: chat\n    litellm_params:\n      model: azure/gpt-4o\nrouter_settings:\n  fallbacks:\n    - chat: [gpt-4o-mini]\n',
      '.env.development': 'OPENAI_MODEL=gpt-4o\n',
      'README.md': 'We use gpt-4o.\n',
    })
    commit(folder, {
      'services/bot/ask.py': ASK('gpt-4.1', 1200),
      'deploy/litellm.yaml':
        'model_list:\n  - model_name: chat\n    litellm_params:\n      model: azure/gpt-4o\nrouter_settings:\n  fallbacks:\n    - chat: [claude-haiku-4-5, gpt-4o-mini]\n',
      '.env.development': 'OPENAI_MODEL=o4-mini\n',
      'README.md': 'We use gpt-4.1.\n',
    })
    return folder
  }

  test.each(['table', 'markdown', 'csv'])('as %s', async format => {
    const {status, stdout, stderr} = venturi(world(), ['diff', '--format', format], {env: {COLUMNS: '120'}})
    expect([status, stderr]).toEqual([0, ''])
    await expect(stdout).toMatchFileSnapshot(`golden/diff-${format}.txt`)
  })

  test('as JSON', async () => {
    const {stdout} = venturi(world(), ['diff', 'main..HEAD', '--json'])
    await expect(stdout.replace(/"generated_at": ".*"/, '"generated_at": "NOW"')).toMatchFileSnapshot(
      'golden/diff.json',
    )
  })
})

test('HEAD is compared with its merge base, not with what others did since', () => {
  const folder = repository({'a.py': ASK('gpt-4o'), 'b.py': ASK('gpt-4o')})
  commit(folder, {'a.py': ASK('gpt-4.1')})
  git(folder, 'checkout', '-q', 'main')
  commit(folder, {'b.py': ASK('o3')})
  git(folder, 'checkout', '-q', 'change')
  expect(kinds(folder)).toEqual(['model_changed a.py:8 gpt-4o gpt-4.1'])
  expect(kinds(folder, ['main...change'])).toEqual(['model_changed a.py:8 gpt-4o gpt-4.1'])
})

test('a renamed file is the same file', () => {
  const folder = repository({'src/old.py': ASK('gpt-4o'), 'src/kept.py': ASK('gpt-4o')})
  git(folder, 'mv', 'src/old.py', 'src/new.py')
  git(folder, 'mv', 'src/kept.py', 'src/moved.py')
  commit(folder, {'src/new.py': ASK('gpt-4.1')})
  expect(kinds(folder)).toEqual(['model_changed src/new.py:8 gpt-4o gpt-4.1'])
})

test('a constant of an unchanged file is followed, and one used in unchanged files is told where it stands', () => {
  const folder = repository({
    'app/models.py': 'FAST = "gpt-4o-mini"\nSMART = "gpt-4o"\nLONG = 400\n',
    'app/ask.py':
      'from app.models import FAST, SMART, LONG\nr = client.chat.completions.create(model=FAST, max_tokens=LONG, messages=[])\n',
  })
  commit(folder, {
    'app/ask.py':
      'from app.models import FAST, SMART, LONG\nr = client.chat.completions.create(model=SMART, max_tokens=LONG, messages=[])\n',
  })
  expect(kinds(folder)).toEqual(['model_changed app/ask.py:2 gpt-4o-mini gpt-4o'])
  commit(folder, {'app/models.py': 'FAST = "gpt-4o-mini"\nSMART = "gpt-4o"\nLONG = 900\n'})
  expect(kinds(folder, ['HEAD~1'])).toEqual(['limit_changed app/models.py:3 400 900'])
})

test('hostile files stop nothing, and what was not read is told', () => {
  const folder = repository({'ok.py': ASK('gpt-4o'), 'big.json': '{}', 'bad.toml': 'model = "gpt-4o"\n'})
  symlinkSync('/etc/passwd', join(folder, 'link.py'))
  commit(folder, {
    'ok.py': ASK('gpt-4.1').replaceAll('\n', '\r\n'),
    'big.json': `{"model": "gpt-4o", "filler": "${'x'.repeat(1_100_000)}"}`,
    'bad.toml': '[[[ model = gpt-4o',
    'broken.ts': 'const a = {{{ ((( "openai gpt-4o\n'.repeat(200),
    'binary.py': Buffer.from([0, 1, 2, 3, 0, 255]),
    'latin.rb': Buffer.from('# caf\xe9\nclient.chat(parameters: { model: "gpt-4o" })\n', 'latin1'),
    'deep.json': `${'['.repeat(5000)}"gpt-4o"${']'.repeat(5000)}`,
    'odd "name"\t é.yaml': 'llm:\n  model: gpt-4o\n',
  })
  const {status, stdout} = venturi(folder, ['diff', '--json'])
  expect(status).toBe(0)
  const {changes, skipped} = JSON.parse(stdout)
  expect(changes.map(({kind, path}: {kind: string; path: string}) => `${kind} ${path}`)).toEqual(
    expect.arrayContaining([
      'model_changed ok.py',
      'model_added latin.rb',
      'model_added odd "name"\t é.yaml',
    ]),
  )
  expect(skipped).toEqual([
    {path: 'bad.toml', reason: 'could not be parsed'},
    {path: 'big.json', reason: 'larger than 1 MB'},
    {path: 'deep.json', reason: 'could not be parsed'},
    {path: 'link.py', reason: 'a symbolic link'},
  ])
})

describe('what cannot be compared', () => {
  test('no repository', () => {
    const {status, stderr} = venturi(folderWith(), ['diff'])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^.* is in no git repository\nTry this: run `venturi diff` inside the checkout/)
  })

  test('a commit that is not there, also one that looks like an option', () => {
    const folder = repository({'a.py': ASK('gpt-4o')})
    for (const range of ['nowhere..HEAD', 'HEAD..--output=x']) {
      const {status, stderr} = venturi(folder, ['diff', range])
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^(nowhere|--output=x): no such commit in /),
      ])
    }
  })

  test('a shallow clone without the merge base', () => {
    const origin = repository({'a.py': ASK('gpt-4o')})
    commit(origin, {'a.py': ASK('gpt-4.1')})
    git(origin, 'checkout', '-q', 'main')
    commit(origin, {'b.py': ASK('o3')})
    const clone = mkdtempSync(join(tmpdir(), 'venturi-diff-'))
    onTestFinished(() => rmSync(clone, {recursive: true, force: true}))
    git(clone, 'clone', '-q', '--depth', '1', '--no-single-branch', pathToFileURL(origin).href, '.')
    const {status, stderr} = venturi(clone, ['diff', 'origin/main..origin/change'])
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /holds only a part of the history: where origin\/change left origin\/main is not in it\nTry this: .*fetch-depth: 0/,
    )
  })
})
