/** What the nodes of a syntax tree name: callees, the left side of assignments, annotated fields. */
import type {Node} from '@vscode/tree-sitter-wasm'
import {textValue, type Value} from '../value.ts'
import {type Grammar, named, part} from './grammar.ts'

export const short = (name: string): string => name.replace(/<.*$/s, '').replace(/[?!]$/, '')
export const parts = (name: string): string[] =>
  name.length > 200
    ? ['']
    : short(name)
        .split(/\.|::|\?\.|->/)
        .map(item => item.trim())

export function memberOwner(node: Node | null, {roles}: Grammar): Node | null {
  const role = node ? roles[node.type] : undefined
  return node && role?.as === 'member' ? part(node, role.of) : null
}

export function memberName(node: Node, {roles}: Grammar): string | undefined {
  const role = roles[node.type]
  return role?.as === 'member' ? part(node, role.name)?.text : undefined
}

/** What an assignment's left side names: `self.model` is `model`. */
export function targets(node: Node, grammar: Grammar): (readonly string[])[] {
  if (/^(?:expression_list|left_assignment_list|pattern_list)$/.test(node.type))
    return named(node).flatMap(child => targets(child, grammar))
  if (/pattern$/.test(node.type) && node.type !== 'identifier') return []
  const role = grammar.roles[node.type]
  if (role?.as === 'index') {
    const of = part(node, role.of)
    const key = part(node, role.key)
    return of && key ? [[...parts(of.text), unquoted(key.text)].slice(-2)] : []
  }
  if (role?.as === 'member' || (role?.as === 'call' && role.receiver !== undefined)) {
    const path = parts(node.text)
    return [path[0] === 'this' || path[0] === 'self' ? path.slice(1) : path]
  }
  return node.text.length > 120 ? [] : [[node.text.replace(/^@+|^\$/, '')]]
}

/** Spring's `@Value("${openai.model:gpt-4o}")` before a field or parameter. */
export function annotation(node: Node): Value | null {
  const holder = node.type === 'variable_declarator' ? node.parent : node
  const modifiers = holder && named(holder).find(({type}) => type === 'modifiers')
  const found = modifiers && /@(?:Value|ConfigProperty|Property)\s*\(([^)]*)\)/.exec(modifiers.text)
  if (!found) return null
  const line = modifiers.startPosition.row + 1
  const name = /name\s*=\s*"([^"]+)"/.exec(found[1]!)
  const fallback = /defaultValue\s*=\s*"([^"]*)"/.exec(found[1]!)
  if (name) return textValue(`\${${name[1]}${fallback ? `:${fallback[1]}` : ''}}`, line)
  return textValue(unquoted(found[1]!.trim()), line)
}

/** The text between quotes of any kind. */
export function unquoted(text: string): string {
  const found = /^(?:[@$rRbBuUfF]{0,3})("""|'''|["'`])([\s\S]*)\1$/.exec(text)
  return found ? found[2]! : text
}
