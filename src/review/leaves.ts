/** A call's or an object's values, each with the keys that lead to it. */
import type {Entry, Group, Value} from './value.ts'

export interface Leaf {
  /** `['parameters', 'model']`; list items by their own name, positions as `''`. */
  readonly keys: readonly string[]
  readonly value: Value
  readonly line: number
  /** The call or object it stands in directly. */
  readonly group: Group
}

const DEEPEST = 30

export function leavesOf(group: Group): Leaf[] {
  const leaves: Leaf[] = []
  fill(leaves, [], group, 0)
  return leaves
}

function fill(leaves: Leaf[], keys: readonly string[], group: Group, depth: number): void {
  for (const {key, value, line} of group.entries)
    add(leaves, key === null ? keys : [...keys, key], value, line, group, depth)
}

function add(
  leaves: Leaf[],
  keys: readonly string[],
  value: Value,
  line: number,
  group: Group,
  depth: number,
): void {
  leaves.push({keys, value, line, group})
  if (depth > DEEPEST) return
  if (value.kind === 'object') fill(leaves, keys, value.group, depth + 1)
  if (value.kind === 'list')
    for (const item of value.items) {
      const name = item.kind === 'object' ? nameOf(item.group.entries) : ''
      add(leaves, name === '' ? keys : [...keys, name], item, item.line, group, depth + 1)
    }
}

/** An item that says its name keeps it wherever it stands in the list. */
function nameOf(entries: readonly Entry[]): string {
  const found = entries.find(
    ({key, value}) =>
      key !== null && /^(?:model_name|name|id|alias|route|role|job_name)$/.test(key) && value.kind === 'text',
  )
  return found?.value.kind === 'text' ? found.value.text : ''
}
