/** The bundled company from its files to its ledger, in a folder of its own. No network, no keys. */
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {listFiles} from '../../connectors/files.ts'
import {ingestFiles, totalsOf} from '../../connectors/ingest.ts'
import {attributeStore} from '../../engine/run.ts'
import {inPackage} from '../../model/package.ts'
import {openForWriting} from '../../store/open.ts'
import {loadModel} from '../model/load.ts'
import {startPricing} from '../pricing/reprice.ts'
import {type Shown, show} from './show.ts'

const FIXTURES = inPackage('fixtures')

export interface Telling {
  /** A stage that begins or is done. */
  readonly stage: (line: string) => void
  /** How far a stage has come. */
  readonly progress: (line: string) => void
}

/** `db` is the absolute path of the database; it stays, to be looked at. */
export async function runDemo({stage, progress}: Telling): Promise<{db: string; shown: Shown}> {
  const db = join(mkdtempSync(join(tmpdir(), 'venturi-demo-')), 'venturi.db')
  const clock = stopwatch()
  using store = openForWriting(db)
  const files = await listFiles(['acme'], FIXTURES)
  stage(`reading the bundled company, ${files.length} files, into ${db}`)
  const read = await ingestFiles(store, files, {
    price: startPricing(store, {}),
    onProgress: ({file, rows, done, files: all}) =>
      progress(`${done}/${all} files  ${number(rows)} rows  ${file}`),
  })
  const {rows, issues} = totalsOf(read.files)
  stage(`read ${number(rows)} rows, ${issues} issues (${clock()})`)
  const {records, signatures} = attributeStore(store, {model: loadModel({}, db).model, say: progress})
  stage(`attributed ${number(records)} records by ${number(signatures)} signatures (${clock()})`)
  const shown = show(store)
  stage(`added up the ledger and explained one record (${clock()})`)
  return {db, shown}
}

const number = (value: number): string => value.toLocaleString('en')

/** Each reading says how long it is since the last. */
function stopwatch(): () => string {
  let last = performance.now()
  return () => {
    const now = performance.now()
    const seconds = (now - last) / 1000
    last = now
    return `${seconds.toFixed(1)} s`
  }
}
