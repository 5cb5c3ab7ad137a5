/** `venturi ingest` without a path: which sources are meant, what they would be asked, and what became of it. */
import {existsSync} from 'node:fs'
import {setTimeout} from 'node:timers/promises'
import type {Config} from '../../config/config.ts'
import type {SourceConfig} from '../../config/sources.ts'
import {sourceOf} from '../../connectors/live/index.ts'
import {
  missingCredentials,
  nameOf,
  type PlannedAsk,
  type PullOptions,
  type PullSummary,
  planSource,
  pullSources,
} from '../../connectors/live/pull.ts'
import type {Machine} from '../../connectors/live/transport.ts'
import {EXIT, UserError} from '../../model/errors.ts'
import {openForReading, openForWriting} from '../../store/open.ts'
import {cursorOf} from '../../store/queries/live.ts'
import {one} from '../../store/query.ts'
import {startPricing} from '../pricing/reprice.ts'

export const thisMachine: Machine = {
  now: Date.now,
  sleep: ms => setTimeout(ms),
  random: Math.random,
}

/** The sources of the configuration that are called so; all of them when none is named. */
export function chooseSources(
  {sources = []}: Config,
  names: readonly string[],
  config: string | null,
): readonly SourceConfig[] {
  if (sources.length === 0)
    throw new UserError(
      `no PATH given, and ${config === null ? 'there is no venturi.yaml' : `${config} lists no sources`}`,
      'name files or folders, or list what to ask under sources: (see docs/live.md)',
    )
  const known = sources.map(nameOf)
  const unknown = names.find(name => !known.includes(name))
  if (unknown !== undefined)
    throw new UserError(`--source ${unknown}: no such source`, `give one of ${known.join(', ')}`)
  return names.length === 0 ? sources : sources.filter(source => names.includes(nameOf(source)))
}

export async function pull(
  db: string,
  config: Config,
  list: readonly SourceConfig[],
  told: Pick<PullOptions, 'onProgress' | 'onStage'>,
): Promise<PullSummary> {
  using store = openForWriting(db)
  return await pullSources(store, list, {
    price: startPricing(store, config),
    env: process.env,
    machine: thisMachine,
    ...told,
  })
}

/** Refused credentials weigh more than a service that does not answer. */
export const exitOf = ({sources}: PullSummary): number =>
  sources.some(({status}) => status === 'refused')
    ? EXIT.credentials
    : sources.some(({status}) => status === 'failed')
      ? EXIT.usage
      : EXIT.done

export interface Plan {
  readonly asks: readonly PlannedAsk[]
  readonly credentials: readonly {
    readonly source: string
    readonly variable: string
    readonly set: boolean
    readonly scope: string
  }[]
}

/** Sends nothing and writes nothing. */
export function plan(db: string, list: readonly SourceConfig[], env: NodeJS.ProcessEnv, now: number): Plan {
  using store = existsSync(db) ? openForReading(db) : null
  return {
    asks: list.flatMap(settings =>
      planSource(settings, now, (source, stream) =>
        store ? one(store, cursorOf, {source, stream}) : undefined,
      ),
    ),
    credentials: list.flatMap(settings => {
      const missing = new Set(missingCredentials(settings, env).map(({variable}) => variable))
      return sourceOf(settings)
        .credentials(settings as never)
        .map(({variable, scope}) => ({
          source: nameOf(settings),
          ...{variable, set: !missing.has(variable), scope},
        }))
    }),
  }
}
