/**
 * Terraform's language: `body = (name "=" expression | name label* "{" body "}")*`. Variables are `var.x` with their
 * default, locals `local.x`; a resource is known by its type and name. What is no such text is read over.
 */
import {type Entry, textValue, type Value} from '../value.ts'
import {asMap, entry, object} from './build.ts'

interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'mark' | 'line'
  readonly text: string
  readonly line: number
}

const TOKEN =
  /(?<space>[ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<line>\n)|(?<heredoc><<-?(?<mark>\w+)\n(?<body>[\s\S]*?)\n[ \t]*\k<mark>\b)|(?<text>"(?:\\.|\$\{(?:[^{}"]|"[^"]*"|\{[^}]*\})*\}|[^"\\])*")|(?<number>-?\d[\d.]*)|(?<word>[A-Za-z_][\w-]*)|(?<other>.)/gy

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  for (const found of text.matchAll(TOKEN)) {
    const groups = found.groups!
    if (groups.line !== undefined) tokens.push({kind: 'line', text: '\n', line})
    else if (groups.heredoc !== undefined) tokens.push({kind: 'text', text: groups.body!, line})
    else if (groups.text !== undefined)
      tokens.push({
        kind: 'text',
        text: groups.text.slice(1, -1).replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
        line,
      })
    else if (groups.number !== undefined) tokens.push({kind: 'number', text: groups.number, line})
    else if (groups.word !== undefined) tokens.push({kind: 'word', text: groups.word, line})
    else if (groups.other !== undefined) tokens.push({kind: 'mark', text: groups.other, line})
    line += found[0].split('\n').length - 1
  }
  return tokens
}

export function readHcl(text: string): Value {
  const reader = new Reader(tokensOf(text))
  return object(reader.body(0), 1)
}

class Reader {
  readonly #tokens: readonly Token[]
  #at = 0
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #is(text: string): boolean {
    return this.#next?.kind === 'mark' && this.#next.text === text
  }

  #skipLines(): void {
    while (this.#next?.kind === 'line' || this.#is(',')) this.#at++
  }

  body(depth: number): Entry[] {
    const entries: Entry[] = []
    for (this.#skipLines(); this.#next && !this.#is('}'); this.#skipLines()) {
      const name = this.#next
      this.#at++
      if (name.kind !== 'word' && name.kind !== 'text') continue
      const labels: string[] = []
      while (this.#next?.kind === 'text' || this.#next?.kind === 'word')
        labels.push(this.#tokens[this.#at++]!.text)
      if (this.#is('=') || this.#is(':')) {
        this.#at++
        if (this.#is('=')) this.#at++
        entries.push(entry(name.text, this.#expression(depth + 1)))
      } else if (this.#is('{') && depth < 60) {
        this.#at++
        const inner = this.body(depth + 1)
        this.#at++
        entries.push(...block(name.text, labels, inner, name.line))
      }
    }
    return entries
  }

  /** Up to the end of the line, or of what encloses it. */
  #expression(depth: number): Value {
    const line = this.#next?.line ?? 1
    const value = this.#term(depth)
    const more: Value[] = []
    while (
      this.#next &&
      this.#next.kind !== 'line' &&
      !this.#is(',') &&
      !this.#is('}') &&
      !this.#is(']') &&
      !this.#is(')')
    ) {
      const conditional = this.#is('?') || this.#is(':')
      this.#at++
      const term = this.#term(depth)
      if (conditional) more.push(term)
    }
    return more.length > 0 ? {kind: 'either', first: false, options: more, line} : value
  }

  #term(depth: number): Value {
    const token = this.#next
    if (!token || token.kind === 'line' || depth > 60) return {kind: 'unknown', line: token?.line ?? 1}
    const {line} = token
    if (token.kind === 'mark' && /[}\])]/.test(token.text)) return {kind: 'unknown', line}
    this.#at++
    if (token.kind === 'text') return interpolated(token.text, line)
    if (token.kind === 'number') return {kind: 'number', text: token.text, line}
    if (token.kind === 'mark' && token.text === '{') {
      const entries = this.body(depth + 1)
      this.#at++
      return object(entries, line)
    }
    if (token.kind === 'mark' && token.text === '[') return asMap(this.#items(']', depth), line)
    if (token.kind !== 'word') return {kind: 'unknown', line}
    if (token.text === 'true' || token.text === 'false') return {kind: 'number', text: token.text, line}
    const path = [token.text]
    while (this.#is('.') || this.#is('[')) {
      const index = this.#is('[')
      this.#at++
      if (index) this.#items(']', depth)
      else if (this.#next?.kind === 'word') path.push(this.#tokens[this.#at++]!.text)
      else break
    }
    if (!this.#is('(')) return {kind: 'name', path, line}
    this.#at++
    const items = this.#items(')', depth)
    if (/^(?:coalesce|try|lookup)$/.test(token.text))
      return {kind: 'either', first: true, options: items, line}
    return items[0] ?? {kind: 'unknown', line}
  }

  #items(end: string, depth: number): Value[] {
    const items: Value[] = []
    for (this.#skipLines(); this.#next && !this.#is(end); this.#skipLines()) {
      const before = this.#at
      items.push(this.#expression(depth + 1))
      if (this.#at === before) this.#at++
    }
    this.#at++
    return items
  }
}

/** `"${var.model}"` is the variable. */
function interpolated(text: string, line: number): Value {
  const whole = /^\$\{\s*([a-z]\w*(?:\.\w+)+)\s*\}$/.exec(text)
  if (whole) return {kind: 'name', path: whole[1]!.split('.'), line}
  return text.includes('${') ? {kind: 'unknown', line} : textValue(text, line)
}

function block(kind: string, labels: readonly string[], inner: Entry[], line: number): Entry[] {
  if (kind === 'locals') return [entry('local', object(inner, line))]
  if (kind === 'variable') {
    const given = inner.find(({key}) => key === 'default')
    return given ? [entry('var', object([entry(labels[0] ?? '', given.value)], line))] : []
  }
  const of = (wanted: string): Value | undefined => inner.find(({key}) => key === wanted)?.value
  const [named, value] = [of('name'), of('value')]
  if (labels.length === 0 && named?.kind === 'text' && value && inner.length <= 3)
    return [entry(named.text, value)]
  const name = [kind, ...labels].join('.')
  return [entry(name, object(inner, line))]
}
