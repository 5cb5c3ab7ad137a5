/** Which schedules run models: the job they stand in says so, or what that job starts does. */
import {dirname, join, normalize} from 'node:path/posix'
import {readConfigFile} from './configs/index.ts'
import type {Repository, Side} from './detect.ts'
import {isModelName} from './model-shape.ts'
import {Resolver} from './resolve.ts'
import {decode} from './text.ts'
import type {Entry, Value, View} from './value.ts'
import {isSchedule, SPEAKS, subjectOf} from './words.ts'

interface File {
  readonly view: View
  readonly text: string
}

/** One job of a configuration file, with the lines of its schedules. */
interface Job {
  readonly value: Value
  readonly lines: readonly number[]
}

/** `runs`: a model; `other`: what it starts was read and runs none; `open`: it does not say what it starts. */
type Verdict = 'runs' | 'other' | 'open'

/** Tells of a file's line whether the schedule in it concerns models. */
export async function concerned(
  repository: Repository,
  side: Side,
  files: readonly File[],
): Promise<(view: View) => (line: number) => boolean> {
  const verdicts = new Map<View, (line: number) => boolean>()
  const scheduled = files.filter(({text}) => /cron|schedul/i.test(text))
  const blocks = await blocksBeside(repository, side, files, scheduled)
  const reader = new Reader(repository, side, [...files, ...blocks])
  for (const file of scheduled) verdicts.set(file.view, await linesOf(file, reader))
  const others = new Map(files.map(({view, text}) => [view, () => SPEAKS.test(`${view.path}\n${text}`)]))
  return view => verdicts.get(view) ?? (() => others.get(view)?.() ?? false)
}

/** Blocks that run code, or have it run at a time. */
const RUNNING = [
  'aws_cloudwatch_event_target',
  'aws_scheduler_schedule',
  'aws_lambda_function',
  'aws_ecs_task_definition',
  'aws_batch_job_definition',
  'google_cloud_scheduler_job',
  'google_cloudfunctions_function',
  'google_cloudfunctions2_function',
  'google_cloud_run_v2_job',
  'google_cloud_run_v2_service',
]

/** Terraform's files of the folders in which a schedule stands: one module may lie in many. */
async function blocksBeside(
  repository: Repository,
  side: Side,
  files: readonly File[],
  scheduled: readonly File[],
): Promise<File[]> {
  const folders = new Set(
    scheduled.flatMap(({view: {path}}) => (path.endsWith('.tf') ? [dirname(path)] : [])),
  )
  if (folders.size === 0) return []
  const known = new Set(files.map(({view}) => view.path))
  const named = [...folders].flatMap(folder => ['variables.tf', 'locals.tf'].map(name => join(folder, name)))
  const paths = [...(await repository.mentioning(RUNNING)), ...named].filter(
    path => path.endsWith('.tf') && folders.has(dirname(path)) && !known.has(path),
  )
  const texts = await repository.read(side, [...new Set(paths)].slice(0, MOST))
  return [...texts].flatMap(([path, bytes]) => {
    const text = decode(bytes)
    const view = text === null ? null : readConfigFile(path, text)
    return view === null ? [] : [{view, text: text!}]
  })
}

async function linesOf({view, text}: File, reader: Reader): Promise<(line: number) => boolean> {
  const whole = async (): Promise<boolean> =>
    SPEAKS.test(`${view.path}\n${text}`) || (await reader.starts(view.path, text)) === 'runs'
  if (view.form === 'code') {
    const all = await whole()
    return () => all
  }
  const jobs = jobsOf(view)
  const verdicts: Verdict[] = []
  for (const job of jobs) verdicts.push(await reader.verdict(view, job, jobs.length > 1))
  const linesWith = (wanted: Verdict): ReadonlySet<number> =>
    new Set(jobs.filter((_, index) => verdicts[index] === wanted).flatMap(({lines}) => lines))
  const [running, other] = [linesWith('runs'), linesWith('other')]
  if (running.size > 0) return line => running.has(line)
  const all = await whole()
  return line => all && !other.has(line)
}

/** The largest parts of a file that hold the schedules of one job alone. */
function jobsOf(view: View): Job[] {
  const jobs: Job[] = []
  const alone = view.path.endsWith('.tf')
  for (const {entries, line} of view.groups) {
    const root: Value = {kind: 'object', group: rootOf(entries, line), line}
    const left = pending(root, '', jobs, alone)
    if (left.length > 0) jobs.push({value: root, lines: left})
  }
  return jobs
}

const rootOf = (entries: Entry[], line: number) => ({
  ...{callee: [], entries, line, scope: []},
  ...{spread: false, nested: true},
})

