/**
 * Google Cloud's billing export from BigQuery, standard or detailed: JSON, JSON lines, or CSV with flattened columns. Every
 * charge of every service; its cost is before credits, so credits are added, being negative. Another currency is turned into
 * dollars at the rate the row itself states.
 *
 * A partition is one invoice month of one billing account in one table. The table only grows: an hour may get more rows later,
 * told apart by `export_time`, so an id here is made of everything a row says. The standard and the detailed table hold the same
 * money; where both are read, the detailed one counts.
 */
import * as alias from '../model/alias.ts'
import {partitionOf} from '../model/edition.ts'
import {
  type EntityFact,
  type Fact,
  type Issue,
  issue,
  type LinkFact,
  type Signature,
  type UsageFact,
} from '../model/fact.ts'
import {Carry, type Nanos} from '../model/money.ts'
import {parseTime} from '../model/time.ts'
import {billedMonth, ChargeIds, Export, firstSaid, HolderTags, lineText, mapIn, pairs} from './charge.ts'
import {columnKey, connector, type Head, type Source} from './connector.ts'
import {decimal, isObject, type Json, signature, tagFields, text} from './fields.ts'
import {type Meter, tokenCount, tokensOf, tokensPerUnit} from './meter.ts'
import {gcpMeter} from './meter-gcp.ts'
import {entity, link} from './statements.ts'
import {quoted} from './table.ts'

/** A row by the paths of the export's schema, joined by dots, however deep or flat it came. */
type Field = (path: string) => unknown

const NEEDED = ['usage_start_time', 'cost', 'currency']

export const gcpBilling = connector({
  id: 'gcp-billing',
  label: 'Google Cloud billing export (BigQuery, standard)',
  needs: {columns: [...NEEDED, ['sku_description', 'sku_id']], fields: [...NEEDED, 'sku']},
  recognises: head => tableOf(head) === 'standard',
  parse: source => billRows(source, 'gcp-billing'),
})

export const gcpBillingDetailed = connector({
  id: 'gcp-billing-detailed',
  label: 'Google Cloud billing export (BigQuery, detailed)',
  recognises: head => tableOf(head) === 'detailed',
  parse: source => billRows(source, 'gcp-billing-detailed'),
})

/** The detailed table has resources and prices beside what the standard one has. */
function tableOf({columns, sample}: Head): 'standard' | 'detailed' | null {
  const has = (path: string) =>
    columns.includes(columnKey(path)) || sample.some(row => isObject(row) && at(row, path) !== undefined)
  if (columns.includes('billed_cost') || !NEEDED.every(has) || !(has('sku.description') || has('sku.id')))
    return null
  return DETAILED.some(has) ? 'detailed' : 'standard'
}
const DETAILED = ['resource.name', 'resource.global_name', 'price.effective_price']

function* billRows(source: Source, table: string): Generator<Fact | Issue> {
  const bill: Bill = {
    carry: new Carry(),
    ids: new ChargeIds('gcp-billing'),
    owners: new HolderTags(),
    said: new Set(),
  }
  const made = new Export()
  for (const row of rowsOf(source)) {
    if ('fact' in row) {
      yield row
      continue
    }
    made.note(said(row.field, 'export_time'), undefined)
    yield* charge(row.line, row.field, bill, table)
  }
  yield* bill.owners.links()
  yield* made.facts()
}

interface Bill {
  readonly carry: Carry
  readonly ids: ChargeIds
  readonly owners: HolderTags
  /** Projects and meters that have been spoken of. */
  readonly said: Set<string>
}

function* rowsOf(source: Source): Generator<{line: number; field: Field} | Issue> {
  if (source.head.shape === 'csv') {
    for (const row of source.rows())
      yield 'fact' in row ? row : {line: row.line, field: path => row.row[columnKey(path)]}
    return
  }
  for (const record of source.records())
    yield 'fact' in record ? record : {line: record.line, field: path => at(record.value, path)}
}

/** JSON may be nested as BigQuery writes it, or flat with dotted names. */
function at(value: unknown, path: string): unknown {
  if (!isObject(value)) return undefined
  if (path in value) return value[path]
  const dot = path.indexOf('.')
  return dot === -1 ? undefined : at(value[path.slice(0, dot)], path.slice(dot + 1))
}

