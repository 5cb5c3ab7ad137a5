import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import type {Behavior} from '../../../src/review/comment/decide.ts'
import {type Commented, commentOnGithub} from '../../../src/review/comment/run.ts'
import {folderWith} from '../../commands/cli.ts'
import type {Asked, Reply} from '../../live/service.ts'
import {machine} from '../../live/service.ts'
import {change, diff} from './diffs.ts'
import {BOT, type GithubLike, githubLike} from './github-like.ts'

const OLDER = '2026-11-03T09:00:00.000Z'
const NEWER = '2026-11-03T11:00:00.000Z'

interface Given {
  readonly behavior?: Behavior
  readonly tag?: string
  readonly at?: string
  readonly json?: object
  readonly skipNoDiff?: boolean
  readonly threshold?: readonly string[]
  readonly env?: {readonly [name: string]: string}
}

/** A comment as an earlier run of that time left it. */
const earlier = (at: string, tag = 'default', text = 'as it was'): string =>
  `<!-- venturi:${tag} generated_at=${at} sha=d01d2ff6bb19 -->\n\n${text}`

function comment(
  github: GithubLike,
  {json, at = '2026-11-03T10:00:00.000Z', env = {}, ...given}: Given = {},
) {
  const folder = folderWith({'diff.json': JSON.stringify({...(json ?? diff()), generated_at: at})})
  const said: string[] = []
  const clock = machine()
  const done: Promise<Commented> = commentOnGithub(
    {
      ...{
        path: join(folder, 'diff.json'),
        behavior: 'update',
        tag: 'default',
        skipNoDiff: false,
        threshold: [],
      },
      ...{repo: 'acme/shop', pullRequest: 7, dryRun: false},
      ...given,
    },
    {GITHUB_TOKEN: 'T0KEN', GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: `${github.url}/graphql`, ...env},
    line => said.push(line),
    clock,
  )
  return {done, said, clock}
}

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

