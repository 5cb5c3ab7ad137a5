/**
 * What GitHub bills for Copilot: the CSV reports of every generation and the saved answers of the billing API. `net_amount` is
 * what is asked for; `gross_amount` is its list value, which the plan's pool may cover, and `aic_gross_amount` restates it.
 * Rows of products that are not AI (actions, storage) are left out.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {type Fact, type Issue, issue, type Signature, type UsageFact} from '../model/fact.ts'
import {Carry} from '../model/money.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {bucketId, NO_USAGE, quoted} from './aggregate.ts'
import {modelId} from './anthropic.ts'
import {columnKey} from './column-key.ts'
import {connector} from './connector.ts'
import {array, count, decimal, type Json, object, signature, text} from './fields.ts'

export const copilotBillingCsv = connector({
  id: 'copilot-billing-csv',
  label: 'GitHub Copilot billing (CSV)',
  needs: {columns: ['date', 'sku', 'quantity', 'net_amount']},
  *parse(source) {
    const charges = new Charges()
    for (const row of source.rows()) {
      if ('fact' in row) yield row
      else if (isAi(row.row)) {
        const at = dayOf(text(row.row, 'date') ?? '')
        if (at === null) yield badDate(row.line, text(row.row, 'date'))
        else
          yield charges.line(row.line, at, at + DAY_MS, {
            sku: text(row.row, 'sku'),
            model: text(row.row, 'model'),
            user: text(row.row, 'username'),
            organization: text(row.row, 'organization'),
            repository: text(row.row, 'repository'),
            costCenter: text(row.row, 'cost_center_name'),
            beyondQuota: text(row.row, 'exceeds_quota')?.toLowerCase(),
            amount: decimal(row.row, 'net_amount'),
            usage: {
              requests: null,
              inputTokens: count(row.row, 'input'),
              outputTokens: count(row.row, 'output'),
              cacheReadTokens: count(row.row, 'cache_read'),
              cacheWriteTokens: count(row.row, 'cache_write'),
            },
          })
      }
    }
  },
})

export const copilotBilling = connector({
  id: 'copilot-billing',
  label: 'GitHub Copilot billing (API answers)',
  placed: true,
  needs: {fields: ['usageItems']},
  *parse(source) {
    const charges = new Charges()
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else
        for (const item of array(record.value, 'usageItems'))
          if (isAi(item)) yield* apiItem(item, record, charges, source.path)
    }
  },
})

/** Before December 2025: requests by day, and whether they were within the quota; no amounts. */
export const copilotRequestsCsv = connector({
  id: 'copilot-requests-csv',
  label: 'GitHub Copilot premium requests (CSV, before December 2025)',
  needs: {columns: ['timestamp', 'user', 'model', 'requests_used', 'exceeds_monthly_quota']},
  *parse(source) {
    const charges = new Charges()
    for (const row of source.rows()) {
      if ('fact' in row) {
        yield row
        continue
      }
      const {line} = row
      const at = parseTime(text(row.row, 'timestamp') ?? '') ?? dayOf(text(row.row, 'timestamp') ?? '')
      if (at === null) yield badDate(line, text(row.row, 'timestamp'))
      else
        yield charges.line(line, at, at + DAY_MS, {
          sku: 'copilot_premium_request',
          model: text(row.row, 'model'),
          user: text(row.row, 'user'),
          beyondQuota: text(row.row, 'exceeds_monthly_quota')?.toLowerCase(),
          // Within the quota a request is part of the seat; beyond it the file does not say what it cost.
          amount: text(row.row, 'exceeds_monthly_quota')?.toLowerCase() === 'false' ? '0' : undefined,
          usage: {...NO_USAGE, requests: count(row.row, 'requests_used')},
        })
    }
  },
})

const AI = /copilot|spark|coding.?agent|premium.?request|ai.?credit|^models?$|github.models/i

const isAi = (row: unknown): boolean =>
  AI.test(text(row, 'product') ?? '') || AI.test(text(row, 'sku') ?? '') || text(row, 'model') !== undefined

const badDate = (line: number, written: string | undefined): Issue =>
  issue(line, 'bad-time', `the date ${quoted(written)} is not a day`, 'write it as 2026-09-14')

