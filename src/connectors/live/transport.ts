/**
 * The one way out of this machine. It sends only what a source has listed, carries the credential only to the source's own
 * address, waits where it is asked to, and gives up in bounded time. Nothing of a header but paging and limits leaves it.
 */
import {posix} from 'node:path'
import {type Answer, answerOf, isWhole, type Whole, wholeOf} from './answer.ts'
import {isTransient, MOST_TRIES, pauseAfter, type Trouble, waitAfter} from './patience.ts'
import type {HeaderFields} from './source.ts'
import {Absent, Refused, Rejected, Unreachable} from './trouble.ts'
import {whereOf} from './where.ts'

export interface Ask {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** JSON of a query that is asked with POST. */
  readonly body?: unknown
  readonly accept?: string
}

/** What a run gets from its machine, so that tests need not wait. */
export interface Machine {
  now(): number
  sleep(ms: number): Promise<void>
  /** In [0, 1). */
  random(): number
}

export interface TransportOptions {
  readonly address: string
  readonly endpoints: readonly string[]
  /** Headers that say who asks; asked again after a 401 when `renews`. */
  readonly sign: () => Promise<HeaderFields>
  readonly renews: boolean
  readonly machine: Machine
  readonly timeoutMs?: number
  /** Waiting for one request, all tries together. */
  readonly patienceMs?: number
  /** Told of every request that leaves. */
  readonly onAsk?: () => void
}

const TIMEOUT_MS = 120_000
const PATIENCE_MS = 15 * 60_000
const MOST_HOPS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

export class Transport {
  readonly #options: TransportOptions
  readonly #base: URL
  readonly #allowed: readonly {readonly method: string; readonly path: RegExp}[]
  #signed: HeaderFields | null = null
  #resumeAt = 0

  constructor(options: TransportOptions) {
    this.#options = options
    this.#base = new URL(options.address)
    this.#allowed = options.endpoints.map(compileEndpoint)
  }

