/** Langfuse: model calls with their use and cost. Inputs and outputs are never asked for. */
import {formatTime} from '../../model/time.ts'
import {log} from './days.ts'
import {get, metaCursor} from './paging.ts'
import {liveSource} from './source.ts'

/** Every group of fields but `io`, which is content, and those that say nothing of who, when and how much. */
const FIELDS = 'core,basic,time,metadata,model,usage,trace_context'
/** The kinds of observation that cost something. */
const TYPES = ['GENERATION', 'EMBEDDING']

export const langfuse = liveSource({
  type: 'langfuse',
  endpoints: ['GET /api/public/v2/observations'],
  address: 'https://cloud.langfuse.com',
  credentials: ({public_key_env, secret_key_env}) => [
    {
      variable: public_key_env ?? 'LANGFUSE_PUBLIC_KEY',
      scope: "the public key (pk-lf-…) of the project's API keys",
    },
    {
      variable: secret_key_env ?? 'LANGFUSE_SECRET_KEY',
      scope: "the secret key (sk-lf-…) of the project's API keys",
    },
  ],
  sign: ({secrets: [user, password]}) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  }),
  streams: (_, address) =>
    TYPES.map(type =>
      log({
        ...{id: type.toLowerCase(), group: 'observations', next: metaCursor},
        ask: (from, until) =>
          get(`${address}/api/public/v2/observations`, {
            ...{type, fields: FIELDS, limit: 1000},
            ...{fromStartTime: formatTime(from), toStartTime: formatTime(until)},
          }),
        file: () => 'langfuse/observations.json',
      }),
    ),
})
