/** The explorer on a real terminal: keys in, lines out. All that is decided is decided in report/browse. */
import {type Key as InkKey, render, Text, useApp, useInput, useWindowSize} from 'ink'
import {createElement, useEffect, useReducer, useState} from 'react'
import {EXIT} from '../../model/errors.ts'
import type {Book} from '../../report/browse/book.ts'
import {initial, type Key, read, reduce, resized, type State, wanted} from '../../report/browse/state.ts'
import {view} from '../../report/browse/view.ts'
import type {Source} from './source.ts'

interface Given {
  readonly book: Book
  readonly source: Source
  readonly colour: boolean
}

/** Until the person leaves; the exit code. The terminal is as it was, however that comes about. */
export async function browse(given: Given): Promise<number> {
  const app = render(createElement(Explorer, given), {
    alternateScreen: true,
    exitOnCtrlC: false,
    incrementalRendering: true,
    interactive: true,
  })
  try {
    return (await app.waitUntilExit()) as number
  } finally {
    app.unmount()
  }
}

function Explorer({book, source, colour}: Given) {
  const {exit} = useApp()
  const size = useWindowSize()
  const [state, change] = useReducer(
    (before: State, next: (state: State) => State) => next(before),
    size,
    ({columns, rows}) => initial(book, {columns, rows}),
  )
  const [failure, fail] = useState<Error | null>(null)
  useEffect(
    () => change(before => resized(before, {columns: size.columns, rows: size.rows})),
    [size.columns, size.rows],
  )
  useInput((input, key) => {
    if (key.ctrl && input === 'c') exit(EXIT.interrupted)
    else for (const pressed of keysOf(input, key)) change(before => reduce(before, pressed))
  })
  useEffect(() => {
    if (failure !== null) exit(failure)
    else if (state.done) exit(EXIT.done)
  }, [state.done, failure, exit])
  // What the screen waits for is read after it is drawn, one piece at a time: keys come in between.
  const want = wanted(state)
  useEffect(() => {
    if (want === null) return
    const timer = setTimeout(() => {
      try {
        const answer = source.read(want)
        change(before => read(before, want, answer))
      } catch (error) {
        fail(error as Error)
      }
    })
    return () => clearTimeout(timer)
  }, [want, source])
  return createElement(Text, {wrap: 'truncate'}, view(state, colour).join('\n'))
}

const CONTROL: {readonly [character: string]: Key} = {
  '\r': 'open',
  '\n': 'open',
  '\x7f': 'erase',
  '\b': 'erase',
  '\x1b': 'back',
}

/** Several letters come at once when a person pastes or types fast. */
function keysOf(input: string, key: InkKey): Key[] {
  if (key.upArrow) return ['up']
  if (key.downArrow) return ['down']
  if (key.pageUp || (key.ctrl && input === 'u')) return ['page-up']
  if (key.pageDown || (key.ctrl && input === 'd')) return ['page-down']
  if (key.home) return ['first']
  if (key.end) return ['last']
  if (key.return || key.rightArrow) return ['open']
  if (key.escape || key.leftArrow) return ['back']
  if (key.backspace || key.delete) return ['erase']
  if (key.ctrl || key.meta) return []
  return [...input].map(letter => CONTROL[letter] ?? {letter})
}
