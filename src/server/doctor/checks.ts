/** What `doctor` looks at: a list of small checks over what was gathered. Adding one is adding an entry. */
import {formatDay} from '../../model/time.ts'

export type Status = 'ok' | 'warn' | 'fail'

export interface Finding {
  readonly check: string
  readonly status: Status
  readonly message: string
  /** One thing to do; null where nothing needs doing. */
  readonly mend: string | null
}

export interface Problem {
  readonly message: string
  readonly mend: string
}

export interface PlacedIssue extends Problem {
  readonly path: string
  readonly line: number
  readonly code: string
}

export interface Unpriced {
  readonly model: string
  /** Why it has no price; null: it has one, and its rows carry no tokens. */
  readonly reason: string | null
  readonly records: number
  /** Those of the records that no bill decided either: nobody knows what they cost. */
  readonly unknown: number
}

/** A store that could be opened. */
export interface Content {
  /** Schema version. */
  readonly schema: number
  readonly files: number
  readonly rows: number
  readonly issues: number
  readonly usage: boolean
  readonly issueCodes: readonly {readonly code: string; readonly count: number}[]
  /** The first of each code. */
  readonly firstIssues: readonly PlacedIssue[]
  readonly attributed: boolean
  /** Facts or declarations newer than the attributions. */
  readonly stale: boolean
  /** Prices in the store that are no longer those of the configuration. */
  readonly stalePrices: boolean
  /** Signatures that have an attribution. */
  readonly signatures: number
  /** Models whose use has no price, most records first. */
  readonly unpriced: readonly Unpriced[]
  /** Last day (since 1970) of use that each channel reported. */
  readonly channels: readonly {readonly channel: string; readonly day: number}[]
  /** Sources that were ever asked: the day of their last whole reading, and whether a later one was interrupted. */
  readonly asked: readonly {
    readonly source: string
    readonly day: number | null
    readonly interrupted: boolean
  }[]
}

/** A source that the configuration lists. */
export interface Listed {
  readonly source: string
  /** What it needs and the environment does not hold. */
  readonly missing: readonly {readonly variable: string; readonly scope: string}[]
}

export interface Gathered {
  /** As `process.version` writes it. */
  readonly node: string
  readonly config: {readonly path: string | null; readonly problem: Problem | null}
  readonly listed: readonly Listed[]
  readonly database: {
    readonly path: string
    /** Null: there is none. Journal included. */
    readonly bytes: number | null
    readonly content: Content | Problem | null
  }
  readonly catalogue: {readonly name: string; readonly day: number}
  readonly today: number
}

/** Places shown of one code. */
export const MOST_PLACES = 3
const MOST_CODES = 10
const MOST_MODELS = 5
const OLD_PRICES_DAYS = 60
/** A source this far behind the freshest one has probably not been exported again. */
const BEHIND_DAYS = 7
/** Asking is cheap; providers settle their figures within days. */
const OLD_READING_DAYS = 2
/** Bills are monthly. */
const OLD_USE_DAYS = 35

type Check = (gathered: Gathered) => readonly Finding[]

const ok = (check: string, message: string): Finding => ({check, status: 'ok', message, mend: null})
const warn = (check: string, message: string, mend: string): Finding => ({
  check,
  status: 'warn',
  message,
  mend,
})
const fail = (check: string, message: string, mend: string): Finding => ({
  check,
  status: 'fail',
  message,
  mend,
})

