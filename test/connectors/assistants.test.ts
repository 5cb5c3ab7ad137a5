import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {checkoutName} from '../../src/connectors/work-folder.ts'
import {openForWriting} from '../../src/store/open.ts'
import {folderWith} from '../commands/cli.ts'
import {settled} from '../engine/reports.ts'

/** `requests input output cache-reads cache-writes`, summed over what the store holds. */
type Sums = readonly [calls: number, input: number, output: number, read: number, write: number]

async function sums(folder: string, order: readonly string[]): Promise<Sums> {
  using store = openForWriting(':memory:')
  for (const path of order) await ingestFiles(store, await listFiles([path], folder), {price: () => null})
  return store.database
    .prepare(`
      SELECT count(*), ifnull(sum(input_tokens), 0), ifnull(sum(output_tokens), 0),
        ifnull(sum(cache_read_tokens), 0), ifnull(sum(cache_write_tokens), 0) FROM usage`)
    .raw()
    .get() as unknown as Sums
}

interface Rule {
  readonly name: string
  /** Lines by file. */
  readonly files: {readonly [path: string]: readonly object[]}
  readonly counts: Sums
}

/** Holds for the files in any order, one by one, and read twice. */
const obey =
  ({files, counts}: Rule) =>
  async () => {
    const folder = folderWith(
      Object.fromEntries(
        Object.entries(files).map(([path, lines]) => [
          path,
          `${lines.map(line => JSON.stringify(line)).join('\n')}\n`,
        ]),
      ),
    )
    const names = Object.keys(files)
    expect(await sums(folder, names)).toEqual(counts)
    expect(await sums(folder, [...names].reverse())).toEqual(counts)
    expect(await sums(folder, [...names, ...names])).toEqual(counts)
  }

describe('Claude Code counts an answer once', () => {
  const entry = (message: string, output: number, more: {at?: string; [field: string]: unknown} = {}) => {
    const {at = '2026-09-14T10:00:00.000Z', ...fields} = more
    return {
      ...{type: 'assistant', uuid: `u-${message}-${output}`, sessionId: 's1', requestId: `req-${message}`},
      ...{timestamp: at, cwd: '/src/heron', isSidechain: false, ...fields},
      message: {
        ...{id: message, role: 'assistant', model: 'claude-haiku-4-5-20251001'},
        usage: {
          input_tokens: 10,
          output_tokens: output,
          cache_creation_input_tokens: 3,
          cache_read_input_tokens: 7,
        },
      },
    }
  }
  const RULES: readonly Rule[] = [
    {
      name: 'an entry a block of the answer, early ones with part of the output',
      files: {'a.jsonl': [entry('m1', 1), entry('m1', 5), entry('m1', 50), entry('m1', 50), entry('m2', 4)]},
      counts: [2, 20, 54, 14, 6],
    },
    {
      name: 'the largest, wherever it stands',
      files: {'a.jsonl': [entry('m1', 50), entry('m2', 1), entry('m1', 5)]},
      counts: [2, 20, 51, 14, 6],
    },
    {
      name: 'a resumed session repeats the earlier one and goes on',
      files: {
        's1.jsonl': [entry('m1', 50), entry('m2', 4)],
        's2.jsonl': [
          entry('m1', 50, {sessionId: 's2', uuid: 'other'}),
          entry('m2', 4, {sessionId: 's2'}),
          entry('m3', 6, {sessionId: 's2'}),
        ],
      },
      counts: [3, 30, 60, 21, 9],
    },
    {
      name: 'two forks of one session',
      files: {
        's1.jsonl': [entry('m1', 50)],
        's2.jsonl': [entry('m1', 50), entry('m2', 1)],
        's3.jsonl': [entry('m1', 50), entry('m3', 2)],
      },
      counts: [3, 30, 53, 21, 9],
    },
    {
      name: 'a side question repeats the conversation under requests of its own',
      files: {
        's1.jsonl': [entry('m1', 50), entry('m2', 4)],
        's1/subagents/side.jsonl': [
          entry('m1', 50, {isSidechain: true, requestId: 'req-x'}),
          entry('m2', 4, {isSidechain: true, requestId: 'req-y'}),
          entry('m9', 8, {isSidechain: true, requestId: 'req-z'}),
        ],
      },
      counts: [3, 30, 62, 21, 9],
    },
    {
      name: 'a side question inside the file of the conversation',
      files: {'s1.jsonl': [entry('m1', 50), entry('m1', 50, {isSidechain: true, requestId: 'req-x'})]},
      counts: [1, 10, 50, 7, 3],
    },
    {
      name: 'a subagent’s own answers count',
      files: {
        's1.jsonl': [entry('m1', 50)],
        's1/subagents/agent.jsonl': [entry('m8', 8, {isSidechain: true, agentId: 'a1'})],
      },
      counts: [2, 20, 58, 14, 6],
    },
    {
      name: 'one message id under two requests of the conversation is two answers',
      files: {'s1.jsonl': [entry('m1', 50), entry('m1', 9, {requestId: 'req-again'})]},
      counts: [2, 20, 59, 14, 6],
    },
    {
      name: 'a stream over midnight is one answer, on the day it began',
      files: {
        's1.jsonl': [
          entry('m1', 5, {at: '2026-09-14T23:59:59.900Z'}),
          entry('m1', 50, {at: '2026-09-15T00:00:00.100Z'}),
        ],
        's2.jsonl': [entry('m1', 5, {at: '2026-09-14T23:59:59.900Z'})],
      },
      counts: [1, 10, 50, 7, 3],
    },
    {
      name: 'errors and the tool’s own messages are no answers',
      files: {
        's1.jsonl': [
          entry('m1', 50),
          entry('m2', 9, {isApiErrorMessage: true}),
          {...entry('m3', 9), message: {...entry('m3', 9).message, model: '<synthetic>'}},
          {...entry('m4', 9), type: 'user'},
          {
            type: 'system',
            uuid: 'x',
            sessionId: 's1',
            timestamp: '2026-09-14T10:00:00Z',
            usage: {input_tokens: 9},
          },
        ],
      },
      counts: [1, 10, 50, 7, 3],
    },
    {
      name: 'a session still being written, read again when it has grown',
      files: {
        'a.jsonl': [entry('m1', 50), entry('m2', 1)],
        'b.jsonl': [entry('m1', 50), entry('m2', 1), entry('m2', 8)],
      },
      counts: [2, 20, 58, 14, 6],
    },
  ]
  test.each(RULES)('$name', rule => obey(rule)())
})

