import {expect, test} from 'vitest'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {attributeStore} from '../../src/engine/run.ts'
import {openForWriting} from '../../src/store/open.ts'
import {folderWith} from '../commands/cli.ts'

const AT = Date.UTC(2026, 8, 14, 10, 22, 32)
const at = (seconds: number): string => new Date(AT + seconds * 1000).toISOString()

/** What an assistant noted of a call. */
const noted = (message: string, seconds: number, output: number) =>
  JSON.stringify({
    ...{type: 'assistant', uuid: message, sessionId: 's1', requestId: `req-${message}`, cwd: '/src/heron'},
    timestamp: at(seconds),
    message: {
      ...{id: message, role: 'assistant', model: 'claude-haiku-4-5-20251001'},
      usage: {
        input_tokens: 10,
        output_tokens: output,
        cache_read_input_tokens: 7,
        cache_creation_input_tokens: 0,
      },
    },
  })

/** What a gateway logged of it, cached tokens inside its prompt tokens. */
const logged = (id: string, seconds: number, output: number) =>
  JSON.stringify({
    ...{request_id: id, call_type: 'anthropic_messages', api_key: 'key-1', spend: 0.001, user: 'quill'},
    ...{model: 'anthropic/claude-haiku-4-5', custom_llm_provider: 'anthropic', startTime: at(seconds)},
    ...{prompt_tokens: 17, completion_tokens: output},
    metadata: {additional_usage_values: {cache_read_input_tokens: 7}},
  })

/** Records that count, as `channel signature`. */
async function counted(files: {readonly [path: string]: string}): Promise<string[]> {
  using store = openForWriting(':memory:')
  await ingestFiles(store, await listFiles(['.'], folderWith(files)), {price: () => null})
  attributeStore(store)
  const rows = store.database
    .prepare(`
      SELECT u.channel, s.evidence FROM usage AS u
        LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel
        JOIN signature AS s ON s.id = iif(m.id IS NULL, u.signature_id, m.signature_id)
      ORDER BY u.channel, u.id`)
    .all() as {channel: string; evidence: string}[]
  return rows.map(({channel, evidence}) => `${channel} ${evidence}`)
}

test('a call that an assistant notes and a gateway logs is one, with what both know', async () => {
  const found = await counted({
    'notes.jsonl': [noted('m1', 4, 233), noted('m2', 90, 5)].join('\n'),
    'log.jsonl': [logged('g1', 0, 233), logged('g2', 500, 5)].join('\n'),
  })
  expect(found.map(row => row.split(' ')[0])).toEqual(['claude-code', 'litellm', 'litellm'])
  // The second is minutes away from the other call with its tokens: another one.
  expect(found[1]).toContain('"tag_repository":"heron"')
  expect(found[1]).toContain('"key":"litellm:key/key-1"')
  expect(found[2]).not.toContain('tag_repository')
})

test('under one id, what the assistant notes is the lesser source', async () => {
  const span = {
    resourceSpans: [
      {
        resource: {attributes: [{key: 'service.name', value: {stringValue: 'claude-code'}}]},
        scopeSpans: [
          {
            spans: [
              {
                ...{traceId: 'ab', spanId: 'cd', name: 'chat', startTimeUnixNano: `${AT}000000`},
                attributes: [
                  {key: 'gen_ai.operation.name', value: {stringValue: 'chat'}},
                  {key: 'gen_ai.response.id', value: {stringValue: 'm1'}},
                  {key: 'gen_ai.usage.input_tokens', value: {intValue: '17'}},
                ],
              },
            ],
          },
        ],
      },
    ],
  }
  const found = await counted({'notes.jsonl': noted('m1', 4, 233), 'spans.jsonl': JSON.stringify(span)})
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(/^otel .*"service":"claude-code".*"tag_repository":"heron"/)
})
