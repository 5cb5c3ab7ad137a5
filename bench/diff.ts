/**
 * `venturi diff` over many changed files: `node bench/diff.ts [FILES=10000] [CALLING=10]`. Of a hundred files CALLING call a model and
 * twice as many speak of one; the rest are ordinary code. Makes a repository in a temp folder and removes it.
 */
import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'

const FILES = Number(process.argv[2] ?? 10_000)
const CALLING = Number(process.argv[3] ?? 10)
const folder = mkdtempSync(join(tmpdir(), 'venturi-bench-diff-'))
const BIN = resolve(import.meta.dirname, '../bin/run.js')

const PLAIN = Array.from(
  {length: 120},
  (_, line) =>
    `export function step${line}(order: Order, rate = ${line}): number {\n  return order.lines.length * rate + ${line}\n}\n`,
).join('')

function text(index: number, model: string): string {
  const share = index % 100
  if (share < CALLING)
    return `import OpenAI from 'openai'\n${PLAIN}\nconst MODEL = '${model}'\nexport const ask = (m: string[]) =>\n  client.chat.completions.create({model: MODEL, max_tokens: ${index}, messages: m})\n`
  if (share < 3 * CALLING) return `// The answers of openai come here.\n${PLAIN}// ${model}\n`
  return `${PLAIN}// ${model}\n`
}

function write(model: string): void {
  for (let index = 0; index < FILES; index++) {
    const path = join(folder, `services/s${index % 97}/src/file${index}.ts`)
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(path, text(index, model))
  }
}

const git = (...args: string[]): void => {
  const {status, stderr} = spawnSync(
    'git',
    ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...args],
    {cwd: folder, encoding: 'utf8'},
  )
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
}

try {
  git('init', '-q', '-b', 'main')
  write('gpt-4o')
  git('add', '.')
  git('commit', '-qm', 'before')
  git('checkout', '-qb', 'change')
  write('gpt-4.1')
  git('commit', '-qam', 'after')
  // As a clone is.
  git('repack', '-adq')
  const began = performance.now()
  const {status, stdout, stderr} = spawnSync(process.execPath, [BIN, 'diff', 'main', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const seconds = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(stderr)
  const {totals, skipped} = JSON.parse(stdout)
  process.stdout.write(
    `${FILES} changed files, ${totals.changes} changes, ${skipped.length} not read: ${seconds.toFixed(1)} s\n`,
  )
} finally {
  rmSync(folder, {recursive: true, force: true})
}
