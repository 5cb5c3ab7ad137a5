import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {listFiles} from '../src/connectors/files.ts'
import {ingestFiles} from '../src/connectors/ingest.ts'
import {attributeStore} from '../src/engine/run.ts'
import {formatUsd} from '../src/model/money.ts'
import {priceRows} from '../src/server/price-rows.ts'
import {openForWriting} from '../src/store/open.ts'
import type {WritableStore} from '../src/store/query.ts'

let store: WritableStore
beforeEach(() => void (store = openForWriting(':memory:')))
afterEach(() => store[Symbol.dispose]())

async function settle(...paths: readonly string[]): Promise<void> {
  await ingestFiles(store, await listFiles(paths, 'fixtures/connectors'), {price: priceRows({})})
  attributeStore(store)
}

interface Part {
  readonly evidence: {readonly [field: string]: string}
  readonly granularity: number
  readonly billed: bigint
  readonly reconciled: number
  readonly tokens: number
}

/** The cube's cells that are records, with the evidence behind them. */
const parts = (): Part[] =>
  (
    store.database
      .prepare(`
        SELECT evidence, granularity, ifnull(billed_nanos, 0) AS billed, reconciled,
          ifnull(input_tokens, 0) + ifnull(output_tokens, 0) + ifnull(cache_read_tokens, 0) AS tokens
        FROM cell JOIN attribution ON attribution.id = attribution_id JOIN signature ON signature.id = signature_id
        WHERE counts = 1
        ORDER BY evidence, granularity`)
      .safeIntegers()
      .all() as {evidence: string; granularity: bigint; billed: bigint; reconciled: bigint; tokens: bigint}[]
  ).map(({evidence, granularity, billed, reconciled, tokens}) => ({
    evidence: JSON.parse(evidence) as Part['evidence'],
    granularity: Number(granularity),
    billed,
    reconciled: Number(reconciled),
    tokens: Number(tokens),
  }))

const sum = (found: readonly Part[]): string =>
  formatUsd(found.reduce((total, {billed}) => total + billed, 0n))
const requests = (): Part[] => parts().filter(({granularity}) => granularity === 0)
const rest = (): Part[] => parts().filter(({granularity}) => granularity > 0)

describe('an AWS Cost and Usage Report and the Bedrock log of the same account and month', () => {
  const REPORT = 'aws-cur/of-the-invocation-log.csv'
  const LOG = 'bedrock-invocations/AWSLogs'

  test('the total is the report’s, to the nano-dollar', async () => {
    await settle(REPORT, LOG)
    expect(sum(parts())).toBe('0.2186174')
  })

  test('each principal’s calls cost what the report bills that principal', async () => {
    await settle(REPORT, LOG)
    const of = (role: string) => sum(requests().filter(({evidence}) => evidence.role?.endsWith(`/${role}`)))
    expect(of('heron-api')).toBe('0.0023866')
    expect(of('BedrockAPIKey-234s')).toBe('0.000035')
    expect(of('otter-batch')).toBe('0.0000558')
    expect(of('gateway')).toBe('0.00014')
    expect(requests().every(({reconciled}) => reconciled === 1)).toBe(true)
  })

  test('a call whose profile hides its model is found by the profile', async () => {
    await settle(REPORT, LOG)
    const [hidden] = requests().filter(({evidence}) => evidence.project?.startsWith('aws:inference_profile/'))
    expect(hidden).toMatchObject({billed: 35_000n, tokens: 15})
  })

  test('what no call explains stays with its own row: a principal that logs nothing, machines, tax', async () => {
    await settle(REPORT, LOG)
    expect(rest().map(({evidence, billed}) => [evidence.role ?? evidence.line, formatUsd(billed)])).toEqual([
      ['AmazonEC2: USE1-BoxUsage:m5.xlarge', '0.192'],
      ['Tax: AmazonBedrock', '0.019'],
      ['aws:role/004455667788/egret-lab', '0.005'],
    ])
  })

  test('a tag of the principal says whose its calls are', async () => {
    await settle(REPORT, LOG)
    const answers = store.database
      .prepare(`
        SELECT DISTINCT json_extract(answer, '$.owner.organization.name') AS owner
        FROM outcome JOIN attribution ON outcome_id = outcome.id JOIN signature ON signature.id = signature_id
        WHERE evidence LIKE '%/heron-api"%'`)
      .pluck()
      .all()
    expect(answers).toEqual(['marsh'])
  })

  test('a refresh of the month takes the place of what it revises', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'venturi-cur-'))
    try {
      const month = readFileSync(`fixtures/connectors/${REPORT}`, 'utf8')
      const early = month
        .replace('0.812,1K tokens,0.000812', '0.400,1K tokens,0.0004')
        .split('\n')
        .filter(line => !line.includes('Tax'))
      const run = (name: string, text: string): string => {
        mkdirSync(join(folder, name))
        writeFileSync(join(folder, name, 'fen-cur2-00001.csv'), text)
        return join(folder, name)
      }
      const [first, second] = [
        run('0a1b2c3d-1111-4222-8333-444455556666', early.join('\n')),
        run('ffeeddcc-1111-4222-8333-444455556666', month),
      ]
      await settle(first)
      expect(sum(parts())).toBe('0.1992054')
      await settle(second)
      expect(sum(parts())).toBe('0.2186174')
    } finally {
      rmSync(folder, {recursive: true})
    }
  })

  test('read twice or in another order it is the same money', async () => {
    await settle(LOG, REPORT)
    const once = parts()
    await settle(REPORT)
    expect(parts()).toEqual(once)
  })
})

