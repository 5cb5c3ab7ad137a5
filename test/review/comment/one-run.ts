/** One run of `venturi comment github` against a GitHub on this machine. */
import {join} from 'node:path'
import type {Behavior} from '../../../src/review/comment/decide.ts'
import {type Commented, commentOnGithub} from '../../../src/review/comment/run.ts'
import {folderWith} from '../../commands/cli.ts'
import {machine} from '../../live/service.ts'
import {diff} from './diffs.ts'
import type {GithubLike} from './github-like.ts'

export const OLDER = '2026-11-03T09:00:00.000Z'
export const NEWER = '2026-11-03T11:00:00.000Z'

export interface Given {
  readonly behavior?: Behavior
  readonly tag?: string
  readonly at?: string
  readonly json?: object
  readonly skipNoDiff?: boolean
  readonly threshold?: readonly string[]
  readonly env?: {readonly [name: string]: string}
}

/** A comment as an earlier run of that time left it. */
export const earlier = (at: string, tag = 'default', text = 'as it was'): string =>
  `<!-- venturi:${tag} generated_at=${at} sha=d01d2ff6bb19 -->\n\n${text}`

export function comment(
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
