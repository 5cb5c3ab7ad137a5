/** Lines of a file: as text and value, or as places among its bytes. */
import {isAscii} from 'node:buffer'
import {type Issue, issue} from '../model/fact.ts'
import type {ByteLine, Record} from './connector.ts'
import {UnreadableFile} from './unreadable-file.ts'

/** A single line longer than this is refused: it is content or a broken file. */
export const LONGEST_LINE = 32 << 20

export const lineTooLong = (line: number): UnreadableFile =>
  new UnreadableFile(
    `line ${line} is longer than ${LONGEST_LINE >> 20} MiB`,
    'check that the file is what its name says',
  )

/** What stands on one line; undefined for a blank one. */
export function jsonLine(text: string, line: number): Record | Issue | undefined {
  try {
    return {line, value: JSON.parse(text) as unknown}
  } catch {
    if (text.trim() === '') return undefined
    return issue(
      line,
      'bad-json',
      'the line is not valid JSON',
      'if it is the last line, the export was cut short: export again',
    )
  }
}

const LINE_FEED = 0x0a
const MARK = Buffer.from('\uFEFF')

/** Lines as places among bytes, which hold until the next line is asked for. Empty ones are counted and left out. */
export function* byteLines(pieces: Iterable<Uint8Array>): Generator<ByteLine> {
  let line = 1
  let begun: Buffer[] = []
  let size = 0
  let first = true
  for (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    const ascii = isAscii(bytes)
    let start = first && bytes.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0
    first = false
    for (let end = bytes.indexOf(LINE_FEED, start); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      if (begun.length > 0) {
        const whole = Buffer.concat([...begun, bytes.subarray(start, end)])
        begun = []
        size = 0
        yield {line, bytes: whole, start: 0, end: whole.length, ascii: isAscii(whole)}
      } else if (end > start)
        yield {line, bytes, start, end, ascii: ascii || isAscii(bytes.subarray(start, end))}
      line++
      start = end + 1
    }
    if (start === bytes.length) continue
    begun.push(Buffer.from(bytes.subarray(start)))
    size += bytes.length - start
    if (size > LONGEST_LINE) throw lineTooLong(line)
  }
  const rest = Buffer.concat(begun)
  if (rest.length > 0) yield {line, bytes: rest, start: 0, end: rest.length, ascii: isAscii(rest)}
}
