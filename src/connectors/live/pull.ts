/**
 * Asks every source in turn. A source that refuses or does not answer leaves the others alone, and what it had said is
 * kept with the place to go on from.
 */
import type {SourceConfig} from '../../config/sources.ts'
import {UserError} from '../../model/errors.ts'
import type {Issue} from '../../model/fact.ts'
import {DAY_MS, dayOf, parseTime} from '../../model/time.ts'
import type {WritableStore} from '../../store/query.ts'
import type {PriceModel} from '../../store/save.ts'
import type {IngestedFile, PlacedIssue} from '../ingest.ts'
import {sourceOf} from './index.ts'
import {Shelf} from './keep.ts'
import type {Context, Exchange, LiveSource, Page, Planned, Stream} from './source.ts'
import {type Machine, Transport} from './transport.ts'
import {Absent, Refused, Rejected, Unreachable} from './trouble.ts'

/** How far back the first reading goes. */
const FIRST_DAYS = 92

export interface PulledSource {
  readonly source: string
  readonly type: string
  /** `refused`: a credential is missing or not enough. `failed`: it could not be asked, or not to the end. */
  readonly status: 'done' | 'refused' | 'failed'
  /** Requests sent. */
  readonly requests: number
  readonly problems: readonly {readonly message: string; readonly mend: string}[]
}

export interface PullOptions {
  readonly price: PriceModel
  readonly env: {readonly [variable: string]: string | undefined}
  readonly machine: Machine
  readonly onProgress?: (line: string) => void
  /** One line a source, and one for what is passed over. */
  readonly onStage?: (line: string) => void
  /** Issues kept for the summary; all are in the store. */
  readonly mostIssues?: number
  readonly patienceMs?: number
  readonly timeoutMs?: number
}

export interface PullSummary {
  readonly sources: readonly PulledSource[]
  readonly files: readonly IngestedFile[]
  readonly issues: readonly PlacedIssue[]
}

export const nameOf = ({name, type}: SourceConfig): string => name ?? type

/** Variables a source needs that the environment does not hold. */
export const missingCredentials = (settings: SourceConfig, env: PullOptions['env']) =>
  sourceOf(settings)
    .credentials(settings as never)
    .filter(({variable}) => (env[variable] ?? '').trim() === '')

export async function pullSources(
  store: WritableStore,
  list: readonly SourceConfig[],
  options: PullOptions,
): Promise<PullSummary> {
  const sources: PulledSource[] = []
  const files: IngestedFile[] = []
  const issues: PlacedIssue[] = []
  const onIssues = (page: Page, found: readonly Issue[]) => {
    for (const {line, code, message, mend} of found)
      if (issues.length < (options.mostIssues ?? 1000))
        issues.push({path: page.where, line, code, message, mend})
  }
  for (const settings of list) {
    const {status, requests, problems} = await pullSource(store, settings, options, files, onIssues)
    sources.push({source: nameOf(settings), type: settings.type, status, requests, problems})
  }
  return {sources, files, issues}
}

type Outcome = Pick<PulledSource, 'status' | 'requests' | 'problems'>

async function pullSource(
  store: WritableStore,
  settings: SourceConfig,
  options: PullOptions,
  files: IngestedFile[],
  onIssues: (page: Page, found: readonly Issue[]) => void,
): Promise<Outcome> {
  const source = sourceOf(settings)
  const name = nameOf(settings)
  const missing = missingCredentials(settings, options.env)
  if (missing.length > 0)
    return {
      status: 'refused',
      requests: 0,
      problems: missing.map(({variable, scope}) => ({
        message: `${name}: ${variable} is not set`,
        mend: `set ${variable} to ${scope}`,
      })),
    }
  const {machine} = options
  options.onStage?.(`${name}: asking ${addressOf(source, settings)}`)
  const shelf = new Shelf(store, name, {price: options.price, now: () => machine.now(), onIssues})
  let requests = 0
  const send = sender(source, settings, options, () => void requests++)
  const context: Context = {
    round: shelf.round,
    since: sinceOf(settings, shelf.round),
    mark: stream => shelf.mark(stream),
    holds: (partition, part) => shelf.holds(partition, part),
    partitionsUnder: prefix => shelf.partitionsUnder(prefix),
    send,
  }
  const problems: {message: string; mend: string}[] = []
  let status: Outcome['status'] = 'done'
  for (const stream of streamsOf(source, settings)) {
    options.onProgress?.(`${name}: ${stream.id}`)
    try {
      for await (const step of stream.pull(context)) {
        const kept = shelf.keep(step)
        files.push(...kept)
        if (kept.length > 0)
          options.onProgress?.(
            `${name}: ${stream.id}  ${requests.toLocaleString('en')} requests  ${kept.at(-1)!.path}`,
          )
      }
    } catch (error) {
      if (
        stream.optional &&
        (error instanceof Absent || (error instanceof Refused && error.status === 403))
      ) {
        options.onStage?.(`${name}: ${stream.id} is not offered, passed over`)
        continue
      }
      const problem = explain(error, source, settings)
      if (problem === null) throw error
      problems.push({message: `${name}: ${problem.message}`, mend: problem.mend})
      if (status !== 'refused') status = problem.refused ? 'refused' : 'failed'
      // Nothing else of it can be asked, and the round goes on next time.
      if (problem.last) return {status, requests, problems}
    }
  }
  shelf.finish(status === 'done')
  return {status, requests, problems}
}

