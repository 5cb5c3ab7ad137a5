import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {loadTruth} from '../../fixtures/generate/truth.ts'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {attributeStore} from '../../src/engine/run.ts'
import type {AttributeSummary} from '../../src/engine/summary.ts'
import {formatUsd, parseUsd} from '../../src/model/money.ts'
import {type Score, score} from '../../src/server/evaluate/score.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForWriting} from '../../src/store/open.ts'
import type {WritableStore} from '../../src/store/query.ts'

/** The bundled company, from its dumps to its ledger, against its true owners. */
describe('the bundled company', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-acme-'))
  const oracle = loadTruth('fixtures/acme')
  let store: WritableStore
  let summary: AttributeSummary
  let scored: Score

  beforeAll(async () => {
    store = openForWriting(join(folder, 'acme.db'))
    await ingestFiles(store, await listFiles(['fixtures/acme'], process.cwd()), {price: priceRows({})})
    summary = attributeStore(store)
    scored = score(store, oracle)
  }, 240_000)
  afterAll(() => {
    store[Symbol.dispose]()
    rmSync(folder, {recursive: true})
  })

  test('the ledger is the sum of the invoices, to the nano-dollar', () => {
    const billed = oracle.truth.bills.reduce((sum, {amount_usd}) => sum + parseUsd(amount_usd)!, 0n)
    const {owned_usd, contested_usd, unresolved_usd, total_usd} = summary.ledger
    expect(total_usd).toBe(formatUsd(billed))
    expect(
      formatUsd([owned_usd, contested_usd, unresolved_usd].reduce((sum, usd) => sum + parseUsd(usd)!, 0n)),
    ).toBe(total_usd)
  })

  test('what is shown at 0.80 or more has the right owner', () => {
    const {high, highRight, wrong} = scored
    expect(
      highRight / high,
      `wrong: ${[...wrong].map(([why, usd]) => `${why} ${usd.toFixed(2)}`).join(', ')}`,
    ).toBeGreaterThanOrEqual(0.97)
  })

  test('most of what can be known gets there', () => {
    const {knowable, knowableHigh} = scored
    expect(knowableHigh / knowable).toBeGreaterThanOrEqual(0.75)
  })

  test('nothing is claimed that cannot be known', () => {
    expect([...scored.claimedUnknowable]).toEqual([])
  })

  test('with nothing new, attributing again changes nothing', () => {
    expect(attributeStore(store)).toEqual(summary)
    expect(attributeStore(store, {all: true})).toEqual(summary)
  })
})
