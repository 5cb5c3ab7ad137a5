/** One explained record as text for a terminal. */
import type {SpendClass} from '../../engine/outcome.ts'
import type {Range} from '../../model/energy/estimate.ts'
import {parseUsd, showExactUsd} from '../../model/money.ts'
import type {Explanation, Layer} from '../explanation.ts'
import type {KnownCost} from '../known-costs.ts'
import type {AttributionRecord, RecordEvidence, RecordPrice} from '../record.ts'
import {STATE_TEXTS} from '../state-text.ts'
import {cellText} from './cell-text.ts'
import {clean, elide, padEnd, padStart, paint, type Screen, widthOf, wrap} from './layout.ts'

const COLOURS = {owned: 'green', contested: 'yellow', unresolved: 'red'} as const
const NUMBER = 9
const MOST_PLACES = 4

/** Ends without a newline. */
export function explanationToText(explanation: Explanation, screen: Screen): string {
  const {record} = explanation
  const sections = [
    heading(explanation, screen),
    verdict(record, screen),
    section(
      'Layers',
      explanation.layers.flatMap(layer => layerLines(layer, explanation, screen)),
      screen,
    ),
    section('Candidates', candidateLines(explanation, screen), screen),
    section(`Weighing${about(explanation)}`, waterfallLines(explanation, screen), screen),
    section('Split', splitLines(record, screen), screen),
    section(
      'What would settle it',
      explanation.would_settle.flatMap(text => hanging('  - ', text, screen)),
      screen,
    ),
    section(
      'What would change it',
      (explanation.would_change ?? []).flatMap(text => hanging('  - ', text, screen)),
      screen,
    ),
  ]
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
}

const section = (title: string, lines: readonly string[], screen: Screen): string[] =>
  lines.length === 0 ? [] : [paint(screen).bold(elide(clean(title), screen.width)), ...lines]

const about = ({about: name}: Explanation): string => (name === null ? '' : ` ${name}, in log-odds`)

/** The text after a mark, its further lines under its first. */
function hanging(mark: string, text: string, {width}: Screen): string[] {
  const indent = ' '.repeat(widthOf(mark))
  return wrap(text, width - widthOf(mark)).map((line, index) => `${index === 0 ? mark : indent}${line}`)
}

function heading(explanation: Explanation, screen: Screen): string[] {
  const {record, place} = explanation
  const {bold, dim} = paint(screen)
  const model = record.served_model ?? record.requested_model ?? 'no model named'
  const asked =
    record.requested_model !== null && record.requested_model !== model
      ? ` (asked for ${record.requested_model})`
      : ''
  return [
    ...wrap(record.id, screen.width).map(line => bold(line)),
    ...costLines(explanation).flatMap((line, index) =>
      index === 0 ? wrap(line, screen.width) : hanging('  ', line, screen),
    ),
    ...wrap(
      `${model}${asked}, ${record.provider ?? 'provider not said'}; ${usageText(record)}`,
      screen.width,
    ),
    ...energyLines(record, screen),
    ...wrap(
      `${record.occurred_at}${record.period_end === null ? '' : ` to ${record.period_end}`}, ${place}`,
      screen.width,
    ).map(line => dim(line)),
  ]
}

function energyLines({energy}: AttributionRecord, screen: Screen): string[] {
  if (energy === null) return []
  const {wh, gco2e, tier, zone, notes = []} = energy
  const range = ({low, mid, high}: Range): string => `${plain(mid)} (${plain(low)} to ${plain(high)})`
  const text = `${range(wh)} Wh, ${range(gco2e)} gCO2e, estimated (${tier}), electricity of ${zone}`
  return [text, ...notes].flatMap((line, index) =>
    index === 0 ? wrap(line, screen.width) : hanging('  ', line, screen),
  )
}

const plain = (value: number): string => cellText(value, {key: '', label: '', kind: 'quantity'})

/** How much, and who says so: the price row, the bill, or the source itself; then what else says what it costs. */
function costLines({record: {cost}, costs}: Explanation): string[] {
  const others = costs.filter(({cost_usd, difference_usd}) => cost_usd !== null && difference_usd !== null)
  return [
    costText(cost, costs),
    ...(cost.price?.notes ?? []),
    ...others.map(
      ({source, cost_usd, difference_usd, price}) =>
        `${dollars(cost_usd!)} ${price === null ? SAID[source] : `by the price of ${priceText(price)}`}: ${comparison(difference_usd!)}`,
    ),
  ]
}

