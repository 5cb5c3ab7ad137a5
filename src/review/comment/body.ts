/** A pull request's comment about what its models will cost. Every name in it is data: see `codeSpan`. */
import {codeSpan} from '../../model/markdown-text.ts'
import {showUsd} from '../../model/money.ts'
import {
  confidenceText,
  counted,
  grouped,
  kindText,
  percentText,
  perThousandText,
  rangeText,
  settingOf,
  signedUsd,
  trafficText,
} from '../change-text.ts'
import {type Reviewed, type ReviewedChange, totalOf} from '../reviewed.ts'
import {markerText} from './marker.ts'

/** What GitHub takes. */
export const LONGEST_COMMENT = 65_536

export interface CommentOptions {
  readonly tag: string
  /** Characters of the whole comment; what is beyond is left out and counted. */
  readonly longest?: number
}

/** Markdown that begins with the hidden marker. Ends without a newline. */
export function toComment(diff: Reviewed, {tag, longest = LONGEST_COMMENT}: CommentOptions): string {
  const marker = markerText({tag, generatedAt: new Date(diff.generated_at).toISOString()}, diff.head)
  const groups = grouping(diff)
  const written = (most: number, details: boolean): string =>
    [marker, ...sections(diff, groups, most, details)].join('\n\n')
  const all = diff.changes.length
  const whole = written(all, true)
  if (whole.length <= longest) return whole
  // The most changes that fit: more of them never make a shorter comment.
  let [fits, tooMany] = [0, all + 1]
  while (tooMany - fits > 1) {
    const tried = Math.floor((fits + tooMany) / 2)
    if (written(tried, false).length <= longest) fits = tried
    else tooMany = tried
  }
  return written(fits, false)
}

interface Groups {
  readonly priced: readonly ReviewedChange[]
  readonly unresolved: readonly ReviewedChange[]
  readonly development: readonly ReviewedChange[]
}

function grouping({changes}: Reviewed): Groups {
  const production = changes.filter(({production}) => production)
  return {
    priced: production.filter(({kind}) => kind !== 'unresolved').toSorted(byAmount),
    unresolved: production.filter(({kind}) => kind === 'unresolved'),
    development: changes.filter(({production}) => !production),
  }
}

/** What moves most first, what is not priced last; ties as the diff has them. */
function byAmount(one: ReviewedChange, other: ReviewedChange): number {
  const [a, b] = [sizeOf(one), sizeOf(other)]
  return a === b ? 0 : a > b ? -1 : 1
}

const sizeOf = ({delta_usd_month: delta}: ReviewedChange): bigint =>
  delta === null ? -1n : delta.mid < 0n ? -delta.mid : delta.mid

/** Shown without a click; the others one click away. */
const SHOWN = 25

function sections(diff: Reviewed, groups: Groups, most: number, details: boolean): string[] {
  const {priced, unresolved, development} = taken(groups, most)
  const left = diff.changes.length - Math.min(most, diff.changes.length)
  return [
    `### ${headline(diff)}`,
    ...(priced.length === 0 ? [] : [priceTable(priced.slice(0, SHOWN))]),
    ...(priced.length <= SHOWN
      ? []
      : [folded(counted(priced.length - SHOWN, 'more change'), priceTable(priced.slice(SHOWN)))]),
    ...(left === 0
      ? []
      : [`**${counted(left, 'change')} and all details left out: the comment would be too long.**`]),
    summary(diff, groups),
    ...diff.budgets.map(budgetLine),
    ...energyLine(diff),
    ...(unresolved.length === 0
      ? []
      : [
          folded(
            counted(
              unresolved.length,
              'call whose model could not be found',
              'calls whose model could not be found',
            ),
            placeTable(unresolved),
          ),
        ]),
    ...(development.length === 0
      ? []
      : [
          folded(
            `${counted(development.length, 'change')} outside production, not priced`,
            placeTable(development),
          ),
        ]),
    ...(details
      ? detailSections(diff, priced)
      : left === 0
        ? ['Details left out: the comment would be too long.']
        : []),
    footer(diff),
  ]
}

