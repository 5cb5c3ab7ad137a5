/** Which record of a store shows best how an owner is found. */
import type {Outcome} from '../../engine/outcome.ts'
import type {Found, RecordReader} from '../../report/records.ts'
import {dearestOwned} from '../../store/queries/demo.ts'
import {rowsOfDay} from '../../store/queries/records.ts'
import {all, type ReadableStore} from '../../store/query.ts'

/** Kinds of source that agree: three make a story, two will do. */
const KINDS = [3, 2, 1]

/** The dearest call behind the dearest owned answer that several kinds of evidence lead to; null when nothing is owned. */
export function chooseRecord(store: ReadableStore, reader: RecordReader): Found | null {
  const answers = all(store, dearestOwned, {})
  const kinds = (answer: string) => new Set((JSON.parse(answer) as Outcome).basis).size
  const chosen = KINDS.map(least => answers.find(({answer}) => kinds(answer) >= least)).find(Boolean)
  if (!chosen) return null
  const [dearest] = all(store, rowsOfDay, {day: chosen.day})
    .filter(
      row =>
        row.attributionId === chosen.attributionId &&
        row.channel === chosen.channel &&
        row.modelId === chosen.modelId &&
        row.granularity === 0,
    )
    .sort((a, b) => (b.costNanos ?? 0) - (a.costNanos ?? 0) || (a.id < b.id ? -1 : 1))
  return dearest ? reader.single(dearest) : null
}
