/** A repository of two small file sets, as detection sees one. */
import type {ChangedFile, Repository} from '../../src/review/detect.ts'

export interface FileSet {
  readonly [path: string]: string
}

export function repositoryOf(base: FileSet, head: FileSet, renamed: FileSet = {}): Repository {
  const from = new Map(Object.entries(renamed).map(([before, after]) => [after, before]))
  const old = new Set(Object.keys(renamed))
  const changed: ChangedFile[] = [...new Set([...Object.keys(base), ...Object.keys(head)])].flatMap(path => {
    if (old.has(path)) return []
    const before = from.get(path) ?? (path in base ? path : null)
    const after = path in head ? path : null
    return before !== null && after !== null && before === after && base[before] === head[after]
      ? []
      : [{base: before, head: after}]
  })
  return {
    changed,
    skipped: [],
    read: async (side, paths) => {
      const files = side === 'base' ? base : head
      return new Map(
        paths.flatMap(path => (path in files ? [[path, Buffer.from(files[path]!)] as const] : [])),
      )
    },
    mentioning: async words =>
      Object.keys(head).filter(path =>
        words.some(word => new RegExp(`\\b${word.replace(/\W/g, '\\$&')}\\b`).test(head[path]!)),
      ),
  }
}