function taken({priced, unresolved, development}: Groups, most: number): Groups {
  const afterPriced = Math.max(0, most - priced.length)
  return {
    priced: priced.slice(0, most),
    unresolved: unresolved.slice(0, afterPriced),
    development: development.slice(0, Math.max(0, afterPriced - unresolved.length)),
  }
}

function headline(diff: Reviewed): string {
  if (diff.changes.length === 0) return 'AI cost: nothing changes'
  const total = totalOf(diff)
  if (total === null) return `AI cost: ${counted(diff.changes.length, 'change')}, amount not known`
  const percent = diff.totals.delta_pct
  return `AI cost: ${signedUsd(total.mid)} a month${percent === null ? '' : `, ${percentText(percent)}`}`
}

function summary(diff: Reviewed, {priced, unresolved, development}: Groups): string {
  if (diff.changes.length === 0) return 'No change to models, routes, limits, prompts or schedules.'
  const total = totalOf(diff)
  const unknown = priced.filter(({delta_usd_month}) => delta_usd_month === null).length
  const parts = [
    counted(diff.changes.length, 'change'),
    ...(unresolved.length === 0 ? [] : [`${grouped(unresolved.length)} not resolved`]),
    ...(development.length === 0 ? [] : [`${grouped(development.length)} outside production`]),
  ]
  const amount = total === null ? 'amount not known' : `${rangeText(total)} a month`
  const open = unknown > 0 && total !== null ? `, without ${grouped(unknown)} whose amount is not known` : ''
  return `**Total: ${amount}${open}** · ${parts.join(', ')}`
}

/** A column of figures that nobody knows is left out: the headline says so already. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = head.flatMap((title, at) =>
    FIGURES.has(title) && rows.every(row => row[at] === '–') ? [] : [at],
  )
  return [head, head.map(title => (RIGHT.has(title) ? '---:' : '---')), ...rows]
    .map(cells => `| ${kept.map(at => cells[at]).join(' | ')} |`)
    .join('\n')
}

const RIGHT = new Set(['Low', '$ a month', 'High', '%'])
const FIGURES = new Set([...RIGHT, 'Confidence'])

const priceTable = (changes: readonly ReviewedChange[]): string =>
  table(
    ['Where', 'Change', 'Service, owner', 'Traffic', 'Low', '$ a month', 'High', '%', 'Confidence', 'Action'],
    changes.map(change => {
      const {delta_usd_month: delta, delta_pct: percent} = change
      const amounts =
        delta === null
          ? ['–', '–', '–']
          : [signedUsd(delta.low), `**${signedUsd(delta.mid)}**`, signedUsd(delta.high)]
      return [
        whereText(change),
        whatText(change),
        whoText(change),
        [
          trafficText(change),
          ...(change.observed === null ? [perThousandText(change) ?? []].flat() : []),
        ].join(': '),
        ...amounts,
        percent === null ? '–' : percentText(percent),
        wordText(confidenceText(change.confidence)),
        wordText(change.action_class ?? '–'),
      ]
    }),
  )

const placeTable = (changes: readonly ReviewedChange[]): string =>
  table(
    ['Where', 'Change', 'Service, owner'],
    changes.map(change => [whereText(change), whatText(change), whoText(change)]),
  )

const whereText = ({path, line}: ReviewedChange): string =>
  codeSpan(line === null ? path : `${shortPath(path)}:${line}`)

/** So that a long path does not cost its line. */
const shortPath = (path: string): string =>
  path.length > 180 ? `${path.slice(0, 90)}…${path.slice(-89)}` : path

function whatText(change: ReviewedChange): string {
  const {kind, from, to} = change
  const setting = settingOf(change)
  const subject = `${kindText(kind) ?? codeSpan(kind)}${setting === null ? '' : ` ${codeSpan(setting)}`}`
  if (from === null && to === null) return subject
  return `${subject}: ${from === null ? '–' : codeSpan(from)} → ${to === null ? '–' : codeSpan(to)}`
}

const whoText = ({service, owner}: ReviewedChange): string =>
  service === null
    ? owner === null
      ? 'no owner'
      : codeSpan(owner)
    : `${codeSpan(service)}, ${owner === null ? 'no owner' : codeSpan(owner)}`

/** Words of ours stand plain; whatever else it is stands as code. */
const wordText = (word: string): string => (/^(?:[a-z]+|\d\.\d\d|–)$/.test(word) ? word : codeSpan(word))

