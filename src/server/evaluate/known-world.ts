/** A company whose truth is known, from its dumps to its ledger, against that truth. Everything in a temporary folder. */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {basename, dirname, join, resolve} from 'node:path'
import {listFiles} from '../../connectors/files.ts'
import {ingestFiles} from '../../connectors/ingest.ts'
import {measure} from '../../engine/rail/measure.ts'
import type {Model} from '../../engine/rail/model.ts'
import {attributeStore} from '../../engine/run.ts'
import {openForWriting} from '../../store/open.ts'
import type {WritableStore} from '../../store/query.ts'
import {startPricing} from '../pricing/reprice.ts'
import {type Score, score} from './score.ts'
import {loadTruth, type Oracle} from './truth.ts'

/** Ingests and attributes a known world and hands it over; the database is gone afterwards. `base`: its dump folder. */
export async function withKnownWorld<T>(
  base: string,
  model: Model,
  use: (store: WritableStore, oracle: Oracle) => T,
): Promise<T> {
  const at = resolve(base)
  const oracle = loadTruth(at)
  const folder = mkdtempSync(join(tmpdir(), 'venturi-world-'))
  try {
    using store = openForWriting(join(folder, 'venturi.db'))
    const files = await listFiles([basename(at)], dirname(at))
    await ingestFiles(store, files, {price: startPricing(store, {})})
    attributeStore(store, {model})
    return use(store, oracle)
  } finally {
    rmSync(folder, {recursive: true})
  }
}

/** A score as figures, by count and by cost. */
export function figuresOf(scored: Score) {
  const part = (of: number, all: number) => (all === 0 ? null : Math.round((of / all) * 10_000) / 10_000)
  const top = (cases: ReadonlyMap<string, number>) =>
    [...cases].sort((a, b) => b[1] - a[1]).map(([why, usd]) => ({case: why, share: part(usd, scored.total)}))
  return {
    shown_at_080: part(scored.high, scored.total),
    right_at_080: part(scored.highRight, scored.high),
    knowable_reached: part(scored.knowableHigh, scored.knowable),
    unknowable_claimed: part(
      [...scored.claimedUnknowable.values()].reduce((sum, usd) => sum + usd, 0),
      scored.total,
    ),
    wrong: top(scored.wrong),
    missed: top(scored.missed),
    owner: {...measure(scored.byRecords), by_cost: measure(scored.byCost)},
  }
}

export const evaluateWorld = (base: string, model: Model) =>
  withKnownWorld(base, model, (store, oracle) => figuresOf(score(store, oracle)))
