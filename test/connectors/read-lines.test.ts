import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterAll, expect, test} from 'vitest'
import {openSource} from '../../src/connectors/read.ts'

const folder = mkdtempSync(join(tmpdir(), 'venturi-lines-'))
afterAll(() => rmSync(folder, {recursive: true}))

/** Half a megabyte: lines longer than a piece, characters and line ends across the edges of pieces, a mark inside. */
const text = Array.from({length: 4000}, (_, line) => {
  const body = 'x'.repeat((line * 37) % 251) + ['', 'é', '€uro', '🙂', '\uFEFFmark'][line % 5]
  return line === 1000 ? 'long'.repeat(60_000) : line === 2000 ? '' : body
})

for (const ending of ['\n', '\r\n'])
  for (const [kind, pack] of [
    ['plain', Buffer.from],
    ['gzip', gzipSync],
  ] as const)
    test(`lines of a ${kind} file ending in ${JSON.stringify(ending)}`, () => {
      const path = join(folder, `${kind}${ending.length}.txt`)
      writeFileSync(path, pack(Buffer.from(`\uFEFF${text.join(ending)}`)))
      const lines = [...openSource(path, 'notes.txt').lines()]
      expect(lines.map(line => line.text)).toEqual(text)
      expect(lines.map(line => line.line)).toEqual(text.map((_, index) => index + 1))
    })
