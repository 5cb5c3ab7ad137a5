/** What came back: read to its end, so that an answer that was cut short on its way is none. */
import type {Trouble} from './patience.ts'

export interface Answer {
  readonly status: 200 | 304
  readonly bytes: Uint8Array
  /** The body where it is JSON, else undefined. */
  readonly value: unknown
  /** `rel="next"` of its Link headers. */
  readonly next: string | null
  readonly etag: string | null
}

export interface Whole extends Trouble {
  readonly status: number
  readonly bytes: Uint8Array
}

export const isWhole = (found: Whole | Trouble): found is Whole => 'bytes' in found

const MOST_BYTES = 256 << 20

export async function answerOf(response: Response): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  return {
    status: response.status === 304 ? 304 : 200,
    bytes,
    value:
      isJson(response.headers) && bytes.length > 0 ? JSON.parse(new TextDecoder().decode(bytes)) : undefined,
    next: nextOf(response.headers.get('link')),
    etag: response.headers.get('etag'),
  }
}

/** Reads a body to its end. JSON that does not parse has been cut short on its way: as if no answer had come. */
export async function wholeOf(response: Response): Promise<Whole | Trouble> {
  const {status, headers} = response
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    parts.push(part)
    if ((size += part.length) > MOST_BYTES) return {status: 413, headers, text: 'larger than can be read'}
  }
  const bytes = Buffer.concat(parts)
  if (status < 300 && isJson(headers) && size > 0 && !parses(bytes))
    return {status: null, headers: new Headers(), text: 'the answer was cut short'}
  // `fetch` has unzipped it.
  const kept = new Headers(headers)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name)
  return {status, headers: kept, bytes, text: status < 400 ? '' : bytes.subarray(0, 4096).toString('utf8')}
}

const isJson = (headers: Headers): boolean =>
  /\bjson\b/i.test(headers.get('content-type') ?? '') && !/\braw\b/i.test(headers.get('content-type') ?? '')

function parses(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'))
    return true
  } catch {
    return false
  }
}

/** `<https://x/y?after=z>; rel="next"`, also among others and from several headers in one. */
function nextOf(link: string | null): string | null {
  for (const [, url, parameters] of (link ?? '').matchAll(
    /<([^>]*)>((?:\s*;\s*[\w*]+\s*=\s*(?:"[^"]*"|[^",;\s]+))*)/g,
  ))
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next\b/i.test(parameters ?? '')) return url!
  return null
}