const said = (field: Field, path: string): string | undefined => {
  const value = text({value: field(path)}, 'value')
  return value !== undefined && /^null$/i.test(value) ? undefined : value
}

/** A list of `{key, value}`: nested, or JSON text in a cell. Null: neither. */
function listAt(field: Field, path: string): readonly unknown[] | null {
  const value = field(path)
  if (value === undefined || value === null || value === '' || /^null$/i.test(String(value))) return []
  if (Array.isArray(value)) return value
  if (typeof value !== 'string') return null
  try {
    const list = JSON.parse(value) as unknown
    return Array.isArray(list) ? list : null
  } catch {
    return null
  }
}

/** Keys may repeat; then no value is the one. */
function labelsAt(field: Field, path: string): Json | null {
  const list = listAt(field, path)
  return list === null ? mapIn(said(field, path)) : pairs(list)
}

function* charge(line: number, field: Field, bill: Bill, table: string): Generator<Fact | Issue> {
  const start = said(field, 'usage_start_time')
  const from = parseTime(start ?? '')
  const until = parseTime(said(field, 'usage_end_time') ?? '')
  if (from === null) {
    yield issue(
      line,
      'bad-time',
      `usage_start_time is ${quoted(start)}, not a time`,
      'export it as 2026-10-01T00:00:00Z',
    )
    return
  }
  const cost = netOr(line, field, bill.carry)
  if (typeof cost !== 'bigint') {
    yield cost
    return
  }
  const labels = labelsAt(field, 'labels')
  if (labels === null)
    yield issue(
      line,
      'bad-tags',
      'labels is not a list of keys and values; the charge is kept without them',
      'export labels as BigQuery has them, or as JSON text',
    )
  const project = said(field, 'project.id')
  if (project !== undefined) {
    const holder = alias.google('project', project)
    const own = firstSaid(labelsAt(field, 'project.labels') ?? {}, namespaced(labelsAt(field, 'tags') ?? {}))
    bill.owners.note(line, holder, own, from)
    yield* projectFacts(line, field, project, bill.said)
  }
  const description = said(field, 'sku.description') ?? ''
  const type = said(field, 'cost_type') ?? 'regular'
  const regular = /^regular$/i.test(type)
  const meter = gcpMeter(regular ? description : '')
  if (meter.tokens && meter.model === null) yield* unmapped(line, description, bill.said)
  yield {
    fact: 'usage',
    line,
    id: bill.ids.of(EVERYTHING.map(path => written(field, path))),
    granularity: 'line_item',
    at: from,
    ...(until === null || until <= from ? {} : {until}),
    signature: signatureOf(field, meter, regular ? undefined : type, labels ?? {}),
    requestedModel: null,
    servedModel: meter.model,
    tier: meter.tier,
    usage: tokensOf(meter.kind, countOf(field)),
    cost,
    costSource: 'provider',
    status: null,
    partition: partitionOf(
      `${table} ${said(field, 'billing_account_id') ?? ''} ${billedMonth(said(field, 'invoice.month'), from)}`,
      {of: project},
    ),
  } satisfies UsageFact
}

/** Cost and its credits, in dollars. */
function netOr(line: number, field: Field, carry: Carry): Nanos | Issue {
  const cost = decimal({cost: field('cost')}, 'cost')
  const credits = listAt(field, 'credits')
  const amounts = credits?.map(credit => decimal(credit, 'amount') ?? '')
  const currency = said(field, 'currency')
  const rate = /^usd$/i.test(currency ?? '')
    ? '1'
    : decimal({rate: field('currency_conversion_rate')}, 'rate')
  if (currency === undefined || rate === undefined)
    return issue(
      line,
      'unknown-currency',
      `currency is ${quoted(currency)} and currency_conversion_rate empty: cost ${quoted(cost)} cannot be added to dollars`,
      'export currency and currency_conversion_rate with the cost',
    )
  const net = cost === undefined || amounts === undefined ? null : carry.net([cost, ...amounts], rate)
  return (
    net ??
    issue(
      line,
      'bad-amount',
      `cost ${quoted(cost)}${amounts?.length === 0 ? '' : ` with credits ${quoted(amounts?.join(' ') ?? said(field, 'credits'))}`} is no amount of money at the rate ${quoted(rate)}`,
      'export cost, credits[].amount and currency_conversion_rate as decimal numbers',
    )
  )
}

