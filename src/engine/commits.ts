/**
 * Who changes a place of a repository, and which places change together. Weak evidence of who owns it: it says who is near. Commits
 * weigh less the older they are, measured from the newest.
 */
import type {Alias} from '../model/fact.ts'
import type {Union} from './graph.ts'

export interface CommitRow {
  readonly repository: Alias
  readonly author: Alias
  /** Epoch ms. */
  readonly at: number
  /** Folders touched. */
  readonly folders: readonly string[]
  readonly where: string
}

/** A commit this much older counts half: teams keep their places for years. */
const HALF_LIFE_MS = 1000 * 86_400_000
/** A commit that touches more folders than this is a sweep, and ties none of them together. */
const SWEEP = 12
/** Of the commits of one place, the newest so many are asked what they change besides. */
const MOST_ASKED = 2000

interface Commit {
  readonly weight: number
  readonly folders: readonly string[]
  readonly where: string
}

interface Work {
  weight: number
  /** Epoch ms of the newest commit. */
  last: number
}

interface Repository {
  /** By folder, by author. */
  readonly authors: Map<string, Map<Alias, Work>>
  readonly commits: Map<string, Commit[]>
}

export interface Near {
  /** Weight of everybody who changed the place, the part of all their work that is here, and when they last did (epoch ms). */
  readonly authors: readonly {
    readonly author: Alias
    readonly weight: number
    readonly part: number
    readonly last: number
  }[]
  /** The other folders that its commits changed, one vote a commit. */
  readonly together: readonly {readonly folder: string; readonly votes: number}[]
  /** Votes of commits that changed anything besides. */
  readonly asked: number
  /** The newest commits. */
  readonly where: readonly string[]
}

const isIn = (folder: string, path: string | null): boolean =>
  path === null || folder === path || folder.startsWith(`${path}/`)

function addWork(all: Map<Alias, Work>, author: Alias, {weight, last}: Work): void {
  const known = all.get(author)
  if (known === undefined) all.set(author, {weight, last})
  else {
    known.weight += weight
    known.last = Math.max(known.last, last)
  }
}

export class Commits {
  readonly #repositories = new Map<Alias, Repository>()
  readonly #work = new Map<Alias, Map<Alias, Map<string, number>>>()
  readonly #total = new Map<Alias, number>()
  readonly #union: Union

  constructor(rows: readonly CommitRow[], union: Union) {
    this.#union = union
    const newest = rows.reduce((latest, {at}) => Math.max(latest, at), 0)
    for (const row of rows) this.#add(row, 0.5 ** ((newest - row.at) / HALF_LIFE_MS))
  }

  #add({repository, author, at, folders, where}: CommitRow, weight: number): void {
    const root = this.#union.find(repository)
    const known: Repository = this.#repositories.get(root) ?? {authors: new Map(), commits: new Map()}
    this.#repositories.set(root, known)
    const who = this.#union.find(author)
    const commit: Commit = {weight, folders, where}
    const each = weight / Math.sqrt(Math.max(1, folders.length))
    const work = this.#work.get(who) ?? new Map<Alias, Map<string, number>>()
    this.#work.set(who, work)
    const here = work.get(root) ?? new Map<string, number>()
    work.set(root, here)
    for (const folder of folders) {
      const by = known.authors.get(folder) ?? new Map<Alias, Work>()
      known.authors.set(folder, by)
      addWork(by, who, {weight: each, last: at})
      const commits = known.commits.get(folder)
      if (commits) commits.push(commit)
      else known.commits.set(folder, [commit])
      here.set(folder, (here.get(folder) ?? 0) + each)
      this.#total.set(who, (this.#total.get(who) ?? 0) + each)
    }
  }

  get isEmpty(): boolean {
    return this.#repositories.size === 0
  }

  /** Null: nobody is known to have changed it. `path`: a folder, or null for the whole repository. */
  near(repository: Alias, path: string | null): Near | null {
    const known = this.#repositories.get(this.#union.find(repository))
    const folders = [...(known?.authors.keys() ?? [])].filter(folder => isIn(folder, path))
    if (!known || folders.length === 0) return null
    const authors = new Map<Alias, Work>()
    const commits = new Set<Commit>()
    for (const folder of folders) {
      for (const [author, work] of known.authors.get(folder)!) addWork(authors, author, work)
      for (const commit of known.commits.get(folder)!) commits.add(commit)
    }
    const newest = [...commits]
      .sort((a, b) => b.weight - a.weight || (a.where < b.where ? -1 : 1))
      .slice(0, MOST_ASKED)
    const together = new Map<string, number>()
    let asked = 0
    for (const {weight, folders: changed} of path === null ? [] : newest) {
      const others = changed.filter(folder => !isIn(folder, path))
      if (others.length === 0 || changed.length > SWEEP) continue
      asked += weight
      for (const folder of others) together.set(folder, (together.get(folder) ?? 0) + weight / others.length)
    }
    return {
      authors: [...authors]
        .map(([author, {weight, last}]) => ({author, weight, part: weight / this.#total.get(author)!, last}))
        .sort((a, b) => b.weight - a.weight || (a.author < b.author ? -1 : 1)),
      together: [...together].map(([folder, votes]) => ({folder, votes})),
      asked,
      where: newest.slice(0, 2).map(({where}) => where),
    }
  }

  /** Everywhere somebody else works: repository, folder and weight, without one place. */
  *elsewhere(
    author: Alias,
    repository: Alias,
    path: string | null,
  ): Generator<{readonly repository: Alias; readonly folder: string; readonly weight: number}> {
    const root = this.#union.find(repository)
    for (const [other, folders] of this.#work.get(author) ?? [])
      for (const [folder, weight] of folders)
        if (other !== root || !isIn(folder, path)) yield {repository: other, folder, weight}
  }
}
