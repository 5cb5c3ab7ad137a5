/** One file, whatever its language, as what can be assigned, passed and called. */

/** An expression. Lines count from 1. */
export type Value =
  | {readonly kind: 'text'; readonly text: string; readonly line: number}
  | {readonly kind: 'number'; readonly text: string; readonly line: number}
  /** A string with holes; parts are in order. */
  | {readonly kind: 'template'; readonly parts: readonly Value[]; readonly line: number}
  /** `settings.openai.model` and `settings["openai"]["model"]` alike. */
  | {readonly kind: 'name'; readonly path: readonly string[]; readonly line: number}
  | {readonly kind: 'call'; readonly group: Group; readonly line: number}
  | {readonly kind: 'object'; readonly group: Group; readonly line: number}
  | {readonly kind: 'list'; readonly items: readonly Value[]; readonly line: number}
  /** `first`: the first that is known counts (`??`, `or`); otherwise each may. */
  | {
      readonly kind: 'either'
      readonly first: boolean
      readonly options: readonly Value[]
      readonly line: number
    }
  /** Read from the environment or from a configuration file by its dotted key. */
  | {
      readonly kind: 'outside'
      readonly from: 'environment' | 'configuration'
      readonly name: string
      readonly line: number
    }
  | {readonly kind: 'unknown'; readonly line: number}

export interface Entry {
  /** Null: by position. */
  readonly key: string | null
  readonly value: Value
  readonly line: number
}

/** A call with its arguments, a chain of calls (`a.builder().model("x")`), or an object with its fields. */
export interface Group {
  /** `client.chat.completions.create` in parts; of an object its type, or nothing. */
  callee: string[]
  readonly entries: Entry[]
  readonly line: number
  /** Names of the functions, classes and constants around it. */
  readonly scope: readonly string[]
  /** It takes more than is written here: `**options`, `...rest`. */
  spread: boolean
  /** Stands inside another group's entries, objects only. */
  nested: boolean
}

export interface Definition {
  /** With the names around it: `['Settings', 'model']`. */
  readonly path: readonly string[]
  readonly value: Value
  readonly line: number
  readonly parameter: boolean
}

export interface Import {
  /** As written: `./config`, `app.config`, `acme/internal/config`. */
  readonly module: string
  /** The name there; null: the module itself. */
  readonly name: string | null
}

export interface View {
  readonly path: string
  /** `code`: statements; `config`: settings that stand for themselves. */
  readonly form: 'code' | 'config'
  readonly groups: readonly Group[]
  readonly definitions: readonly Definition[]
  readonly imports: ReadonlyMap<string, Import>
}

/** `max_output_tokens`, `maxOutputTokens` and `MaxOutputTokens` are one. */
export const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/**
 * A string as settings write it: `${OPENAI_MODEL:-gpt-4o}` and `${openai.model:gpt-4o}` read elsewhere and fall back.
 */
export function textValue(text: string, line: number): Value {
  const found = /^\$\{([\w.-]+)(?::[-?]?([^}]*))?\}$/.exec(text) ?? /^\$\(?([A-Z][A-Z0-9_]+)\)?$/.exec(text)
  if (!found) return {kind: 'text', text, line}
  const outside: Value = {
    kind: 'outside',
    from: /[.-]|[a-z]/.test(found[1]!) ? 'configuration' : 'environment',
    name: found[1]!,
    line,
  }
  if (found[2] === undefined || found[2] === '') return outside
  return {kind: 'either', first: true, options: [outside, {kind: 'text', text: found[2], line}], line}
}
