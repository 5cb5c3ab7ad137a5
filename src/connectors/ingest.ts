/** The edge of this folder: files in, facts in the store. One file is one transaction: all of it or nothing. */
import {createHash} from 'node:crypto'
import {closeSync, openSync, readSync} from 'node:fs'
import {Worker} from 'node:worker_threads'
import {type Chunk, ChunkWriter} from '../model/chunk.ts'
import type {Alias, Issue} from '../model/fact.ts'
import {inPackage} from '../model/package.ts'
import {insertExport} from '../store/queries/editions.ts'
import * as sql from '../store/queries/ingest.ts'
import type {WritableStore} from '../store/query.ts'
import {one, run} from '../store/query.ts'
import {type PriceModel, saveFacts, UsageInserter} from '../store/save.ts'
import {unrecognised} from './closest.ts'
import type {Connector} from './connector.ts'
import {factsOf} from './facts-of.ts'
import type {InputFile} from './files.ts'
import {gitHistory} from './git-history.ts'
import {spoolHistory} from './git-log.ts'
import {connectors} from './index.ts'
import type {ParseJob, ParseMessage} from './parse-worker.ts'
import {fileDigest, openSource} from './read.ts'
import {UnreadableFile} from './unreadable-file.ts'

export interface IngestedFile {
  readonly path: string
  readonly format: string | null
  readonly status: 'ingested' | 'unchanged' | 'unrecognised' | 'failed'
  readonly rows: number
  readonly facts: number
  readonly duplicates: number
  readonly issues: number
}

export interface PlacedIssue {
  readonly path: string
  readonly line: number
  readonly code: string
  readonly message: string
  readonly mend: string
}

export interface IngestOptions {
  /** Prices rows whose source names no cost. */
  readonly price: PriceModel
  readonly onProgress?: (progress: {
    readonly file: string
    readonly rows: number
    readonly done: number
    readonly files: number
  }) => void
  /** Issues kept for the summary; all are in the store. */
  readonly mostIssues?: number
}

export interface IngestSummary {
  readonly files: readonly IngestedFile[]
  readonly issues: readonly PlacedIssue[]
}

export function totalsOf(files: readonly IngestedFile[]) {
  const sum = (pick: (file: IngestedFile) => number) => files.reduce((total, file) => total + pick(file), 0)
  return {
    files: files.length,
    rows: sum(file => file.rows),
    facts: sum(file => file.facts),
    duplicates: sum(file => file.duplicates),
    issues: sum(file => file.issues),
  }
}

/** From this size on, parsing gets a thread of its own. */
const WORKER_BYTES = 4 << 20
const CHUNK_ROWS = 32_768
const MOST_AHEAD = 2
/** Rows die young: a larger nursery costs memory and gains nothing. */
const NURSERY_MB = 24

export async function ingestFiles(
  store: WritableStore,
  files: readonly InputFile[],
  options: IngestOptions,
): Promise<IngestSummary> {
  const done: IngestedFile[] = []
  const issues: PlacedIssue[] = []
  const keep = (path: string, found: readonly Issue[]) => {
    for (const {line, code, message, mend} of found)
      if (issues.length < (options.mostIssues ?? 1000)) issues.push({path, line, code, message, mend})
  }
  for (const file of files) {
    const report = (rows: number) =>
      options.onProgress?.({file: file.name, rows, done: done.length, files: files.length})
    report(0)
    done.push(await ingestFile(store, file, options.price, found => keep(file.name, found), report))
  }
  return {files: done, issues}
}

