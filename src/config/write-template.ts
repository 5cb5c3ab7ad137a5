/** Writes a first `venturi.yaml`. */
import {writeFileSync} from 'node:fs'
import {UserError} from '../model/errors.ts'
import {TEMPLATE} from './template.ts'

/** `shown` is the path as the person wrote it. An existing file is replaced only when `force` says so. */
export function writeTemplate(path: string, shown: string, force: boolean): void {
  try {
    writeFileSync(path, TEMPLATE, {flag: force ? 'w' : 'wx'})
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    if (code === 'EEXIST')
      throw new UserError(`${shown}: already there, and left as it is`, 'add --force to replace it')
    throw new UserError(
      `${shown}: cannot be written (${code})`,
      code === 'ENOENT' ? 'make its folder first' : 'check the permissions of the file and its folder',
    )
  }
}