/** Everything a row says: rows that differ in any of it are charges of their own. */
const EVERYTHING = [
  'billing_account_id',
  'invoice.month',
  'invoice.publisher_type',
  'cost_type',
  'service.id',
  'sku.id',
  'sku.description',
  'usage_start_time',
  'usage_end_time',
  'project.id',
  'project.number',
  'labels',
  'system_labels',
  'tags',
  'location.location',
  'location.region',
  'location.zone',
  'resource.name',
  'resource.global_name',
  'cost',
  'credits',
  'currency',
  'usage.amount',
  'usage.unit',
  'adjustment_info.id',
  'transaction_type',
  'seller_name',
  'subscription.instance_id',
  'consumption_model.id',
  'price.tier_start_amount',
  'export_time',
] as const

/** One text for what JSON and CSV write differently: instants, numbers, lists as text. */
function written(field: Field, path: string): string | undefined {
  const list = LISTS.has(path) ? listAt(field, path) : null
  if (list !== null) return list.length === 0 ? undefined : JSON.stringify(list)
  const value = said(field, path)
  const instant = value !== undefined && /_time$/.test(path) ? parseTime(value) : null
  if (instant !== null) return String(instant)
  return value?.replace(/^(-?\d+\.\d*?)0+$/, '$1').replace(/\.$/, '')
}
const LISTS: ReadonlySet<string> = new Set(['labels', 'system_labels', 'tags', 'credits'])

/** Resource manager's tags stand under their organization: `123/team` is the team. */
const namespaced = (tags: Json): Json =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.replace(/^.*\//, ''), value]))

/** What a project is called and which folder it is in, once. */
function* projectFacts(
  line: number,
  field: Field,
  id: string,
  known: Set<string>,
): Generator<EntityFact | LinkFact> {
  const project = alias.google('project', id)
  if (known.has(project)) return
  known.add(project)
  yield entity(line, 'project', project, {name: said(field, 'project.name'), type: 'project'})
  let below = project
  for (const ancestor of listAt(field, 'project.ancestors') ?? []) {
    const [, type, number] =
      /^(folder|organization)s\/(.+)$/.exec(text(ancestor, 'resource_name') ?? '') ?? []
    if (type === undefined || number === undefined) continue
    const above = alias.google(type as 'folder' | 'organization', number)
    yield link(line, 'part_of', below, above, 'billed')
    if (known.has(above)) return
    known.add(above)
    // The organization is the company: nothing is any team's for being in it.
    if (type === 'folder')
      yield entity(line, 'project', above, {name: text(ancestor, 'display_name'), type: 'folder'})
    below = above
  }
}

/** One issue a SKU: the money is counted, only its model is not known. */
function* unmapped(line: number, description: string, known: Set<string>): Generator<Issue> {
  if (known.has(description)) return
  known.add(description)
  yield issue(
    line,
    'unmapped-meter',
    `the SKU ${quoted(description)} names no known model; its charges are counted without one`,
    'nothing to mend in the file; report the SKU so that its model can be added',
  )
}

/** Tokens are counted one by one; where the plain amount is missing, in pricing units. */
function countOf(field: Field): number | null {
  const amount = decimal({amount: field('usage.amount')}, 'amount')
  const unit = said(field, 'usage.unit')
  if (amount !== undefined && /^(?:counts?|tokens?)$/i.test(unit ?? '')) return tokenCount(amount, 1n)
  const priced = decimal({amount: field('usage.amount_in_pricing_units')}, 'amount')
  return tokenCount(priced, tokensPerUnit(said(field, 'usage.pricing_unit')))
}

function signatureOf(field: Field, meter: Meter, type: string | undefined, labels: Json): Signature {
  const project = said(field, 'project.id')
  const account = project ?? said(field, 'billing_account_id')
  return signature({
    channel: 'gcp-billing',
    provider: 'google',
    account: account && alias.providerAccount('google', account),
    project: project && alias.google('project', project),
    region: said(field, 'location.region') ?? said(field, 'location.location'),
    line:
      meter.model === null
        ? lineText(type, said(field, 'service.description'), said(field, 'sku.description'))
        : undefined,
    ...tagFields(labels),
  })
}
