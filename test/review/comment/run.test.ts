import {describe, expect, test} from 'vitest'
import {diff} from './diffs.ts'
import {BOT, type GithubLike, githubLike} from './github-like.ts'
import {comment, earlier, type Given, NEWER, OLDER} from './one-run.ts'

const writes = (github: GithubLike): string[] =>
  github.lines().filter(line => /^(POST|PATCH|DELETE) (?!\/graphql)/.test(line))

const told = ({body, minimized}: {body: string; minimized: boolean}): string => {
  if (minimized) return '(hidden)'
  if (body.includes('AI cost')) return 'new'
  return body.startsWith('<!--') ? body.split('\n').at(-1)! : body.split(' ')[0]!
}

const first = (body: string): string => body.split('\n')[2]!

describe('what is done', () => {
  test.each<[string, Given, string[], {action: string; writes: string[]; left: string[]}]>([
    ['creates', {}, [], {action: 'created', writes: ['POST'], left: ['new']}],
    ['updates', {}, [earlier(OLDER)], {action: 'updated', writes: ['PATCH 1001'], left: ['new']}],
    [
      'updates the latest',
      {},
      [earlier(OLDER, 'default', 'a'), earlier(OLDER, 'default', 'b')],
      {action: 'updated', writes: ['PATCH 1002'], left: ['a', 'new']},
    ],
    [
      'leaves another tag',
      {tag: 'eu'},
      [earlier(OLDER)],
      {action: 'created', writes: ['POST'], left: ['as it was', 'new']},
    ],
    [
      'leaves what has no marker',
      {},
      ['hello', `see ${earlier(NEWER)}`],
      {action: 'created', writes: ['POST'], left: ['hello', 'see', 'new']},
    ],
    [
      'does not replace a newer one',
      {},
      [earlier(NEWER)],
      {action: 'skipped', writes: [], left: ['as it was']},
    ],
    [
      'nor adds to it',
      {behavior: 'new'},
      [earlier(NEWER)],
      {action: 'skipped', writes: [], left: ['as it was']},
    ],
    [
      'nor hides it',
      {behavior: 'hide-and-new'},
      [earlier(NEWER)],
      {action: 'skipped', writes: [], left: ['as it was']},
    ],
    [
      'nor deletes it',
      {behavior: 'delete-and-new'},
      [earlier(NEWER)],
      {action: 'skipped', writes: [], left: ['as it was']},
    ],
    [
      'a newer one of another tag is no matter',
      {},
      [earlier(NEWER, 'eu')],
      {action: 'created', writes: ['POST'], left: ['as it was', 'new']},
    ],
    [
      'adds',
      {behavior: 'new'},
      [earlier(OLDER)],
      {action: 'created', writes: ['POST'], left: ['as it was', 'new']},
    ],
    [
      'hides and adds',
      {behavior: 'hide-and-new'},
      [earlier(OLDER)],
      {action: 'created', writes: ['POST'], left: ['(hidden)', 'new']},
    ],
    [
      'deletes and adds',
      {behavior: 'delete-and-new'},
      [earlier(OLDER), 'hello'],
      {action: 'created', writes: ['POST', 'DELETE 1001'], left: ['hello', 'new']},
    ],
    [
      'nothing changes, no comment',
      {skipNoDiff: true, json: diff({changes: [], totals: null})},
      [],
      {action: 'skipped', writes: [], left: []},
    ],
    [
      'nothing changes any more',
      {skipNoDiff: true, json: diff({changes: [], totals: null})},
      [earlier(OLDER)],
      {action: 'updated', writes: ['PATCH 1001'], left: ['new']},
    ],
    [
      'nothing changes any more, hidden',
      {behavior: 'hide-and-new', skipNoDiff: true, json: diff({changes: [], totals: null})},
      [earlier(OLDER)],
      {action: 'hidden', writes: [], left: ['(hidden)']},
    ],
    [
      'nothing changes any more, deleted',
      {behavior: 'delete-and-new', skipNoDiff: true, json: diff({changes: [], totals: null})},
      [earlier(OLDER)],
      {action: 'deleted', writes: ['DELETE 1001'], left: []},
    ],
    [
      'below the threshold',
      {threshold: ['delta>500usd|unowned']},
      [],
      {action: 'skipped', writes: [], left: []},
    ],
    ['above it', {threshold: ['delta>300usd']}, [], {action: 'created', writes: ['POST'], left: ['new']}],
  ])('%s', async (_, given, there, expected) => {
    const github = await githubLike()
    for (const body of there) github.add(body)
    const {action, reason} = await comment(github, given).done
    expect(reason).not.toBe('')
    expect(action).toBe(expected.action)
    expect(
      writes(github).map(line => line.replace(/ \/.*?(\d{4})?$/, (_all, id) => (id ? ` ${id}` : ''))),
    ).toEqual(expected.writes)
    expect(github.comments.map(told)).toEqual(expected.left)
  })

  test('nothing when the comment already says so, however GitHub ends its lines', async () => {
    const github = await githubLike()
    const {url} = await comment(github).done
    github.comments[0]!.body = github.comments[0]!.body.replaceAll('\n', '\r\n')
    expect(await comment(github).done).toMatchObject({
      action: 'skipped',
      reason: 'the comment already says so',
      url,
    })
    expect(writes(github)).toHaveLength(1)
  })

  test('two tags live side by side', async () => {
    const github = await githubLike()
    for (const [at, tag] of [
      [OLDER, 'eu'],
      [OLDER, 'us'],
      [NEWER, 'eu'],
      [NEWER, 'us'],
    ] as const)
      await comment(github, {at, tag}).done
    expect(github.comments.map(({body}) => body.split('\n')[0])).toEqual(
      ['eu', 'us'].map(tag => expect.stringContaining(`venturi:${tag} generated_at=${NEWER}`)),
    )
  })

  test("somebody else's comment with the marker is neither touched nor believed", async () => {
    const github = await githubLike()
    github.add(earlier(NEWER), 'mallory')
    expect(await comment(github).done).toMatchObject({action: 'created'})
    expect(github.comments[0]!.body).toBe(earlier(NEWER))
    expect((await comment(github, {at: NEWER}).done).action).toBe('updated')
    expect(github.comments.map(({user}) => user.login)).toEqual(['mallory', BOT])
  })

  test('finds its comment after 250 others', async () => {
    const github = await githubLike()
    for (let n = 0; n < 250; n++) github.add(`talk ${n}`, 'ada')
    const own = github.add(earlier(OLDER))
    for (let n = 0; n < 60; n++) github.add(`more ${n}`, 'ada')
    expect((await comment(github).done).action).toBe('updated')
    expect(first(own.body)).toBe('### AI cost: +$310.25 a month, +18.3 %')
    expect(github.comments).toHaveLength(311)
  })

  test('hides only what is not hidden yet', async () => {
    const github = await githubLike()
    github.add(earlier('2026-11-03T07:00:00.000Z')).minimized = true
    github.add(earlier('2026-11-03T08:00:00.000Z'))
    github.add(earlier(OLDER))
    await comment(github, {behavior: 'hide-and-new'}).done
    const hidden = github.asked
      .filter(({body}) => body.includes('minimizeComment('))
      .map(({body}) => JSON.parse(body).variables.input)
    expect(hidden).toEqual(['IC_1002', 'IC_1003'].map(subjectId => ({subjectId, classifier: 'OUTDATED'})))
  })

  test('a newer run that posts while this one looks is left alone', async () => {
    for (const behavior of ['update', 'new', 'hide-and-new', 'delete-and-new'] as const) {
      let looks = 0
      const github = await githubLike(({method, path}, {add}) => {
        if (method === 'GET' && path.endsWith('/7/comments') && ++looks === 2) add(earlier(NEWER))
        return undefined
      })
      github.add(earlier(OLDER))
      expect((await comment(github, {behavior}).done).reason).toMatch(
        /^a comment of a newer analysis is there/,
      )
      expect(writes(github)).toEqual([])
      expect(github.comments.some(({minimized}) => minimized)).toBe(false)
    }
  })

  test('and one that posts while GitHub is busy', async () => {
    const github = await githubLike(({method, path, before}, {add}) => {
      if (method !== 'POST' || !path.endsWith('/comments') || before > 0) return undefined
      add(earlier(NEWER))
      return {status: 502, text: 'bad gateway'}
    })
    expect((await comment(github).done).action).toBe('skipped')
    expect(github.comments).toHaveLength(1)
  })
})
