/** Writes first files: a `venturi.yaml`, a workflow. */
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {UserError} from '../model/errors.ts'
import {TEMPLATE} from './template.ts'

/** `shown` is the path as the person wrote it. An existing file is replaced only when `force` says so. */
export function writeTemplate(path: string, shown: string, force: boolean): void {
  writeNew(path, shown, TEMPLATE, force)
}

/** The same, with the folders it stands in. */
export function writeWorkflow(path: string, shown: string, text: string, force: boolean): void {
  try {
    mkdirSync(dirname(path), {recursive: true})
  } catch (error) {
    refuse(error, dirname(shown))
  }
  writeNew(path, shown, text, force)
}

function writeNew(path: string, shown: string, text: string, force: boolean): void {
  try {
    writeFileSync(path, text, {flag: force ? 'w' : 'wx'})
  } catch (error) {
    refuse(error, shown)
  }
}

function refuse(error: unknown, shown: string): never {
  const code = (error as NodeJS.ErrnoException).code
  if (code === undefined) throw error
  if (code === 'EEXIST')
    throw new UserError(`${shown}: already there, and left as it is`, 'add --force to replace it')
  throw new UserError(
    `${shown}: cannot be written (${code})`,
    code === 'ENOENT' ? 'make its folder first' : 'check the permissions of the file and its folder',
  )
}
