/** Runs the built command line as a process of its own, in a real folder. */
import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {onTestFinished} from 'vitest'

export const BIN = resolve(import.meta.dirname, '../../bin/run.js')

/** An empty folder with the given files, gone when the test is. */
export function folderWith(files: {readonly [path: string]: string} = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-test-'))
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true})
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export interface Given {
  readonly input?: string
  readonly env?: {readonly [name: string]: string}
}

export function venturi(cwd: string, args: readonly string[], {input = '', env = {}}: Given = {}) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('VENTURI_'))
  const {status, stdout, stderr} = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: {...Object.fromEntries(own), NO_COLOR: '1', ...env},
  })
  return {status, stdout, stderr, json: () => JSON.parse(stdout)}
}
