/** JSON, with comments and trailing commas. */
import {type Node, parseTree} from 'jsonc-parser'
import {textValue, type Value} from '../value.ts'
import {asMap, entry, object, scalar} from './build.ts'

export function readJson(text: string): Value {
  const root = parseTree(text, [], {allowTrailingComma: true})
  if (!root) return {kind: 'unknown', line: 1}
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return worthOf(root, offset => lineAt(starts, offset), 0)
}

function worthOf(node: Node, lineOf: (offset: number) => number, depth: number): Value {
  const line = lineOf(node.offset)
  if (depth > 60) return {kind: 'unknown', line}
  const children = node.children ?? []
  if (node.type === 'array')
    return asMap(
      children.map(child => worthOf(child, lineOf, depth + 1)),
      line,
    )
  if (node.type === 'object')
    return object(
      children.flatMap(({children: pair}) =>
        pair?.[1] ? [entry(String(pair[0]!.value), worthOf(pair[1], lineOf, depth + 1))] : [],
      ),
      line,
    )
  return scalar(node.value, line, textValue)
}

/** The last line that starts at or before the offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle
  }
  return low + 1
}
