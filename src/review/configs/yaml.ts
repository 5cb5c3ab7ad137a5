/** YAML: anchors and merges followed, Helm's template actions read over, files inside block scalars left to `read`. */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml'
import {type Entry, textValue, type Value} from '../value.ts'
import {asMap, entry, object, scalar} from './build.ts'

const TEMPLATED = '__templated__'

/** Of several documents the values of all. */
export function readYaml(text: string): Value {
  const lines = new LineCounter()
  const documents = parseAllDocuments(withoutActions(text), {
    lineCounter: lines,
    uniqueKeys: false,
    merge: true,
    logLevel: 'silent',
  })
  if (!Array.isArray(documents)) return {kind: 'unknown', line: 1}
  const values = documents.map(document => new Reader(document, lines).value(document.contents, 0))
  if (values.length === 1) return values[0]!
  return object(
    values.flatMap((value, index) =>
      value.kind === 'unknown' ? [] : [entry(nameOf(value) ?? String(index), value)],
    ),
    1,
  )
}

/** A Kubernetes object is known by its kind and name, wherever it stands in the file. */
function nameOf(value: Value): string | null {
  if (value.kind !== 'object') return null
  const of = (from: Value, key: string): Value | undefined =>
    from.kind === 'object' ? from.group.entries.find(item => item.key === key)?.value : undefined
  const kind = of(value, 'kind')
  const metadata = of(value, 'metadata')
  const name = metadata && of(metadata, 'name')
  return kind?.kind === 'text' ? `${kind.text}/${name?.kind === 'text' ? name.text : ''}` : null
}

/** `{{ .Values.model | default "gpt-4o" }}` is its default; a line of actions alone is nothing. */
const withoutActions = (text: string): string =>
  text.includes('{{')
    ? text
        .split('\n')
        .map(line =>
          /^\s*(?:-\s*)?\{\{[^}]*\}\}\s*$/.test(line)
            ? ''
            : line.replace(/(["']?)\{\{-?(.*?)-?\}\}\1/g, (_, quote: string, action: string) => {
                const fallback = /default\s+"([^"]*)"/.exec(action)?.[1]
                return quote ? `${quote}${fallback ?? TEMPLATED}${quote}` : (fallback ?? TEMPLATED)
              }),
        )
        .join('\n')
    : text

class Reader {
  readonly #document: Document
  readonly #lines: LineCounter
  constructor(document: Document, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  value(node: unknown, depth: number): Value {
    const line = this.#lineOf(node)
    if (depth > 60) return {kind: 'unknown', line}
    if (isAlias(node)) return this.value(node.resolve(this.#document), depth + 1)
    if (isScalar(node)) {
      const {value} = node
      if (typeof value === 'string' && value.includes(TEMPLATED)) return {kind: 'unknown', line}
      return scalar(value, line, textValue)
    }
    if (isSeq(node))
      return asMap(
        node.items.map(item => this.value(item, depth + 1)),
        line,
      )
    if (isMap(node))
      return object(
        node.items.flatMap(item => this.#pair(item, depth)),
        line,
      )
    return {kind: 'unknown', line}
  }

  #pair(pair: unknown, depth: number): Entry[] {
    if (!isPair(pair)) return []
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const value = this.value(pair.value, depth + 1)
    if (key === '<<') {
      const merged = value.kind === 'list' ? value.items : [value]
      return merged.flatMap(item => (item.kind === 'object' ? item.group.entries : []))
    }
    return [entry(key, value, this.#lineOf(pair.value ?? pair.key))]
  }

  #lineOf(node: unknown): number {
    const range = (node as Node | null)?.range
    return range ? this.#lines.linePos(range[0]).line : 1
  }
}
