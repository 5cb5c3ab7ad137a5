/** A syntax tree as a `View`, by a language's table of roles. */
import type {Node} from '@vscode/tree-sitter-wasm'
import {
  type Definition,
  type Entry,
  type Group,
  type Import,
  textValue,
  type Value,
  type View,
} from '../value.ts'
import {type Grammar, named, type Part, part, type Role} from './grammar.ts'
import {annotation, memberName, memberOwner, parts, short, targets, unquoted} from './names.ts'
import {outsideOf} from './outside.ts'

/** Deeper than people write; what machines wrote is not read to its end. */
const DEEPEST = 400

/** A function without any of these neither names nor calls a model; its inside is not walked. */
const TELLING =
  /["'`]|model|token|prompt|effort|tier|cache|batch|cron|schedul|turns|steps|iter|client|chat|complet|message|generat|gpt|claude|llm|embed|chunk|\bconst\b|return\s+\d|@/i
const CONSTANT = /[A-Z]{2}[A-Z_\d]/

export function walk(path: string, text: string, root: Node, grammar: Grammar): View {
  const walker = new Walker(grammar, text)
  walker.value(root)
  return {path, form: 'code', groups: walker.groups, definitions: walker.definitions, imports: walker.imports}
}

class Walker {
  readonly groups: Group[] = []
  readonly definitions: Definition[] = []
  readonly imports = new Map<string, Import>()
  readonly #grammar: Grammar
  readonly #heredocs: Node[] = []
  #scope: readonly string[] = []
  #depth = 0

  readonly #source: string

  constructor(grammar: Grammar, source: string) {
    this.#grammar = grammar
    this.#source = source
  }

  value(node: Node): Value {
    const line = node.startPosition.row + 1
    if (this.#depth > DEEPEST) return {kind: 'unknown', line}
    this.#depth++
    const found = this.#valueOf(node, this.#grammar.roles[node.type], line)
    this.#depth--
    return found
  }

  #valueOf(node: Node, role: Role | undefined, line: number): Value {
    switch (role?.as) {
      case undefined:
        return this.#inside(node, line)
      case 'nothing':
        return {kind: 'unknown', line}
      case 'number':
        return {kind: 'number', text: node.text, line}
      case 'name':
        return {kind: 'name', path: [node.text.replace(/^@+|^:/, '')], line}
      case 'text':
        return this.#text(node, line)
      case 'wrap':
        return this.#wrapped(node, role.part, line)
      case 'member':
        return this.#member(node, role, line)
      case 'index':
        return this.#index(node, role, line)
      case 'call':
        return this.#call(node, role, line)
      case 'object':
        return this.#object(node, role, line)
      case 'list':
        return this.#list(node, role, line)
      case 'either':
        return this.#either(node, role, line)
      case 'pair': {
        const value = part(node, role.value)
        return value ? this.value(value) : {kind: 'unknown', line}
      }
      case 'define':
      case 'parameter':
        return this.#define(node, role, line)
      case 'scope': {
        const source = this.#source.slice(node.startIndex, node.endIndex)
        if (!TELLING.test(source) && !CONSTANT.test(source)) return {kind: 'unknown', line}
        const name = part(node, role.name)
        return this.#within(name ? [name.text] : [], () => {
          this.#inside(node, line, name)
          if (node.type === 'method') this.#impliedReturn(node)
          return {kind: 'unknown', line}
        })
      }
      case 'spread':
        return this.#inside(node, line)
      case 'return':
        return this.#returned(named(node)[0], line)
      case 'import':
        for (const [local, module, name] of this.#grammar.imports(node))
          this.imports.set(local, {module, name})
        return this.#inside(node, line)
      default:
        return role satisfies never
    }
  }

  /** Everything below, for what it defines and calls; worth nothing itself. */
  #inside(node: Node, line: number, but: Node | null = null): Value {
    for (const child of named(node)) {
      if (child.type === 'heredoc_body') continue
      this.#expectHeredocs(child)
      if (child.id !== but?.id) this.value(child)
    }
    return {kind: 'unknown', line}
  }

  /** What a function gives back is the value of its name. */
  #returned(given: Node | undefined, line: number): Value {
    const one = given?.type === 'expression_list' ? named(given)[0] : given
    const value: Value = one ? this.value(one) : {kind: 'unknown', line}
    if (/^(?:text|either|outside|template)$/.test(value.kind) && this.#scope.length > 0)
      this.definitions.push({path: this.#scope, value, line: value.line, parameter: false})
    return {kind: 'unknown', line}
  }

  /** Ruby's methods give back their last expression; a string alone is looked at. */
  #impliedReturn(method: Node): void {
    const body = method.childForFieldName('body')
    const last = body && named(body).at(-1)
    if (last?.type === 'string') this.#returned(last, last.startPosition.row + 1)
  }

  #within<T>(names: readonly string[], run: () => T): T {
    const outer = this.#scope
    this.#scope = [...outer, ...names]
    const result = run()
    this.#scope = outer
    return result
  }

  /** Ruby writes a here-document's text after the statement that uses it. */
  #expectHeredocs(statement: Node): void {
    let next = statement.nextNamedSibling
    if (next?.type !== 'heredoc_body' || statement.type === 'heredoc_body') return
    for (; next?.type === 'heredoc_body'; next = next.nextNamedSibling) this.#heredocs.push(next)
  }

  #text(node: Node, line: number): Value {
    if (node.type === 'heredoc_beginning') {
      const body = this.#heredocs.shift()
      return body ? this.#text(body, line) : {kind: 'unknown', line}
    }
    const children = named(node)
    if (children.length === 0) return textValue(unquoted(node.text).replace(/^:/, ''), line)
    if (node.type === 'concatenated_string' || node.type === 'chained_string')
      return {kind: 'template', parts: children.map(child => this.value(child)), line}
    const parts: Value[] = []
    let text = ''
    for (const child of children) {
      if (/fragment|content$/.test(child.type)) text += child.text
      else if (/escape/.test(child.type)) text += child.text === '\\n' ? '\n' : child.text.slice(1)
      else if (/interpolation$|substitution$/.test(child.type)) {
        parts.push({kind: 'text', text, line})
        text = ''
        const hole = named(child).find(item => !/brace$/.test(item.type))
        parts.push(hole ? this.value(hole) : {kind: 'unknown', line})
      }
    }
    if (parts.length === 0) return textValue(text, line)
    return {kind: 'template', parts: [...parts, {kind: 'text', text, line}], line}
  }

  #wrapped(node: Node, where: Part | undefined, line: number): Value {
    const children = named(node).filter(({type}) => type !== 'comment')
    const child = where === undefined ? children[0] : part(node, where)
    if (!child) return {kind: 'unknown', line}
    for (const other of children) if (other.id !== child.id) this.value(other)
    return this.value(child)
  }

  #member(node: Node, role: Extract<Role, {as: 'member'}>, line: number): Value {
    const of = part(node, role.of)
    const name = part(node, role.name)?.text.replace(/<.*$/s, '') ?? ''
    const owner = of ? this.value(of) : null
    if (owner?.kind === 'name')
      return outsideOf([...owner.path, name], [], line) ?? {...owner, path: [...owner.path, name]}
    if (owner?.kind === 'outside') return owner
    if (owner?.kind === 'call') return {kind: 'name', path: [...owner.group.callee, name], line}
    return {kind: 'name', path: ['', name], line}
  }

  #index(node: Node, role: Extract<Role, {as: 'index'}>, line: number): Value {
    const of = part(node, role.of)
    const owner = of ? this.value(of) : null
    const keyNode = part(node, role.key)
    const key = keyNode ? this.value(keyNode) : null
    if (owner?.kind === 'outside' && key?.kind === 'text')
      return {...owner, name: `${owner.name}.${key.text}`}
    const callee = owner?.kind === 'name' ? owner.path : owner?.kind === 'call' ? owner.group.callee : null
    const said = key?.kind === 'text' ? key.text : key?.kind === 'name' ? key.path.at(-1)! : null
    if (callee === null || said === null || key === null) return {kind: 'unknown', line}
    return outsideOf(callee, [key], line) ?? {kind: 'name', path: [...callee, said], line}
  }

  #call(node: Node, role: Extract<Role, {as: 'call'}>, line: number): Value {
    const receiver = role.receiver === undefined ? null : part(node, role.receiver)
    const calleeNode = part(node, role.callee)
    const argumentNodes = role.arguments.map(where => part(node, where)).filter(found => found !== null)
    const chained = receiver ?? memberOwner(calleeNode, this.#grammar)
    const name = (chained && !receiver ? memberName(calleeNode!, this.#grammar) : calleeNode?.text) ?? ''
    const owner = chained ? this.value(chained) : null
    const scope = this.#scope
    if (owner?.kind === 'call') {
      const {group} = owner
      const entries = this.#entries(argumentNodes, group)
      group.callee = [...group.callee, short(name)]
      const at = (calleeNode?.endPosition.row ?? node.startPosition.row) + 1
      group.entries.push({
        key: short(name),
        value: single(entries, line, scope),
        line: entries[0]?.line ?? at,
      })
      for (const entry of entries.slice(1)) if (entry.key !== null) group.entries.push(entry)
      return owner
    }
    const path =
      owner?.kind === 'name' ? [...owner.path, short(name)] : chained ? ['', short(name)] : parts(name)
    const group: Group = {callee: path, entries: [], line, scope, spread: false, nested: false}
    group.entries.push(...this.#entries(argumentNodes, group))
    if (owner?.kind === 'text' && /^(?:freeze|strip|trim|to_s|squish|chomp)$/i.test(name)) return owner
    // Ruby reads `client.chat` as a call; without arguments it is as well a name.
    if (argumentNodes.length === 0 && node.type === 'call' && role.receiver !== undefined)
      return outsideOf(path, [], line) ?? {kind: 'name', path, line}
    const values = group.entries.filter(({key}) => key === null || key === 'default').map(({value}) => value)
    const outside = outsideOf(path, values, line)
    if (outside) return outside
    this.groups.push(group)
    return {kind: 'call', group, line}
  }

  /** What is passed or set inside these nodes, in order. */
  #entries(nodes: readonly Node[], group: Group): Entry[] {
    const entries: Entry[] = []
    for (const child of nodes.flatMap(node => (isHolder(node) ? named(node) : [node]))) {
      const role = this.#grammar.roles[child.type]
      const line = child.startPosition.row + 1
      if (role?.as === 'nothing') continue
      if (role?.as === 'spread') {
        group.spread = true
        const spread = named(child)[0]
        if (spread) entries.push({key: '...', value: nest(this.value(spread)), line})
      } else if (role?.as === 'pair') entries.push(...this.#pair(child, role, line))
      else if (child.type === 'assignment_expression' && /initializer/.test(child.parent?.type ?? ''))
        entries.push(...this.#pair(child, {as: 'pair', key: 'left', value: 'right'}, line))
      else if (child.type === 'argument' && child.childForFieldName('name'))
        entries.push(...this.#pair(child, {as: 'pair', key: 'name', value: -1}, line))
      else if (child.type === 'shorthand_property_identifier')
        entries.push({key: child.text, value: {kind: 'name', path: [child.text], line}, line})
      else entries.push({key: null, value: nest(this.value(child)), line})
    }
    return entries
  }

  #pair(node: Node, role: Extract<Role, {as: 'pair'}>, line: number): Entry[] {
    const keyNode = part(node, role.key)
    const valueNode = part(node, role.value)
    if (!keyNode || !valueNode) return []
    const key = unquoted(keyNode.text.replace(/^[[{]|[\]}]$/g, '')).replace(/^:|[:?]$/g, '')
    return [{key, value: nest(this.value(valueNode)), line: valueNode.startPosition.row + 1 || line}]
  }

  #object(node: Node, role: Extract<Role, {as: 'object'}>, line: number): Value {
    const type = role.type === undefined ? null : part(node, role.type)
    const body = role.body === undefined ? node : part(node, role.body)
    const group: Group = {
      callee: type && !/map|array|slice/.test(type.type) ? parts(type.text) : [],
      entries: [],
      line,
      scope: this.#scope,
      spread: false,
      nested: false,
    }
    const entries = body ? this.#entries([body], group) : []
    if (entries.length > 0 && entries.every(({key}) => key === null))
      return {kind: 'list', items: entries.map(({value}) => value), line}
    group.entries.push(...entries)
    this.groups.push(group)
    return {kind: 'object', group, line}
  }

  #list(node: Node, role: Extract<Role, {as: 'list'}>, line: number): Value {
    const body = role.body === undefined ? node : part(node, role.body)
    const items = body ? named(body).filter(({type}) => type !== 'comment') : []
    return {kind: 'list', items: items.map(item => nest(this.value(item))), line}
  }

  #either(node: Node, role: Extract<Role, {as: 'either'}>, line: number): Value {
    if (role.operators) {
      const operator = node.children.find(child => child && !child.isNamed)?.text ?? ''
      const kept = role.operators.test(operator)
      const values = named(node).map(child => this.value(child))
      if (operator === '+') return {kind: 'template', parts: values, line}
      return kept ? {kind: 'either', first: true, options: values, line} : {kind: 'unknown', line}
    }
    const options = role.parts.flatMap(where => part(node, where) ?? []).map(child => this.value(child))
    return {kind: 'either', first: role.first === true, options, line}
  }

  #define(node: Node, role: Extract<Role, {as: 'define' | 'parameter'}>, line: number): Value {
    const nameNode = part(node, role.name)
    const valueNode = part(node, role.value)
    const same = nameNode !== null && valueNode?.id === nameNode.id
    const names = nameNode ? targets(nameNode, this.#grammar) : []
    const given = valueNode && !same ? valueNode : null
    const values = given?.type === 'expression_list' ? named(given) : given ? [given] : []
    let last: Value = {kind: 'unknown', line}
    names.forEach((name, index) => {
      const written = values[index]
      const value = this.#within(name, () =>
        written ? this.value(written) : (annotation(node) ?? ({kind: 'unknown', line} as Value)),
      )
      last = value
      if (value.kind === 'unknown' && role.as === 'define') return
      this.definitions.push({
        path: [...this.#scope, ...name],
        value,
        line: written ? value.line : line,
        parameter: role.as === 'parameter',
      })
    })
    if (names.length === 0 && given) last = this.value(given)
    this.#importsOf(nameNode, last)
    return last
  }

  /** `const {MODEL} = require('./config')` */
  #importsOf(target: Node | null, value: Value): void {
    if (!target || value.kind !== 'call' || value.group.callee.join('.') !== 'require') return
    const [module] = value.group.entries
    if (module?.value.kind !== 'text') return
    if (target.type !== 'object_pattern') {
      this.imports.set(target.text, {module: module.value.text, name: null})
      return
    }
    for (const child of named(target)) {
      const [name, local] = child.text.split(':').map(text => text.trim())
      this.imports.set(local ?? name!, {module: module.value.text, name: name!})
    }
  }
}

/** Nodes that only hold arguments or fields. */
const isHolder = (node: Node): boolean =>
  /^(?:arguments|argument_list|annotation_argument_list|object|dictionary|hash|literal_value|initializer_expression|declaration_list|bracketed_argument_list)$/.test(
    node.type,
  )

function nest(value: Value): Value {
  if (value.kind === 'object') value.group.nested = true
  else if (value.kind === 'list') value.items.forEach(nest)
  return value
}

/** What a chained call passes: its one argument; several as a list. */
function single(entries: readonly Entry[], line: number, scope: readonly string[]): Value {
  const positional = entries.filter(({key}) => key === null)
  if (positional.length === 1 && entries.length === 1) return positional[0]!.value
  if (entries.length === 0) return {kind: 'unknown', line}
  if (positional.length === entries.length)
    return {kind: 'list', items: positional.map(({value}) => value), line}
  return {
    kind: 'object',
    group: {callee: [], entries: [...entries], line, scope, spread: false, nested: true},
    line,
  }
}
