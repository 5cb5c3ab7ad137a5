import {describe, expect, test} from 'vitest'
import {casesIn} from './cases.ts'

describe.each(['seen', 'held-out', 'fresh'])('%s', set => {
  test.each(casesIn(set).map(item => [item.name, item] as const))('%s', async (_, {run, expected}) => {
    expect((await run()).toSorted()).toEqual(expected.toSorted())
  })
})
