/** The explorer's screen: a state in, as many lines as the screen has out. */
import {showExactUsd} from '../../model/money.ts'
import {formatDay} from '../../model/time.ts'
import {clean, elide, padEnd, paint, widthOf} from '../formats/layout.ts'
import {labelLine, placeColumns, rowLine} from '../formats/table.ts'
import {COLUMNS, type Level, lineName, minute, ORDERS, rowsOf, serviceName, shown} from './levels.ts'
import {bodyHeight, MARK, reconciling, textWidth} from './space.ts'
import {current, type State, textOf} from './state.ts'

const KEYS = ['↑↓ move', '⏎ open', 'esc back', '/ search', 's sort', '? help', 'q quit']
const RECORD_KEYS = ['↑↓ scroll', 'esc back', 'g/G ends', '? help', 'q quit']
const SEARCH_KEYS = ['type to narrow', '⏎ keep', 'esc clear', '↑↓ move']

const HELP = [
  ['↑ k, ↓ j', 'one line'],
  ['PgUp, PgDn, space', 'one screen'],
  ['g Home, G End', 'the first, the last'],
  ['⏎ → l', 'open: team, service, record, evidence'],
  ['esc ← h backspace', 'back'],
  ['/, s', 'search this list, sort it another way'],
  ['q, Ctrl-C', 'quit'],
] as const

/** Less than this shows nothing anybody could read. */
const LEAST = {columns: 40, rows: 10}

export function view(state: State, colour: boolean): string[] {
  const {columns, rows} = state.size
  const {bold, dim} = paint({width: columns, colour})
  if (columns < LEAST.columns || rows < LEAST.rows)
    return padded(
      [elide(`venturi needs ${LEAST.columns}×${LEAST.rows}, this is ${columns}×${rows}`, columns)],
      rows,
    )
  const height = bodyHeight(state)
  const {head, body} =
    state.mode === 'help'
      ? help(state, colour)
      : current(state).at === 'record'
        ? evidence(state, colour)
        : list(state, colour)
  return [
    crumbs(state, colour),
    dim(elide(facts(state), columns)),
    '',
    dim(head),
    ...padded(body, height),
    dim('─'.repeat(columns)),
    ...reconciling(state).map(line => bold(line)),
    dim(keys(state)),
  ]
}

const padded = (lines: readonly string[], height: number): string[] =>
  Array.from({length: height}, (_, at) => lines[at] ?? '')

/** The way here, the period at the right end. Long names give way, the first ones first. */
function crumbs({levels, book, size: {columns}}: State, colour: boolean): string {
  const {bold, dim} = paint({width: columns, colour})
  const names = levels.map(level => clean(nameOf(level)))
  const room = columns - widthOf(book.label) - 2
  const between = ' › '
  const taken = (): number =>
    names.reduce((sum, name) => sum + widthOf(name), between.length * (names.length - 1))
  for (let at = 1; at < names.length && taken() > room; at++)
    names[at] = elide(names[at]!, Math.max(6, widthOf(names[at]!) - (taken() - room)))
  const path = elide(names.join(between), room)
  const cut = path.lastIndexOf(between)
  const drawn =
    cut < 0
      ? bold(path)
      : `${dim(path.slice(0, cut + between.length))}${bold(path.slice(cut + between.length))}`
  return `${drawn}${' '.repeat(Math.max(0, columns - widthOf(path) - widthOf(book.label)))}${dim(book.label)}`
}

function nameOf(level: Level): string {
  switch (level.at) {
    case 'ledger':
      return 'Ledger'
    case 'team':
      return lineName(level.line)
    case 'service':
      return serviceName(level.service)
    case 'record':
      return minute(level.record.at)
  }
}

const count = (number: number, one: string): string =>
  `${String(number).replace(/\B(?=(\d{3})+$)/g, ',')} ${number === 1 ? one : `${one}s`}`

