/** A small month in which bill and detail part in every way there is, for golden files. */
import {focus, invoices, litellmLog, openaiCosts, openaiUsage, settled} from '../engine/reports.ts'

const MILLION = 1_000_000

export const billedMonth = async () =>
  (
    await settled({
      'finance/invoices.csv': invoices(
        {id: 'INV-0710', usd: '401.00', account: 'org-heron'},
        {id: 'AWS-4410', usd: '87.50', provider: 'aws', account: '990000000001'},
        {id: 'INV-0711', usd: '60.00', from: '2026-11-01', to: '2026-12-01', account: 'org-heron'},
      ),
      'openai/costs.json': openaiCosts(
        {day: 1, usd: '115.00', project: 'proj_gateway'},
        {day: 2, usd: '230.00', project: 'proj_copilot'},
        {day: 2, usd: '6.00', project: 'proj_copilot', item: 'Code Interpreter Sessions'},
        {day: 3, usd: '25.00', project: 'proj_lab', item: 'ChatGPT seats'},
      ),
      'openai/usage_completions.json': openaiUsage(
        {day: 1, tokens: [80 * MILLION, 2 * MILLION], project: 'proj_gateway', key: 'key_gateway'},
        {day: 2, tokens: [160 * MILLION, 4 * MILLION], project: 'proj_copilot', key: 'key_copilot'},
        {day: 33, tokens: [8 * MILLION, 0], project: 'proj_copilot', key: 'key_copilot'},
      ),
      'litellm/spend.jsonl': litellmLog(
        {id: 'a', day: 1, tokens: [50 * MILLION, MILLION], usd: '75.75'},
        {id: 'b', day: 1, tokens: [24_260_000, MILLION], usd: '35.69'},
        {
          id: 'c',
          day: 2,
          tokens: [MILLION, 100_000],
          usd: '12.40',
          provider: 'anthropic',
          model: 'claude-sonnet-4-5',
        },
      ),
      'focus/aws.csv': focus(
        {day: 1, usd: '40.00'},
        {day: 2, usd: '30.00', account: '112233445566'},
        {day: 1, usd: '20.00', service: 'Amazon Elastic Compute Cloud', sku: 'BoxUsage:m5.xlarge'},
        {day: 1, until: 32, usd: '-2.50', service: 'Amazon Bedrock', sku: 'credit', category: 'Credit'},
      ),
    })
  ).store
