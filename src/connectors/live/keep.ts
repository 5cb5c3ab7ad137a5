/** The edge of this folder: steps into the store, each with the place to go on from, in one transaction. */
import {createHash} from 'node:crypto'
import {type Chunk, ChunkWriter} from '../../model/chunk.ts'
import type {Issue} from '../../model/fact.ts'
import {dropEditions, dropExport, insertExport} from '../../store/queries/editions.ts'
import * as ingest from '../../store/queries/ingest.ts'
import * as sql from '../../store/queries/live.ts'
import {all, one, run, type WritableStore} from '../../store/query.ts'
import {type PriceModel, saveFacts, UsageInserter} from '../../store/save.ts'
import {unrecognised} from '../closest.ts'
import type {Connector} from '../connector.ts'
import {connectors} from '../index.ts'
import type {IngestedFile} from '../ingest.ts'
import {openSource} from '../read.ts'
import {UnreadableFile} from '../unreadable-file.ts'
import {settleLinks} from './settle.ts'
import type {Mark, Page, Step} from './source.ts'
import {Span} from './span.ts'

const CHUNK_ROWS = 1024
/** A round that was interrupted longer ago than this is begun again: its lists are no longer of one time. */
const OLDEST_ROUND = 12 * 3_600_000

/** One source's place in the store. */
export class Shelf {
  readonly #store: WritableStore
  readonly #source: string
  readonly #price: PriceModel
  readonly #now: () => number
  readonly #keep: (page: Page, issues: readonly Issue[]) => void
  /** Epoch ms. */
  readonly round: number

  /** Goes on with an interrupted round, else begins one. */
  constructor(
    store: WritableStore,
    source: string,
    options: {
      readonly price: PriceModel
      readonly now: () => number
      readonly onIssues: (page: Page, issues: readonly Issue[]) => void
    },
  ) {
    this.#store = store
    this.#source = source
    this.#price = options.price
    this.#now = options.now
    this.#keep = options.onIssues
    const now = options.now()
    const open = this.mark('round')?.fetchedAt
    // Later than everything of the round before, whatever the clock does.
    this.round =
      open !== undefined && now - open < OLDEST_ROUND
        ? open
        : Math.max(now, (this.mark('done')?.fetchedAt ?? 0) + 1)
    if (open !== this.round) this.#transaction(() => this.#mark('round', null, null, this.round))
  }