/** `2026-09-14`, also with a time; `9/14/26` after an American spreadsheet. */
function dayOf(written: string): number | null {
  const [, month, day, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(written) ?? []
  const plain = year
    ? `${year.length === 2 ? `20${year}` : year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
    : written
  const at = parseTime(plain)
  return at === null ? null : Math.floor(at / DAY_MS) * DAY_MS
}

function* apiItem(
  item: unknown,
  {line, value}: {readonly line: number; readonly value: unknown},
  charges: Charges,
  path: string,
): Generator<Fact | Issue> {
  const period = periodOf(item, object(value, 'timePeriod'), path)
  if (period === null) {
    yield issue(
      line,
      'no-period',
      'an answer without its timePeriod, and no date in the name of the file',
      'keep the whole answer, or name the file after the day or month that was asked for, as usage-2026-09-14.json',
    )
    return
  }
  yield charges.line(line, period.at, period.until, {
    sku: text(item, 'sku'),
    model: text(item, 'model'),
    user: text(item, 'user', 'username') ?? text(value, 'user'),
    organization: text(item, 'organizationName', 'organization') ?? text(value, 'organization'),
    repository: text(item, 'repositoryName'),
    costCenter: text(object(value, 'costCenter'), 'name'),
    amount: decimal(item, 'netAmount'),
    usage: NO_USAGE,
  })
}

/** A day, a month or a year, by the item, the answer, or the name of the file. */
function periodOf(item: unknown, asked: Json, path: string): {at: number; until: number} | null {
  const own = dayOf(text(item, 'date') ?? '')
  if (own !== null) return {at: own, until: own + DAY_MS}
  const named = /(?<!\d)(20\d\d)(?:-(0[1-9]|1[0-2])(?:-([0-2]\d|3[01]))?)?(?!\d)/.exec(
    path.split('/').at(-1)!,
  )
  const [year, month, day] =
    count(asked, 'year') === null
      ? (named?.slice(1).map(part => (part === undefined ? null : Number(part))) ?? [null])
      : ['year', 'month', 'day'].map(part => count(asked, part))
  if (year === null || year === undefined) return null
  if (!month) return {at: Date.UTC(year, 0, 1), until: Date.UTC(year + 1, 0, 1)}
  return day
    ? {at: Date.UTC(year, month - 1, day), until: Date.UTC(year, month - 1, day + 1)}
    : {at: Date.UTC(year, month - 1, 1), until: Date.UTC(year, month, 1)}
}

interface Charge {
  readonly sku: string | undefined
  readonly model: string | undefined
  readonly user: string | undefined
  readonly organization?: string | undefined
  readonly repository?: string | undefined
  readonly costCenter?: string | undefined
  readonly beyondQuota?: string | undefined
  /** Undefined: the source does not say. */
  readonly amount: string | undefined
  readonly usage: UsageFact['usage']
}

/** Lines of one file: amounts with float tails sum to the exact sum, and lines alike in everything stay two lines. */
class Charges {
  readonly #carry = new Carry()
  readonly #numbers = new Map<string, number>()

  line(line: number, at: number, until: number, charge: Charge): UsageFact | Issue {
    const {sku, user, organization, repository, beyondQuota, amount} = charge
    const cost = amount === undefined ? null : this.#carry.usd(amount)
    if (amount !== undefined && cost === null)
      return issue(
        line,
        'bad-amount',
        `the net amount ${quoted(amount)} is not a decimal number`,
        'write it with a point, as 0.42',
      )
    const known = modelOf(charge.model)
    const id = bucketId('copilot/billing', at, until, {
      sku: sku && columnKey(sku),
      model: charge.model?.toLowerCase(),
      user: user?.toLowerCase(),
      organization: organization?.toLowerCase(),
      repository: repository?.toLowerCase(),
      beyond_quota: beyondQuota,
    })
    const number = (this.#numbers.get(id) ?? 0) + 1
    this.#numbers.set(id, number)
    return {
      fact: 'usage',
      line,
      id: number === 1 ? id : `${id}#${number}`,
      granularity: 'line_item',
      at,
      until,
      signature: signatureOf(charge, known === null ? (charge.model ?? sku) : undefined),
      requestedModel: null,
      servedModel: known,
      tier: null,
      usage: charge.usage,
      cost,
      costSource: cost === null ? null : 'provider',
      status: null,
      partition: partitionOf(`copilot/billing ${(until - at) / DAY_MS}d`, {
        of: organization?.toLowerCase(),
        by: {item: charge.model, user},
      }),
    }
  }
}

/** The cost center is one of GitHub's own, by its name: whoever runs the enterprise there set it. */
function signatureOf(
  {user, organization, repository, costCenter}: Charge,
  line: string | undefined,
): Signature {
  return signature({
    channel: 'copilot',
    provider: 'github',
    account: organization && alias.providerAccount('github', organization),
    user: user && alias.githubUser(user),
    repository: repository && repositoryOf(repository, organization),
    tag_cost_center: costCenter,
    line,
  })
}

const repositoryOf = (written: string, organization: string | undefined) =>
  organization && !written.includes('/') ? alias.githubRepo(organization, written) : alias.repository(written)

/**
 * The id behind a display name; null for what names a feature.
 *
 * @example modelOf('Auto: Claude Sonnet 4.5') // 'claude-sonnet-4-5'
 * @example modelOf('Coding Agent') // null
 */
export function modelOf(name: string | undefined): string | null {
  const plain = name?.replace(/^auto:\s*/i, '').trim() ?? ''
  if (!/\d/.test(plain)) return null
  return (
    modelId(plain) ??
    plain
      .toLowerCase()
      .replace(/\s*\(.*\)$/, '')
      .replace(/\s+/g, '-')
  )
}