function costText(
  {billed_usd, source, method, price}: AttributionRecord['cost'],
  costs: Explanation['costs'],
): string {
  if (billed_usd === null) {
    const reason = costs.find(known => known.reason !== null)?.reason
    return reason
      ? `cost not known: ${reason}, and its source names none`
      : 'cost not known: no price is known for this model, and its source names none'
  }
  if (price === null) return `${dollars(billed_usd)}, ${SAID[source]}`
  const row = `by the price of ${priceText(price)}`
  return `${dollars(billed_usd)}, ${method === 'reconciled' ? `${SAID[source]}, spread ${row}` : row}`
}

const priceText = ({model, tier, catalogue, valid_from}: RecordPrice): string =>
  `${model} at ${tier} price, ${catalogue}${valid_from === null ? '' : `, valid from ${valid_from}`}`

function comparison(difference: string): string {
  const nanos = parseUsd(difference)!
  if (nanos === 0n) return 'the same'
  return nanos > 0n ? `${showExactUsd(nanos)} more` : `${showExactUsd(-nanos)} less`
}

const SAID: {readonly [source in KnownCost['source']]: string} = {
  invoice: 'as invoiced',
  provider: 'as the provider bills it',
  gateway: 'as the gateway estimates it',
  contract: 'by contract',
  catalogue: 'by the catalogue',
}

const dollars = (usd: string): string => showExactUsd(parseUsd(usd)!)

function usageText({usage, granularity}: AttributionRecord): string {
  const parts = [
    [usage.requests, usage.requests === 1 ? 'request' : 'requests'],
    [usage.input_tokens, 'input'],
    [usage.output_tokens, 'output'],
    [usage.cache_read_tokens, 'cache-read'],
    [usage.cache_write_tokens, 'cache-write'],
  ] as const
  const said = parts.filter(([count]) => count !== null && count !== 0)
  const tokens = said.some(([, kind]) => !kind.startsWith('request')) ? ' tokens' : ''
  return said.length === 0
    ? `a ${granularity.replace('_', ' ')} without counts`
    : said.map(([count, kind]) => `${grouped(count!)} ${kind}`).join(', ') + tokens
}

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

const percent = (probability: number): string =>
  probability > 0.999 ? '> 99.9 %' : `${(probability * 100).toFixed(1)} %`

function verdict(record: AttributionRecord, screen: Screen): string[] {
  const painter = paint(screen)
  const mark: SpendClass = record.spend_class
  const sure = record.coper === 0 ? '' : `${percent(record.coper)}, ${record.confidence_band} confidence, `
  const stage = record.interpretation.stage_origin.replace('_', ' ')
  const words = `${sure}${STATE_TEXTS[record.output_state]} (${stage}), ${record.action_class}`
  const head = wrap(words, screen.width - mark.length - 2)
  return [
    ...head.map((line, index) =>
      index === 0 ? `${painter[COLOURS[mark]].bold(mark)}  ${line}` : `${' '.repeat(mark.length)}  ${line}`,
    ),
    ...wrap(record.selection_rationale, screen.width),
  ]
}

const INDENT = 18
/** Beyond this an id at the line’s end is too far from its name to be read with it. */
const WIDEST = 66

function layerLines({layer, id, name, edges}: Layer, {record, place}: Explanation, screen: Screen): string[] {
  const {dim} = paint(screen)
  const number = ['invocation', 'service', 'project', 'identity', 'organization', 'budget'].indexOf(layer) + 1
  const head = `  ${number} ${padEnd(layer, INDENT - 4)}`
  const room = screen.width - INDENT
  const under = (text: string): string[] => wrap(text, room).map(line => dim(' '.repeat(INDENT) + line))
  if (layer === 'invocation') return [...hanging(head, name ?? '', screen), ...under(place)]
  if (name === null)
    return [
      head +
        dim(layer === 'organization' && record.allocations.length > 1 ? 'shared, see below' : 'not known'),
    ]
  const alias = id === null || id === name ? '' : clean(id)
  const label = elide(clean(name), room)
  const end = Math.min(room, WIDEST)
  const fits = alias !== '' && widthOf(label) + 2 + widthOf(alias) <= end
  const first = fits ? `${head}${padEnd(label, end - widthOf(alias))}${dim(alias)}` : `${head}${label}`
  return [
    first,
    ...(alias === '' || fits ? [] : under(alias)),
    ...edges.flatMap(edge => edge.evidence.flatMap(item => under(evidenceText(item)))),
  ]
}

