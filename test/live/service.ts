/** Services to ask, on this machine: real HTTP servers that answer like the real ones and remember what they were asked. */
import {readdirSync, readFileSync} from 'node:fs'
import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {expect, onTestFinished} from 'vitest'
import type {SourceConfig} from '../../src/config/sources.ts'
import {type PullOptions, pullSources} from '../../src/connectors/live/pull.ts'
import type {Machine} from '../../src/connectors/live/transport.ts'
import {openForWriting} from '../../src/store/open.ts'
import {folderWith} from '../commands/cli.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Requests of this method and path before this one. */
  readonly before: number
}

export interface Reply {
  readonly status?: number
  readonly headers?: {readonly [name: string]: string | readonly string[]}
  readonly json?: unknown
  readonly text?: string
  /** The connection breaks after so many bytes of the body. */
  readonly cut?: number
  /** No answer ever. */
  readonly hang?: true
}

export interface Service {
  readonly url: string
  readonly asked: Asked[]
  /** `GET /path?query`, in order. */
  lines(): string[]
}

export async function serve(answer: (asked: Asked, url: string) => Reply | undefined): Promise<Service> {
  const asked: Asked[] = []
  let url = ''
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => void (body += text))
    request.on('end', () => {
      const {pathname: path, searchParams: query} = new URL(request.url!, url)
      const method = request.method!
      const before = asked.filter(other => other.method === method && other.path === path).length
      const seen = {method, path, query, headers: request.headers, body, before}
      asked.push(seen)
      send(response, answer(seen, url) ?? {status: 404, json: {message: 'Not Found'}})
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url,
    asked,
    lines: () =>
      asked.map(({method, path, query}) => `${method} ${path}${query.size > 0 ? `?${query}` : ''}`),
  }
}

function send(response: ServerResponse, {status = 200, headers = {}, json, text, cut, hang}: Reply): void {
  if (hang) return
  const body = json === undefined ? (text ?? '') : JSON.stringify(json)
  response.writeHead(status, {
    ...(json === undefined ? {} : {'content-type': 'application/json; charset=utf-8'}),
    'content-length': String(Buffer.byteLength(body)),
    ...(headers as {[name: string]: string | string[]}),
  })
  if (cut === undefined) response.end(status === 304 ? undefined : body)
  else response.write(body.slice(0, cut), () => response.destroy())
}

/** A machine whose clock moves only when it sleeps. */
export function machine(now = Date.UTC(2026, 9, 21, 6)): Machine & {readonly slept: number[]; at: number} {
  const slept: number[] = []
  const own = {
    slept,
    at: now,
    now: () => own.at,
    async sleep(ms: number) {
      slept.push(ms)
      own.at += ms
    },
    random: () => 0.5,
  }
  return own
}

/** A database to be; whatever the services said, none of it may hold a secret, a header or content in the end. */
export function emptyDatabase(): string {
  const folder = folderWith()
  onTestFinished(() => {
    const files = readdirSync(folder).map(name => readFileSync(join(folder, name), 'latin1'))
    expect(files.filter(text => /CANARY/i.test(text))).toEqual([])
  })
  return join(folder, 'v.db')
}

/** One run of `venturi ingest` over these sources. */
export async function pull(
  db: string,
  sources: readonly SourceConfig[],
  env: {readonly [variable: string]: string},
  options: Partial<PullOptions> = {},
) {
  using store = openForWriting(db)
  return await pullSources(store, sources, {price: () => null, env, machine: machine(), ...options})
}

/** Rows of a statement, for assertions. */
export function rows<Row = {readonly [column: string]: unknown}>(db: string, sql: string): Row[] {
  using store = openForWriting(db)
  return store.database.prepare(sql).all() as Row[]
}

export const links = (db: string): string[] =>
  rows<{text: string}>(
    db,
    `SELECT from_alias || ' ' || relation || ' ' || to_alias || ifnull(' from ' || valid_from, '') || ifnull(' to ' || valid_to, '') AS text
     FROM link ORDER BY 1`,
  ).map(({text}) => text)
