import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import type {Behavior} from '../../../src/review/comment/decide.ts'
import {folderWith} from '../../commands/cli.ts'
import type {Asked, Reply} from '../../live/service.ts'
import {change, diff} from './diffs.ts'
import {githubLike} from './github-like.ts'
import {comment, earlier, OLDER} from './one-run.ts'

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
