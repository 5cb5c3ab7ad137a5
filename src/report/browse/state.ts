/** The explorer as a state machine: keys, sizes and what was read go in, the next state comes out. Nothing here touches a screen. */
import type {Explanation} from '../explanation.ts'
import {explanationToText} from '../formats/explain-text.ts'
import type {Line} from '../lines.ts'
import type {Book, RecordLine, ServiceLine} from './book.ts'
import {type Level, ORDERS, START, shown} from './levels.ts'
import {bodyHeight, textWidth} from './space.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface State {
  readonly book: Book
  readonly size: Size
  /** From the ledger down; the last is on the screen. */
  readonly levels: readonly Level[]
  /** `search`: letters go into the search; `help`: the keys are shown. */
  readonly mode: 'move' | 'search' | 'help'
  readonly done: boolean
}

export type Key =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'erase'
  | {readonly letter: string}

export const initial = (book: Book, size: Size): State => ({
  book,
  size,
  levels: [{...START, at: 'ledger'}],
  mode: 'move',
  done: false,
})

export const current = ({levels}: State): Level => levels.at(-1)!

const replaced = (state: State, level: Level): State => ({
  ...state,
  levels: [...state.levels.slice(0, -1), level],
})

const LETTERS: {readonly [letter: string]: Key} = {
  k: 'up',
  j: 'down',
  g: 'first',
  G: 'last',
  l: 'open',
  h: 'back',
  ' ': 'page-down',
}

export function reduce(state: State, key: Key): State {
  if (state.mode === 'help') return {...state, mode: 'move'}
  if (state.mode === 'search') return searching(state, key)
  const meant = typeof key === 'string' ? key : (LETTERS[key.letter] ?? key)
  if (typeof meant !== 'string') return command(state, meant.letter)
  switch (meant) {
    case 'open':
      return opened(state)
    case 'back':
    case 'erase':
      return left(state)
    default:
      return moved(state, meant)
  }
}

function command(state: State, letter: string): State {
  const level = current(state)
  switch (letter) {
    case 'q':
      return {...state, done: true}
    case '?':
      return {...state, mode: 'help'}
    case '/':
      return level.at === 'record' ? state : {...state, mode: 'search'}
    case 's':
      return level.at === 'record'
        ? state
        : replaced(state, {...level, cursor: 0, top: 0, order: (level.order + 1) % ORDERS[level.at].length})
    default:
      return state
  }
}

function searching(state: State, key: Key): State {
  const level = current(state)
  const search = (text: string): State => replaced(state, {...level, search: text, cursor: 0, top: 0})
  if (typeof key === 'object') return search(level.search + key.letter)
  switch (key) {
    case 'erase':
      return level.search === '' ? {...state, mode: 'move'} : search([...level.search].slice(0, -1).join(''))
    case 'back':
      return {...search(''), mode: 'move'}
    case 'open':
      return {...state, mode: 'move'}
    default:
      return moved(state, key)
  }
}

/** One level up; a search goes first. */
function left(state: State): State {
  const level = current(state)
  if (level.search !== '') return replaced(state, {...level, search: '', cursor: 0, top: 0})
  return state.levels.length === 1 ? state : {...state, levels: state.levels.slice(0, -1)}
}

function opened(state: State): State {
  const level = current(state)
  const item = shown(level, state.book)[level.cursor]
  const next = item === undefined ? null : levelOf(level, item)
  return next === null ? state : {...state, levels: [...state.levels, next]}
}

function levelOf(level: Level, item: Line | ServiceLine | RecordLine): Level | null {
  switch (level.at) {
    case 'ledger':
      return {...START, at: 'team', line: item as Line}
    case 'team':
      return {
        ...START,
        at: 'service',
        line: level.line,
        service: item as ServiceLine,
        records: [],
        unread: null,
      }
    case 'service':
      return {...START, at: 'record', record: item as RecordLine, explanation: null}
    case 'record':
      return null
  }
}

type Move = Exclude<Key, {letter: string} | 'open' | 'back' | 'erase'>

function moved(state: State, move: Move): State {
  const level = current(state)
  const page = Math.max(1, bodyHeight(state) - 1)
  const by = {up: -1, down: 1, 'page-up': -page, 'page-down': page, first: -Infinity, last: Infinity}[move]
  return settled(
    replaced(
      state,
      level.at === 'record' ? {...level, top: level.top + by} : {...level, cursor: level.cursor + by},
    ),
  )
}

/** The cursor on something that is there, and on the screen. */
function settled(state: State): State {
  const level = current(state)
  const height = bodyHeight(state)
  const count = level.at === 'record' ? textOf(state).length : shown(level, state.book).length
  const within = (at: number, last: number): number => Math.max(0, Math.min(at, last))
  if (level.at === 'record') return replaced(state, {...level, top: within(level.top, count - height)})
  const cursor = within(level.cursor, count - 1)
  const top = within(Math.min(Math.max(level.top, cursor - height + 1), cursor), count - height)
  return replaced(state, {...level, cursor, top})
}

export const resized = (state: State, size: Size): State => settled({...state, size})

/** The lines of the record on the screen, without colour. */
export function textOf(state: State, colour = false): string[] {
  const level = current(state)
  if (level.at !== 'record' || level.explanation === null) return []
  return explanationToText(level.explanation, {width: textWidth(state.size), colour}).split('\n')
}

/** What the screen waits for: records of the next day, or a record's explanation. */
export type Want = Extract<Level, {at: 'service' | 'record'}>

export function wanted(state: State): Want | null {
  const level = current(state)
  if (level.at === 'record') return level.explanation === null ? level : null
  if (level.at !== 'service' || level.unread?.length === 0) return null
  return shown(level, state.book).length <= level.top + 2 * bodyHeight(state) ? level : null
}

export interface ReadRecords {
  readonly records: readonly RecordLine[]
  readonly unread: readonly number[]
}

/** Records read come after those known. */
export function read(state: State, want: Want, answer: ReadRecords | Explanation): State {
  const level = current(state)
  if (level !== want) return state
  if (level.at === 'record') return replaced(state, {...level, explanation: answer as Explanation})
  const {records, unread} = answer as ReadRecords
  return settled(replaced(state, {...level, records: [...level.records, ...records], unread} as Level))
}