async function ingestFile(
  store: WritableStore,
  file: InputFile,
  price: PriceModel,
  keep: (issues: readonly Issue[]) => void,
  report: (rows: number) => void,
): Promise<IngestedFile> {
  const outcome = (
    status: IngestedFile['status'],
    format: string | null,
    counts: Partial<IngestedFile> = {},
  ): IngestedFile => ({
    path: file.name,
    format,
    status,
    rows: 0,
    facts: 0,
    duplicates: 0,
    issues: 0,
    ...counts,
  })
  const ingestContent = async (content: InputFile): Promise<IngestedFile> => {
    const head = openSource(content.file, content.name).head
    if (head.shape === 'empty') return outcome('ingested', 'empty')
    const found = connectors.find(candidate => candidate.recognises(head)) as Connector | undefined
    if (!found) {
      keep([unrecognised(head, connectors)])
      return outcome('unrecognised', null, {issues: 1})
    }
    for (;;) {
      const batch = identify(store, content, found)
      if (batch === 'unchanged') return outcome('unchanged', found.id)
      const counts = await parseInto(store, content, found, batch, price, keep, report)
      if (counts === 'unchanged') return outcome('unchanged', found.id)
      if (counts !== 'taken') return outcome('ingested', found.id, counts)
    }
  }
  try {
    if (!file.git) return await ingestContent(file)
    await using history = await spoolHistory(file, repository => headsOf(store, repository))
    if (!history) return outcome('unchanged', gitHistory.id)
    const done = await ingestContent(history.file)
    if (!history.shallow) rememberHead(store, history.repository, history.head)
    return done
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException
    const ofFile = error instanceof UnreadableFile || (code !== undefined && !code.startsWith('SQLITE_'))
    if (!ofFile) throw error
    const mend = error instanceof UnreadableFile ? error.mend : 'check that the file can be read'
    keep([{fact: 'issue', line: 0, code: 'unreadable', message, mend}])
    return outcome('failed', null, {issues: 1})
  }
}

const MOST_HEADS = 16

/** Where the histories of a repository ended that have been read to their beginning. */
const headsOf = (store: WritableStore, repository: Alias): string[] =>
  JSON.parse(one(store, sql.getMeta, {key: `heads ${repository}`})?.value ?? '[]') as string[]

/** Said after the commits are in the store: killed in between, they are read once more and change nothing. */
function rememberHead(store: WritableStore, repository: Alias, head: string): void {
  const heads = [head, ...headsOf(store, repository).filter(known => known !== head)].slice(0, MOST_HEADS)
  run(store, sql.setMeta, {key: `heads ${repository}`, value: JSON.stringify(heads)})
}

interface Batch {
  readonly id: number
  readonly placed: string
  readonly sha256: string | null
}

/** The last folders of a path, which is all a connector reads ids from. */
const placeOf = (name: string): string => name.replace(/\.gz$/, '').split('/').slice(-5).join('/')

/** A batch's id comes from its content, so that nothing kept depends on the order of files. */
function identify(
  store: WritableStore,
  file: InputFile,
  {id: reader, placed}: Connector,
): Batch | 'unchanged' {
  const place = placed ? `${reader} ${placeOf(file.name)}` : reader
  const id = id48(fingerprint(file), place)
  const known = digestOf(store, id)
  if (known === undefined) return {id, placed: place, sha256: null}
  const sha256 = fileDigest(file.file)
  // Another content may have the same size, beginning and end: this one is then numbered by all of it.
  const own = sha256 === known ? id : id48(sha256, place)
  if (own !== id && digestOf(store, own) === undefined) return {id: own, placed: place, sha256}
  seenAgain(store, own, file)
  return 'unchanged'
}

/** The same content at another place or another time: what is shown and which export counts may change with it. */
function seenAgain(store: WritableStore, id: number, {name, exportedAt}: InputFile): void {
  const renamed = run(store, sql.renameBatch, {id, path: name})
  if (exportedAt !== undefined) run(store, insertExport, {batch_id: id, at: exportedAt, final: 0})
  if (renamed > 0 || exportedAt !== undefined) run(store, sql.setMeta, {key: 'changed', value: '1'})
}

const digestOf = (store: WritableStore, id: number): string | undefined =>
  one(store, sql.batchDigest, {id})?.sha256

const id48 = (...parts: readonly string[]): number =>
  Number.parseInt(createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12), 16)

/** Size, first and last 64 KiB: enough to number a content before it has been read. */
function fingerprint({file, size}: InputFile): string {
  const hash = createHash('sha256').update(String(size))
  const buffer = Buffer.alloc(1 << 16)
  const descriptor = openSync(file, 'r')
  try {
    for (const position of [0, Math.max(0, size - buffer.length)])
      hash.update(buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, position)))
  } finally {
    closeSync(descriptor)
  }
  return hash.digest('hex')
}