  mark(stream: string): Mark | undefined {
    return one(this.#store, sql.cursorOf, {source: this.#source, stream})
  }

  holds(partition: string, part: number): boolean {
    return this.#parts(partition, part).length > 0
  }

  partitionsUnder(prefix: string): readonly string[] {
    // The character after a prefix's last bounds everything that begins with it.
    const until = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
    return all(this.#store, sql.partitionsFrom, {source: this.#source, from: prefix, until}).map(
      ({partition}) => partition,
    )
  }

  /** Keeps a step; says what became of its pages. */
  keep(step: Step): IngestedFile[] {
    return this.#transaction(() => {
      const files = [
        ...(step.pages ?? []).map(page => this.#page(page)),
        ...(step.same ?? []).flatMap(({partition, part}) =>
          this.#parts(partition, part)
            .slice(0, 1)
            .map(({batch, connector, path}) => {
              run(this.#store, sql.touchObservation, {batch, at: this.#at()})
              run(this.#store, insertExport, {batch_id: batch, at: this.#at(), final: 0})
              return file(path, connector, 'unchanged')
            }),
        ),
      ]
      for (const partition of step.replaced ?? [])
        for (const batch of all(this.#store, sql.outdatedIn, {...this.#own(), partition}))
          this.#drop(batch, true)
      for (const list of step.read ?? []) this.#mark(list, 'read', null)
      for (const {stream, cursor, etag = null} of step.cursors ?? []) this.#mark(stream, cursor, etag)
      for (const stream of step.forget ?? []) run(this.#store, sql.dropCursor, {source: this.#source, stream})
      return files
    })
  }

  /** Ends the round: what earlier readings of its lists said, and this one does not, has ended. `whole`: nothing was left out. */
  finish(whole: boolean): void {
    this.#transaction(() => {
      const outdated = all(this.#store, sql.outdatedLists, this.#own())
      if (outdated.length > 0) {
        const old = JSON.stringify(outdated.map(({batch}) => batch))
        const current = JSON.stringify(
          all(this.#store, sql.observedSince, this.#own()).map(({batch}) => batch),
        )
        const [before, now] = [old, current].map(batches => all(this.#store, sql.openLinks, {batches}))
        for (const change of settleLinks(before!, now!, this.round)) {
          if ('drop' in change) run(this.#store, sql.dropLink, {id: change.link})
          else if ('ends' in change) run(this.#store, sql.endLink, {id: change.link, at: change.ends})
          else run(this.#store, sql.beginLink, {id: change.link, at: change.begins})
        }
        run(this.#store, sql.dropRepeatedEntities, {old, new: current})
        for (const batch of outdated) this.#drop(batch, false)
        run(this.#store, ingest.setMeta, {key: 'changed', value: '1'})
      }
      run(this.#store, sql.dropEmptyLists, {source: this.#source})
      run(this.#store, sql.dropCursor, {source: this.#source, stream: 'round'})
      if (whole) this.#mark('done', null, null)
    })
  }

  #own() {
    return {source: this.#source, round: this.round}
  }

  #at(): number {
    return Math.max(this.#now(), this.round)
  }

  #mark(stream: string, cursor: string | null, etag: string | null, at = this.#at()): void {
    run(this.#store, sql.setCursor, {source: this.#source, stream, cursor, etag, at})
  }

  #parts(partition: string, part: number) {
    return all(this.#store, sql.observedPart, {source: this.#source, partition, part})
  }

  #page(page: Page): IngestedFile {
    const bytes = typeof page.body === 'string' ? Buffer.from(page.body) : page.body
    const {head} = openSource(bytes, page.path)
    if (head.shape === 'empty') return file(page.where, 'empty', 'ingested')
    const connector = connectors.find(candidate => candidate.recognises(head)) as Connector | undefined
    // A page without items need not say of what.
    if (!connector && head.shape === 'json' && head.sample.length === 0)
      return file(page.where, 'empty', 'ingested')
    if (!connector) {
      this.#keep(page, [unrecognised(head, connectors)])
      return {...file(page.where, null, 'unrecognised'), issues: 1}
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const placed = ['live', this.#source, page.partition, page.part, page.valid?.from, page.valid?.to].join(
      ' ',
    )
    const batch = Number.parseInt(
      createHash('sha256').update(`${sha256}\n${placed}`).digest('hex').slice(0, 12),
      16,
    )
    if (one(this.#store, ingest.batchDigest, {id: batch})) {
      run(this.#store, sql.touchObservation, {batch, at: this.#at()})
      run(this.#store, insertExport, {batch_id: batch, at: this.#at(), final: 0})
      return file(page.where, connector.id, 'unchanged')
    }
    const about = {sha256, placed, path: page.where, connector: connector.id, size: bytes.length}
    run(this.#store, ingest.insertBatch, {id: batch, ...about, rows: 0, facts: 0, issues: 0})
    run(this.#store, sql.insertObservation, {
      batch,
      source: this.#source,
      partition: page.partition,
      part: page.part,
      at: this.#at(),
    })
    run(this.#store, insertExport, {batch_id: batch, at: this.#at(), final: 0})
    const counts = this.#facts(batch, bytes, connector, page)
    run(this.#store, ingest.finishBatch, {id: batch, sha256, placed, ...counts})
    run(this.#store, ingest.setMeta, {key: 'changed', value: '1'})
    return {...file(page.where, connector.id, 'ingested'), ...counts}
  }

  #facts(batch: number, bytes: Uint8Array, connector: Connector, page: Page) {
    const usage = new UsageInserter(this.#store, batch, this.#price)
    const counts = {rows: 0, facts: 0, duplicates: 0, issues: 0}
    const span = new Span()
    const take = (chunk: Chunk) => {
      counts.duplicates += chunk.rows - usage.insert(chunk)
      saveFacts(this.#store, batch, chunk.facts, chunk.issues)
      counts.rows += chunk.rows + chunk.facts.length
      counts.facts += chunk.rows + chunk.facts.length
      counts.issues += chunk.issues.length
      this.#keep(page, chunk.issues)
    }
    const writer = new ChunkWriter(CHUNK_ROWS)
    const {from = null, to = null} = page.valid ?? {}
    const dates = {...(from === null ? {} : {validFrom: from}), ...(to === null ? {} : {validTo: to})}
    try {
      for (const item of connector.parse(openSource(bytes, page.path))) {
        if (item.fact === 'usage') span.see(item)
        writer.add(item.fact === 'rule' ? {...item, ...dates} : item)
        if (writer.full) take(writer.take())
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      writer.add({fact: 'issue', line: 0, code: 'unreadable', message: error.message, mend: error.mend})
    }
    take(writer.take())
    run(this.#store, sql.spanObservation, {batch, ...span.row()})
    return counts
  }

  /** `whole`: links and entities go too, else they stay until nothing is left of them. */
  #drop({batch, firstDay, lastDay, firstId, lastId}: sql.Outdated, whole: boolean): void {
    if (firstDay !== null)
      for (let day = firstDay; day <= lastDay!; day++)
        for (const rows of [sql.deleteUsage, sql.deleteParts])
          run(this.#store, rows, {day, firstId: firstId!, lastId: lastId!, batch})
    const tables = [sql.dropIssues, sql.dropRules, sql.dropDeployments]
    for (const drop of whole ? [...tables, sql.dropLinks, sql.dropEntities] : tables)
      run(this.#store, drop, {batch})
    run(this.#store, dropEditions, {batch})
    run(this.#store, dropExport, {batch})
    run(this.#store, sql.dropEmptyObservation, {batch})
    run(this.#store, sql.dropUnobservedBatch, {batch})
    run(this.#store, ingest.setMeta, {key: 'changed', value: '1'})
  }

  #transaction<T>(work: () => T): T {
    const {database} = this.#store
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
}

const file = (path: string, format: string | null, status: IngestedFile['status']): IngestedFile => ({
  ...{path, format, status},
  ...{rows: 0, facts: 0, duplicates: 0, issues: 0},
})
