/** The explorer in a real terminal: tmux shows what a person would see. */
import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import Database from 'better-sqlite3'
import {expect, onTestFinished, test} from 'vitest'
import {BIN, folderWith, venturi} from './cli.ts'
import {APRIL, CATALOG, log, MARCH} from './two-teams.ts'

const hasTmux = spawnSync('tmux', ['-V']).status === 0
if (!hasTmux) console.warn('tmux is missing: the explorer is not tried in a terminal')

test('without a terminal it says what to do instead', () => {
  const {status, stdout, stderr} = venturi(folderWith(), ['browse'])
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toBe(
    'browse needs a terminal that it can draw on: this is a pipe, a file or TERM=dumb\nTry this: run `venturi report`, `venturi explain RECORD` or `venturi export records`\n',
  )
})

test('it has no --json', () => {
  const {status, json} = venturi(folderWith(), ['browse', '--json'])
  expect(status).toBe(2)
  expect(json().error).toMatchObject({mend: 'run `venturi report --json`', exit_code: 2})
})

interface Terminal {
  readonly type: (...keys: string[]) => void
  readonly resize: (columns: number, rows: number) => void
  /** The screen once it shows `text`. */
  readonly shows: (text: string | RegExp) => Promise<string>
}

/** A shell of its own in a tmux of its own; what it runs ends with `exit CODE`. */
function terminal(cwd: string, command: string): Terminal {
  const name = `venturi-${process.pid}-${Math.random().toString(36).slice(2)}`
  const tmux = (...args: string[]): string =>
    spawnSync('tmux', ['-L', name, '-f', '/dev/null', ...args], {cwd, encoding: 'utf8'}).stdout
  onTestFinished(() => void tmux('kill-server'))
  const script = `echo before; ${command}; echo exit $?; exec sleep 600`
  tmux('new-session', '-d', '-s', 'x', '-x', '80', '-y', '24', script)
  const screen = (): string => tmux('capture-pane', '-p', '-t', 'x')
  return {
    type: (...keys) => void tmux('send-keys', '-t', 'x', ...keys),
    resize: (columns, rows) =>
      void tmux('resize-window', '-t', 'x', '-x', String(columns), '-y', String(rows)),
    async shows(text) {
      let last = ''
      for (let tries = 0; tries < 300; tries++) {
        last = screen()
        if (typeof text === 'string' ? last.includes(text) : text.test(last)) return last
        await wait(50)
      }
      throw new Error(`the screen never showed ${text}:\n${last}`)
    },
  }
}

function company(): string {
  const cwd = folderWith({
    'dumps/catalog.yaml': CATALOG,
    'dumps/march.jsonl': log(...MARCH),
    'dumps/april.jsonl': log(...APRIL),
  })
  venturi(cwd, ['ingest', 'dumps'])
  venturi(cwd, ['attribute'])
  return cwd
}

const browse = (env: string, ...flags: string[]): string =>
  `env ${env} ${process.execPath} ${BIN} browse --period 2025-03 ${flags.join(' ')}`

test.skipIf(!hasTmux)(
  'in tmux: down to the evidence, back, resized, and the terminal as it was',
  async () => {
    const {type, resize, shows} = terminal(company(), browse('CI=1'))
    const ledger = await shows('q quit')
    expect(ledger).toContain('Ledger')
    expect(ledger).toContain('March 2025')
    expect(ledger).not.toContain('before')
    expect(ledger).toMatch(/owned \S+ \+ contested \S+ \+ unresolved \S+ = total \$7\.750000001/)
    type('Enter')
    await shows('Service ')
    type('Enter')
    await shows('Time, UTC')
    type('Enter')
    await shows('Layers')
    resize(60, 15)
    await shows(/lines 1 to \d of/)
    type('G')
    await shows(/lines \d\d+ to (\d+) of \1\n/)
    type('h')
    await shows('Time, UTC')
    type('Escape')
    await shows('Service ')
    type('Escape')
    await shows(/^Ledger {2}/)
    type('/', 'z', 'z')
    await shows('/zz▏ 0 found')
    type('Escape')
    await shows(/^Ledger.*\ndearest first/)
    type('q')
    expect(await shows('exit 0')).toContain('before')
  },
)

test.skipIf(!hasTmux)(
  'in tmux: Ctrl-C is 130 and leaves the terminal as it was, without colour too',
  async () => {
    const {type, shows} = terminal(company(), browse('NO_COLOR=1'))
    await shows('› ')
    type('C-c')
    expect(await shows('exit 130')).toContain('before')
  },
)

test.skipIf(!hasTmux)('in tmux: a bug is told on the terminal as it was', async () => {
  const cwd = company()
  const database = new Database(join(cwd, '.venturi/venturi.db'))
  database.exec('DELETE FROM model')
  database.close()
  const {type, shows} = terminal(cwd, browse('CI=1'))
  await shows('q quit')
  type('Enter')
  await shows('Service ')
  type('Enter')
  const left = await shows('exit 1\n')
  expect(left).toContain('before')
  expect(left).toContain('This is a bug in venturi: Error: modelOf: no row')
})

test.skipIf(!hasTmux)('in tmux: TERM=dumb is told what to do instead', async () => {
  const {shows} = terminal(folderWith(), browse('TERM=dumb'))
  expect(await shows('exit 2')).toContain('Try this: run `venturi report`')
})