describe('Codex counts what a total moved by', () => {
  const usage = (input: number, cached: number, output: number) => ({
    ...{input_tokens: input, cached_input_tokens: cached, output_tokens: output},
    ...{reasoning_output_tokens: Math.floor(output / 2), total_tokens: input + output},
  })
  type Counted = readonly [input: number, cached: number, output: number]
  const counted = (second: number, total: Counted | null, last: Counted | null = null) => ({
    timestamp: new Date(Date.UTC(2026, 8, 14, 10, 0, 0) + second * 1000).toISOString(),
    type: 'event_msg',
    payload: {
      type: 'token_count',
      info: {
        ...(total && {total_token_usage: usage(...total)}),
        ...(last && {last_token_usage: usage(...last)}),
      },
    },
  })
  const meta = (id: string, more: object = {}) => ({
    timestamp: '2026-09-14T10:00:00.000Z',
    type: 'session_meta',
    payload: {id, cwd: '/src/heron', ...more},
  })
  const model = {timestamp: '2026-09-14T10:00:01.000Z', type: 'turn_context', payload: {model: 'gpt-5-codex'}}
  const parent = [
    meta('p'),
    model,
    counted(30, [100, 40, 10], [100, 40, 10]),
    counted(60, [300, 100, 25], [200, 60, 15]),
  ]
  const RULES: readonly Rule[] = [
    {name: 'the last turn, not the running total', files: {'p.jsonl': parent}, counts: [2, 200, 25, 100, 0]},
    {
      name: 'a total that did not move is no answer',
      files: {
        'p.jsonl': [...parent, counted(61, [300, 100, 25], [200, 60, 15]), counted(62, [300, 100, 25])],
      },
      counts: [2, 200, 25, 100, 0],
    },
    {
      name: 'without the last turn, the difference of totals',
      files: {'p.jsonl': [meta('p'), counted(30, [100, 40, 10]), counted(60, [300, 100, 25])]},
      counts: [2, 200, 25, 100, 0],
    },
    {
      name: 'a total that fell began anew',
      files: {
        'p.jsonl': [
          meta('p'),
          counted(30, [100, 40, 10]),
          counted(60, [50, 20, 5]),
          counted(90, [60, 20, 6]),
        ],
      },
      counts: [3, 100, 16, 60, 0],
    },
    {
      name: 'a total that stays 0 says nothing, the last turn does',
      files: {
        'p.jsonl': [meta('p'), counted(30, [0, 0, 0], [100, 40, 10]), counted(60, [0, 0, 0], [100, 40, 10])],
      },
      counts: [2, 120, 20, 80, 0],
    },
    {
      name: 'nothing counted, nothing said',
      files: {
        'p.jsonl': [
          ...parent,
          {...counted(70, null), payload: {type: 'token_count', info: null, rate_limits: {}}},
          counted(71, null, [0, 0, 0]),
        ],
      },
      counts: [2, 200, 25, 100, 0],
    },
    {
      name: 'the archived copy of a session is the session',
      files: {'sessions/2026/09/14/p.jsonl': parent, 'archived_sessions/p.jsonl': parent},
      counts: [2, 200, 25, 100, 0],
    },
    {
      name: 'a session read again when it has grown',
      files: {'a/p.jsonl': parent.slice(0, 3), 'b/p.jsonl': parent},
      counts: [2, 200, 25, 100, 0],
    },
    {
      name: 'a fork repeats its parent at once, and goes on from there',
      files: {
        'p.jsonl': parent,
        'f.jsonl': [
          meta('f', {forked_from_id: 'p'}),
          meta('p'),
          model,
          counted(0.1, [100, 40, 10], [100, 40, 10]),
          counted(0.9, [300, 100, 25], [200, 60, 15]),
          counted(30, [340, 110, 30], [40, 10, 5]),
        ],
      },
      counts: [3, 230, 30, 110, 0],
    },
    {
      name: 'a subagent’s session too, also where only totals tell',
      files: {
        'f.jsonl': [
          meta('f', {source: {subagent: {thread_spawn: {parent_thread_id: 'p'}}}}),
          counted(0.2, [300, 100, 25]),
          counted(30, [340, 110, 30]),
        ],
      },
      counts: [1, 30, 5, 10, 0],
    },
    {
      name: 'what was written to the cache is inside the input as well',
      files: {
        'p.jsonl': [
          meta('p'),
          {
            ...counted(30, null),
            payload: {
              type: 'token_count',
              info: {last_token_usage: {...usage(100, 40, 10), cache_write_input_tokens: 25}},
            },
          },
        ],
      },
      counts: [1, 35, 10, 40, 25],
    },
  ]
  test.each(RULES)('$name', rule => obey(rule)())
})

