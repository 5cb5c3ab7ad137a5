/** Who is near a place of a repository, by who changes it and what changes with it. */
import {describe, expect, test} from 'vitest'
import {type CommitRow, Commits} from '../../src/engine/commits.ts'
import {Union} from '../../src/engine/graph.ts'
import {type Neighbourhood, neighbours} from '../../src/engine/neighbours.ts'
import type {Alias} from '../../src/model/fact.ts'

const DAY = 86_400_000
const HERE: Alias = 'github:repo/fen/mono'
let line = 0
const commit = (author: string, folders: readonly string[], daysAgo = 0, repository = HERE): CommitRow => ({
  ...{author: `email:${author}@fen.example`, folders, repository},
  at: 2000 * DAY - daysAgo * DAY,
  where: `log.tsv:${String(++line).padStart(4, '0')}`,
})
const commitsOf = (...rows: readonly CommitRow[]) => new Commits(rows, new Union())

describe('near a folder', () => {
  test('are those who change it or what is in it, the most first, an older commit for less', () => {
    const near = commitsOf(
      commit('ada', ['heron', 'heron/api']),
      commit('bert', ['heron'], 1000),
      commit('cleo', ['heronry']),
      commit('ada', ['crane']),
    ).near(HERE, 'heron')!
    expect(near.authors.map(({author}) => author)).toEqual([
      'email:ada@fen.example',
      'email:bert@fen.example',
    ])
    // Two folders in one commit: each 1/√2; a thousand days ago: half.
    expect(near.authors.map(({weight}) => weight.toFixed(4))).toEqual(['1.4142', '0.5000'])
    expect(near.authors.map(({part}) => part.toFixed(4))).toEqual(['0.5858', '1.0000'])
  })

  test('is what changes with it, one vote a commit; nothing of its own', () => {
    const near = commitsOf(
      commit('ada', ['heron', 'crane', 'ibis']),
      commit('ada', ['heron', 'crane', 'heron/api']),
      commit('ada', ['heron']),
    ).near(HERE, 'heron')!
    expect(near.together).toEqual([
      {folder: 'crane', votes: 1.5},
      {folder: 'ibis', votes: 0.5},
    ])
    expect(near.asked).toBe(2)
  })

  test.each([
    [12, 11],
    [13, 0],
  ])('a commit of %i folders ties %i others to it: a sweep ties none', (folders, tied) => {
    const all = Array.from({length: folders}, (_, index) => (index === 0 ? 'heron' : `f${index}`))
    expect(commitsOf(commit('ada', all)).near(HERE, 'heron')!.together).toHaveLength(tied)
  })

  test.each([
    ['another folder', HERE, 'crane'],
    ['another repository', 'github:repo/fen/other', 'heron'],
  ] as const)('%s has nobody', (_, repository, path) =>
    expect(commitsOf(commit('ada', ['heron'])).near(repository, path)).toBeNull(),
  )
})

const TEAMS: {readonly [author: string]: string} = {ada: 'marsh', bert: 'marsh', cleo: 'rivers'}
const LINES: {readonly [folder: string]: string} = {heron: 'lakes', crane: 'rivers', ibis: 'marsh'}
const hood = (rows: readonly CommitRow[], teams = TEAMS): Neighbourhood => ({
  commits: commitsOf(...rows),
  teamOf: author =>
    new Map(
      Object.entries(teams)
        .filter(([name]) => author.includes(`:${name}@`))
        .map(([, team]) => [team, 1]),
    ),
  ownersOf: (_, folder) => new Map(LINES[folder] === undefined ? [] : [[LINES[folder], 1]]),
  isBot: author => author.includes('bot'),
})
const said = (rows: readonly CommitRow[], teams = TEAMS) =>
  neighbours(hood(rows, teams), HERE, 'heron').map(({family, says}) => [
    family,
    ...[...says].map(([name, part]) => `${name} ${part.toFixed(2)}`),
  ])

describe('who owns a folder, by commits', () => {
  test('is the team of those who change it, never surer than 0.90', () => {
    expect(said([commit('ada', ['heron']), commit('bert', ['heron'])])).toEqual([['commits', 'marsh 0.90']])
    expect(said([commit('ada', ['heron']), commit('cleo', ['heron'])])).toEqual([
      ['commits', 'marsh 0.50', 'rivers 0.50'],
    ])
  })

  test('not that of a robot', () => {
    expect(
      said([commit('ada', ['heron']), ...Array.from({length: 9}, () => commit('bot', ['heron']))], {
        ...TEAMS,
        bot: 'lakes',
      }),
    ).toEqual([['commits', 'marsh 0.90']])
    expect(said([commit('bot', ['heron'])])).toEqual([])
  })

  test('somebody who works everywhere says less than somebody who works here', () => {
    const everywhere = Array.from({length: 40}, (_, index) => commit('cleo', [`f${index}`]))
    const [[, first]] = said([...everywhere, commit('cleo', ['heron']), commit('ada', ['heron'])]) as [
      string[],
    ]
    expect(first).toBe('marsh 0.86')
  })

  test('of people in no team, the owners of where else they work', () => {
    const rows = [commit('drew', ['heron']), commit('drew', ['crane']), commit('drew', ['crane'])]
    expect(said(rows)).toEqual([['commits', 'rivers 0.80']])
  })

  test('and the owners of what changes with it, while the folder’s own line is not heard', () => {
    const rows = [
      commit('drew', ['heron', 'ibis']),
      commit('drew', ['heron', 'ibis']),
      commit('drew', ['heron']),
    ]
    const found = said(rows)
    expect(found.map(([family]) => family)).toEqual(['commits', 'changed together'])
    expect(String(found)).not.toContain('lakes')
    expect(found[1]).toEqual(['changed together', 'marsh 0.67'])
  })
})
