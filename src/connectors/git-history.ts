/**
 * Who changed which folders of a repository, and when: the history that `git-log.ts` reads out of a checkout, or a dump of one
 * as a table, a row a path. Messages, contents, names of people and of single files are not kept.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type CommitFact, type Issue, issue} from '../model/fact.ts'
import {parseTime, parseUnixSeconds} from '../model/time.ts'
import {checkoutOf, segmentsOf} from './checkout.ts'
import {connector, type Source} from './connector.ts'
import {array, isObject, text} from './fields.ts'
import {type Columns, cell} from './table.ts'

const COLUMNS = {
  commit: ['commit', 'sha', 'commit_hash', 'hash'],
  at: ['authored_at', 'author_date', 'authored_date', 'committed_at', 'date', 'timestamp'],
  author: ['author', 'author_email', 'email'],
  path: ['path', 'file', 'filename', 'file_path'],
  repository: ['repository', 'repo'],
} as const satisfies Columns<string>

/** The first record of a history read out of a checkout. */
export interface HistoryHead {
  readonly repository: Alias
  readonly head: string
  /** The history does not reach back to its beginning. */
  readonly shallow: boolean
}

/** A commit, or some of the paths of a large one. */
export interface HistoryEntry {
  readonly commit: string
  /** Unix seconds, as text. */
  readonly authored_at: string
  readonly author: string
  readonly paths: readonly string[]
}

export const gitHistory = connector({
  id: 'git-history',
  label: 'Git history (a checkout, or a dump of its log)',
  placed: true,
  needs: {
    columns: [COLUMNS.commit, COLUMNS.at, COLUMNS.author, COLUMNS.path],
    fields: ['commit', 'authored_at', 'author', 'paths'],
  },
  recognises: ({shape, columns, sample}) =>
    shape === 'csv'
      ? [COLUMNS.commit, COLUMNS.at, COLUMNS.author, COLUMNS.path].every(names =>
          names.some(name => columns.includes(name)),
        )
      : (shape === 'json' || shape === 'jsonl') && (isHead(sample[0]) || sample.some(isEntry)),
  *parse(source) {
    let open: Touched | null = null
    for (const entry of entriesOf(source)) {
      if ('fact' in entry) yield entry
      else if (open && open.commit === entry.commit && open.repository === entry.repository)
        open.add(entry.paths)
      else {
        if (open) yield open.said()
        open = new Touched(entry)
      }
    }
    if (open) yield open.said()
  },
})

const isHead = (value: unknown): boolean =>
  ['repository', 'head', 'shallow'].every(key => isObject(value) && key in value)
const isEntry = (value: unknown): boolean =>
  text(value, 'commit') !== undefined &&
  text(value, 'author') !== undefined &&
  array(value, 'paths').length > 0

interface Entry {
  readonly line: number
  readonly repository: Alias
  readonly commit: string
  readonly at: string
  readonly author: string
  readonly paths: readonly string[]
}

function* entriesOf(source: Source): Generator<Entry | Issue> {
  let repository = repositoryAt(source.path)
  let told = false
  for (const row of source.head.shape === 'csv' ? tableRows(source) : logRecords(source)) {
    if ('fact' in row) {
      yield row
      continue
    }
    if ('head' in row) {
      repository = row.head.repository
      if (row.head.shallow) yield shallow(row.line)
      continue
    }
    const named = row.repository === undefined ? repository : alias.repository(row.repository)
    if (named !== null) yield {...row, repository: named}
    else if (!told) {
      told = true
      yield issue(
        row.line,
        'no-repository',
        'nothing names the repository of these commits',
        'keep the file as repos/{name}/history.tsv, or add a column repository',
      )
    }
  }
}

const shallow = (line: number): Issue =>
  issue(
    line,
    'shallow-history',
    'the checkout holds only the end of its history',
    'run git fetch --unshallow in it and ingest it again',
  )

/** As for CODEOWNERS: a known layout names the repository, else the folder that holds the file. */
function repositoryAt(path: string): Alias | null {
  const {folders} = segmentsOf(path)
  const last = folders.at(-1)
  return checkoutOf(folders)?.repository ?? (last === undefined ? null : alias.named('repo', last))
}