const evidenceText = ({rule, basis, source, where}: RecordEvidence): string =>
  `${rule} ${basis.replaceAll('_', ' ')}${source === basis ? '' : `, ${source}`}${where === null ? '' : `: ${where}`}`

const BAR = 20
/** Losers further down have their reasons in `--json`. */
const MOST_REASONS = 2

function candidateLines({record, candidates: told = []}: Explanation, screen: Screen): string[] {
  const {candidates, owner} = record
  const {dim, green} = paint(screen)
  const names = candidates.map(({organization}) => clean(organization.name))
  const room = Math.max(
    12,
    Math.min(40, Math.max(0, ...names.map(widthOf)), screen.width - 4 - NUMBER - 2 - BAR),
  )
  return candidates.flatMap(({organization, probability, evidence_basis}, index) => {
    const chosen = organization.id === owner.organization?.id
    const name = padEnd(elide(names[index]!, room), room)
    const bar = padEnd('█'.repeat(Math.round(probability * BAR)) || '▏', BAR)
    const line = `  ${chosen ? '✓' : ' '} ${name}${padStart(percent(probability), NUMBER)}  `
    const left = screen.width - widthOf(line) - BAR - 2
    const basis = left < 8 ? '' : elide(evidence_basis.join(', '), left)
    const shown = `${line}${chosen ? green(bar) : dim(bar)}${basis === '' ? '' : `  ${dim(basis)}`}`.trimEnd()
    const because = told[index]?.because ?? null
    return because === null || index > MOST_REASONS
      ? [shown]
      : [shown, ...hanging('      ', because, screen).map(text => dim(text))]
  })
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`

function waterfallLines({waterfall, log_odds, probability, record}: Explanation, screen: Screen): string[] {
  if (log_odds === null || probability === null) return []
  const {dim, bold} = paint(screen)
  const indent = ' '.repeat(NUMBER + 2)
  const steps = waterfall.flatMap(({because, log_odds: step, evidence}) => [
    ...hanging(`${padStart(signed(step), NUMBER)}  `, because, screen),
    ...places(evidence).flatMap(where =>
      wrap(where, screen.width - indent.length).map(line => dim(indent + line)),
    ),
  ])
  const shown = percent(record.coper) !== percent(probability) ? `, shown as ${percent(record.coper)}` : ''
  return [
    ...steps,
    dim(padStart('-------', NUMBER)),
    `${bold(padStart(signed(log_odds), NUMBER))}  ${percent(probability)}${shown}`,
  ]
}

/** A few places; the rest are in `--json`. */
const places = (evidence: readonly string[]): string[] =>
  evidence.length <= MOST_PLACES
    ? [...evidence]
    : [...evidence.slice(0, MOST_PLACES), `and ${evidence.length - MOST_PLACES} more, see --json`]

function splitLines({allocations}: AttributionRecord, screen: Screen): string[] {
  if (allocations.length < 2) return []
  const {dim} = paint(screen)
  const costs = allocations.map(({cost_usd}) => (cost_usd === null ? 'not known' : dollars(cost_usd)))
  const money = Math.max(...costs.map(widthOf))
  const room = Math.min(40, screen.width - 4 - money - 2 - NUMBER)
  const lines = allocations.map(({organization, budget, share_ppm, basis}, index) => {
    const name = organization === null ? basis : organization.name
    const label = padEnd(elide(clean(name), room), room)
    const line = `  ${label}${padStart(`${(share_ppm / 10_000).toFixed(2)} %`, NUMBER + 1)}  ${padStart(costs[index]!, money)}`
    const left = screen.width - widthOf(line) - 2
    return budget === null || left < 8 ? line : `${line}  ${dim(elide(clean(budget.name), left))}`
  })
  // Whoever nobody can name is called by that already.
  const bases = allocations.flatMap(({organization, basis}) => (organization === null ? [] : basis))
  return [...lines, ...[...new Set(bases)].map(basis => dim(`  ${basis}`))]
}
