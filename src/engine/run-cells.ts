/** Edge: usage added up by day, signature and model, and put under the attribution that held at the time. */
import {DAY_MS} from '../model/time.ts'
import * as sql from '../store/queries/attribute.ts'
import {all, iterate, type WritableStore} from '../store/query.ts'

export interface Cell {
  readonly day: number
  readonly channel: string
  readonly granularity: number
  readonly signatureId: number
  readonly modelId: number
  readonly records: bigint
  readonly requests: bigint | null
  readonly inputTokens: bigint | null
  readonly outputTokens: bigint | null
  readonly cacheReadTokens: bigint | null
  readonly cacheWriteTokens: bigint | null
  readonly est: bigint | null
  readonly unpriced: bigint
  readonly firstAt: number
}

const toCell = (row: sql.CellSums): Cell => ({
  ...row,
  day: Number(row.day),
  granularity: Number(row.granularity),
  signatureId: Number(row.signatureId),
  modelId: Number(row.modelId),
  firstAt: Number(row.firstAt),
})

/** Reads every cell; `matching` when some calls are reported twice. */
export const readCells = (store: WritableStore, matching: boolean): Cell[] =>
  all(store, matching ? sql.matchedUsageCells : sql.usageCells, {}).map(toCell)

export interface Placed {
  readonly id: number
  readonly from: number
  readonly to: number
}

export interface PlacedCell extends Cell {
  readonly attributionId: number
}

/** Cells under their attribution; a day on which the owner changes is read again, row by row. */
export function place(
  store: WritableStore,
  cells: readonly Cell[],
  placed: ReadonlyMap<number, readonly Placed[]>,
): PlacedCell[] {
  const found: PlacedCell[] = []
  const split = new Map<number, Set<number>>()
  for (const cell of cells) {
    const start = cell.day * DAY_MS
    const whole = placed.get(cell.signatureId)!.find(({from, to}) => from <= start && start + DAY_MS <= to)
    if (whole) found.push({...cell, attributionId: whole.id})
    else split.set(cell.day, (split.get(cell.day) ?? new Set()).add(cell.signatureId))
  }
  for (const [day, ids] of split) {
    const merged = new Map<string, PlacedCell>()
    for (const row of iterate(store, sql.usageCellsOfDay, {day, signatures: JSON.stringify([...ids])})) {
      const at = Number(row.at)
      const cell = toCell(row)
      const attributionId = placed.get(cell.signatureId)!.find(({from, to}) => from <= at && at < to)!.id
      const key = cellKey({...cell, attributionId})
      const known = merged.get(key)
      merged.set(key, known ? addCells(known, cell) : {...cell, attributionId})
    }
    found.push(...merged.values())
  }
  return found
}

export const plus = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null ? b : b === null ? a : a + b

const addCells = (a: PlacedCell, b: Cell): PlacedCell => ({
  ...a,
  records: a.records + b.records,
  requests: plus(a.requests, b.requests),
  inputTokens: plus(a.inputTokens, b.inputTokens),
  outputTokens: plus(a.outputTokens, b.outputTokens),
  cacheReadTokens: plus(a.cacheReadTokens, b.cacheReadTokens),
  cacheWriteTokens: plus(a.cacheWriteTokens, b.cacheWriteTokens),
  est: plus(a.est, b.est),
  unpriced: a.unpriced + b.unpriced,
})

export const cellKey = (cell: PlacedCell): string =>
  `${cell.day} ${cell.attributionId} ${cell.channel} ${cell.modelId} ${cell.granularity}`

export const tokensOf = (cell: Cell): number | null =>
  cell.inputTokens === null && cell.outputTokens === null
    ? null
    : Number(
        (cell.inputTokens ?? 0n) +
          (cell.outputTokens ?? 0n) +
          (cell.cacheReadTokens ?? 0n) +
          (cell.cacheWriteTokens ?? 0n),
      )
