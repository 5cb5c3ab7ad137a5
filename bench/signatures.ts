/** What `attribute` costs a large organization: seconds of each stage, and how they grow with the number of signatures. Never fails: it is no test. */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {organization} from './organization.ts'

const here = dirname(fileURLToPath(import.meta.url))
const TOTAL = 'total'
/** Seconds below which growth is noise. */
const TELLING = 0.1

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

/** A table of stages by size; growth 1 is in proportion, 2 with the square. */
export function bySignatures(sizes: readonly number[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-bench-'))
  try {
    const runs = sizes.map(size => settle(size, folder))
    const [first, last] = [runs[0]!, runs.at(-1)!]
    const growth = (stage: string): string => {
      const [less, more] = [first.get(stage)!, last.get(stage)!]
      const exponent = Math.log(more / less) / Math.log(sizes.at(-1)! / sizes[0]!)
      return more > TELLING && sizes.length > 1 ? exponent.toFixed(2) : ''
    }
    const rows = [...first.keys()].map(stage => [
      stage,
      ...runs.map(run => `${run.get(stage)!.toFixed(2)} s`),
      growth(stage),
    ])
    const all = [['stage', ...sizes.map(size => size.toLocaleString('en-US')), 'growth'], ...rows]
    const wide = Math.max(...all.map(([stage]) => stage!.length))
    return all
      .map(([stage, ...cells]) =>
        `${stage!.padEnd(wide)}${cells.map(cell => cell.padStart(11)).join('')}`.trimEnd(),
      )
      .join('\n')
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
