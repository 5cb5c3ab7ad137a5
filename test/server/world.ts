/** Real files into a real store, priced by a configuration: a test states only the rows that matter to it. */
import {join} from 'node:path'
import type {Config} from '../../src/config/config.ts'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {startPricing} from '../../src/server/pricing/reprice.ts'
import {openForWriting} from '../../src/store/open.ts'
import type {WritableStore} from '../../src/store/query.ts'
import {folderWith} from '../commands/cli.ts'

/** One call in a LiteLLM log: 1,000 input tokens of gpt-5 on 2026-10-14, whose cost the gateway does not know. */
export const call = (id: string, fields: object = {}): string =>
  `${JSON.stringify({
    ...{request_id: id, call_type: 'acompletion', api_key: 'key-1', spend: 0, model: 'gpt-5'},
    ...{prompt_tokens: 1000, completion_tokens: 0, custom_llm_provider: 'openai', status: 'success'},
    ...{startTime: '2026-10-14T09:00:00.000Z', endTime: '2026-10-14T09:00:01.000Z', cache_hit: 'None'},
    ...{metadata: {}, ...fields},
  })}\n`

const at = (instant: string): number => Date.parse(instant) / 1000

/** One day of OpenAI's usage report. */
export const bucket = (fields: object = {}): string =>
  JSON.stringify({
    ...{object: 'page', has_more: false, next_page: null},
    data: [
      {
        ...{object: 'bucket', start_time: at('2026-10-14T00:00:00Z'), end_time: at('2026-10-15T00:00:00Z')},
        results: [
          {
            object: 'organization.usage.completions.result',
            ...{input_tokens: 1000, input_cached_tokens: 0, output_tokens: 0, num_model_requests: 1},
            ...{project_id: null, user_id: null, api_key_id: null, model: 'gpt-5', batch: false},
            ...{service_tier: 'default', ...fields},
          },
        ],
      },
    ],
  })

export const span = (id: string): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: {attributes: [{key: 'service.name', value: {stringValue: 'checkout'}}]},
        scopeSpans: [
          {
            spans: [
              {
                ...{traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name: 'chat gpt-5'},
                startTimeUnixNano: `${Date.parse('2026-10-14T09:00:00Z')}000000`,
                attributes: [
                  {key: 'gen_ai.operation.name', value: {stringValue: 'chat'}},
                  {key: 'gen_ai.provider.name', value: {stringValue: 'openai'}},
                  {key: 'gen_ai.request.model', value: {stringValue: 'gpt-5'}},
                  {key: 'gen_ai.response.id', value: {stringValue: id}},
                  {key: 'gen_ai.usage.input_tokens', value: {intValue: '1000'}},
                  {key: 'gen_ai.usage.output_tokens', value: {intValue: '0'}},
                ],
              },
            ],
          },
        ],
      },
    ],
  })

/** Reads files as `venturi ingest` does. */
export async function ingest(
  store: WritableStore,
  files: {readonly [path: string]: string},
  config: Config = {},
): Promise<void> {
  const folder = folderWith(files)
  const {files: done} = await ingestFiles(store, await listFiles(['.'], folder), {
    price: startPricing(store, config),
  })
  const failed = done.filter(({status}) => status !== 'ingested')
  if (failed.length > 0) throw new Error(JSON.stringify(failed))
}

export const freshStore = (): WritableStore => openForWriting(join(folderWith(), 'v.db'))

interface Row {
  readonly id: string
  readonly usd: string | null
  readonly source: number
  readonly price: string | null
}

/** What each row costs, who says so and by which price. */
export const costsIn = ({database}: WritableStore): Row[] =>
  database
    .prepare(
      `SELECT usage.id, CAST(cost_nanos AS TEXT) AS usd, cost_source AS source, price
       FROM usage LEFT JOIN price ON price.id = price_id ORDER BY usage.id, channel`,
    )
    .all() as Row[]
