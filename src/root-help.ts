/**
 * What `venturi --help` prints, from the manifest alone: oclif, which prints all other help, takes longer to load than a
 * reader waits gladly. A test holds the two to the same text.
 */
import {readFileSync} from 'node:fs'
import {stripVTControlCharacters} from 'node:util'
import {inPackage} from './model/package.ts'

interface Listed {
  readonly name: string
  readonly summary: string
}

interface Package {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly oclif: {
    readonly bin: string
    readonly topics: {readonly [name: string]: {readonly description: string}}
  }
}

interface Manifest {
  readonly commands: {readonly [id: string]: {readonly summary: string; readonly hidden?: boolean}}
}

/** Null: a command, or its help, is asked for; or nothing was built to tell from. */
export function rootHelp(argv: readonly string[], screen: Screen): string | null {
  if (argv.length > 1 || (argv.length === 1 && argv[0] !== '--help')) return null
  const read = (name: string) => JSON.parse(readFileSync(inPackage(name), 'utf8'))
  let manifest: Manifest
  try {
    manifest = read('oclif.manifest.json')
  } catch {
    return null
  }
  return textOf(read('package.json'), manifest, screen)
}

export interface Screen {
  /** Columns. */
  readonly width: number
  readonly bold: (text: string) => string
}

function textOf({name, version, description, oclif}: Package, {commands}: Manifest, screen: Screen): string {
  const all = Object.entries(commands)
    .filter(([, {hidden}]) => hidden !== true)
    .map(([id, {summary}]) => ({name: id, summary}))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const topics = new Map<string, string>()
  for (const {name: id, summary} of all) {
    const [topic] = id.split(':') as [string]
    if (id === topic || topics.has(topic)) continue
    topics.set(topic, oclif.topics[topic]?.description ?? commands[topic]?.summary ?? summary)
  }
  const sections = [
    ['VERSION', [`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`]],
    ['USAGE', [`$ ${oclif.bin} [COMMAND]`]],
    [
      'TOPICS',
      list(
        [...topics].map(([topic, summary]) => ({name: topic, summary})),
        screen.width,
      ),
    ],
    [
      'COMMANDS',
      list(
        all.filter(({name: id}) => !id.includes(':')),
        screen.width,
      ),
    ],
  ] as const
  return [
    description,
    '',
    ...sections.flatMap(([title, lines]) => [screen.bold(title), ...lines.map(line => `  ${line}`), '']),
  ].join('\n')
}

/** Two columns, the second wrapped. */
function list(items: readonly Listed[], width: number): string[] {
  const wide = Math.max(...items.map(({name}) => name.length)) + 2
  return items.flatMap(({name, summary}) =>
    wrapped(summary, width - wide - 2).map(
      (line, index) => `${(index === 0 ? name : '').padEnd(wide)}${line}`,
    ),
  )
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of stripVTControlCharacters(text).split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