describe('Gemini CLI counts an answer once', () => {
  const answer = (id: string, output: number) => ({
    ...{id, timestamp: '2026-09-14T10:00:00.000Z', type: 'gemini', model: 'gemini-2.5-pro'},
    tokens: {input: 100, output, cached: 40, thoughts: 2, tool: 0, total: 102 + output},
  })
  const opening = {sessionId: 'g1', projectHash: 'ab12', startTime: '2026-09-14T10:00:00.000Z'}
  const RULES: readonly Rule[] = [
    {
      name: 'a record written again replaces the first',
      files: {'s.jsonl': [opening, answer('m1', 1), answer('m1', 10)]},
      counts: [1, 60, 12, 40, 0],
    },
    {
      name: 'what is rewound was used all the same',
      files: {'s.jsonl': [opening, answer('m1', 10), {$rewindTo: 'm1'}, answer('m2', 10)]},
      counts: [2, 120, 24, 80, 0],
    },
    {
      name: 'a checkpoint repeats',
      files: {'s.jsonl': [opening, answer('m1', 10), {$set: {messages: [answer('m1', 10)]}}]},
      counts: [1, 60, 12, 40, 0],
    },
    {
      name: 'the old file beside the new one is the same chat',
      files: {
        's.json': [{...opening, messages: [answer('m1', 10)]}],
        's.jsonl': [opening, answer('m1', 10), answer('m2', 10)],
      },
      counts: [2, 120, 24, 80, 0],
    },
  ]
  test.each(RULES)('$name', rule => obey(rule)())
})

