/** JavaScript and TypeScript, with JSX. */
import type {Node} from '@vscode/tree-sitter-wasm'
import {type Grammar, named, type Role} from './grammar.ts'
import {unquoted} from './names.ts'

const roles: {readonly [type: string]: Role} = {
  string: {as: 'text'},
  template_string: {as: 'text'},
  number: {as: 'number'},
  true: {as: 'number'},
  false: {as: 'number'},
  identifier: {as: 'name'},
  this: {as: 'name'},
  property_identifier: {as: 'name'},
  member_expression: {as: 'member', of: 'object', name: 'property'},
  subscript_expression: {as: 'index', of: 'object', key: 'index'},
  call_expression: {as: 'call', callee: 'function', arguments: ['arguments']},
  new_expression: {as: 'call', callee: 'constructor', arguments: ['arguments']},
  jsx_self_closing_element: {as: 'call', callee: 'name', arguments: [1, 2, 3, 4, 5, 6, 7, 8]},
  jsx_opening_element: {as: 'call', callee: 'name', arguments: [1, 2, 3, 4, 5, 6, 7, 8]},
  jsx_attribute: {as: 'pair', key: 0, value: 1},
  jsx_expression: {as: 'wrap'},
  object: {as: 'object'},
  pair: {as: 'pair', key: 'key', value: 'value'},
  spread_element: {as: 'spread'},
  array: {as: 'list'},
  ternary_expression: {as: 'either', parts: ['consequence', 'alternative']},
  binary_expression: {as: 'either', parts: [], operators: /^(?:\?\?|\|\|)$/},
  parenthesized_expression: {as: 'wrap'},
  await_expression: {as: 'wrap'},
  as_expression: {as: 'wrap', part: 0},
  satisfies_expression: {as: 'wrap', part: 0},
  non_null_expression: {as: 'wrap', part: 0},
  variable_declarator: {as: 'define', name: 'name', value: 'value'},
  assignment_expression: {as: 'define', name: 'left', value: 'right'},
  augmented_assignment_expression: {as: 'define', name: 'left', value: 'right'},
  public_field_definition: {as: 'define', name: 'name', value: 'value'},
  field_definition: {as: 'define', name: 'property', value: 'value'},
  enum_assignment: {as: 'define', name: 'name', value: 'value'},
  object_assignment_pattern: {as: 'parameter', name: 'left', value: 'right'},
  assignment_pattern: {as: 'parameter', name: 'left', value: 'right'},
  required_parameter: {as: 'parameter', name: 'pattern', value: 'value'},
  optional_parameter: {as: 'parameter', name: 'pattern', value: 'value'},
  enum_declaration: {as: 'scope', name: 'name'},
  class_declaration: {as: 'scope', name: 'name'},
  function_declaration: {as: 'scope', name: 'name'},
  generator_function_declaration: {as: 'scope', name: 'name'},
  method_definition: {as: 'scope', name: 'name'},
  import_statement: {as: 'import'},
  export_statement: {as: 'import'},
  type_alias_declaration: {as: 'nothing'},
  interface_declaration: {as: 'nothing'},
  type_annotation: {as: 'nothing'},
  type_arguments: {as: 'nothing'},
  return_statement: {as: 'return'},
  arrow_function: {as: 'wrap', part: 'body'},
  comment: {as: 'nothing'},
  regex: {as: 'nothing'},
  switch_case: {as: 'wrap', part: -1},
}

function imports(node: Node): [string, string, string | null][] {
  const source = node.childForFieldName('source')
  if (!source) return []
  const module = unquoted(source.text)
  const clause = named(node).find(({type}) => type === 'import_clause')
  if (!clause) return []
  return named(clause).flatMap((child): [string, string, string | null][] => {
    if (child.type === 'identifier') return [[child.text, module, null]]
    if (child.type === 'namespace_import') return [[named(child)[0]?.text ?? '', module, null]]
    return named(child).map(item => {
      const name = item.childForFieldName('name')?.text ?? item.text
      return [item.childForFieldName('alias')?.text ?? name, module, name]
    })
  })
}

export const typescript: Grammar = {wasm: 'typescript', roles, imports}
export const tsx: Grammar = {wasm: 'tsx', roles, imports}