const number = (value: number): string => value.toLocaleString('en')
const plural = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`

/** A check that only makes sense once there is a readable store. */
const ofContent =
  (check: (content: Content, gathered: Gathered) => readonly Finding[]): Check =>
  gathered => {
    const {content} = gathered.database
    return content === null || 'mend' in content ? [] : check(content, gathered)
  }

const node: Check = ({node: version}) => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 12)
    ? [ok('node', version)]
    : [fail('node', `${version} is too old`, 'install Node 22.12 or newer, best 24')]
}

const config: Check = ({config: {path, problem}}) => {
  if (problem) return [fail('config', problem.message, problem.mend)]
  return [ok('config', path ?? 'no venturi.yaml, defaults hold; `venturi init` writes one')]
}

const database: Check = ({database: {path, bytes, content}}) => {
  if (bytes === null || content === null)
    return [warn('database', `none yet at ${path}`, 'run `venturi ingest PATH`, or name one with --db')]
  if ('mend' in content) return [fail('database', content.message, content.mend)]
  return [ok('database', `${path}, schema ${content.schema}, ${showBytes(bytes)}`)]
}

function showBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [size, unit] = [bytes, 0]
  while (size >= 999.5 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1]
  return `${unit === 0 || size >= 10 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`
}

const ingested = ofContent(({files, rows, issues, usage}) => {
  if (files === 0) return [warn('ingest', 'nothing has been read yet', 'run `venturi ingest PATH`')]
  const said = `${plural(files, 'file')}, ${plural(rows, 'row')}, ${plural(issues, 'issue')}`
  return usage
    ? [ok('ingest', said)]
    : [
        warn(
          'ingest',
          `${said}, but no usage among them`,
          'ingest a gateway log, a provider export or a bill',
        ),
      ]
})

const issues = ofContent(({issueCodes, firstIssues}) => {
  const told = issueCodes.slice(0, MOST_CODES).map(({code, count}) => {
    const places = firstIssues.filter(issue => issue.code === code).slice(0, MOST_PLACES)
    const where = places.map(({path, line}) => `${path}:${line}`).join(', ')
    const [first] = places
    const more = count > places.length ? ', …' : ''
    return warn(
      'issues',
      `${code}, ${plural(count, 'row')}: ${first!.message}, at ${where}${more}`,
      first!.mend,
    )
  })
  const rest = issueCodes.length - told.length
  return rest > 0
    ? [...told, warn('issues', `${plural(rest, 'more kind')} of issue`, 'see `venturi doctor --json`')]
    : told
})

const attributed = ofContent(({attributed: done, stale, signatures, usage}) => {
  if (!usage && !done) return []
  if (!done) return [warn('attribution', 'nothing is attributed yet', 'run `venturi attribute`')]
  if (stale)
    return [
      warn('attribution', 'facts or declarations are newer than the attributions', 'run `venturi attribute`'),
    ]
  return [ok('attribution', `up to date, ${plural(signatures, 'signature')}`)]
})

const storedPrices = ofContent(({stalePrices, usage}) =>
  usage && stalePrices
    ? [
        warn(
          'prices',
          'rates, deployments or the catalogue have changed since rows were priced',
          'run `venturi attribute`: it prices them again',
        ),
      ]
    : [],
)

const prices: Check = ({catalogue: {name, day}, today}) => {
  const age = Math.max(0, today - day)
  const said = `${name}, prices of ${formatDay(day)}, ${plural(age, 'day')} old`
  return age > OLD_PRICES_DAYS
    ? [warn('prices', said, 'update venturi, or write newer prices under rates: in venturi.yaml')]
    : [ok('prices', said)]
}

const unpriced = ofContent(({unpriced: models, usage}) => {
  if (!usage) return []
  if (models.length === 0) return [ok('models', 'every model in use has a price')]
  const unknown = models.filter(model => model.unknown > 0)
  const found: readonly (Finding | null)[] = [
    ofModels(
      unknown.filter(({reason}) => reason !== null),
      'no price, so the cost is not known',
      'write their prices under rates:, or what stands behind an Azure name under azure_deployments:, in venturi.yaml, then run `venturi attribute`',
    ),
    ofModels(
      unknown.filter(({reason}) => reason === null),
      'no tokens in the rows, so the cost is not known',
      'ingest the bill or cost report that covers them',
    ),
    ofModels(
      models.filter(model => model.unknown === 0),
      'no price, but the bill decides',
      null,
    ),
  ]
  return found.filter(finding => finding !== null)
})

/** One finding for models of a kind: worth a look where there is something to do. */
function ofModels(models: readonly Unpriced[], what: string, mend: string | null): Finding | null {
  if (models.length === 0) return null
  const said = `${what}: ${named(models, ({records, unknown}) => (mend === null ? records : unknown))}`
  return mend === null ? ok('models', said) : warn('models', said, mend)
}

function named(models: readonly Unpriced[], count: (model: Unpriced) => number): string {
  const shown = models
    .slice(0, MOST_MODELS)
    .map(model => `${model.model} (${plural(count(model), 'record')})`)
  const more = models.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more, see --json` : shown.join(', ')
}

const sources = ofContent(({channels}, {today}) => {
  const freshest = Math.max(...channels.map(({day}) => day))
  return channels.map(({channel, day}) => {
    const said = `${channel}: last use on ${formatDay(day)}`
    if (day > today + 1)
      return warn('sources', `${said}, in the future`, 'check the clock of this machine and of the source')
    if (freshest - day > BEHIND_DAYS)
      return warn(
        'sources',
        `${said}, ${plural(freshest - day, 'day')} behind the freshest source`,
        `export ${channel} again and ingest it`,
      )
    if (today - day > OLD_USE_DAYS)
      return warn(
        'sources',
        `${said}, ${plural(today - day, 'day')} ago`,
        `export ${channel} again and ingest it`,
      )
    return ok('sources', said)
  })
})

const live: Check = ({listed, database: {content}, today}) => {
  const asked = content === null || 'mend' in content ? [] : content.asked
  return listed.flatMap(({source, missing}) => {
    const known = asked.find(other => other.source === source)
    return [
      ...missing.map(({variable, scope}) =>
        warn('live', `${source}: ${variable} is not set`, `set ${variable} to ${scope}`),
      ),
      reading(source, known?.day ?? null, known?.interrupted ?? false, today),
    ]
  })
}

function reading(source: string, day: number | null, interrupted: boolean, today: number): Finding {
  const run = `run \`venturi ingest --source ${source}\``
  if (interrupted) return warn('live', `${source}: its last reading did not come to its end`, `${run} again`)
  if (day === null) return warn('live', `${source}: never read to its end`, run)
  const said = `${source}: last read on ${formatDay(day)}`
  return today - day > OLD_READING_DAYS
    ? warn('live', `${said}, ${plural(today - day, 'day')} ago`, run)
    : ok('live', said)
}

const checks: readonly Check[] = [
  node,
  config,
  database,
  ingested,
  issues,
  attributed,
  prices,
  storedPrices,
  unpriced,
  sources,
  live,
]

export const diagnose = (gathered: Gathered): Finding[] => checks.flatMap(check => check(gathered))
