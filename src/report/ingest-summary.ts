/** What `ingest` says when it is done: files by format, and the first issues with place and mend. */

interface Summary {
  readonly files: readonly {
    readonly path: string
    readonly format: string | null
    readonly status: string
    readonly rows: number
    readonly duplicates: number
    readonly issues: number
  }[]
  readonly issues: readonly {
    readonly path: string
    readonly line: number
    readonly code: string
    readonly message: string
    readonly mend: string
  }[]
}

export function ingestSummary({files, issues}: Summary, mostIssues: number): string {
  const formats = new Map<
    string,
    {files: number; rows: number; duplicates: number; issues: number; unchanged: number}
  >()
  for (const file of files) {
    const name = file.format ?? file.status
    const known = formats.get(name) ?? {files: 0, rows: 0, duplicates: 0, issues: 0, unchanged: 0}
    formats.set(name, {
      files: known.files + 1,
      rows: known.rows + file.rows,
      duplicates: known.duplicates + file.duplicates,
      issues: known.issues + file.issues,
      unchanged: known.unchanged + (file.status === 'unchanged' ? 1 : 0),
    })
  }
  const number = (value: number) => value.toLocaleString('en')
  const lines = [...formats]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, {files: count, rows, duplicates, unchanged, issues: bad}]) => {
      const remarks = [
        unchanged > 0 ? `${number(unchanged)} unchanged` : '',
        duplicates > 0 ? `${number(duplicates)} duplicates` : '',
        bad > 0 ? `${number(bad)} issues` : '',
      ]
      return `  ${name.padEnd(26)}${number(count).padStart(6)} files${number(rows).padStart(12)} rows   ${remarks.filter(Boolean).join(', ')}`.trimEnd()
    })
  const shown = issues
    .slice(0, mostIssues)
    .map(
      ({path, line, message, mend}) =>
        `${path}${line > 0 ? `:${line}` : ''}: ${message}\n  Try this: ${mend}.`,
    )
  const total = files.reduce((sum, file) => sum + file.issues, 0)
  const rest =
    total > shown.length
      ? [`${number(total - shown.length)} more issues: --json or \`venturi doctor\` list them.`]
      : []
  return [...lines, ...(shown.length > 0 ? ['', ...shown, ...rest] : [])].join('\n')
}
