// Installs and builds when that is due, then runs the task on the Node this repository pins.
// Plain JavaScript that old Nodes can run: it is the first thing a fresh clone executes.
import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {delimiter, dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')
const installed = join(root, 'node_modules', '.venturi-installed')
const built = join(root, 'dist', '.built')

function run(command, ...args) {
  const env = {...process.env, PATH: bin + delimiter + process.env.PATH}
  const {status, signal, error} = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1))
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return
  run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error')
  writeFileSync(installed, lock)
}

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map(name => newest(join(path, name))))
}

function build() {
  const changed = Math.max(
    newest(join(root, 'src')),
    newest(join(root, 'tsconfig.json')),
    newest(join(root, 'scripts')),
    newest(join(root, 'package.json')),
  )
  if (existsSync(built) && statSync(built).mtimeMs > changed) return
  rmSync(join(root, 'dist'), {recursive: true, force: true})
  run('node', 'scripts/bundle.js')
  run('oclif', 'manifest')
  mkdirSync(dirname(built), {recursive: true})
  writeFileSync(built, '')
}

const tasks = {
  start: args => (build(), run('node', 'bin/run.js', ...(args.length > 0 ? args : ['demo']))),
  test: args => (build(), run('vitest', 'run', ...args)),
  check: () => (run('biome', 'check', '.'), run('tsc', '-p', 'tsconfig.json')),
  build: () => build(),
  fixtures: args => run('node', 'fixtures/generate/main.ts', ...args),
  worlds: args => run('node', 'fixtures/worlds/main.ts', ...args),
  'train:default': args => run('node', 'scripts/train-default.ts', ...args),
  bench: args => (build(), run('node', 'bench/main.ts', ...args)),
}

const [task, ...args] = process.argv.slice(2)
if (!(task in tasks)) {
  process.stderr.write(
    `with-pinned-node.js: no task ${JSON.stringify(task)}. Try this: one of ${Object.keys(tasks).join(', ')}.\n`,
  )
  process.exit(2)
}
install()
tasks[task](args)
