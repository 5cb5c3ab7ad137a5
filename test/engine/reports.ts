/** Reports as their providers export them, written in a line each, and what one store makes of them. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {type InputFile, listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {attributeStore} from '../../src/engine/run.ts'
import {priceRows} from '../../src/server/price-rows.ts'
import {openForWriting} from '../../src/store/open.ts'
import type {WritableStore} from '../../src/store/query.ts'

export type Files = {readonly [path: string]: string}

/** Seconds of a day of October 2026. */
const second = (day: number): number => Date.UTC(2026, 9, day) / 1000
export const october = (day: number): string =>
  new Date(Date.UTC(2026, 9, day)).toISOString().replace('.000', '')

export interface Cost {
  readonly day: number
  readonly usd: string
  readonly project?: string | null
  readonly key?: string | null
  readonly item?: string | null
}

const buckets = <Row extends {readonly day: number}>(rows: readonly Row[], result: (row: Row) => object) => {
  const days = [...new Set(rows.map(({day}) => day))]
  return JSON.stringify({
    object: 'page',
    data: days.map(day => ({
      object: 'bucket',
      start_time: second(day),
      end_time: second(day + 1),
      results: rows.filter(row => row.day === day).map(result),
    })),
    has_more: false,
    next_page: null,
  })
}

export const openaiCosts = (...rows: readonly Cost[]): string =>
  buckets(rows, ({usd, project = 'proj_a', key = null, item = 'gpt-5, input_tokens'}) => ({
    object: 'organization.costs.result',
    amount: {value: usd, currency: 'usd'},
    line_item: item,
    project_id: project,
    api_key_id: key,
  }))

export interface Used {
  readonly day: number
  readonly tokens: readonly [input: number, output: number]
  readonly project?: string | null
  readonly key?: string | null
  readonly model?: string | null
}

export const openaiUsage = (...rows: readonly Used[]): string =>
  buckets(rows, ({tokens: [input, output], project = 'proj_a', key = null, model = 'gpt-5-2025-08-07'}) => ({
    object: 'organization.usage.completions.result',
    input_tokens: input,
    input_cached_tokens: 0,
    output_tokens: output,
    num_model_requests: 1,
    project_id: project,
    user_id: null,
    api_key_id: key,
    model,
    batch: null,
    service_tier: null,
  }))

export const anthropicCosts = (...rows: readonly (Cost & {readonly workspace?: string | null})[]): string =>
  JSON.stringify({
    data: [...new Set(rows.map(({day}) => day))].map(day => ({
      starting_at: october(day),
      ending_at: october(day + 1),
      results: rows
        .filter(row => row.day === day)
        .map(({usd, workspace = 'wrkspc_1', item = 'Claude Haiku 4.5 Usage - Output Tokens'}) => ({
          amount: `${Number(usd) * 100}`,
          currency: 'USD',
          workspace_id: workspace,
          description: item,
        })),
    })),
    has_more: false,
    next_page: null,
  })

export interface Charge {
  readonly day: number
  /** One hour of the day; else all of it. */
  readonly hour?: number
  readonly usd: string
  readonly until?: number
  readonly account?: string
  readonly payer?: string
  readonly provider?: string
  readonly service?: string
  readonly sku?: string
  readonly category?: string
  readonly invoice?: string
  readonly period?: string
  readonly tokens?: number
}

const hourOf = (day: number, hour: number): string => new Date(Date.UTC(2026, 9, day, hour)).toISOString()

export const focus = (...rows: readonly Charge[]): string =>
  [
    'BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceCategory,ServiceName,ServiceProviderName,SkuId,SubAccountId,InvoiceId,ConsumedQuantity,ConsumedUnit,EffectiveCost',
    ...rows.map(row =>
      [
        row.usd,
        row.payer ?? '990000000001',
        'USD',
        row.period ?? october(1),
        row.category ?? 'Usage',
        row.hour === undefined ? october(row.day) : hourOf(row.day, row.hour),
        row.hour === undefined ? october(row.until ?? row.day + 1) : hourOf(row.day, row.hour + 1),
        row.category === undefined ? 'AI and Machine Learning' : 'Other',
        row.service ?? 'Amazon Bedrock',
        row.provider ?? 'AWS',
        row.sku ?? 'USE1-Claude4.5Haiku-input-tokens',
        row.account ?? '004455667788',
        row.invoice ?? '',
        row.tokens ?? '',
        row.tokens === undefined ? '' : 'Tokens',
        row.usd,
      ].join(','),
    ),
  ].join('\n')