describe('trouble', () => {
  const onWrite =
    (reply: Reply, times = 1) =>
    (asked: Asked): Reply | undefined =>
      asked.method === 'POST' && asked.path.endsWith('/comments') && asked.before < times ? reply : undefined
  const onList =
    (reply: Reply, times = 1) =>
    (asked: Asked): Reply | undefined =>
      asked.method === 'GET' && asked.path.endsWith('/7/comments') && asked.before < times ? reply : undefined
  const inASecond = Math.floor(Date.UTC(2026, 9, 21, 6) / 1000) + 9

  test.each<[string, (asked: Asked) => Reply | undefined, number[]]>([
    ['500, then well', onWrite({status: 500}), [1000]],
    ['three times 503', onList({status: 503}, 3), [1000, 2000, 4000]],
    [
      '429 with Retry-After',
      onWrite({status: 429, headers: {'retry-after': '7'}, json: {message: 'slow'}}),
      [7000],
    ],
    ['503 with Retry-After', onList({status: 503, headers: {'retry-after': '3'}}), [3000]],
    [
      'a secondary limit',
      onWrite({
        status: 403,
        headers: {'retry-after': '2'},
        json: {message: 'You have exceeded a secondary rate limit'},
      }),
      [2000],
    ],
    [
      'the quota of the hour',
      onList({
        status: 403,
        headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inASecond)},
        json: {message: 'API rate limit exceeded'},
      }),
      [9000],
    ],
    ['a connection that breaks', onWrite({json: {}, cut: 1}), [1000]],
  ])('%s', async (_, trouble, slept) => {
    const github = await githubLike(trouble)
    const {done, clock} = comment(github)
    expect((await done).action).toBe('created')
    expect(clock.slept).toEqual(slept)
    expect(github.comments).toHaveLength(1)
  })

  test.each<Behavior>(['update', 'new', 'delete-and-new'])(
    'an answer that broke off after the comment came to be: %s',
    async behavior => {
      const github = await githubLike(({method, path, before, body}, {add}) => {
        if (method !== 'POST' || !path.endsWith('/comments') || before > 0) return undefined
        add(JSON.parse(body).body)
        return {status: 502, text: ''}
      })
      await comment(github, {behavior}).done
      expect(github.comments).toHaveLength(1)
      expect(github.comments[0]!.body).toContain('AI cost')
    },
  )

  test.each<[string, (asked: Asked) => Reply | undefined, {exit: number; message: string}, number]>([
    [
      '500 for ever',
      onWrite({status: 500}, 99),
      {exit: 2, message: 'POST URL/repos/acme/shop/issues/7/comments: answered 500, again and again'},
      31_000,
    ],
    [
      'a rest longer than its patience',
      onWrite({status: 429, headers: {'retry-after': '46'}}),
      {
        exit: 2,
        message:
          'POST URL/repos/acme/shop/issues/7/comments: too many requests for now, and wants 46 s of rest',
      },
      0,
    ],
    [
      '401',
      onList({status: 401, json: {message: 'Bad credentials'}}),
      {exit: 4, message: 'GET URL/repos/acme/shop/issues/7/comments: the credentials were refused (401)'},
      0,
    ],
    [
      '403',
      onWrite({status: 403, json: {message: 'Must have admin rights'}}),
      {exit: 4, message: 'POST URL/repos/acme/shop/issues/7/comments: the credentials were refused (403)'},
      0,
    ],
    [
      '403 of a token that only reads, at home',
      onWrite({status: 403, json: {message: 'Resource not accessible by personal access token'}}),
      {exit: 4, message: 'POST URL/repos/acme/shop/issues/7/comments: this token may not do that'},
      0,
    ],
    [
      '404',
      onList({status: 404, json: {message: 'Not Found'}}),
      {
        exit: 2,
        message:
          'GET URL/repos/acme/shop/issues/7/comments: there is no such repository or pull request, or the token may not see it (404)',
      },
      0,
    ],
    [
      'a locked conversation',
      onWrite({status: 403, json: {message: 'Unable to create comment because issue is locked.'}}),
      {exit: 2, message: 'POST URL/repos/acme/shop/issues/7/comments: the conversation is locked'},
      0,
    ],
    [
      '422 for another reason',
      onWrite({status: 422, json: {message: 'Validation Failed', errors: [{message: 'body is spam'}]}}),
      {exit: 2, message: 'POST URL/repos/acme/shop/issues/7/comments: answered 422'},
      0,
    ],
  ])('%s', async (_, trouble, {exit, message}, slept) => {
    const github = await githubLike(trouble)
    const {done, clock} = comment(github)
    await expect(done).rejects.toMatchObject({
      name: 'UserError',
      exit,
      message: message.replace('URL', github.url),
    })
    expect(clock.slept.reduce((sum, pause) => sum + pause, 0)).toBe(slept)
    expect(github.comments).toEqual([])
  })

  test('too long for this GitHub: a shorter one', async () => {
    const most = 20_000
    const github = await githubLike(({method, body}) =>
      method === 'POST' && body.length > most
        ? {
            status: 422,
            json: {
              message: 'Validation Failed',
              errors: [{message: `body is too long (maximum is ${most} characters)`}],
            },
          }
        : undefined,
    )
    const json = diff({changes: Array.from({length: 900}, (_, line) => change({line})), totals: null})
    const {done, said} = comment(github, {json})
    expect((await done).action).toBe('created')
    expect(said).toEqual(
      [32_768, 16_384].map(longest => `GitHub finds the comment too long: trying ${longest} characters`),
    )
    expect(github.comments[0]!.body).toMatch(/\*\*8\d\d changes and all details left out/)
  })

  const fork = onWrite({status: 403, json: {message: 'Resource not accessible by integration'}}, 9)

  test('a fork: the comment goes to the summary of the run', async () => {
    const github = await githubLike(fork)
    const summary = join(folderWith(), 'summary.md')
    const {action, reason, url} = await comment(github, {
      env: {GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary},
    }).done
    expect({action, url}).toEqual({action: 'summarized', url: null})
    expect(reason).toMatch(/^the token may not write here: .*; the comment is in the summary of this run$/)
    expect(readFileSync(summary, 'utf8')).toContain('### AI cost: +$310.25 a month')
    expect(existsSync(summary)).toBe(true)
  })

  test('a fork without a summary still says why', async () => {
    const github = await githubLike(fork)
    const {action, reason} = await comment(github, {env: {GITHUB_ACTIONS: 'true'}}).done
    expect(action).toBe('skipped')
    expect(reason).toMatch(/GITHUB_STEP_SUMMARY is not set$/)
  })

  test('GitHub that does not say whose the token is: the marker decides, and that is told', async () => {
    const github = await githubLike(({path}) =>
      path === '/user' || path === '/graphql' ? {status: 404, json: {}} : undefined,
    )
    github.add(earlier(OLDER))
    const {done, said} = comment(github)
    expect((await done).action).toBe('updated')
    expect(said).toEqual(['GitHub does not say whose the token is: comments are told by their marker alone'])
  })

  test('a comment that is deleted in between is written anew', async () => {
    const github = await githubLike(({method}, {comments}) => {
      if (method === 'PATCH') comments.length = 0
      return undefined
    })
    github.add(earlier(OLDER))
    expect((await comment(github).done).action).toBe('created')
  })

  test('no token leaves this machine in words', async () => {
    const github = await githubLike(onList({status: 401, json: {message: 'T0KEN is bad'}}))
    const error = await comment(github).done.catch((found: Error & {mend: string}) => found)
    expect(JSON.stringify(error) + String(error)).not.toContain('T0KEN')
  })
})
