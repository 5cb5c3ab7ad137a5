/** What an answer that is none means: ask again, give up and say why, or write elsewhere. */
import {EXIT, UserError} from '../../model/errors.ts'

/** May go well later. `after` in milliseconds, as the service asked; null: it did not say. */
export class Busy extends Error {
  readonly after: number | null
  constructor(message: string, after: number | null) {
    super(message)
    this.after = after
  }
}

/** The comment is longer than this GitHub takes. */
export class TooLong extends Error {}

/** The token of this run may read only: a pull request from a fork, or a job without the permission. */
export class ReadOnly extends Error {}

/** Not there, or not for this token to see. */
export class Missing extends UserError {}

export interface Answered {
  readonly status: number
  readonly headers: {readonly [name: string]: string | number | undefined}
  readonly message: string
}

/** `asked` is a method and an address. `now` in milliseconds. */
export function troubleOf(asked: string, {status, headers, message}: Answered, now: number): Error {
  const after = waitOf(headers, now)
  if (status >= 500) return new Busy(`${asked}: answered ${status}`, after)
  if (isLimit(status, headers, message)) return new Busy(`${asked}: too many requests for now`, after)
  if (status === 403 && /resource not accessible by/i.test(message))
    return new ReadOnly(`${asked}: this token may not do that`)
  if (/\blocked\b/i.test(message) && status === 403)
    return new UserError(`${asked}: the conversation is locked`, 'unlock it, or leave this step out')
  if (status === 401 || status === 403)
    return new UserError(
      `${asked}: the credentials were refused (${status})`,
      'GITHUB_TOKEN must be a valid token that may write pull requests (permissions: pull-requests: write)',
      EXIT.credentials,
    )
  if (status === 404 || status === 410)
    return new Missing(
      `${asked}: there is no such repository or pull request, or the token may not see it (${status})`,
      'check --repo and --pull-request, and what the token may read',
    )
  if (status === 422 && /too long|maximum is \d+/i.test(message)) return new TooLong(asked)
  return new UserError(`${asked}: answered ${status}`, 'check GITHUB_API_URL, --repo and --pull-request')
}

const isLimit = (status: number, headers: Answered['headers'], message: string): boolean =>
  status === 429 ||
  (status === 403 &&
    (headers['retry-after'] !== undefined ||
      String(headers['x-ratelimit-remaining'] ?? '') === '0' ||
      /rate limit/i.test(message)))

/** Seconds or a date, else when the quota is whole again. */
function waitOf(headers: Answered['headers'], now: number): number | null {
  const retryAfter = headers['retry-after']
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter)
    const until = Number.isFinite(seconds) ? now + seconds * 1000 : Date.parse(String(retryAfter))
    if (Number.isFinite(until)) return Math.max(0, until - now)
  }
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN)
  return String(headers['x-ratelimit-remaining'] ?? '') === '0' && Number.isFinite(reset)
    ? Math.max(0, reset * 1000 - now)
    : null
}
