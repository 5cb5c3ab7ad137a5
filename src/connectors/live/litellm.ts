/** A LiteLLM proxy: its spend log, and whose keys are whose. */
import {formatTime} from '../../model/time.ts'
import {isObject} from '../fields.ts'
import {log} from './days.ts'
import {list} from './lists.ts'
import {get, type Next, numbered} from './paging.ts'
import {liveSource, type Stream} from './source.ts'

const PAGE = 100

export const litellm = liveSource({
  type: 'litellm',
  endpoints: [
    'GET /spend/logs/v2',
    'GET /key/list',
    'GET /team/list',
    'GET /user/list',
    'GET /organization/list',
  ],
  credentials: ({key_env}) => [
    {
      variable: key_env ?? 'LITELLM_API_KEY',
      scope: 'a key of a user with the role proxy_admin_viewer (the master key can do more than is needed)',
    },
  ],
  sign: ({secrets: [key]}) => ({authorization: `Bearer ${key}`}),
  streams(_, base) {
    const table = (
      id: string,
      name: string,
      parameters: {readonly [name: string]: string | number},
      next: Next = numbered(id, PAGE),
    ): Stream =>
      list({
        ...{id, group: 'directory', next, file: `litellm/LiteLLM_${name}.json`},
        ask: get(`${base}/${id.replace(/s$/, '')}/list`, parameters),
        // Its envelopes differ from list to list; rows are rows.
        body: ({value}) => JSON.stringify(isObject(value) && Array.isArray(value[id]) ? value[id] : value),
      })
    return [
      log({
        ...{id: 'spend', group: 'spend', next: numbered('data', PAGE)},
        ask: (from, until) =>
          get(`${base}/spend/logs/v2`, {
            ...{start_date: written(from), end_date: written(until), page: 1, page_size: PAGE},
          }),
        file: () => 'litellm/LiteLLM_SpendLogs.json',
      }),
      table('keys', 'VerificationToken', {
        ...{return_full_object: 'true', include_team_keys: 'true', page: 1, size: PAGE},
      }),
      table('teams', 'TeamTable', {}, whole),
      table('users', 'UserTable', {page: 1, page_size: PAGE}),
      {...table('organizations', 'OrganizationTable', {}, whole), optional: true},
    ]
  },
})

/** These lists come in one piece. */
const whole: Next = () => null

/** `YYYY-MM-DD HH:MM:SS`, UTC. */
const written = (at: number): string =>
  formatTime(Math.floor(at / 1000) * 1000)
    .replace('T', ' ')
    .replace('Z', '')