  /** `fetch` with the guards of this class: resolves with 2xx or 304, throws for everything else. */
  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const {status, headers, bytes} = await this.#answer(new URL(String(url)), init)
    const bodyless = status === 204 || status === 304
    return new Response(bodyless ? null : (bytes as Uint8Array<ArrayBuffer>), {status, headers})
  }

  async #answer(url: URL, init: RequestInit): Promise<Whole> {
    const {machine, patienceMs = PATIENCE_MS} = this.#options
    const method = init.method ?? 'GET'
    this.#guard(method, url)
    const where = `${method} ${whereOf(url.href)}`
    let [waited, renewed] = [0, false]
    for (let tries = 1; ; tries++) {
      waited += await this.#pause(where, patienceMs - waited)
      this.#signed ??= await this.#options.sign()
      const found = await this.#once(url, {...init, method})
      this.#resumeAt = machine.now() + pauseAfter(found.headers, machine.now())
      if (isWhole(found) && (found.status < 300 || found.status === 304)) return found
      if (found.status === 401 && this.#options.renews && !renewed) {
        this.#signed = null
        renewed = true
        continue
      }
      if (!isTransient(found)) throw refusal(found.status!, where)
      const wait = waitAfter(found, tries, machine.now(), machine.random())
      if (tries === MOST_TRIES || waited + wait > patienceMs)
        throw outOfPatience(where, found, tries, machine.now() + wait)
      await machine.sleep(wait)
      waited += wait
      // The wait just made was for the same quota.
      this.#resumeAt = 0
    }
  }

  /** Nothing leaves that the source has not listed. */
  #guard(method: string, {origin, pathname}: URL): void {
    const path = relative(this.#base.pathname, pathname)
    const known = this.#allowed.some(allowed => allowed.method === method && allowed.path.test(path))
    if (known && origin === this.#base.origin) return
    throw new Rejected(
      `${method} ${origin}${pathname}: not among what may be asked of ${this.#base.origin}`,
      'check url:; if the service sent us there, update venturi',
    )
  }

  async #pause(where: string, patience: number): Promise<number> {
    const {machine} = this.#options
    const wait = this.#resumeAt - machine.now()
    if (wait <= 0) return 0
    if (wait > patience) throw tooLong(where, this.#resumeAt)
    await machine.sleep(wait)
    return wait
  }

  /** One request with its redirects; the credential goes to the source's own origin alone. */
  async #once(first: URL, init: RequestInit): Promise<Whole | Trouble> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs ?? TIMEOUT_MS)
    let url = first
    try {
      for (let hop = 0; ; hop++) {
        const own = url.origin === this.#base.origin
        if (own) this.#guard(init.method!, url)
        const {headers: asked, ...rest} = init
        const headers = own
          ? {...Object.fromEntries(new Headers(asked)), ...this.#signed}
          : {accept: new Headers(asked).get('accept') ?? '*/*', 'user-agent': 'venturi'}
        this.#options.onAsk?.()
        const response = await fetch(url, {...rest, headers, redirect: 'manual', signal})
        const to = REDIRECTS.has(response.status) ? response.headers.get('location') : null
        if (to === null || init.method !== 'GET' || hop === MOST_HOPS) return await wholeOf(response)
        await response.body?.cancel()
        url = new URL(to, url)
      }
    } catch (error) {
      if (error instanceof Rejected) throw error
      return {status: null, headers: new Headers(), text: nameOf(error)}
    }
  }

  /** Asks and reads the whole answer. */
  async send(
    ask: Ask,
    etag: string | null,
    client?: (ask: Ask, headers: HeaderFields) => Promise<Response>,
  ): Promise<Answer> {
    const headers = {
      accept: ask.accept ?? 'application/json',
      'user-agent': 'venturi',
      ...(etag === null ? {} : {'if-none-match': etag}),
      ...(ask.body === undefined ? {} : {'content-type': 'application/json'}),
    }
    const response = client
      ? await client(ask, headers)
      : await this.fetch(ask.url, {
          method: ask.method,
          headers,
          ...(ask.body === undefined ? {} : {body: JSON.stringify(ask.body)}),
        })
    return answerOf(response)
  }

  /** A form sent to the address itself; the answer's JSON. */
  async exchange(form: HeaderFields): Promise<unknown> {
    try {
      const response = await this.fetch(this.#base, {
        method: 'POST',
        headers: {accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded'},
        body: new URLSearchParams(form).toString(),
      })
      return (await answerOf(response)).value
    } catch (error) {
      // What OAuth says to a wrong secret, a wrong application, a missing delegation.
      if (error instanceof Rejected && error.status === 400)
        throw new Refused(401, `POST ${whereOf(this.#base.href)}`)
      throw error
    }
  }
}

/** The system's word for a failure, as `ECONNREFUSED`; never a message, which may quote an address with its secrets. */
function nameOf(error: unknown): string {
  const {name, code, cause} = error as {name?: string; code?: unknown; cause?: {code?: unknown}}
  const said = cause?.code ?? code
  return name === 'TimeoutError' ? 'no answer in time' : typeof said === 'string' ? said : 'connection lost'
}

function compileEndpoint(endpoint: string): {method: string; path: RegExp} {
  const [method = '', path = ''] = endpoint.split(' ')
  const pattern = path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*/g, '.*')
  return {method, path: new RegExp(`^${pattern}$`)}
}

function relative(base: string, path: string): string {
  const found = posix.relative(base, path)
  return found.startsWith('..') ? found : `/${found}`
}

function refusal(status: number, where: string): Error {
  if (status === 401 || status === 403) return new Refused(status, where)
  if (status === 404 || status === 410) return new Absent(status, where)
  return new Rejected(
    `${where}: answered ${status}`,
    REDIRECTS.has(status)
      ? 'write the address it has moved to under url:'
      : 'check url: and the names under this source, or update venturi',
    status,
  )
}

function outOfPatience(where: string, found: Trouble, tries: number, next: number): Error {
  const limited = found.status === 429 || found.status === 403
  if (limited) return tooLong(where, next)
  const what = found.status === null ? found.text : `answered ${found.status}`
  return new Unreachable(
    `${where}: ${what}, ${tries} times`,
    'check url: and the network, and run it again: what was read is kept, and it goes on from there',
  )
}

const tooLong = (where: string, until: number): Error =>
  new Unreachable(
    `${where}: its limit is used up until ${new Date(until).toISOString().replace(/\.\d+Z/, 'Z')}`,
    'run it again then: what was read is kept, and it goes on from there',
  )
