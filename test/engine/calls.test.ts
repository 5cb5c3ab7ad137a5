/** Calls of a day added up. Trees are drawn in the comments; depth and fan-out are counted on them by hand. */
import {describe, expect, test} from 'vitest'
import {type Caller, DayOfCalls, fanOut, type PlacedCall, type Spans} from '../../src/engine/calls.ts'

const call = (part: Partial<PlacedCall> = {}): PlacedCall => ({
  ...{workload: 1, outcome: 1, model: 1, at: 1000, failed: false, context: null, step: undefined},
  ...{latencyMs: null, cost: 10n, trace: 't', parent: null},
  ...part,
})

/** `id: 'kind parent'`, one a span; `-` is no parent. */
const spans =
  (tree: {readonly [id: string]: string}): Spans =>
  (trace, id) => {
    const said = trace === 't' ? tree[id] : undefined
    if (said === undefined) return undefined
    const [kind, parent] = said.split(' ') as [Caller['kind'], string]
    return {kind, parent: parent === '-' ? null : parent, name: kind === 'other' ? null : id}
  }

const dayOf = (tree: {readonly [id: string]: string} | null, ...calls: readonly PlacedCall[]): DayOfCalls => {
  const day = new DayOfCalls(() => true, tree === null ? null : spans(tree))
  for (const one of calls) day.add(one)
  return day
}

describe('depth and fan-out', () => {
  const AGENT_WITH_TOOLS = {a: 'agent -', t1: 'tool a', t2: 'tool a', t3: 'tool a'}
  test.each([
    // Calls of which no span is told: nothing is known.
    {tree: null, parents: [null, null], depth: null, fan: null},
    // They name a span that nobody told of.
    {tree: {x: 'agent -'}, parents: ['web', null], depth: null, fan: null},
    // web ── call: told, and below no agent.
    {tree: {web: 'other -'}, parents: ['web'], depth: 0, fan: null},
    // a ── call, call
    {tree: {a: 'agent -'}, parents: ['a', 'a'], depth: 1, fan: 2},
    // a ┬ t1 ── call
    //   ├ t2 ── call
    //   └ t3 ── call: three below the agent, one below each tool
    {tree: AGENT_WITH_TOOLS, parents: ['t1', 't2', 't3'], depth: 2, fan: 3},
    // The same, and the agent calls itself too: t1 and t2, and two calls.
    {tree: AGENT_WITH_TOOLS, parents: ['a', 't1', 'a', 't2'], depth: 2, fan: 4},
    // Four calls below one tool are the widest.
    {tree: AGENT_WITH_TOOLS, parents: ['t1', 't1', 't1', 't1', 't2'], depth: 2, fan: 4},
    // a ── link ── b ── link ── call: links count for nothing.
    {tree: {a: 'agent -', l1: 'other a', b: 'agent l1', l2: 'other b'}, parents: ['l2'], depth: 2, fan: 1},
    // a ┬ b ┬ call      b and c are below a; b has two, c one.
    //   │   └ call
    //   └ c ── call
    {tree: {a: 'agent -', b: 'agent a', c: 'agent a'}, parents: ['b', 'b', 'c'], depth: 2, fan: 2},
    // A tool in a loop with itself ends.
    {tree: {a: 'agent b', b: 'agent a'}, parents: ['a'], depth: 100, fan: 2},
  ])('$parents in $tree', ({tree, parents, depth, fan}) => {
    const {workflows} = dayOf(tree, ...parents.map(parent => call({parent})))
    const workflow = workflows.get('t')!
    expect([workflow.depth, fanOut(workflow)]).toEqual([depth, fan])
  })

  test('a workflow that goes on after midnight counts what is below its agents on both days', () => {
    const known = spans({a: 'agent -', t1: 'tool a', t2: 'tool a'})
    const first = new DayOfCalls(() => true, known)
    first.add(call({parent: 't1'}))
    const second = new DayOfCalls(() => true, known, first)
    second.add(call({parent: 't2'}))
    second.add(call({parent: 'a'}))
    expect(fanOut(second.workflows.get('t')!)).toBe(3)
  })
})

test('a workflow is of the service that began it, in whatever order its calls are read', () => {
  const calls = [
    call({workload: 2, at: 3000, latencyMs: 500}),
    call({workload: 7, at: 1000}),
    call({at: 2000}),
  ]
  for (const order of [calls, calls.toReversed()]) {
    const workflow = dayOf(null, ...order).workflows.get('t')!
    expect(workflow).toMatchObject({workload: 7, at: 1000, until: 3500, calls: 3, failed: 0, billed: 30n})
  }
})

test('each step is of the service that called, by its own name, else by the nearest agent or tool', () => {
  const {steps} = dayOf(
    {a: 'agent -', l: 'other a'},
    call({step: 'draft', parent: 'l'}),
    call({parent: 'l', cost: 5n}),
    call({workload: 2, cost: null}),
    call({workload: 2, cost: undefined, failed: true}),
  )
  expect([...steps]).toEqual([
    [1, 1, 'draft', {calls: 1, failed: 0, billed: 10n, unpriced: 0}],
    [1, 1, 'a', {calls: 1, failed: 0, billed: 5n, unpriced: 0}],
    [2, 1, '', {calls: 2, failed: 1, billed: null, unpriced: 1}],
  ])
})

test('a trace of one call is no workflow; a call without trace is neither', () => {
  const day = new DayOfCalls(trace => trace === 'many', null)
  for (const trace of ['many', 'many', 'one', null]) day.add(call({trace, failed: null}))
  expect([...day.workflows.keys()]).toEqual(['many'])
  expect([...day.lone]).toEqual([[1, {calls: 1, failed: 0, billed: 10n, unpriced: 0}]])
  expect([...day.traffic]).toEqual([[1, 1, null, {calls: 4, told: 0, failed: 0, billed: null, unpriced: 0}]])
})

test('traffic is told apart by what calls say of themselves', () => {
  const {traffic} = dayOf(null, call({context: 5, cost: null}), call({context: 5, failed: true}), call())
  expect([...traffic]).toEqual([
    [1, 1, 5, {calls: 2, told: 2, failed: 1, billed: 10n, unpriced: 1}],
    [1, 1, null, {calls: 1, told: 1, failed: 0, billed: null, unpriced: 0}],
  ])
})
