import {expect, test} from 'vitest'
import {toAnnotations} from '../../../src/review/formats/annotations.ts'
import {toJunit} from '../../../src/review/formats/junit.ts'
import {readReviewed} from '../../../src/review/reviewed.ts'
import {breachesIn, parseThresholds} from '../../../src/review/thresholds.ts'
import {change, diff, hostile, many} from '../comment/diffs.ts'

const reviewed = (json: object) => readReviewed(JSON.stringify(json), 'diff.json')
const rules = parseThresholds('--fail-on', ['delta>500usd', 'delta>0%', 'unowned', 'budget'])

test.each<[string, object]>([
  ['many', many],
  ['none', diff({changes: [], totals: null})],
  ['hostile', hostile],
])('%s', async (name, json) => {
  const read = reviewed(json)
  const breaches = breachesIn(read, rules)
  await expect(`${toAnnotations(read, breaches)}\n`).toMatchFileSnapshot(`../golden/annotations-${name}.txt`)
  await expect(toJunit(read, rules, breaches)).toMatchFileSnapshot(`../golden/junit-${name}.xml`)
})

test('names start no command and end no property', () => {
  const path = 'a,line=9::error::x%0A\nb:c'
  const [line, ...rest] = toAnnotations(
    reviewed(diff({changes: [change({path, from: 'x\n::error::y', to: '50%'})]})),
    [],
  ).split('\n')
  expect(line).toBe(
    '::warning file=a%2Cline=9%3A%3Aerror%3A%3Ax%250A b%3Ac,line=8,title=model::x ::error::y → 50%25; +$310.25 (+$210.00 to +$400.00) a month, +18.3 %25; 12,340 requests in 30 days',
  )
  expect(rest).toHaveLength(1)
  const all = toAnnotations(reviewed(hostile), [])
  expect(all.split('\n').every(text => /^::(warning|notice) [^:]*::/.test(text))).toBe(true)
  expect(all.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
})

test('every breach is a failure in JUnit, and nothing else is', () => {
  const read = reviewed(many)
  const breaches = breachesIn(read, rules)
  const xml = toJunit(read, rules, breaches)
  expect(breaches.length).toBe(2)
  expect(xml.match(/<failure /g)).toHaveLength(2)
  expect(xml).toContain('tests="10" failures="2" errors="0" skipped="2"')
})

test('JUnit holds no markup of a name and no character XML lacks', () => {
  const xml = toJunit(reviewed(hostile), rules, [])
  expect(xml).not.toMatch(/<img/)
  expect(xml.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
})