/** Lines of schedules below that no job has taken. `apart`: each entry here is a job of its own. */
function pending(value: Value, key: string, jobs: Job[], apart: boolean): number[] {
  if (value.kind === 'text') return isSchedule(value.text) && isScheduleKey(key) ? [value.line] : []
  const inner =
    value.kind === 'object'
      ? value.group.entries.map(entry => ({value: entry.value, key: entry.key ?? key}))
      : value.kind === 'list'
        ? value.items.map(item => ({value: item, key}))
        : []
  const found = inner
    .map(item => ({value: item.value, lines: pending(item.value, item.key, jobs, false)}))
    .filter(({lines}) => lines.length > 0)
  if (found.length < 2 && !apart) return found.flatMap(({lines}) => lines)
  return found.flatMap(job => {
    if (!apart && !isSubstantial(job.value)) return job.lines
    jobs.push(job)
    return []
  })
}

const isScheduleKey = (key: string): boolean => subjectOf(key)?.[0] === 'schedule'

/** It says more than when. */
function isSubstantial(value: Value): boolean {
  if (value.kind === 'list') return value.items.some(isSubstantial)
  if (value.kind !== 'object') return false
  const {entries} = value.group
  return entries.length > 1 || entries.some(({value: inner}) => isSubstantial(inner))
}

class Reader {
  readonly #repository: Repository
  readonly #side: Side
  /** Made when the first job is read: most diffs hold none. */
  #resolver: Resolver | null = null
  readonly #resources = new Map<string, ReadonlyMap<string, Value>>()
  readonly #files: readonly File[]

  constructor(repository: Repository, side: Side, files: readonly File[]) {
    this.#repository = repository
    this.#side = side
    this.#files = files
  }

  async verdict(view: View, {value}: Job, one: boolean): Promise<Verdict> {
    const said = this.#textsOf(view, value)
    if (one && speaks(said)) return 'runs'
    const linked = view.path.endsWith('.tf') ? this.#linked(view, value) : []
    const texts = linked.flatMap(item => this.#textsOf(view, item))
    if (speaks(texts)) return 'runs'
    const started = await this.starts(view.path, [...said, ...texts].join('\n'))
    if (started === 'runs') return started
    return linked.length > 0 ? 'other' : started
  }

  /** What a job starts: scripts, handlers and routes it names. */
  async starts(path: string, text: string): Promise<Verdict> {
    const found = await this.#read(path, routesIn(text))
    const more = await this.#read(path, scriptsIn(`${text}\n${await this.#packageScripts(path, text)}`))
    if ([...found, ...more].some(([at, script]) => SPEAKS.test(`${at}\n${script}`))) return 'runs'
    for (const [at, script] of [...found, ...more])
      if ((await this.#read('', importsIn(at, script))).some(([, inner]) => SPEAKS.test(inner))) return 'runs'
    return found.length > 0 ? 'other' : 'open'
  }

  /** `npm run digest`: what `package.json` says that is. */
  async #packageScripts(path: string, text: string): Promise<string> {
    const names = [...text.matchAll(/\b(?:npm run|pnpm(?: run)?|yarn(?: run)?|bun run)\s+([\w:.-]+)/g)].map(
      ([, name]) => name!,
    )
    if (names.length === 0) return ''
    const written = (await this.#read(path, ['package.json'])).flatMap(([at, json]) => {
      const scripts = readConfigFile(at, json)?.definitions ?? []
      return scripts.filter(({path: [first, name]}) => first === 'scripts' && names.includes(name ?? ''))
    })
    return written.map(({value}) => (value.kind === 'text' ? value.text : '')).join('\n')
  }

  /** Files by their names from the repository's root or from where they are named. */
  async #read(from: string, names: readonly string[]): Promise<(readonly [path: string, text: string])[]> {
    const folder = dirname(from)
    const paths = new Set(
      names.slice(0, MOST).flatMap(name => [normalize(name), normalize(join(folder, name))]),
    )
    if (paths.size === 0) return []
    const texts = await this.#repository.read(
      this.#side,
      [...paths].filter(path => !path.startsWith('..')),
    )
    return [...texts].flatMap(([path, bytes]) => {
      const text = decode(bytes)
      return text === null ? [] : [[path, text] as const]
    })
  }

  /** Keys and values, names followed to what they hold. */
  #textsOf(view: View, value: Value): string[] {
    if (value.kind === 'object')
      return value.group.entries.flatMap(({key, value: inner}) => [key ?? '', ...this.#textsOf(view, inner)])
    if (value.kind === 'list') return value.items.flatMap(item => this.#textsOf(view, item))
    this.#resolver ??= new Resolver(this.#files.map(file => file.view))
    return this.#resolver.known(view, [], value).map(({text}) => text)
  }

  /** Terraform: what a rule's targets run, by the names that lead from one block to the next. */
  #linked(view: View, rule: Value): Value[] {
    const resources = this.#resourcesOf(dirname(view.path))
    const own = [...resources].find(([, value]) => value.line === rule.line && sameBlock(value, rule))?.[0]
    const named = (value: Value): string[] => namesIn(value).filter(name => resources.has(name))
    const targets = [
      rule,
      ...[...resources].flatMap(([name, value]) =>
        own !== undefined && name !== own && named(value).includes(own) ? [value] : [],
      ),
    ]
    const run = new Set(targets.flatMap(named).filter(name => name !== own && RUNS.test(name)))
    const code = [...run].flatMap(name =>
      named(resources.get(name)!).filter(inner => /archive_file|container|image/.test(inner)),
    )
    return [...run, ...code].map(name => resources.get(name)!)
  }

  /** Blocks of one folder by type and name. */
  #resourcesOf(folder: string): ReadonlyMap<string, Value> {
    const held = this.#resources.get(folder)
    if (held) return held
    const found = new Map(
      this.#files
        .filter(({view: {path}}) => dirname(path) === folder && path.endsWith('.tf'))
        .flatMap(({view}) => view.groups.flatMap(({entries}) => entries))
        .flatMap(({key, value}) =>
          key !== null && value.kind === 'object'
            ? [[key.replace(/^(?:resource|data)\./, ''), value] as const]
            : [],
        ),
    )
    this.#resources.set(folder, found)
    return found
  }
}

