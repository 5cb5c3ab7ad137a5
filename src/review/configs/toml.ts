/** TOML. */
import {type AST, parseTOML} from 'toml-eslint-parser'
import {type Entry, textValue, type Value} from '../value.ts'
import {entry, object, scalar} from './build.ts'

/** Throws where the text is no TOML. */
export function readToml(text: string): Value {
  const [top] = parseTOML(text).body
  const pairOf = (node: AST.TOMLKeyValue): Entry[] => nested(keysOf(node.key), worthOf(node.value))
  const worthOf = (node: AST.TOMLContentNode): Value => {
    const {line} = node.loc.start
    if (node.type === 'TOMLArray') return {kind: 'list', items: node.elements.map(worthOf), line}
    if (node.type === 'TOMLInlineTable') return object(node.body.flatMap(pairOf), line)
    // As written: `12_000`.
    if (node.kind === 'integer') return {kind: 'number', text: text.slice(...node.range), line}
    return scalar(node.value instanceof Date ? null : node.value, line, textValue)
  }
  return object(
    top.body.flatMap(node =>
      node.type === 'TOMLTable'
        ? nested(keysOf(node.key), object(node.body.flatMap(pairOf), node.loc.start.line))
        : pairOf(node),
    ),
    1,
  )
}

const keysOf = ({keys}: AST.TOMLKey): string[] =>
  keys.map(key => (key.type === 'TOMLBare' ? key.name : key.value))

function nested(keys: readonly string[], value: Value): Entry[] {
  const [first, ...rest] = keys
  if (first === undefined) return []
  return [entry(first, rest.length === 0 ? value : object(nested(rest, value), value.line))]
}
