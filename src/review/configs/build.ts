/** A configuration file's values as a `View`: every key with its path, every map a group. */
import {type Definition, type Entry, type Group, textValue, type Value, type View} from '../value.ts'

/** One entry of a map as a reader found it. */
export const entry = (key: string, value: Value, line = value.line): Entry => ({key, value, line})

export function object(entries: Entry[], line: number, callee: string[] = []): Value {
  const group: Group = {callee, entries, line, scope: [], spread: false, nested: true}
  return {kind: 'object', group, line}
}

/** `null`: not a value anybody can set. */
export function scalar(value: unknown, line: number, text: (written: string, line: number) => Value): Value {
  if (typeof value === 'string') return text(value, line)
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return {kind: 'number', text: String(value), line}
  return {kind: 'unknown', line}
}

export function configView(path: string, root: Value): View {
  const definitions: Definition[] = []
  define(definitions, [], root)
  const groups = root.kind === 'object' ? [{...root.group, nested: false}] : []
  if (root.kind === 'list')
    groups.push({callee: [], entries: [entry('', root)], line: 1, scope: [], spread: false, nested: false})
  return {path, form: 'config', groups, definitions, imports: new Map()}
}

function define(into: Definition[], path: readonly string[], value: Value): void {
  if (value.kind === 'object')
    for (const {key, value: inner} of value.group.entries)
      if (key !== null) define(into, [...path, key], inner)
  if (value.kind === 'list') for (const item of value.items) define(into, path, item)
  if (path.length === 0 || value.kind === 'unknown' || value.kind === 'object' || value.kind === 'list')
    return
  into.push({path, value, line: value.line, parameter: false})
}

const ASSIGNED = /^([A-Z][A-Z\d_]*)=(.*)$/s

/** `[{name: A, value: b}]`, the way Kubernetes and ECS write an environment, or `[A=b]`, the way Compose does, as the map it is. */
export function asMap(items: readonly Value[], line: number): Value {
  const pairs = items.map(item => {
    const [, assigned, to] = item.kind === 'text' ? (ASSIGNED.exec(item.text) ?? []) : []
    if (assigned !== undefined) return entry(assigned, textValue(to!, item.line))
    if (item.kind !== 'object' || item.group.entries.length > 3) return null
    const of = (wanted: RegExp) => item.group.entries.find(({key}) => key !== null && wanted.test(key))
    const name = of(/^(?:name|key)$/i)?.value
    const value = of(/^(?:value|default)$/i)
    return name?.kind === 'text' && value ? entry(name.text, value.value, value.line) : null
  })
  const found = pairs.filter(item => item !== null)
  if (found.length === 0 || found.length < items.length / 2) return {kind: 'list', items, line}
  return object(found, line)
}

/** A value read from a part of a file, its lines counted in the whole. */
export function moved(value: Value, by: number): Value {
  const line = value.line + by
  if (value.kind === 'list') return {...value, line, items: value.items.map(item => moved(item, by))}
  if (value.kind === 'object')
    return object(
      value.group.entries.map(item => ({...item, line: item.line + by, value: moved(item.value, by)})),
      line,
    )
  return {...value, line}
}
