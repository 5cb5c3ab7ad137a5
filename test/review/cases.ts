/** Diff cases as data: files before, edits or files after, and every change expected. */
import {readdirSync, readFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {parse} from 'yaml'
import {detect} from '../../src/review/detect.ts'
import {type FileSet, repositoryOf} from './repository.ts'

interface Written {
  readonly name: string
  readonly base?: FileSet
  /** Files as they are after; null deletes. Others stay. */
  readonly head?: {readonly [path: string]: string | null}
  /** `[path, what stands there, what it becomes]` */
  readonly edit?: readonly (readonly [string, string, string])[]
  readonly rename?: FileSet
  readonly deployments?: {readonly [name: string]: string}
  /** `kind path:line from -> to`, nothing is `-`; with ` (development)` where nothing is billed. */
  readonly changes: readonly string[]
}

export interface Case {
  readonly name: string
  readonly run: () => Promise<string[]>
  readonly expected: readonly string[]
}

const FOLDER = join(import.meta.dirname, 'cases')

export const casesIn = (set: string): Case[] =>
  readdirSync(FOLDER)
    .filter(name => name.endsWith('.yaml') && name.startsWith(`${set}-`))
    .flatMap(name =>
      (parse(readFileSync(join(FOLDER, name), 'utf8')) as Written[]).map(item => ({
        name: `${basename(name, '.yaml')}: ${item.name}`,
        run: () => changesOf(item),
        expected: item.changes,
      })),
    )

async function changesOf({
  base = {},
  head = {},
  edit = [],
  rename = {},
  deployments = {},
}: Written): Promise<string[]> {
  const after: {[path: string]: string} = {...base}
  for (const [from, to] of Object.entries(rename)) {
    after[to] = after[from]!
    delete after[from]
  }
  for (const [path, text] of Object.entries(head)) {
    if (text === null) delete after[path]
    else after[path] = text
  }
  for (const [path, from, to] of edit) {
    if (!after[path]?.includes(from)) throw new Error(`${path} does not hold ${JSON.stringify(from)}`)
    after[path] = after[path].replace(from, () => to)
  }
  const {changes} = await detect(repositoryOf(base, after, rename), {deployments})
  return changes.map(
    ({kind, path, line, from, to, production}) =>
      `${kind} ${path}:${line} ${from ?? '-'} -> ${to ?? '-'}${production ? '' : ' (development)'}`,
  )
}
