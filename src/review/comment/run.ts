/** `venturi comment github` from its flags to what came of it. */
import {appendFileSync, readFileSync} from 'node:fs'
import {EXIT, UserError} from '../../model/errors.ts'
import {type Reviewed, readReviewed} from '../reviewed.ts'
import {breachesIn, parseThresholds} from '../thresholds.ts'
import {LONGEST_COMMENT, toComment} from './body.ts'
import type {Behavior} from './decide.ts'
import {checkedTag} from './marker.ts'
import {type Clock, Patience, realClock} from './patience.ts'
import {type Posted, post} from './post.ts'
import {accessOf, pullRequestOf} from './target.ts'
import {ReadOnly} from './trouble.ts'

export interface CommentRequest {
  /** `-` is stdin. */
  readonly path: string
  readonly behavior: Behavior
  readonly tag: string
  readonly skipNoDiff: boolean
  readonly threshold: readonly string[]
  readonly repo: string | undefined
  readonly pullRequest: number | undefined
  readonly dryRun: boolean
}

export interface Commented {
  readonly action: Posted['action'] | 'summarized'
  readonly reason: string
  readonly url: string | null
  readonly body: string
}

type Env = {readonly [name: string]: string | undefined}

export async function commentOnGithub(
  request: CommentRequest,
  env: Env,
  say: (line: string) => void,
  clock: Clock = realClock,
): Promise<Commented> {
  const tag = checkedTag(request.tag)
  const thresholds = parseThresholds('--threshold', request.threshold)
  const diff = readReviewed(textOf(request.path), request.path === '-' ? 'stdin' : request.path)
  const quiet = reasonForSilence(diff, request, thresholds)
  const written = (longest: number): string => toComment(diff, {tag, longest})
  const body = written(LONGEST_COMMENT)
  if (request.dryRun)
    return {
      action: 'skipped',
      reason: `--dry-run: nothing was sent${quiet === null ? '' : `; ${quiet}`}`,
      url: null,
      body,
    }
  const pullRequest = pullRequestOf(request, env)
  const access = accessOf(env)
  const patience = new Patience(clock)
  // Loading GitHub's client takes longer than all the rest of a dry run.
  const {githubComments} = await import('./github.ts')
  try {
    const {behavior} = request
    const generatedAt = new Date(diff.generated_at).toISOString()
    const posting = {behavior, tag, generatedAt, quiet, body: written, longest: LONGEST_COMMENT, say}
    return {...(await post(githubComments(access, pullRequest, patience), posting, patience)), body}
  } catch (error) {
    if (!(error instanceof ReadOnly)) throw error
    if (!access.inActions)
      throw new UserError(
        error.message,
        'give GITHUB_TOKEN permission to write pull requests',
        EXIT.credentials,
      )
    return {...summarized(body, env.GITHUB_STEP_SUMMARY), body}
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new UserError(
      `${path === '-' ? 'stdin' : path}: cannot be read (${code})`,
      'write it with venturi diff --json > diff.json, and name it with --path',
    )
  }
}

/** Null: a comment is wanted. */
function reasonForSilence(
  diff: Reviewed,
  {skipNoDiff, threshold}: CommentRequest,
  thresholds: ReturnType<typeof parseThresholds>,
): string | null {
  if (skipNoDiff && diff.changes.length === 0) return 'nothing changes (--skip-no-diff)'
  if (thresholds.length > 0 && breachesIn(diff, thresholds).length === 0)
    return `no rule is broken (--threshold ${threshold.join('|')})`
  return null
}

const READ_ONLY =
  'the token may not write here: GitHub gives pull requests from forks and from Dependabot a token that only reads; others need permissions: pull-requests: write'

function summarized(body: string, path: string | undefined): Omit<Commented, 'body'> {
  if (!path) return {action: 'skipped', reason: `${READ_ONLY}; GITHUB_STEP_SUMMARY is not set`, url: null}
  appendFileSync(path, `${body}\n`)
  return {action: 'summarized', reason: `${READ_ONLY}; the comment is in the summary of this run`, url: null}
}