const MOST = 60
/** Blocks that run code. */
const RUNS =
  /lambda|function|ecs_task|batch_job|cloud_run|sfn_state_machine|codebuild|container|workflow|glue_job/

const sameBlock = (one: Value, other: Value): boolean =>
  one === other ||
  (one.kind === 'object' && other.kind === 'object' && one.group.entries === other.group.entries)

/** `aws_lambda_function.digest` of `aws_lambda_function.digest.arn`. */
function namesIn(value: Value): string[] {
  if (value.kind === 'object') return value.group.entries.flatMap(({value: inner}) => namesIn(inner))
  if (value.kind === 'list') return value.items.flatMap(namesIn)
  if (value.kind === 'either') return value.options.flatMap(namesIn)
  if (value.kind !== 'name') return []
  const path = value.path[0] === 'data' ? value.path.slice(1) : value.path
  return path.length > 1 ? [path.slice(0, 2).join('.')] : []
}

const speaks = (texts: readonly string[]): boolean => SPEAKS.test(texts.join('\n')) || texts.some(isModelName)

/** `python jobs/digest.py`, `python -m jobs.digest`, `node dist/x.js`, `handler: src/digest.handler`: as paths. */
function scriptsIn(text: string): string[] {
  const files = [...text.matchAll(/[\w./-]+\.(?:py|rb|[cm]?[jt]s|go|sh)\b/g)].map(([path]) =>
    path.replace(/^(?:\.\/|\/(?:app|srv|usr\/src\/app)\/)/, ''),
  )
  const modules = [...text.matchAll(/-m["',\s]+([\w.]+)/g)].map(
    ([, module]) => `${module!.replaceAll('.', '/')}.py`,
  )
  const handlers = [
    ...text.matchAll(/(?<![\w./-])([\w./-]+)\.(?:lambda_)?(?:handler|main|run|default)\b/g),
  ].flatMap(([, path]) =>
    ['', 'src/', 'functions/', 'lambda/', 'lambdas/', 'handlers/'].flatMap(folder =>
      ['py', 'ts', 'js', 'mjs'].map(ending => `${folder}${path}.${ending}`),
    ),
  )
  return [...files, ...modules, ...handlers]
}

/** Vercel's `"path": "/api/digest"`: the files that answer there. */
function routesIn(text: string): string[] {
  const paths = [...text.matchAll(/(?:^|[\s"'])\/(api\/[\w./-]+)/gm)].map(([, path]) =>
    path!.replace(/\/$/, ''),
  )
  return paths.flatMap(path => {
    const written = [
      `app/${path}/route`,
      `src/app/${path}/route`,
      `pages/${path}`,
      `pages/${path}/index`,
      `src/pages/${path}`,
      `src/pages/${path}/index`,
      `src/routes/${path}/+server`,
      `server/${path}`,
      `server/${path}.get`,
      path,
      `${path}/index`,
    ]
    return written
      .flatMap(name => ['ts', 'js', 'tsx', 'mjs'].map(ending => `${name}.${ending}`))
      .concat(`${path}.py`)
  })
}

/** The files of the repository that a script takes from. */
function importsIn(path: string, text: string): string[] {
  const folder = dirname(path)
  if (path.endsWith('.py'))
    return [...text.matchAll(/^\s*from\s+([\w.]+)\s+import\s+(\w+)/gm)].flatMap(([, module, name]) => {
      const at = module!.replace(/^\./, '').replaceAll('.', '/')
      const written = [`${at}.py`, `${at}/__init__.py`, `${at}/${name}.py`]
      return [...written, ...written.map(file => join(folder, file))]
    })
  return [...text.matchAll(/(?:from|require\(|import\()\s*['"]((?:\.{1,2}|[@~])\/[^'"]+)['"]/g)].flatMap(
    ([, module]) => {
      const at = module!.replace(/\.[cm]?[jt]sx?$/, '')
      const written = /^[@~]/.test(at) ? [at.slice(2), `src/${at.slice(2)}`] : [join(folder, at)]
      return written.flatMap(file =>
        ['.ts', '.js', '.tsx', '/index.ts', '/index.js'].map(ending => `${file}${ending}`),
      )
    },
  )
}
