/** What reports of periods have in common: buckets of usage and lines of bills instead of single calls. */
import type {Usage} from '../model/fact.ts'
import {formatTime} from '../model/time.ts'

/**
 * The id of an aggregate: the same period and dimensions give the same text whatever file they stand in, and differing
 * ones never do. Dimensions that are not said are left out; order does not matter; instants are epoch ms, end excluded.
 *
 * @example bucketId('openai/costs', 0, 86_400_000, {line_item: 'a b'}) // openai/costs/1970-01-01T00:00:00Z/1970-01-02T00:00:00Z?line_item=a%20b
 */
export function bucketId(
  family: string,
  at: number,
  until: number,
  dimensions: {readonly [name: string]: string | undefined},
): string {
  const said = Object.entries(dimensions)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value.replace(/[%&=?\s]/g, encodeURIComponent)}`)
  return `${family}/${formatTime(at)}/${formatTime(until)}?${said.join('&')}`
}

/** Of a bill's line: its tokens belong to the usage report. */
export const NO_USAGE: Usage = {
  requests: null,
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
}

/** A bad value as an issue quotes it: at most 40 characters. */
export const quoted = (written: string | undefined): string => JSON.stringify(written?.slice(0, 40) ?? null)
