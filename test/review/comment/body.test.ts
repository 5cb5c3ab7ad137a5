import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {LONGEST_COMMENT, toComment} from '../../../src/review/comment/body.ts'
import {markerOf} from '../../../src/review/comment/marker.ts'
import {readReviewed} from '../../../src/review/reviewed.ts'
import {change, diff, HOSTILE, hostile, many, untraced} from './diffs.ts'

const comment = (json: object, longest?: number): string =>
  toComment(readReviewed(JSON.stringify(json), 'diff.json'), {
    tag: 'default',
    ...(longest === undefined ? {} : {longest}),
  })

test.each([
  ['many', many],
  ['none', diff({changes: [], totals: {delta_usd_month: null}})],
  ['no-traffic', diff({changes: [untraced()], totals: null})],
  ['hostile', hostile],
  ['cut', diff({changes: Array.from({length: 900}, (_, line) => change({line})), totals: null})],
])('%s', async (name, json) => {
  const text = comment(json)
  expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT)
  await expect(`${text}\n`).toMatchFileSnapshot(`../golden/comment-${name}.md`)
})

test('begins with a marker that is read back', () => {
  expect(markerOf(comment(diff()))).toEqual({tag: 'default', generatedAt: '2026-11-03T10:00:00.000Z'})
})

/** Text as GitHub sees it when it looks for mentions, links and references: without what stands as code. */
const outsideCode = (markdown: string): string => {
  let left = ''
  for (let at = 0; at < markdown.length; ) {
    const run = /^`+/.exec(markdown.slice(at))?.[0]
    if (run === undefined) left += markdown[at++]
    else {
      const close = new RegExp(`(?<!\`)${run}(?!\`)`, 'g')
      close.lastIndex = at + run.length
      const found = close.exec(markdown)
      expect(found, `a fence that never closes at ${at}`).not.toBeNull()
      at = found!.index + run.length
      left += 'x'
    }
  }
  return left
}

/** Bars that end a cell: as GitHub splits a row, before it looks at code. */
const bars = (row: string): number => [...row.replaceAll(/\\[\s\S]/g, 'xx').matchAll(/\|/g)].length

function harmless(markdown: string): void {
  expect(markdown.replaceAll('\n', '')).not.toMatch(
    /\p{Cc}|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
  )
  expect(markdown.isWellFormed()).toBe(true)
  const [marker, ...rest] = markdown.split('\n')
  const body = rest.join('\n')
  expect(marker).toMatch(/^<!-- venturi:default generated_at=\S+ sha=[0-9a-f]{40} -->$/)
  const plain = outsideCode(body).replaceAll('&#124;', 'x')
  expect(plain).not.toMatch(/@|\]\(|https?:|www\.|#\d|!\[|<!--|-->|GH-\d/)
  expect(new Set(plain.match(/<[^>]*>/g))).toEqual(
    new Set(
      ['<details>', '<summary>', '</summary>', '</details>', '<sub>', '</sub>'].filter(tag =>
        plain.includes(tag),
      ),
    ),
  )
  let columns = 0
  for (const line of rest) {
    if (!line.startsWith('|')) columns = 0
    else if (columns === 0) columns = bars(line)
    else expect(bars(line), line).toBe(columns)
  }
}

describe('names are data', () => {
  test('those that mean harm', () => harmless(comment(hostile)))
  test('any name anywhere', () => {
    const piece = fc.oneof(
      fc.constantFrom(...HOSTILE.slice(0, 13), '`', '``', '\\', '|', '\\|', ' ', '@a', '<', '\n', '·'),
      fc.string({unit: 'binary', maxLength: 8}),
    )
    const name = fc.array(piece, {maxLength: 6}).map(pieces => pieces.join(''))
    fc.assert(
      fc.property(name, name, name, (one, two, three) => {
        const changes = [
          change({
            path: one,
            from: two,
            to: three,
            service: three,
            owner: one,
            kind: 'limit_changed',
            key: two,
          }),
          untraced({kind: 'unresolved', path: two, owner: three}),
          change({
            production: false,
            path: three,
            from: null,
            to: one,
            kind: two,
            action_class: one,
            confidence: two,
          }),
        ]
        harmless(comment(diff({changes, assumptions: [one], skipped: [{path: two, reason: three}]})))
      }),
      {numRuns: 300},
    )
  })
})

test('whatever the room, it is kept, the table whole, and what is left out counted', () => {
  const json = diff({
    changes: Array.from({length: 60}, (_, line) =>
      line % 3 === 0 ? untraced({line, kind: 'unresolved'}) : change({line, production: line % 5 !== 0}),
    ),
  })
  const whole = comment(json).length
  for (let longest = 1_000; longest < whole + 200; longest += 331) {
    const text = comment(json, longest)
    expect(text.length).toBeLessThanOrEqual(longest)
    harmless(text)
    const shown = [...text.matchAll(/^\| `services/gm)].length
    const left = Number(/\*\*(\d+) changes? and all details left out/.exec(text)?.[1] ?? 0)
    expect(shown + left).toBe(60)
  }
})

test('what is not known is a dash and never nothing', () => {
  const unknown = untraced({per_1000_requests_usd: {from: null, to: '2.20'}})
  const mixed = comment(diff({changes: [unknown, change()]}))
  expect(mixed).toContain('no traffic seen: – → $2.20 per 1,000 requests | – | – | – | – | – | observe |')
  const alone = comment(diff({changes: [unknown], totals: null}))
  expect(alone).toContain('| Where | Change | Service, owner | Traffic | Action |')
  expect(alone).toContain('### AI cost: 1 change, amount not known')
  expect(mixed + alone).not.toContain('$0')
})
