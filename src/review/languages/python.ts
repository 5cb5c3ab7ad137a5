/** Python. */
import type {Node} from '@vscode/tree-sitter-wasm'
import {type Grammar, named, type Role} from './grammar.ts'

const roles: {readonly [type: string]: Role} = {
  string: {as: 'text'},
  concatenated_string: {as: 'text'},
  integer: {as: 'number'},
  float: {as: 'number'},
  true: {as: 'number'},
  false: {as: 'number'},
  identifier: {as: 'name'},
  attribute: {as: 'member', of: 'object', name: 'attribute'},
  subscript: {as: 'index', of: 'value', key: 'subscript'},
  call: {as: 'call', callee: 'function', arguments: ['arguments']},
  keyword_argument: {as: 'pair', key: 'name', value: 'value'},
  dictionary: {as: 'object'},
  pair: {as: 'pair', key: 'key', value: 'value'},
  dictionary_splat: {as: 'spread'},
  list_splat: {as: 'spread'},
  list: {as: 'list'},
  tuple: {as: 'list'},
  conditional_expression: {as: 'either', parts: [0, 2]},
  boolean_operator: {as: 'either', parts: [], operators: /^or$/},
  binary_operator: {as: 'either', parts: [], operators: /^\|$/},
  comparison_operator: {as: 'either', parts: [], operators: /^$a/},
  parenthesized_expression: {as: 'wrap'},
  await: {as: 'wrap'},
  assignment: {as: 'define', name: 'left', value: 'right'},
  default_parameter: {as: 'parameter', name: 'name', value: 'value'},
  typed_default_parameter: {as: 'parameter', name: 'name', value: 'value'},
  typed_parameter: {as: 'parameter', name: 0, value: 0},
  class_definition: {as: 'scope', name: 'name'},
  function_definition: {as: 'scope', name: 'name'},
  import_from_statement: {as: 'import'},
  import_statement: {as: 'import'},
  type: {as: 'nothing'},
  return_statement: {as: 'return'},
  lambda: {as: 'wrap', part: 'body'},
  comment: {as: 'nothing'},
  case_pattern: {as: 'nothing'},
}

function imports(node: Node): [string, string, string | null][] {
  const module = node.childForFieldName('module_name')
  return named(node)
    .filter(child => child.id !== module?.id)
    .flatMap((child): [string, string, string | null][] => {
      const name = (child.childForFieldName('name') ?? child).text
      const local = child.childForFieldName('alias')?.text ?? name
      return module ? [[local, module.text, name]] : [[local, name, null]]
    })
}

export const python: Grammar = {wasm: 'python', roles, imports}
