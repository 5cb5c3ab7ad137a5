/** Files of one assignment a line: `.env`, Java properties. */
import {type Entry, textValue, type Value} from '../value.ts'
import {entry, object} from './build.ts'

const ASSIGNMENT = /^\s*(?:export\s+|set\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*?)\s*$/

const read =
  (nest: boolean) =>
  (text: string): Value => {
    const entries = text.split(/\r\n|\n|\r/).flatMap((written, index): Entry[] => {
      if (/^\s*[#!;]/.test(written)) return []
      const found = ASSIGNMENT.exec(written)
      if (!found) return []
      const value = textValue(unquoted(found[2]!), index + 1)
      const path = nest ? found[1]!.split('.') : [found[1]!]
      return [
        path.reduceRight<Entry>((inner, key) => entry(key, object([inner], index + 1)), entry('', value)),
      ].map(unnest)
    })
    return object(entries, 1)
  }

/** `a.b = c` as `{a: {b: c}}`. */
function unnest({key, value, line}: Entry): Entry {
  if (value.kind !== 'object') return {key, value, line}
  const [inner] = value.group.entries
  if (inner?.key === '') return {key, value: inner.value, line}
  return {key, value: object([unnest(inner!)], line), line}
}

function unquoted(text: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(text)
  return quoted ? quoted[2]! : text.replace(/\s+#.*$/, '')
}

export const readEnv = read(false)
export const readProperties = read(true)
