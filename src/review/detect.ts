/** A git range as changes: which files are read, what they name elsewhere, and both versions compared. */
import type {Change, Detection, Skipped} from './change.ts'
import {compare} from './compare.ts'
import {isConfig, readConfigFile} from './configs/index.ts'
import {familyOf, isCode, readCode, readVersions} from './languages/index.ts'
import {isLeftOut} from './left-out.ts'
import {promptView} from './prompt-files.ts'
import {recognise} from './recognise.ts'
import {Resolver} from './resolve.ts'
import {concerned} from './schedules.ts'
import type {Setting} from './setting.ts'
import {decode, difference} from './text.ts'
import type {Definition, View} from './value.ts'
import {HINT, namesModels} from './words.ts'

export type Side = 'base' | 'head'

export interface ChangedFile {
  /** Null: the file is not on that side. */
  readonly base: string | null
  readonly head: string | null
}

/** What detection asks of a repository. */
export interface Repository {
  readonly changed: readonly ChangedFile[]
  /** Files' bytes; one that is not there, is no plain file or is too large is left out and told in `skipped`. */
  read(side: Side, paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  /** Files of the head in which one of these words stands. */
  mentioning(words: readonly string[]): Promise<readonly string[]>
  readonly skipped: readonly Skipped[]
}

export interface DetectOptions {
  /** Azure's deployment names as models. */
  readonly deployments?: {readonly [name: string]: string}
  readonly progress?: (read: number, all: number) => void
}

/** Files whose every constant may matter, though nothing in them speaks of models. */
const SETTINGS_FILE = /const|config|setting|default|option|param|limit|values|env/i
const AT_ONCE = 400
/** Files read because they name, or are named by, what changed. */
const MOST_RELATED = 400
const MOST_NAMES = 300
const ROUNDS = 3

interface Read {
  readonly view: View
  readonly hinted: boolean
  readonly speaks: () => boolean
  readonly text: string
}

type Files = {readonly [side in Side]: Map<string, Read>}

export async function detect(repository: Repository, options: DetectOptions = {}): Promise<Detection> {
  const files: Files = {base: new Map(), head: new Map()}
  const skipped: Skipped[] = []
  const wanted = repository.changed.filter(
    ({base, head}) => isWanted(head ?? base!) || (base !== null && isWanted(base)),
  )
  const parts = Array.from({length: Math.ceil(wanted.length / AT_ONCE)}, (_, index) =>
    wanted.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  )
  // Git reads the next files while these are parsed.
  let coming = fetched(repository, parts[0] ?? [])
  for (const [index, some] of parts.entries()) {
    const bytes = await coming
    coming = fetched(repository, parts[index + 1] ?? [])
    await readBoth(bytes, some, files, skipped)
    options.progress?.(Math.min((index + 1) * AT_ONCE, wanted.length), wanted.length)
  }
  const changedPaths = new Set(wanted.flatMap(({base, head}) => [base ?? '', head ?? '']))
  await follow(repository, files, changedPaths)
  const renamed = new Map(
    wanted.flatMap(({base, head}) =>
      base !== null && head !== null && base !== head ? [[base, head] as const] : [],
    ),
  )
  const deployments = new Map(
    Object.entries(options.deployments ?? {}).map(([name, model]) => [name.toLowerCase(), model]),
  )
  const settings = async (side: Side): Promise<Setting[]> => {
    const scheduled = await concerned(repository, side, [...files[side].values()])
    const resolver = new Resolver([...files[side].values()].map(({view}) => view))
    return [...files[side].values()].flatMap(({view, hinted, speaks}) =>
      isLeftOut(view.path)
        ? []
        : recognise(view, {resolver, hinted, speaks, scheduled: scheduled(view), deployments}),
    )
  }
  const changes: Change[] = compare({
    base: await settings('base'),
    head: await settings('head'),
    renamed,
    created: new Set(wanted.flatMap(({base, head}) => (base === null ? [head!] : []))),
    deleted: new Set(wanted.flatMap(({base, head}) => (head === null ? [base!] : []))),
  })
  return {
    changes,
    skipped: [...repository.skipped.filter(({path}) => isWanted(path)), ...skipped].sort((a, b) =>
      a.path < b.path ? -1 : 1,
    ),
  }
}

const isWanted = (path: string): boolean => !isLeftOut(path) && isReadable(path)
const isReadable = (path: string): boolean =>
  isCode(path) || isConfig(path) || promptView(path, null) !== null

type Bytes = {readonly [side in Side]: ReadonlyMap<string, Uint8Array>}

async function fetched(repository: Repository, some: readonly ChangedFile[]): Promise<Bytes> {
  const of = (side: Side) =>
    repository.read(
      side,
      some.flatMap(file => file[side] ?? []),
    )
  const [base, head] = await Promise.all([of('base'), of('head')])
  return {base, head}
}

async function readBoth(
  {base, head}: Bytes,
  some: readonly ChangedFile[],
  files: Files,
  skipped: Skipped[],
): Promise<void> {
  for (const file of some) {
    const [before, after] = [
      file.base === null ? undefined : base.get(file.base),
      file.head === null ? undefined : head.get(file.head),
    ].map(bytes => (bytes ? decode(bytes) : null))
    if (before === after) continue
    const path = file.head ?? file.base!
    if (!isTelling(path, before ?? '') && !isTelling(path, after ?? '')) continue
    if (isCode(path) && before && after && onlyComments(before, after)) continue
    const read = await readVersionsOf(versionOf(file.base, before), versionOf(file.head, after))
    // One version alone would tell of changes that nobody made.
    if (read === null) skipped.push({path, reason: 'could not be parsed'})
    else
      for (const side of ['base', 'head'] as const) {
        const version = read[side]
        if (version) files[side].set(version.view.path, version)
      }
  }
}

/** The cheap look: only what may speak of models is parsed. */
const isTelling = (path: string, text: string): boolean =>
  HINT.test(text) ||
  promptView(path, null) !== null ||
  SETTINGS_FILE.test(path.split('/').at(-1)!) ||
  (/cron|schedule/i.test(text) && isConfig(path))

/** Nothing but comments and empty lines changed, as far as lines alone can tell. */
function onlyComments(before: string, after: string): boolean {
  const [start, endBefore, endAfter] = difference(before, after)
  return spoken(before, start, endBefore) === spoken(after, start, endAfter)
}

/** What the lines between two places say. */
function spoken(text: string, start: number, end: number): string {
  // Within a string of several lines `#` begins a heading.
  const silent = /"""|'''|<<[~-]|`/.test(text) ? /^\/\/|^$/ : /^(?:\/\/|#)|^$/
  const last = text.indexOf('\n', end)
  return text
    .slice(start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1, last < 0 ? text.length : last)
    .split('\n')
    .map(line => line.trim())
    .filter(line => !silent.test(line))
    .join('\n')
}

interface Version {
  readonly path: string
  readonly text: string
}

const versionOf = (path: string | null, text: string | null | undefined): Version | null =>
  path === null || text === null || text === undefined ? null : {path, text}

/** Null for a version that is not there or is not read; null for both: one could not be parsed. */
async function readVersionsOf(
  base: Version | null,
  head: Version | null,
): Promise<{readonly [side in Side]: Read | null} | null> {
  try {
    const [before, after] =
      base && head && isPlainCode(base.path) && isPlainCode(head.path)
        ? await readVersions(base, head)
        : [base && (await viewOf(base)), head && (await viewOf(head))]
    return {base: before && readOf(base!, before), head: after && readOf(head!, after)}
  } catch {
    return null
  }
}

const isPlainCode = (path: string): boolean => isCode(path) && promptView(path, null) === null

const viewOf = async ({path, text}: Version): Promise<View | null> =>
  promptView(path, text) ?? readConfigFile(path, text) ?? (await readCode(path, text))

const readOf = ({path, text}: Version, view: View): Read => ({
  ...{view, text},
  hinted: HINT.test(text) || promptView(path, null) !== null,
  speaks: once(() => namesModels(`${path}\n${text}`)),
})

function once<T>(make: () => T): () => T {
  let made: {readonly value: T} | null = null
  return () => (made ??= {value: make()}).value
}

/** Files that define what the changed ones use, and files that use what changed. */
async function follow(repository: Repository, files: Files, changed: ReadonlySet<string>): Promise<void> {
  const asked = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const settings = round === 0 ? changedNames(files, 'config') : []
    const names = [
      ...missingNames(files),
      ...settings,
      ...(round === 0 ? changedNames(files, 'code') : []),
    ].filter(name => !asked.has(name) && name.length > 1)
    for (const name of names) asked.add(name)
    if (names.length === 0) return
    const found = await repository.mentioning(names.slice(0, MOST_NAMES))
    const families = new Set([...files.head.keys(), ...files.base.keys()].map(familyOf))
    const isNear = (path: string): boolean => isConfig(path) || families.has(familyOf(path))
    const fresh = found
      .filter(
        path =>
          !changed.has(path) &&
          !files.head.has(path) &&
          !isLeftOut(path) &&
          (isNear(path) || (isCode(path) && settings.length > 0)),
      )
      .toSorted((a, b) => Number(isNear(b)) - Number(isNear(a)))
      .slice(0, MOST_RELATED)
    const texts = await repository.read('head', fresh)
    for (const [path, bytes] of texts) {
      // Code of any language reads settings; the constants of one are seen by that language alone.
      if (!isNear(path) && !settings.some(name => mentions(bytes, name))) continue
      const read = await readVersionsOf(null, versionOf(path, decode(bytes)))
      if (!read?.head) continue
      files.head.set(path, read.head)
      if (!files.base.has(path)) files.base.set(path, read.head)
    }
  }
}

function missingNames(files: Files): string[] {
  return (['base', 'head'] as const).flatMap(side => {
    const resolver = new Resolver([...files[side].values()].map(({view}) => view))
    for (const {view, hinted, speaks} of files[side].values())
      recognise(view, {resolver, hinted, speaks, scheduled: () => false, deployments: new Map()})
    return [...resolver.missing]
  })
}

const mentions = (bytes: Uint8Array, name: string): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(name)

/** Constants and settings whose value is not what it was. */
function changedNames(files: Files, form: View['form']): string[] {
  const worth = (definitions: readonly Definition[]): Map<string, string> =>
    new Map(
      definitions.map(({path, value}) => [path.join('.'), JSON.stringify(value).replace(/"line":\d+/g, '')]),
    )
  return [...files.head.entries()].flatMap(([path, {view}]) => {
    if (view.form !== form) return []
    const before = worth(files.base.get(path)?.view.definitions ?? [])
    return [...worth(view.definitions)].flatMap(([name, text]) => {
      const last = name.split('.').at(-1)!
      return before.has(name) && before.get(name) !== text && /^[A-Z]|[a-z][A-Z]|_/.test(last) ? [last] : []
    })
  })
}
