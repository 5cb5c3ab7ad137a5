/** Pieces of a drawing, as text. Colours are the page's: classes here, variables there. */
import type {Nanos} from '../../../model/money.ts'
import {showUsd} from '../../../model/money.ts'
import type {Series} from '../../chart.ts'
import {escaped} from '../escaped.ts'
import {elide, widthOf} from '../layout.ts'

/** Pixels of a character of the page's font at the size of a label; a little more than most take. */
const CHARACTER = 6.6

export const textWidth = (text: string): number => widthOf(text) * CHARACTER

/** As much of a label as fits so many pixels. */
export const fitted = (text: string, width: number): string =>
  elide(text, Math.max(1, Math.floor(width / CHARACTER)))

/** A place or length, to a tenth of a pixel. */
export const px = (value: number): string => String(Math.round(value * 10) / 10)

export interface Drawing {
  readonly width: number
  readonly height: number
  readonly parts: readonly string[]
}

/** `alternative`: what the drawing says, for those who do not see it. */
export const svg = ({width, height, parts}: Drawing, alternative: string): string =>
  `<svg viewBox="0 0 ${px(width)} ${px(height)}" role="img" aria-label="${escaped(alternative)}">${parts.join('')}</svg>`

type Anchor = 'start' | 'middle' | 'end'

export const label = (x: number, y: number, text: string, anchor: Anchor = 'start', kind = ''): string =>
  `<text x="${px(x)}" y="${px(y)}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${kind === '' ? '' : ` class="${kind}"`}>${escaped(text)}</text>`

export const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<path d="M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}" class="${kind}"/>`

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const box = ({x, y, width, height}: Box, kind: string): string =>
  `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" class="${kind}"/>`

/** Shapes that say what they are when pointed at. */
export const told = (title: string, shapes: readonly string[]): string =>
  `<g><title>${escaped(title)}</title>${shapes.join('')}</g>`

/** `2026-10-14: owned $1,200.00, contested $3.10`; parts that are nothing are left out. */
export function partsText(name: string, series: readonly Series[], parts: readonly Nanos[]): string {
  const said = series
    .map(({label: of}, index) => [of, parts[index]!] as const)
    .filter(([, part]) => part !== 0n)
    .map(([of, part]) => (series.length === 1 ? showUsd(part) : `${of} ${showUsd(part)}`))
  return `${name}: ${said.length === 0 ? showUsd(0n) : said.join(', ')}`
}

/** Parts one on the other from nothing: what is below nothing, the other way. */
export function stacked(parts: readonly Nanos[]): readonly (readonly [from: Nanos, to: Nanos])[] {
  let up = 0n
  let down = 0n
  return parts.map(part => (part < 0n ? [down, (down += part)] : [up, (up += part)]))
}

/** The ends of all stacks. */
export const reach = (all: readonly (readonly Nanos[])[]): Nanos[] =>
  all.flatMap(parts => stacked(parts).flat())