type Said = Omit<Entry, 'repository'> & {readonly repository: string | undefined}

function* tableRows(source: Source): Generator<Said | Issue> {
  for (const row of source.rows()) {
    if ('fact' in row) {
      yield row
      continue
    }
    const [commit, at, author, path] = [COLUMNS.commit, COLUMNS.at, COLUMNS.author, COLUMNS.path].map(names =>
      cell(row.row, names),
    )
    if (commit && at && author && path)
      yield {line: row.line, commit, at, author, paths: [path], repository: cell(row.row, COLUMNS.repository)}
    else
      yield issue(
        row.line,
        'no-commit',
        `a row without ${commit ? (at ? (author ? 'path' : 'author') : 'authored_at') : 'commit'}`,
        'write commit, authored_at, author and path in every row',
      )
  }
}

function* logRecords(source: Source): Generator<Said | {line: number; head: HistoryHead} | Issue> {
  for (const record of source.records()) {
    if ('fact' in record) {
      yield record
      continue
    }
    const {line, value} = record
    const [repository, commit, author] = [
      text(value, 'repository'),
      text(value, 'commit'),
      text(value, 'author'),
    ]
    const at = text(value, 'authored_at')
    const paths = array(value, 'paths').filter(path => typeof path === 'string')
    if (isHead(value) && repository)
      yield {
        line,
        head: {
          repository,
          head: text(value, 'head') ?? '',
          shallow: (value as {shallow: unknown}).shallow === true,
        },
      }
    else if (commit && at && author) yield {line, commit, at, author, paths, repository}
    else
      yield issue(
        line,
        'no-commit',
        'an entry without commit, authored_at or author',
        'write all of commit, authored_at, author and paths in every entry',
      )
  }
}

/** Folders of a path that are told apart; what lies deeper belongs to its ancestor. */
const DEEPEST = 3
/** A commit that touches more folders is told at a coarser level: it says little of any of them. */
const MOST_FOLDERS = 50

/** One commit whose paths come in several entries. */
class Touched {
  readonly commit: string
  readonly repository: Alias
  readonly #entry: Entry
  readonly #folders = new Map<string, number>()
  #files = 0

  constructor(entry: Entry) {
    this.#entry = entry
    this.commit = entry.commit
    this.repository = entry.repository
    this.add(entry.paths)
  }

  add(paths: readonly string[]): void {
    for (const path of paths) {
      const folder = path.split('/').slice(0, -1).slice(0, DEEPEST).join('/')
      this.#folders.set(folder, (this.#folders.get(folder) ?? 0) + 1)
    }
    this.#files += paths.length
  }

  said(): CommitFact | Issue {
    const {line, at: written, author} = this.#entry
    const at = parseTime(written) ?? parseUnixSeconds(written)
    if (at === null)
      return issue(
        line,
        'bad-time',
        `the time of commit ${this.commit.slice(0, 40)} is ${JSON.stringify(written.slice(0, 40))}`,
        'write it as ISO-8601; leave out commits of a broken clock',
      )
    return {
      fact: 'commit',
      line,
      repository: this.repository,
      sha: this.commit,
      author: alias.commitAuthor(author),
      at,
      files: this.#files,
      folders: coarse(this.#folders),
    }
  }
}

/** Folders in order, none deeper than it takes to have few; beyond that the ones with most files. */
function coarse(folders: ReadonlyMap<string, number>): [folder: string, files: number][] {
  let found = folders
  for (let depth = DEEPEST - 1; depth > 0 && found.size > MOST_FOLDERS; depth--) {
    const above = new Map<string, number>()
    for (const [folder, files] of found) {
      const ancestor = folder.split('/').slice(0, depth).join('/')
      above.set(ancestor, (above.get(ancestor) ?? 0) + files)
    }
    found = above
  }
  return [...found]
    .sort(([a, less], [b, more]) => more - less || (a < b ? -1 : 1))
    .slice(0, MOST_FOLDERS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}