type Counts = Pick<IngestedFile, 'rows' | 'facts' | 'duplicates' | 'issues'>

async function parseInto(
  store: WritableStore,
  file: InputFile,
  connector: Connector,
  batch: Batch,
  price: PriceModel,
  keep: (issues: readonly Issue[]) => void,
  report: (rows: number) => void,
): Promise<Counts | 'unchanged' | 'taken'> {
  const {database} = store
  const usage = new UsageInserter(store, batch.id, price)
  const counts = {rows: 0, facts: 0, duplicates: 0, issues: 0}
  const take = (chunk: Chunk) => {
    counts.duplicates += chunk.rows - usage.insert(chunk)
    counts.duplicates += chunk.facts.length - saveFacts(store, batch.id, chunk.facts, chunk.issues)
    counts.rows += chunk.rows + chunk.facts.length
    counts.facts += chunk.rows + chunk.facts.length
    counts.issues += chunk.issues.length
    keep(chunk.issues)
    report(counts.rows)
  }
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another ingest may have read this file while we waited for our turn.
    if (digestOf(store, batch.id) !== undefined) {
      database.exec('ROLLBACK')
      return 'taken'
    }
    run(store, sql.insertBatch, {
      ...{
        id: batch.id,
        sha256: batch.sha256 ?? '',
        placed: `${batch.id}`,
        path: file.name,
        connector: connector.id,
      },
      ...{size: file.size, rows: 0, facts: 0, issues: 0},
    })
    if (file.exportedAt !== undefined)
      run(store, insertExport, {batch_id: batch.id, at: file.exportedAt, final: 0})
    const parse = file.size >= WORKER_BYTES ? parseBeside : parseHere
    const sha256 = await parse(file, connector, take)
    // A file that grew while it was read is known by what was read, under the number of what it was.
    const twin = one(store, sql.batchOfDigest, {sha256, placed: batch.placed})
    if (twin !== undefined) {
      database.exec('ROLLBACK')
      seenAgain(store, twin.id, file)
      return 'unchanged'
    }
    run(store, sql.finishBatch, {
      id: batch.id,
      sha256,
      placed: batch.placed,
      rows: counts.rows,
      facts: counts.facts,
      issues: counts.issues,
    })
    run(store, sql.setMeta, {key: 'changed', value: '1'})
    database.exec('COMMIT')
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK')
    throw error
  }
  return counts
}

type Parse = (file: InputFile, connector: Connector, take: (chunk: Chunk) => void) => Promise<string>

const parseHere: Parse = async (file, connector, take) => {
  const hash = createHash('sha256')
  const source = openSource(file.file, file.name, bytes => void hash.update(bytes))
  const writer = new ChunkWriter(CHUNK_ROWS)
  factsOf(connector, source, writer, () => take(writer.take()))
  take(writer.take())
  return hash.digest('hex')
}

const parseBeside: Parse = (file, connector, take) =>
  new Promise((resolve, reject) => {
    const ahead = new SharedArrayBuffer(4)
    const job: ParseJob = {
      ...{file: file.file, name: file.name, connector: connector.id},
      ...{chunkRows: CHUNK_ROWS, ahead, mostAhead: MOST_AHEAD},
    }
    const worker = new Worker(inPackage('dist', 'connectors', 'parse-worker.js'), {
      workerData: job,
      resourceLimits: {maxYoungGenerationSizeMb: NURSERY_MB},
    })
    worker.on('message', (message: ParseMessage) => {
      if ('sha256' in message) return resolve(message.sha256)
      try {
        take(message.chunk)
      } catch (error) {
        void worker.terminate()
        return reject(error as Error)
      }
      const sent = new Int32Array(ahead)
      Atomics.sub(sent, 0, 1)
      Atomics.notify(sent, 0)
    })
    // Errors lose their class between threads, not their fields.
    worker.on('error', (error: Error & {readonly mend?: string}) =>
      reject(error.mend === undefined ? error : new UnreadableFile(error.message, error.mend)),
    )
    worker.on('exit', code => code === 0 || reject(new Error(`the parsing thread ended with code ${code}`)))
  })
