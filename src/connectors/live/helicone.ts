/** Helicone: requests with their use and cost, by its query that leaves bodies out. */
import {formatTime} from '../../model/time.ts'
import {array, isObject} from '../fields.ts'
import {log} from './days.ts'
import type {Next} from './paging.ts'
import {liveSource} from './source.ts'
import type {Ask} from './transport.ts'
import {Rejected} from './trouble.ts'

const PAGE = 1000

export const helicone = liveSource({
  type: 'helicone',
  endpoints: ['POST /v1/request/query-clickhouse'],
  address: 'https://api.helicone.ai',
  credentials: ({key_env}) => [
    {variable: key_env ?? 'HELICONE_API_KEY', scope: 'an API key with read access (not write)'},
  ],
  sign: ({secrets: [key]}) => ({authorization: `Bearer ${key}`}),
  streams: (_, address) => [
    log({
      ...{id: 'requests', group: 'requests', next: byOffset},
      ask: (from, until) => question(`${address}/v1/request/query-clickhouse`, from, until),
      // The question is in the body, so that the address alone would name every window alike.
      where: (from, until) =>
        `${address}/v1/request/query-clickhouse?from=${formatTime(from)}&until=${formatTime(until)}`,
      file: () => 'helicone/requests.json',
    }),
  ],
})

function question(url: string, from: number, until: number): Ask {
  const created = (comparison: 'gte' | 'lt', at: number) => ({
    request_response_rmt: {request_created_at: {[comparison]: formatTime(at)}},
  })
  return {
    method: 'POST',
    url,
    body: {
      filter: {left: created('gte', from), operator: 'and', right: created('lt', until)},
      offset: 0,
      limit: PAGE,
      sort: {created_at: 'asc'},
      includeInputs: false,
    },
  }
}

const byOffset: Next = ({value}, asked) => {
  // It says 200 to everything; what went wrong stands in the answer.
  if (isObject(value) && value.error !== null && value.error !== undefined)
    throw new Rejected(
      `POST ${asked.url}: answered with an error`,
      'check the key, and url: for the region it is of',
    )
  const body = isObject(asked.body) ? asked.body : {}
  return array(value, 'data').length < PAGE
    ? null
    : {...asked, body: {...body, offset: Number(body.offset ?? 0) + PAGE}}
}
