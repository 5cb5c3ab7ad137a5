/** Batch sizes that no key tells: the number by which the input of model calls is sliced. */
import {type Group, plain, type Value, type View} from './value.ts'
import {runsModel} from './words.ts'

export interface BatchSize {
  readonly group: Group
  readonly key: string
  readonly value: Value
}

/** `chunked(texts, 100)`, `range(0, len(texts), SIZE)`, `texts.each_slice(SIZE)`: their last argument is how many. */
const CHUNKS =
  /^(?:range|chunks?|chunked|chunk_?(?:list|array|every)|batched|batches|batch_?(?:iter\w*|items)|(?:make|to|into|iter|split)_?(?:batch(?:es)?|chunks?)|in_?batches|partition|each_slice|in_groups_of|array_split|grouper|buffer)$/i
/** `texts.slice(i, i + SIZE)`, `min(i + SIZE, n)`: how many only where the name says so. */
const BOUNDS = /^(?:slice|sublist|min|islice|take|getrange|skip|xrange|range|len)$/i
const SIZE = /batch|chunk/

/** Of files that call models: sizes sliced by in the function that calls one, or that calls the function that does. */
export function batchSizes({form, groups}: View): BatchSize[] {
  if (form !== 'code') return []
  const sliced = groups.flatMap(group => {
    const found = sizeOf(group)
    return found ? [{group, ...found}] : []
  })
  if (sliced.length === 0) return []
  const calling = groups.filter(({callee}) => runsModel(callee))
  const functions = new Set(calling.flatMap(({scope}) => scope))
  const near = [...calling, ...groups.filter(({callee}) => functions.has(callee.at(-1) ?? ''))]
  return sliced.filter(({group}) =>
    near.some(other => other !== group && isTogether(group.scope, other.scope)),
  )
}

function sizeOf({callee, entries}: Group): {key: string; value: Value} | null {
  const name = callee.at(-1) ?? ''
  const given = entries.filter(({key}) => key === null || key === name).map(({value}) => value)
  const named = given.flatMap(namesIn).find(path => SIZE.test(plain(path.at(-1)!)))
  if (named && (CHUNKS.test(name) || BOUNDS.test(name)))
    return {key: named.at(-1)!, value: {kind: 'name', path: named, line: given.at(-1)!.line}}
  const last = given.at(-1)
  const literal =
    last?.kind === 'number' && CHUNKS.test(name) && (!/^range$/i.test(name) || given.length === 3)
  return literal ? {key: 'batch_size', value: last} : null
}

function namesIn(value: Value): (readonly string[])[] {
  if (value.kind === 'name') return [value.path]
  if (value.kind === 'template') return value.parts.flatMap(namesIn)
  if (value.kind === 'list') return value.items.flatMap(namesIn)
  return []
}

/** In one function; variables the results are given to are names around them too. */
function isTogether(one: readonly string[], other: readonly string[]): boolean {
  let shared = 0
  while (shared < one.length && one[shared] === other[shared]) shared++
  const [shorter, longer] = [Math.min(one.length, other.length), Math.max(one.length, other.length)]
  return shared === 0 ? shorter === 0 && longer < 2 : shared >= shorter - 1
}