/** What the list is about, and how it is looked at. */
function facts(state: State): string {
  const level = current(state)
  if (level.at === 'record') return level.record.id
  const items = shown(level, state.book).length
  const searched =
    state.mode === 'search'
      ? `/${level.search}▏ ${items} found`
      : level.search === ''
        ? null
        : `/${level.search}: ${items} found`
  return clean(
    [searched, ORDERS[level.at][level.order]!, ...about(level, state)]
      .filter(part => part !== null)
      .join(' · '),
  )
}

function about(level: Level, {book}: State): string[] {
  switch (level.at) {
    case 'ledger':
      return [count(book.lines.length, 'line'), count(book.totals.records, 'record')]
    case 'team': {
      const {budget, spendClass, cost, records} = level.line
      return [
        ...(budget === null ? [] : [budget.name]),
        spendClass,
        showExactUsd(cost),
        count(records, 'record'),
      ]
    }
    case 'service': {
      const {service, line, unread} = level
      const next = unread?.[0]
      return [
        lineName(line),
        showExactUsd(service.cost),
        count(service.records, 'record'),
        ...(next === undefined ? [] : [`more from ${formatDay(next)} back`]),
      ]
    }
    case 'record':
      return []
  }
}

interface Part {
  readonly head: string
  readonly body: readonly string[]
}

/** Widths are those of the first rows and of what is on the screen, so that columns stand still. */
const SAMPLE = 200

function list(state: State, colour: boolean): Part {
  const level = current(state)
  const items = shown(level, state.book)
  if (level.at === 'record' || items.length === 0) return {head: '', body: [`  ${emptiness(level)}`]}
  const height = bodyHeight(state)
  const onScreen = items.slice(level.top, level.top + height)
  const rows = rowsOf(level, [...onScreen, ...items.slice(0, SAMPLE)], state.book)
  const columns = COLUMNS[level.at].filter(({key}) => key !== 'whole' || rows.some(row => row[key] !== null))
  const width = textWidth(state.size)
  const placed = placeColumns({columns, rows}, width)
  const {inverse} = paint({width, colour})
  const body = rows.slice(0, onScreen.length).map((row, index) => {
    if (level.top + index !== level.cursor) return `  ${rowLine(row, placed, {width, colour})}`
    return inverse(padEnd(`› ${rowLine(row, placed, {width, colour: false})}`, colour ? width + MARK : 0))
  })
  return {head: `  ${labelLine(placed)}`, body}
}

function emptiness(level: Level): string {
  if (level.at === 'service' && level.unread?.length !== 0) return 'Reading …'
  return level.search === '' ? 'No spend in this period.' : `Nothing here is called “${clean(level.search)}”.`
}

function evidence(state: State, colour: boolean): Part {
  const level = current(state)
  const lines = textOf(state, colour)
  const height = bodyHeight(state)
  if (lines.length === 0) return {head: '', body: ['  Reading …']}
  const last = Math.min(level.top + height, lines.length)
  return {
    head: `  lines ${level.top + 1} to ${last} of ${lines.length}`,
    body: lines.slice(level.top, level.top + height).map(line => `  ${line}`),
  }
}

function help(state: State, colour: boolean): Part {
  const {bold} = paint({width: state.size.columns, colour})
  return {
    head: '  Keys; any key goes back',
    body: HELP.map(([key, does]) => `  ${bold(padEnd(key, 19))}${elide(does, state.size.columns - 21)}`),
  }
}

/** As many as there is room for; help and quit last of all to go. */
function keys(state: State): string {
  const all = state.mode === 'search' ? SEARCH_KEYS : current(state).at === 'record' ? RECORD_KEYS : KEYS
  let shownKeys = [...all]
  while (widthOf(shownKeys.join('  ')) > state.size.columns && shownKeys.length > 2)
    shownKeys = shownKeys.toSpliced(-3, 1)
  return shownKeys.join('  ')
}
