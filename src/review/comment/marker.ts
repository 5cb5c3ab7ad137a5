/** The hidden line by which a comment is known again: whose it is (its tag) and how old the analysis behind it is. */
import {UserError} from '../../model/errors.ts'

export interface Marker {
  readonly tag: string
  /** ISO-8601 in UTC, to the millisecond: so written, they sort as text. */
  readonly generatedAt: string
}

const TAG = /^(?!.*--)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const MARKER = /^\s*<!-- venturi:([A-Za-z0-9._-]+) generated_at=(\S+) sha=\S+ -->/

/** A tag stands inside an HTML comment, so it holds nothing that could end one. */
export function checkedTag(tag: string): string {
  if (TAG.test(tag) && !tag.endsWith('-')) return tag
  throw new UserError(
    `--tag ${JSON.stringify(tag)} is not a tag`,
    'write up to 64 letters, digits, points, underlines and single hyphens, as in billing-eu',
  )
}

export const markerText = ({tag, generatedAt}: Marker, sha: string | null): string =>
  `<!-- venturi:${tag} generated_at=${generatedAt} sha=${sha ?? '-'} -->`

/** Null: it does not begin with one, so it is none of this tool's comments. */
export function markerOf(body: string): Marker | null {
  const [, tag, written] = MARKER.exec(body) ?? []
  const time = Date.parse(written ?? '')
  return tag === undefined || Number.isNaN(time) ? null : {tag, generatedAt: new Date(time).toISOString()}
}
