/** Go. */
import type {Node} from '@vscode/tree-sitter-wasm'
import {type Grammar, named, type Role} from './grammar.ts'
import {unquoted} from './names.ts'

const roles: {readonly [type: string]: Role} = {
  interpreted_string_literal: {as: 'text'},
  raw_string_literal: {as: 'text'},
  int_literal: {as: 'number'},
  float_literal: {as: 'number'},
  true: {as: 'number'},
  false: {as: 'number'},
  identifier: {as: 'name'},
  field_identifier: {as: 'name'},
  selector_expression: {as: 'member', of: 'operand', name: 'field'},
  index_expression: {as: 'index', of: 'operand', key: 'index'},
  call_expression: {as: 'call', callee: 'function', arguments: ['arguments']},
  composite_literal: {as: 'object', type: 'type', body: 'body'},
  literal_value: {as: 'object'},
  keyed_element: {as: 'pair', key: 0, value: 1},
  literal_element: {as: 'wrap'},
  unary_expression: {as: 'wrap', part: 'operand'},
  parenthesized_expression: {as: 'wrap'},
  binary_expression: {as: 'either', parts: [], operators: /^$a/},
  const_spec: {as: 'define', name: 'name', value: 'value'},
  var_spec: {as: 'define', name: 'name', value: 'value'},
  short_var_declaration: {as: 'define', name: 'left', value: 'right'},
  assignment_statement: {as: 'define', name: 'left', value: 'right'},
  parameter_declaration: {as: 'parameter', name: 'name', value: 'name'},
  function_declaration: {as: 'scope', name: 'name'},
  method_declaration: {as: 'scope', name: 'name'},
  import_spec: {as: 'import'},
  type_declaration: {as: 'nothing'},
  return_statement: {as: 'return'},
  comment: {as: 'nothing'},
}

function imports(node: Node): [string, string, string | null][] {
  const path = node.childForFieldName('path')
  if (!path) return []
  const module = unquoted(path.text)
  const local = node.childForFieldName('name')?.text ?? module.split('/').at(-1)!
  return [[local, module, null]]
}

export const go: Grammar = {wasm: 'go', roles, imports: node => (named(node).length > 0 ? imports(node) : [])}
