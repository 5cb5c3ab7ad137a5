/** Finds the configuration and the database: flag > environment (by the flag parser) > nearest venturi.yaml > default. */
import {existsSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {UserError} from '../model/errors.ts'

export interface Context {
  readonly cwd: string
  /** Absolute path; the file need not exist yet. */
  readonly db: string
  /** Absolute path of venturi.yaml, or null where there is none. */
  readonly config: string | null
}

export function discover({
  cwd,
  db,
  config,
}: {
  cwd: string
  db: string | undefined
  config: string | undefined
}): Context {
  const found = config === undefined ? nearest(cwd) : resolve(cwd, config)
  if (config !== undefined && !existsSync(found!))
    throw new UserError(
      `${config}: no such configuration file`,
      'check the path, or run `venturi init` to write one',
    )
  const home = found === null ? cwd : dirname(found)
  return {cwd, config: found, db: db === undefined ? join(home, '.venturi', 'venturi.db') : resolve(cwd, db)}
}

function nearest(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'venturi.yaml')
    if (existsSync(file)) return file
    if (dirname(folder) === folder) return null
  }
}
