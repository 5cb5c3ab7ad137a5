/** How the screen is divided. */
import {showExactUsd} from '../../model/money.ts'
import {wrap} from '../formats/layout.ts'
import type {Book} from './book.ts'

interface Space {
  readonly book: Book
  readonly size: {readonly columns: number; readonly rows: number}
}

/** Crumbs, what the list is, an empty line, column heads. */
const ABOVE = 4
/** A rule above the reconciling line, the keys under it. */
const BELOW = 2
/** Before every row: where the cursor stands. */
export const MARK = 2

export const textWidth = ({columns}: Space['size']): number => columns - MARK

/** A space at which no line ends. */
const TOGETHER = '\u00a0'
const SIGNS = ['', `+${TOGETHER}`, `+${TOGETHER}`, `=${TOGETHER}`]

/** Exact, because it must add up; more than one line on a narrow screen. */
export const reconciling = ({book: {totals}, size}: Space): string[] =>
  wrap(
    (['owned', 'contested', 'unresolved', 'total'] as const)
      .map((name, index) => `${SIGNS[index]}${name}${TOGETHER}${showExactUsd(totals[name])}`)
      .join(' '),
    size.columns,
  ).map(line => line.replaceAll(TOGETHER, ' '))

export const bodyHeight = (space: Space): number =>
  Math.max(1, space.size.rows - ABOVE - BELOW - reconciling(space).length)
