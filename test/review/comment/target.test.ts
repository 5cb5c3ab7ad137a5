import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {checkedTag, markerOf} from '../../../src/review/comment/marker.ts'
import {accessOf, pullRequestOf} from '../../../src/review/comment/target.ts'
import {folderWith} from '../../commands/cli.ts'

const env = (event: unknown, more: {readonly [name: string]: string} = {}) => ({
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_EVENT_PATH: join(folderWith({'event.json': JSON.stringify(event)}), 'event.json'),
  ...more,
})
const none = {repo: undefined, pullRequest: undefined}

test.each<[string, () => {readonly [name: string]: string}, number]>([
  ['pull_request', () => env({pull_request: {number: 7}}), 7],
  ['a comment on a pull request', () => env({issue: {number: 8, pull_request: {}}}), 8],
  ['workflow_run of one pull request', () => env({workflow_run: {pull_requests: [{number: 9}]}}), 9],
  ['the ref', () => env({}, {GITHUB_REF: 'refs/pull/10/merge'}), 10],
  [
    'the ref, without a file',
    () => ({GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_PATH: '/nowhere', GITHUB_REF: 'refs/pull/11/head'}),
    11,
  ],
])('%s', (_, given, number) => {
  expect(pullRequestOf(none, given())).toEqual({owner: 'acme', repo: 'shop', number})
})

test('flags come first', () => {
  expect(pullRequestOf({repo: 'a/b', pullRequest: 3}, env({pull_request: {number: 7}}))).toEqual({
    owner: 'a',
    repo: 'b',
    number: 3,
  })
})

test.each<[string, object, string]>([
  ['an issue is no pull request', {issue: {number: 8}}, 'which pull request is not known'],
  ['a push', {}, 'which pull request is not known'],
  ['several', {workflow_run: {pull_requests: [{number: 1}, {number: 2}]}}, 'which pull request is not known'],
])('%s', (_, event, message) => {
  expect(() => pullRequestOf(none, env(event))).toThrow(expect.objectContaining({exit: 2, message}))
})

test.each(['acme', 'acme/shop/x', '../x y', 'a/b?c'])('%s is no repository', repo => {
  expect(() => pullRequestOf({repo, pullRequest: 1}, {})).toThrow(`"${repo}" is not a repository`)
})

describe('where GitHub is', () => {
  test.each<[object, string, string]>([
    [{}, 'https://api.github.com', 'https://api.github.com/graphql'],
    [
      {GITHUB_API_URL: 'https://ghe.acme.example/api/v3/'},
      'https://ghe.acme.example/api/v3',
      'https://ghe.acme.example/api/graphql',
    ],
    [
      {GITHUB_API_URL: 'https://a.example/x', GITHUB_GRAPHQL_URL: 'https://b.example/g'},
      'https://a.example/x',
      'https://b.example/g',
    ],
  ])('%j', (given, rest, graphql) => {
    expect(accessOf({GITHUB_TOKEN: ' t\n', ...given})).toEqual({rest, graphql, token: 't', inActions: false})
  })
  test('no token: exit 4', () =>
    expect(() => accessOf({GITHUB_TOKEN: ' '})).toThrow(
      expect.objectContaining({exit: 4, message: 'GITHUB_TOKEN is not set'}),
    ))
  test('no address', () =>
    expect(() => accessOf({GITHUB_TOKEN: 't', GITHUB_API_URL: 'github'})).toThrow(
      '"github" is not an address',
    ))
})

test.each(['a b', '', '-x', 'x-', 'a--b', 'a>b', 'ü', 'x'.repeat(65), 'a\nb'])('%j is no tag', tag => {
  expect(() => checkedTag(tag)).toThrow(expect.objectContaining({exit: 2}))
})

test.each<[string, string | null]>([
  ['<!-- venturi:eu generated_at=2026-11-03T10:00:00Z sha=- -->\nx', '2026-11-03T10:00:00.000Z'],
  ['\n<!-- venturi:eu generated_at=2026-11-03T12:00:00+02:00 sha=ab -->', '2026-11-03T10:00:00.000Z'],
  ['> <!-- venturi:eu generated_at=2026-11-03T10:00:00Z sha=- -->', null],
  ['<!-- venturi:eu generated_at=never sha=- -->', null],
  ['<!-- other:eu generated_at=2026-11-03T10:00:00Z sha=- -->', null],
])('%j', (body, generatedAt) => {
  expect(markerOf(body)).toEqual(generatedAt === null ? null : {tag: 'eu', generatedAt})
})