const folded = (title: string, inside: string): string =>
  `<details><summary>${title}</summary>\n\n${inside}\n\n</details>`

const budgetLine = ({name, limit_usd, projected_usd, exceeded}: Reviewed['budgets'][number]): string => {
  const amounts = [projected_usd, limit_usd].map(amount => (amount === null ? '–' : showUsd(amount)))
  return `Budget ${codeSpan(name)}: ${amounts.join(' of ')} a month with this change${exceeded ? ', **exceeded**' : ''}`
}

function energyLine({energy_wh_month: energy}: Reviewed): string[] {
  if (energy === null) return []
  const [low, mid, high] = [energy.low, energy.mid, energy.high].map(wattHours)
  return [`Energy: ${mid} a month (${low} to ${high})`]
}

const twoDigits = new Intl.NumberFormat('en', {maximumSignificantDigits: 2})

const wattHours = (wh: number): string =>
  `${wh > 0 ? '+' : ''}${Math.abs(wh) >= 1000 ? `${twoDigits.format(wh / 1000)} kWh` : `${twoDigits.format(wh)} Wh`}`

const MOST_SKIPPED = 20

function detailSections({skipped, assumptions}: Reviewed, priced: readonly ReviewedChange[]): string[] {
  const basis = priced.flatMap(change => {
    const line = basisText(change)
    return line === null ? [] : [`- ${whereText(change)}: ${line}`]
  })
  const unread = skipped
    .slice(0, MOST_SKIPPED)
    .map(({path, reason}) => `- ${codeSpan(path)}: ${proseText(reason)}`)
  const more = skipped.length - unread.length
  return [
    ...(basis.length === 0 ? [] : [folded('What the amounts rest on', basis.join('\n'))]),
    ...(assumptions.length === 0
      ? []
      : [folded('Assumptions', assumptions.map(said => `- ${proseText(said)}`).join('\n'))]),
    ...(skipped.length === 0
      ? []
      : [
          folded(
            `${counted(skipped.length, 'changed file')} not read`,
            [...unread, ...(more > 0 ? [`- and ${grouped(more)} more`] : [])].join('\n'),
          ),
        ]),
  ]
}

function basisText({observed, window, replayed_usd: replayed}: ReviewedChange): string | null {
  if (observed === null) return null
  const {requests, input_tokens, output_tokens, cost_usd} = observed
  const known = (count: number | null, what: string): string[] =>
    count === null ? [] : [`${grouped(count)} ${what}`]
  const parts = [
    counted(requests, 'request'),
    ...known(input_tokens, 'input tokens'),
    ...known(output_tokens, 'output tokens'),
    ...(cost_usd === null ? [] : [`${showUsd(cost_usd)} spent`]),
  ]
  const when = window === null ? '' : ` from ${dayText(window.since)} to ${dayText(window.until)}`
  const sides = [replayed?.from ?? null, replayed?.to ?? null]
  const again = sides.every(side => side !== null)
    ? `; the same requests cost ${sides.map(showUsd).join(' before, ')} after`
    : ''
  return `${parts.join(', ')}${when}${again}`
}

const dayText = (day: string): string =>
  /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(day) ? day.slice(0, 10) : codeSpan(day)

/** Sentences of the diff: plain words and numbers as they are, anything that could be a name as code. */
const proseText = (text: string): string =>
  text
    .split(/\s+/)
    .filter(word => word !== '')
    .map(word => {
      const [, bare = word, after = ''] = /^(.+?)([.,;:]?)$/.exec(word) ?? []
      return PLAIN_WORD.test(bare) ? word : codeSpan(bare) + after
    })
    .join(' ')

const PLAIN_WORD = /^\(?(?:[\p{L}’'-]{1,40}|[$+-]?\d[\d.,]{0,20}%?)\)?$/u

function footer({base, head, generated_at}: Reviewed): string {
  const range =
    base === null || head === null ? '' : ` of ${codeSpan(`${base.slice(0, 12)}..${head.slice(0, 12)}`)}`
  return `<sub>venturi diff${range}, analysed ${new Date(generated_at).toISOString().slice(0, 16).replace('T', ' ')} UTC</sub>`
}
