import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {closest, unrecognised} from '../../src/connectors/closest.ts'
import {type Connector, connector, type Head} from '../../src/connectors/connector.ts'
import {connectors} from '../../src/connectors/index.ts'
import {openSource} from '../../src/connectors/read.ts'
import {folderWith, venturi} from '../commands/cli.ts'

const headOf = (name: string, content: string): Head =>
  openSource(join(folderWith({[name]: content}), name), name).head

interface Case {
  readonly name: string
  readonly file: string
  readonly content: string
  /** What the message says of it, nearest first. */
  readonly near: readonly string[]
}

const CASES: readonly Case[] = [
  {
    name: 'a gateway log without its money',
    file: 'log.csv',
    content: 'request_id,call_type,model\nr-1,acompletion,gpt-5\n',
    near: ['litellm-spend (no spend column)'],
  },
  {
    name: 'the same as JSON Lines',
    file: 'log.jsonl',
    content: '{"request_id":"r-1","startTime":"2026-09-14T10:00:00Z"}\n{"request_id":"r-2"}\n',
    near: ['litellm-spend (no spend)'],
  },
  {
    name: 'rows in an envelope nobody opens',
    file: 'log.json',
    content: '{"rows":[{"request_id":"r-1","spend":0.1,"call_type":"x"}],"exported":1}',
    near: ['litellm-spend (its rows stand under "rows")'],
  },
  {
    name: 'times of a usage report and none of its counts',
    file: 'usage.csv',
    content: 'start_time,end_time,start_time_iso,end_time_iso,project\n1,2,a,b,p\n',
    near: ['openai-usage-csv (no num_model_requests column)', 'openai-costs-csv (no amount_value column)'],
  },
  {
    name: 'an invoice list without numbers',
    file: 'bills.csv',
    content: 'vendor,total,start_date\nopenai,12.00,2026-10-01\n',
    near: ['invoices (no invoice_id column)'],
  },
  {
    name: 'several things missing are named together',
    file: 'budget.csv',
    content: 'team,amount,currency\npayments,1,USD\n',
    near: ['budgets (no period_start, no period_end columns)'],
  },
  {
    name: 'a manifest of a kind that is not read',
    file: 'x.yaml',
    content: 'apiVersion: example.io/v1\nkind: Widget\nmetadata:\n  name: x\n',
    near: ['backstage (its fields, but not its values)', 'kubernetes (its fields, but not its values)'],
  },
  {
    name: 'a request trace of somebody',
    file: 't.csv',
    content: 'TIMESTAMP,ContextTokens\n2023-11-16,4808\n',
    near: [],
  },
  {name: 'prose', file: 't.txt', content: 'hello\nworld\n', near: []},
]

describe('closest', () => {
  test.each(CASES)('$name', ({file, content, near}) => {
    const head = headOf(file, content)
    expect(connectors.filter(found => found.recognises(head)).map(({id}) => id)).toEqual([])
    expect(closest(head, connectors)).toEqual(near)
  })

  test('three at most, nearest first; half of it only where nothing is nearer', () => {
    const list = ['ab', 'abc', 'abcd', 'abcde'].map(
      (letters): Connector =>
        connector({id: letters, label: letters, needs: {columns: [...letters]}, *parse() {}}),
    )
    expect(closest(headOf('x.csv', 'a,x\n1,2\n'), list)).toEqual(['ab (no b column)'])
    expect(closest(headOf('x.csv', 'b,c\n1,2\n'), list)).toEqual(['abc (no a column)'])
    expect(closest(headOf('x.csv', 'b,c,d\n1,2,3\n'), list)).toEqual([
      'abcd (no a column)',
      'abc (no a column)',
      'abcde (no a, no e columns)',
    ])
  })
})

test('needs alone recognise', () => {
  const found = connector({
    id: 'x',
    label: 'x',
    needs: {columns: ['a', ['b', 'c']], fields: ['d.e']},
    *parse() {},
  })
  const claims = (file: string, content: string) => found.recognises(headOf(file, content))
  expect([
    claims('x.csv', 'C,A\n1,2\n'),
    claims('x.csv', 'a,d\n1,2\n'),
    claims('x.json', '[{"d":{"e":null}}]'),
    claims('x.json', '[{"d":"e"}]'),
    claims('x.json', '[{"a":1,"b":2}]'),
  ]).toEqual([true, false, true, false, false])
})

test('the whole message; long names are cut', () => {
  const columns = ['request_id', 'call_type', 'c'.repeat(60), 'd', 'e', 'f', 'g']
  expect(unrecognised(headOf('x.csv', `${columns.join(',')}\n1,2,3,4,5,6,7\n`), connectors)).toEqual({
    fact: 'issue',
    line: 1,
    code: 'unrecognised',
    message: `no connector knows this content (csv with request_id, call_type, ${'c'.repeat(40)}, d, e, f, …); closest: litellm-spend (no spend column)`,
    mend: 'export it again with what is missing, or leave the file out; docs/sources.md says what is read',
  })
})

test('what stands where names should is not repeated', () => {
  const {message} = unrecognised(
    headOf('x.csv', 'sk-ant-CANARY,the words that somebody wrote in a cell,a\n1,2,3\n'),
    [],
  )
  expect(message).toBe('no connector knows this content (csv with …, …, a)')
})

test('ingest says it, as text and as JSON', () => {
  const folder = folderWith({'log.csv': 'request_id,call_type,model\nr-1,x,gpt-5\n'})
  const said =
    'no connector knows this content (csv with request_id, call_type, model); closest: litellm-spend (no spend column)'
  const {stdout} = venturi(folder, ['ingest', 'log.csv'])
  expect(stdout).toContain(`log.csv:1: ${said}\n  Try this: export it again with what is missing`)
  expect(venturi(folder, ['ingest', 'log.csv', '--json']).json().issues).toEqual([
    expect.objectContaining({path: 'log.csv', code: 'unrecognised', message: said}),
  ])
})
