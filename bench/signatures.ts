/**
 * What `attribute` costs a large organization: seconds of each stage, and how they grow with the number of signatures (1: in
 * proportion; 2: with its square). Never fails: it is no test.
 *
 * node bench/signatures.ts [SIGNATURES ...]     10000 30000 100000 unless told
 */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {organization} from './organization.ts'

const here = dirname(fileURLToPath(import.meta.url))
const TOTAL = 'total'

function node(...args: readonly string[]): string {
  const {status, stdout, stderr} = spawnSync(process.execPath, args, {encoding: 'utf8', maxBuffer: 1 << 28})
  if (status !== 0) throw new Error(`${args[0]}: exit ${status}: ${stderr.trim().slice(-500)}`)
  return stdout
}

/** Seconds by stage. */
function settle(signatures: number, folder: string): ReadonlyMap<string, number> {
  const database = join(folder, `${signatures}.db`)
  node(join(here, '..', 'bin', 'run.js'), 'ingest', organization(signatures), '--db', database)
  const stages = JSON.parse(node(join(here, 'stages.ts'), database)) as [string, number][]
  return new Map([...stages, [TOTAL, stages.reduce((sum, [, seconds]) => sum + seconds, 0)]])
}

const given = process.argv.slice(2).map(Number)
const sizes = given.length > 0 ? given : [10_000, 30_000, 100_000]
const folder = mkdtempSync(join(tmpdir(), 'venturi-bench-'))
try {
  const runs = sizes.map(size => settle(size, folder))
  const stages = [...runs[0]!.keys()]
  const [first, last] = [runs[0]!, runs.at(-1)!]
  const growth = (stage: string) =>
    Math.log(last.get(stage)! / first.get(stage)!) / Math.log(sizes.at(-1)! / sizes[0]!)
  const rows = stages.map(stage => [
    stage,
    ...runs.map(run => `${run.get(stage)!.toFixed(2)} s`),
    runs.length > 1 && last.get(stage)! > 0.1 ? growth(stage).toFixed(2) : '',
  ])
  const all = [['stage', ...sizes.map(size => size.toLocaleString('en-US')), 'growth'], ...rows]
  const wide = Math.max(...stages.map(({length}) => length))
  for (const [stage, ...cells] of all)
    process.stdout.write(
      `${stage!.padEnd(wide)}${cells
        .map(cell => cell.padStart(11))
        .join('')
        .trimEnd()}\n`,
    )
} finally {
  rmSync(folder, {recursive: true, force: true})
}
