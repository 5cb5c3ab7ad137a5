/** Text on a terminal: how wide it is, cutting and wrapping it, and colour behind one switch. */
import {Chalk, type ChalkInstance} from 'chalk'
import {clean} from '../../model/clean.ts'

export {clean}

/** Columns, and whether colour is wanted. */
export interface Screen {
  readonly width: number
  readonly colour: boolean
}

const colours = new Chalk({level: 1})
const plain = new Chalk({level: 0})

/** Paints, or does nothing at all. */
export const paint = ({colour}: Screen): ChalkInstance => (colour ? colours : plain)

const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'})
const ASCII = /^[\x20-\x7e]*$/
const WIDE =
  /\p{Extended_Pictographic}\uFE0F?|\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u
const EMPTY = /^[\p{Mark}\p{Format}]+$/u

const graphemeWidth = (grapheme: string): number =>
  EMPTY.test(grapheme) ? 0 : WIDE.test(grapheme) && !/^[©®™✓]$/u.test(grapheme) ? 2 : 1

/** Columns that plain text takes. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const {segment} of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

/** At most `width` columns, ending in `…` when something was cut. */
export function elide(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 0
  for (const {segment} of graphemes.segment(text)) {
    used += graphemeWidth(segment)
    if (used > width - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)))

export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text

/** Words into lines of at most `width` columns; a longer word is broken, a path between its parts. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of clean(text)
    .split(/ +/)
    .flatMap(part => broken(part, width))) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  return lines
}

/** A word in pieces that fit; a piece ends after the last separator in its second half, where there is one. */
function broken(word: string, width: number): string[] {
  if (widthOf(word) <= width) return word === '' ? [] : [word]
  let head = ''
  for (const {segment} of graphemes.segment(word)) {
    if (widthOf(head) + graphemeWidth(segment) > width) break
    head += segment
  }
  const separated = /^.*[/?&]/s.exec(head)?.[0] ?? ''
  if (separated.length > head.length / 2) head = separated
  return [head, ...broken(word.slice(head.length), width)]
}
