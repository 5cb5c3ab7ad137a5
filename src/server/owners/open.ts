/** The edge of this folder: rules out of a file, a database or the checkout one stands in. */
import {existsSync, readFileSync} from 'node:fs'
import {dirname, join, posix, relative, resolve, sep} from 'node:path'
import {compileOwners, effectiveFile} from '../../engine/owners-file.ts'
import {hostOfRepository} from '../../engine/repository-rules.ts'
import {CODEOWNERS_PLACES, type CodeownersHost, numbered} from '../../model/codeowners.ts'
import {readOwnersFile} from '../../model/codeowners-file.ts'
import {UserError} from '../../model/errors.ts'
import {openForReading} from '../../store/open.ts'
import {repositoryRules, ruledRepositories} from '../../store/queries/owners.ts'
import {all} from '../../store/query.ts'
import type {OwnersDesk} from './answer.ts'
import {chooseRepository} from './repository.ts'

export interface OwnersSource {
  readonly cwd: string
  readonly db: string
  readonly file: string | undefined
  readonly repo: string | undefined
}

/** `--file`, else `--repo` or the only ingested repository, else the checkout around `cwd`. */
export function openDesk({cwd, db, file, repo}: OwnersSource): OwnersDesk {
  if (file !== undefined) return fileDesk(resolve(cwd, file), file, insideRoot)
  const ingested = repo !== undefined || existsSync(db) ? databaseDesk(db, repo) : null
  const desk = ingested ?? checkoutDesk(cwd)
  if (desk) return desk
  throw new UserError(
    existsSync(db)
      ? `${db}: no CODEOWNERS file has been ingested, and ${cwd} is in no checkout that has one`
      : `no CODEOWNERS file: there is no database at ${db}, and ${cwd} is in no checkout that has one`,
    'name a file with --file, or run `venturi ingest PATH` over the repositories',
  )
}

function fileDesk(
  path: string,
  shown: string,
  place: OwnersDesk['place'],
  known?: CodeownersHost,
): OwnersDesk {
  const {host, said: lines} = readOwnersFile(
    path.split(sep).join('/'),
    numbered(readText(path, shown)),
    known,
  )
  if (!lines)
    throw new UserError(
      `${shown}: 3 MB or more, so GitHub does not load it and it owns nothing`,
      'merge lines by folder until it is smaller',
    )
  const rules = lines.flatMap(said =>
    said.kind === 'rule'
      ? [{file: shown, line: said.line, pattern: said.pattern, owners: said.owners, section: said.section}]
      : [],
  )
  const issues = lines.flatMap(said =>
    said.kind === 'bad'
      ? [{path: shown, line: said.line, code: said.code, message: said.what, mend: said.mend}]
      : [],
  )
  return {rules: compileOwners(rules, host), issues, place}
}

function readText(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    if (code === 'ENOENT') throw new UserError(`${shown}: no such file`, 'check the path given to --file')
    if (code === 'EISDIR')
      throw new UserError(
        `${shown}: a folder, not a file`,
        `name the file in it: --file ${join(shown, 'CODEOWNERS')}`,
      )
    throw new UserError(`${shown}: cannot be read (${code})`, 'check its permissions')
  }
}

/** A path below the root, as written: `./a`, `/a` and `a` are one. */
function insideRoot(path: string): string | null {
  const written = sep === '/' ? path : path.split(sep).join('/')
  if (!written.includes('..')) return written
  const plain = posix.normalize(written.replace(/^\/+/, ''))
  return plain === '..' || plain.startsWith('../') ? null : plain
}

/** Null when the database holds no rules and none were asked of it by name. */
function databaseDesk(db: string, repo: string | undefined): OwnersDesk | null {
  using store = openForReading(db)
  const known = all(store, ruledRepositories, {}).map(({repository}) => repository)
  if (known.length === 0 && repo === undefined) return null
  const repository = chooseRepository(known, repo)
  const rows = all(store, repositoryRules, {repository})
  const host = hostOfRepository(repository) ?? undefined
  const file =
    effectiveFile(
      rows.map(row => row.file),
      host,
    ) ?? rows[0]!.file
  const rules = rows
    .filter(row => row.file === file)
    .map(({line, pattern, owners, section}) => ({
      file,
      line,
      pattern,
      owners: JSON.parse(owners) as string[],
      section,
    }))
  return {rules: compileOwners(rules, host === 'gitlab' ? host : undefined), issues: [], place: insideRoot}
}

/** The nearest folder with `.git` decides; paths are typed as seen from `cwd`. */
function checkoutDesk(cwd: string): OwnersDesk | null {
  const root = gitRoot(cwd)
  if (root === null) return null
  const has = (name: string): boolean => existsSync(join(root, name))
  // What GitLab alone looks for tells whose checkout it is, unless GitHub's own place is filled.
  const known =
    !has('.github/CODEOWNERS') && (has('.gitlab/CODEOWNERS') || has('.gitlab-ci.yml')) ? 'gitlab' : undefined
  const file = CODEOWNERS_PLACES[known ?? 'github'].find(has)
  if (file === undefined) return null
  const place = (path: string): string | null => {
    const near = relative(root, resolve(cwd, path)).split(sep).join('/')
    return near === '..' || near.startsWith('../') ? null : near
  }
  return fileDesk(join(root, file), file, cwd === root ? atRoot(place) : place, known)
}

/** At the root a plain path needs no resolving, which is what makes long lists quick. */
const atRoot =
  (place: OwnersDesk['place']): OwnersDesk['place'] =>
  path =>
    path.startsWith('/') || path.includes('..') ? place(path) : insideRoot(path)

function gitRoot(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (dirname(folder) === folder) return null
  }
}