describe('an Azure bill and the gateway in front of it', () => {
  const BILL = 'azure-cost/example.csv'
  const LOGS = ['azure-apim/llm-log.jsonl', 'azure-apim/gateway-log.json']

  test('the calls of both logs are one, and explain their share of the account’s bill', async () => {
    await settle(BILL, ...LOGS)
    expect(sum(parts())).toBe('0.10')
    const [known] = requests().filter(({evidence}) => evidence.key === 'apim:subscription/heron-team')
    expect(known?.evidence).toMatchObject({
      channel: 'apim-llm',
      project: 'azure:cognitive_account/heron-aoai',
      user: 'apim:user/1',
      model_deployment: 'heron-gpt41',
    })
    expect(known?.reconciled).toBe(1)
    expect(known!.billed > 0n).toBe(true)
  })

  test('an export that joins both logs, and other spellings of them, add nothing', async () => {
    await settle(BILL, ...LOGS)
    const once = requests().length
    await settle('azure-apim/archive-PT1H.json')
    expect(requests()).toHaveLength(once)
    expect(sum(parts())).toBe('0.10')
  })

  test('metrics by deployment are the bill’s detail, the calls theirs', async () => {
    await settle(BILL, 'azure-metrics/answer.json', ...LOGS)
    expect(sum(parts())).toBe('0.10')
  })
})

test('an AWS bill exported as CUR and as FOCUS is one bill', async () => {
  await settle('aws-cur/of-the-invocation-log.csv', 'focus/of-the-invocation-log.csv')
  expect(sum(parts())).toBe('0.2186174')
})

describe('a Google Cloud bill and the log of its inference requests', () => {
  test('the calls explain the bill of their project', async () => {
    await settle('gcp-billing/example.json', 'gcp-inference-log/gcloud-read.json')
    expect(sum(parts())).toBe('0.50')
    expect(requests()).toHaveLength(1)
    expect(requests()[0]).toMatchObject({reconciled: 1, evidence: {tag_team: 'marsh'}})
  })

  test('the standard and the detailed table hold one money', async () => {
    await settle('gcp-billing/example.json', 'gcp-billing-detailed/same-money.jsonl')
    expect(sum(parts())).toBe('0.50')
    expect(parts()).toHaveLength(1)
  })

  test('the same row as JSON and as flattened CSV is one charge', async () => {
    await settle('gcp-billing/example.json', 'gcp-billing/flattened.csv', 'gcp-billing/quirks.jsonl')
    const ids = store.database
      .prepare(`
        SELECT count(*) FROM usage AS u LEFT JOIN matched AS m ON m.day = u.day AND m.id = u.id AND m.channel = u.channel
        WHERE u.channel = 'gcp-billing' AND u.cost_nanos = 500000000 AND m.id IS NULL`)
      .pluck()
      .get()
    // The example, and the row that a later export added to its hour.
    expect(ids).toBe(2)
  })
})