export const invoices = (
  ...rows: readonly {
    readonly id: string
    readonly usd: string
    readonly provider?: string
    readonly account?: string
    readonly from?: string
    readonly to?: string
    readonly status?: string
  }[]
): string =>
  [
    'invoice_id,provider,account_id,period_start,period_end,amount,currency,status',
    ...rows.map(
      ({
        id,
        usd,
        provider = 'openai',
        account = '',
        from = '2026-10-01',
        to = '2026-11-01',
        status = 'issued',
      }) => [id, provider, account, from, to, usd, 'USD', status].join(','),
    ),
  ].join('\n')

export interface Called {
  readonly id: string
  readonly day: number
  readonly tokens: readonly [input: number, output: number]
  readonly usd: string
  readonly service?: string
  readonly model?: string
  readonly provider?: string
}

/** A gateway's log of calls, a second apart. */
export const litellmLog = (...calls: readonly Called[]): string =>
  calls
    .map(({id, day, tokens: [input, output], usd, model = 'gpt-5-2025-08-07', provider = 'openai'}, index) =>
      JSON.stringify({
        request_id: id,
        call_type: 'acompletion',
        api_key: 'hash-of-heron',
        spend: usd,
        startTime: new Date(second(day) * 1000 + 3_600_000 + index * 1000).toISOString(),
        model,
        model_group: 'gpt-5',
        custom_llm_provider: provider,
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: input + output,
        metadata: {user_api_key_alias: 'heron-prod'},
      }),
    )
    .join('\n')

/** The same calls as spans of the services that made them. */
export const otelSpans = (...calls: readonly Called[]): string =>
  calls
    .map(({id, day, tokens: [input, output], service = 'heron-api', model = 'gpt-5-2025-08-07'}, index) => {
      const attribute = (key: string, value: string | number) => ({
        key,
        value: typeof value === 'number' ? {intValue: `${value}`} : {stringValue: value},
      })
      return JSON.stringify({
        resourceSpans: [
          {
            resource: {attributes: [attribute('service.name', service)]},
            scopeSpans: [
              {
                spans: [
                  {
                    traceId: `${index}`.padStart(32, '0'),
                    spanId: `${index}`.padStart(16, '0'),
                    name: `chat ${model}`,
                    startTimeUnixNano: `${second(day) * 1000 + 3_600_000 + index * 1000}000000`,
                    attributes: [
                      attribute('gen_ai.operation.name', 'chat'),
                      attribute('gen_ai.system', 'openai'),
                      attribute('gen_ai.request.model', model),
                      attribute('gen_ai.response.model', model),
                      attribute('gen_ai.response.id', id),
                      attribute('gen_ai.usage.input_tokens', input),
                      attribute('gen_ai.usage.output_tokens', output),
                    ],
                  },
                ],
              },
            ],
          },
        ],
      })
    })
    .join('\n')

interface Reading {
  readonly order?: readonly string[]
  /** When a file was fetched, epoch ms. */
  readonly exportedAt?: {readonly [path: string]: number}
}

/** What one store makes of the files, read in the order given; its records are in `store`. */
export async function settled(
  files: Files,
  {order = Object.keys(files), exportedAt = {}}: Reading = {},
): Promise<{readonly total: string; readonly store: WritableStore; readonly issues: readonly string[]}> {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-reports-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), {recursive: true})
      writeFileSync(join(folder, path), text)
    }
    const listed = new Map<string, InputFile>((await listFiles(['.'], folder)).map(file => [file.name, file]))
    const given = order.map(path => {
      const at = exportedAt[path]
      return {...listed.get(path)!, ...(at === undefined ? {} : {exportedAt: at})}
    })
    const store = openForWriting(':memory:')
    await ingestFiles(store, given, {price: priceRows({})})
    const {ledger} = attributeStore(store)
    const issues = store.database
      .prepare("SELECT code || ': ' || message FROM issue ORDER BY code, message")
      .pluck()
      .all() as string[]
    return {total: ledger.total_usd, store, issues}
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
