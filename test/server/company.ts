/** The company of two teams in a database file, read and decided about by calls instead of processes. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {onTestFinished} from 'vitest'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {attributeStore} from '../../src/engine/run.ts'
import type {Desk} from '../../src/server/audit/decide.ts'
import {startPricing} from '../../src/server/pricing/reprice.ts'
import {openForWriting} from '../../src/store/open.ts'

export interface Company {
  readonly desk: Desk
  readonly db: string
  /** Reads these files, in their order. */
  read(files: {readonly [path: string]: string}): Promise<void>
  attribute(all?: boolean): void
}

export const NOW = Date.UTC(2025, 5, 1)

export function company(): Company {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-company-'))
  const db = join(folder, 'v.db')
  const store = openForWriting(db)
  onTestFinished(() => {
    store[Symbol.dispose]()
    rmSync(folder, {recursive: true, force: true})
  })
  const desk = {store, declared: [], now: NOW, actor: 'quill@fen.example'}
  return {
    desk,
    db,
    async read(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), {recursive: true})
        writeFileSync(join(folder, path), text)
        await ingestFiles(store, await listFiles([path], folder), {price: startPricing(store, {})})
      }
    },
    attribute: (again = false) => void attributeStore(store, {all: again, now: NOW}),
  }
}
