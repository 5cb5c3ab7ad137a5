/** What a language's node types mean; one table a language, one walker for all. */
import type {Node} from '@vscode/tree-sitter-wasm'

/** Where a part of a node stands: a field's name, or the position among its named children (negative: from the end). */
export type Part = string | number

export type Role =
  /** A string: children that end in `fragment` or `content` are its text, `hole` its holes. */
  | {readonly as: 'text'}
  | {readonly as: 'number'}
  | {readonly as: 'name'}
  | {readonly as: 'member'; readonly of: Part; readonly name: Part}
  /** `a["b"]` */
  | {readonly as: 'index'; readonly of: Part; readonly key: Part}
  /** `name` where the language keeps the receiver apart from the method. */
  | {
      readonly as: 'call'
      readonly callee: Part
      readonly receiver?: Part
      readonly arguments: readonly Part[]
    }
  | {readonly as: 'object'; readonly type?: Part; readonly body?: Part}
  | {readonly as: 'pair'; readonly key: Part; readonly value: Part}
  | {readonly as: 'list'; readonly type?: Part; readonly body?: Part}
  /** `either` of its parts; `first` when the first that is known counts. */
  | {
      readonly as: 'either'
      readonly parts: readonly Part[]
      readonly first?: boolean
      readonly operators?: RegExp
    }
  | {readonly as: 'define'; readonly name: Part; readonly value: Part; readonly annotated?: boolean}
  | {readonly as: 'parameter'; readonly name: Part; readonly value: Part}
  | {readonly as: 'scope'; readonly name: Part}
  /** Its one child is what it is worth. */
  | {readonly as: 'wrap'; readonly part?: Part}
  | {readonly as: 'spread'}
  /** Gives a value to the function around it. */
  | {readonly as: 'return'}
  | {readonly as: 'import'}
  /** Types, comments, comparisons: nothing in it is said. */
  | {readonly as: 'nothing'}

export interface Grammar {
  /** `tree-sitter-<name>.wasm` */
  readonly wasm: string
  readonly roles: {readonly [type: string]: Role}
  /** What an import node brings: local name, module, name there. */
  readonly imports: (node: Node) => readonly (readonly [local: string, module: string, name: string | null])[]
}

export function part(node: Node, where: Part): Node | null {
  if (typeof where === 'string') return node.childForFieldName(where)
  const index = where < 0 ? node.namedChildCount + where : where
  return index < 0 ? null : node.namedChild(index)
}

export const named = (node: Node): Node[] => node.namedChildren.filter(child => child !== null)
