/** Configuration by its file's name. */
import type {Entry, Value, View} from '../value.ts'
import {configView, entry, moved, object} from './build.ts'
import {readEnv, readProperties} from './env.ts'
import {readHcl} from './hcl.ts'
import {readJson} from './json.ts'
import {readCalls, readDockerfile, readShell} from './shell.ts'
import {readToml} from './toml.ts'
import {readYaml} from './yaml.ts'

const READERS: readonly (readonly [RegExp, (text: string) => Value])[] = [
  [/\.(?:ya?ml|yml\.j2)$/i, readYaml],
  [/\.(?:json|jsonc|json5)$/i, readJson],
  [/\.toml$/i, readToml],
  [/\.(?:tf|tfvars|hcl)$/i, readHcl],
  [/\.properties$|\.(?:ini|cfg|conf)$/i, readProperties],
  [/(^|\/)(?:Dockerfile[^/]*|[^/]*\.dockerfile)$/i, readDockerfile],
  [/\.(?:sh|bash|zsh)$/i, readShell],
  [/(^|\/)\.env(?:\.[\w.-]+)?$|\.env$|(^|\/)\.envrc$/i, readEnv],
]

export const isConfig = (path: string): boolean => READERS.some(([pattern]) => pattern.test(path))

/** Null: no configuration file. Throws where the text is not what the name says. */
export function readConfigFile(path: string, text: string): View | null {
  const reader = READERS.find(([pattern]) => pattern.test(path))
  return reader ? configView(path, withFiles(reader[1](text), 0)) : null
}

/** A file written inside another, as ConfigMaps do: `config.yaml: |`. */
function withFiles(value: Value, depth: number): Value {
  if (value.kind === 'list') return {...value, items: value.items.map(item => withFiles(item, depth))}
  if (value.kind !== 'object') return value
  const entries = value.group.entries.flatMap(item => [withFile(item, depth), ...callsIn(item)])
  return object(entries, value.line, value.group.callee)
}

function withFile(item: Entry, depth: number): Entry {
  if (item.value.kind !== 'text' || depth > 1 || item.key === null || !item.value.text.includes('\n'))
    return {...item, value: withFiles(item.value, depth)}
  const reader = READERS.find(([pattern]) => pattern.test(item.key!))
  if (!reader) return item
  try {
    return entry(item.key, withFiles(placed(reader[1](item.value.text), item.value), depth + 1), item.line)
  } catch {
    return item
  }
}

/** A block scalar starts on the line after its key. */
const placed = (value: Value, {text, line}: {readonly text: string; readonly line: number}): Value =>
  moved(value, text.includes('\n') ? line : line - 1)

/** What the scripts of a workflow's steps call. */
function callsIn({key, value}: Entry): Entry[] {
  if (!/^(?:run|script|before_script|after_script|command|args)$/.test(key ?? '')) return []
  const scripts = value.kind === 'list' ? value.items : [value]
  return scripts.flatMap(script => {
    const found = script.kind === 'text' ? readCalls(script.text) : null
    return found && script.kind === 'text' ? [entry(key!, placed(found, script))] : []
  })
}