function sender(
  source: LiveSource,
  settings: SourceConfig,
  options: PullOptions,
  onAsk: () => void,
): Context['send'] {
  const {machine, patienceMs, timeoutMs, env} = options
  const address = addressOf(source, settings)
  const secrets = source.credentials(settings as never).map(({variable}) => env[variable]!.trim())
  const common = {
    machine,
    onAsk,
    ...(patienceMs === undefined ? {} : {patienceMs}),
    ...(timeoutMs === undefined ? {} : {timeoutMs}),
  }
  const tokenAddress = source.tokenAddress?.(settings as never, secrets) ?? address
  const exchange: Exchange = form =>
    new Transport({
      ...{...common, address: tokenAddress, endpoints: ['POST /'], renews: false},
      sign: async () => ({}),
    }).exchange(form)
  const transport = new Transport({
    ...{...common, address, endpoints: source.endpoints, renews: source.tokenAddress !== undefined},
    sign: async () =>
      source.sign({
        settings: settings as never,
        address,
        secrets,
        exchange,
        tokenAddress,
        now: machine.now(),
      }),
  })
  const client = source.client?.(address, transport.fetch)
  return (ask, etag = null) => transport.send(ask, etag, client)
}

const addressOf = (source: LiveSource, {url}: SourceConfig): string =>
  (url ?? source.address ?? '').replace(/\/+$/, '')

const streamsOf = (source: LiveSource, settings: SourceConfig): readonly Stream[] => {
  const skipped: readonly string[] = ('skip' in settings && settings.skip) || []
  return source
    .streams(settings as never, addressOf(source, settings))
    .filter(({group}) => !skipped.includes(group))
}

const sinceOf = (settings: SourceConfig, round: number): number =>
  ('since' in settings && settings.since !== undefined ? parseTime(settings.since) : null) ??
  (dayOf(round) - FIRST_DAYS) * DAY_MS

interface Explained {
  readonly message: string
  readonly mend: string
  readonly refused: boolean
  /** Whether the source's other streams would fare the same. */
  readonly last: boolean
}

function explain(error: unknown, source: LiveSource, settings: SourceConfig): Explained | null {
  const {message} = error as Error
  if (error instanceof Refused) {
    const needed = source
      .credentials(settings as never)
      .map(({variable, scope}) => `${variable} must be ${scope}`)
      .join('; ')
    const mend = error.status === 403 ? `${needed}, or leave this part out with skip:` : needed
    return {message, mend, refused: true, last: error.status === 401}
  }
  if (error instanceof Absent)
    return {message, mend: 'check url: and the names under this source', refused: false, last: false}
  if (error instanceof Rejected) return {message, mend: error.mend, refused: false, last: false}
  if (error instanceof UserError) return {message, mend: error.mend, refused: true, last: true}
  if (error instanceof Unreachable) return {message, mend: error.mend, refused: false, last: true}
  return null
}

export interface PlannedAsk {
  readonly source: string
  readonly stream: string
  readonly method: string
  readonly url: string
  readonly from: string
}

/** What a pull would ask first of each stream. Nothing is sent; `mark` looks into the store, if there is one. */
export function planSource(
  settings: SourceConfig,
  now: number,
  mark: (source: string, stream: string) => ReturnType<Context['mark']>,
): PlannedAsk[] {
  const name = nameOf(settings)
  const known = {round: now, since: sinceOf(settings, now), mark: (stream: string) => mark(name, stream)}
  return streamsOf(sourceOf(settings), settings).flatMap(stream =>
    stream.plan(known).map(({stream: id, ask, from}: Planned) => ({
      source: name,
      stream: braced(id),
      method: ask.method,
      url: braced(ask.url),
      from,
    })),
  )
}

/** `{id}` stands for every item of a list, also where an address has encoded it. */
const braced = (text: string): string => text.replace(/%7B(\w+)%7D/gi, '{$1}')