describe('Cursor’s events are a multiset', () => {
  const event = (ms: number, more: object = {}) => ({
    ...{
      timestamp: `${1789381351120 + ms}`,
      userEmail: 'quill@fen.example',
      model: 'gpt-5-codex',
      kind: 'Usage-based',
    },
    ...{
      tokenUsage: {inputTokens: 10, outputTokens: 2, cacheWriteTokens: 3, cacheReadTokens: 4},
      chargedCents: 1.5,
    },
    ...more,
  })
  const page = (...usageEvents: object[]) => [{totalUsageEventsCount: usageEvents.length, usageEvents}]
  const RULES: readonly Rule[] = [
    {
      name: 'two alike in one answer are two, also when it is read again',
      files: {'a.json': page(event(0), event(0), event(1)), 'b.json': page(event(0), event(0), event(2))},
      counts: [4, 40, 8, 16, 12],
    },
    {
      name: 'the dashboard says the same events in other words',
      files: {
        'a.json': page(event(0)),
        'b.json': [
          {
            usageEventsDisplay: [
              event(0, {kind: 'USAGE_EVENT_KIND_USAGE_BASED', userEmail: 'Quill@fen.example'}),
            ],
          },
        ],
      },
      counts: [1, 10, 2, 4, 3],
    },
  ]
  test.each(RULES)('$name', rule => obey(rule)())

  test('an event in a CSV export is the event of the API', async () => {
    const folder = folderWith({
      'a.json': JSON.stringify(page(event(0))[0]),
      'b.csv':
        'Date,User,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n' +
        '"2026-09-14T10:22:31.120Z","quill@fen.example","On-Demand","gpt-5-codex","No","3","10","4","2","19","0.015"\n',
    })
    expect(await sums(folder, ['a.json', 'b.csv'])).toEqual([1, 10, 2, 4, 3])
  })
})

test('a day of Copilot as CSV and as the API answers is one line', async () => {
  const {total, store} = await settled({
    'a.csv':
      'date,username,product,sku,model,quantity,unit_type,net_amount,organization,cost_center_name\n' +
      '2026-09-14,quill-fen,copilot,copilot_ai_credit,GPT-5,10,ai-credits,0.1,fen,Product\n',
    'b.json': JSON.stringify({
      ...{timePeriod: {year: 2026, month: 9, day: 14}, organization: 'Fen', user: 'Quill-fen'},
      usageItems: [{product: 'Copilot', sku: 'Copilot AI Credit', model: 'GPT-5', netAmount: 0.1}],
    }),
  })
  expect(total).toBe('0.10')
  expect(store.database.prepare('SELECT sum(records) FROM settlement').pluck().get()).toBe(1)
})

describe('real logs of two agents', () => {
  const lines = (path: string): {[field: string]: unknown}[] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
  const add = (rows: readonly (readonly number[])[]) =>
    rows.reduce((sum, row) => sum.map((value, index) => value + row[index]!), [0, 0, 0, 0, 0])

  // Reckoned here from the files themselves, in another way than the connectors read them.
  test('Claude Code', async () => {
    const home = 'fixtures/connectors/claude-code/projects'
    const files = ['project-alpha/session-alpha/chat.jsonl', 'project-beta/session-beta/chat.jsonl']
    const rows = files
      .flatMap(file => lines(`${home}/${file}`))
      .map(line => (line.message as {usage: {[field: string]: number}}).usage)
      .map(usage => [
        1,
        usage.input_tokens!,
        usage.output_tokens!,
        usage.cache_read_input_tokens!,
        usage.cache_creation_input_tokens!,
      ])
    expect(await sums(home, files)).toEqual(add(rows))
    expect(add(rows)).toEqual([5, 730, 310, 110, 90])
  })

  test('Codex', async () => {
    const file = 'fixtures/connectors/codex/sessions/project-alpha/session-alpha.jsonl'
    interface Info {
      readonly total_token_usage: {readonly [field: string]: number}
    }
    // The running total at the end is all there was, cached tokens inside the input.
    const {total_token_usage: all} = (lines(file).at(-1)!.payload as {info: Info}).info
    expect(await sums('.', [file])).toEqual([
      2,
      all.input_tokens! - all.cached_input_tokens!,
      all.output_tokens,
      all.cached_input_tokens,
      0,
    ])
    expect(all).toMatchObject({input_tokens: 3500, cached_input_tokens: 750, output_tokens: 425})
  })
})

test.each([
  ['/src/heron', 'heron'],
  ['/Users/quill/src/heron/services/api', 'heron'],
  ['/home/quill/code/heron/.claude/worktrees/busy-fox', 'heron'],
  ['/home/quill/go/src/github.com/fen/heron/cmd', 'fen/heron'],
  ['C:\\Users\\quill\\work\\heron', 'heron'],
  ['/workspaces/heron', 'heron'],
  ['/home/quill/heron', 'heron'],
  ['/home/quill', undefined],
  ['/Users/quill/Documents', undefined],
  ['/root', undefined],
  ['/app', undefined],
  ['/tmp', undefined],
  ['/workspace', undefined],
  ['/Users/quill/code/the notes of a person about something else', undefined],
  ['', undefined],
  [undefined, undefined],
])('the folder %s names the checkout %s', (folder, name) => expect(checkoutName(folder)).toBe(name))
