import {describe, expect, test} from 'vitest'
import {isTransient, pauseAfter, waitAfter, waitUntil} from '../../src/connectors/live/patience.ts'

const NOW = Date.UTC(2026, 9, 21, 6)
const trouble = (status: number | null, headers: {[name: string]: string} = {}, text = '') => ({
  ...{status, headers: new Headers(headers), text},
})

test.each<[string, number | null, {[name: string]: string}, string, boolean]>([
  ['no answer', null, {}, '', true],
  ['429', 429, {}, '', true],
  ['500', 500, {}, '', true],
  ['529, overloaded', 529, {}, '', true],
  ['a secondary limit', 403, {}, 'You have exceeded a secondary rate limit.', true],
  ['a primary limit', 403, {'x-ratelimit-remaining': '0'}, '', true],
  ['a limit of Google', 403, {}, '{"reason":"userRateLimitExceeded"}', true],
  ['no permission', 403, {'x-ratelimit-remaining': '4999'}, 'Resource not accessible', false],
  ['a wrong key', 401, {}, '', false],
  ['not there', 404, {}, '', false],
  ['a wrong question', 400, {}, '', false],
])('%s', (_, status, headers, text, expected) => {
  expect(isTransient(trouble(status, headers, text))).toBe(expected)
})

describe('what a service says is waited for', () => {
  test.each<[string, {[name: string]: string}, number]>([
    ['seconds', {'retry-after': '7'}, 7000],
    ['a date', {'retry-after': 'Wed, 21 Oct 2026 06:00:30 GMT'}, 30_000],
    ['GitHub', {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW / 1000 + 90}`}, 90_000],
    ['Okta', {'x-rate-limit-remaining': '0', 'x-rate-limit-reset': `${NOW / 1000 + 5}`}, 5000],
    ['OpenAI', {'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s'}, 360_000],
    [
      'Anthropic',
      {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-10-21T06:00:12Z',
      },
      12_000,
    ],
    ['a reset without a count', {'x-rate-limit-reset': `${NOW / 1000 + 5}`}, 5000],
    ['Retry-After before resets', {'retry-after': '1', 'x-rate-limit-reset': `${NOW / 1000 + 99}`}, 1000],
    [
      'by its own clock',
      {date: 'Wed, 21 Oct 2026 05:59:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 06:00:00 GMT'},
      60_000,
    ],
  ])('%s', (_, headers, wait) => {
    expect(waitAfter(trouble(429, headers), 1, NOW, 0)).toBe(wait)
    expect(waitAfter(trouble(429, headers), 1, NOW, 0.5)).toBe(wait + 500)
  })
})

test('else longer each time, up to a minute, never all at once', () => {
  const waits = (random: number) => [1, 2, 3, 9].map(tries => waitAfter(trouble(503), tries, NOW, random))
  expect(waits(0)).toEqual([500, 1000, 2000, 30_000])
  expect(waits(1)).toEqual([1000, 2000, 4000, 60_000])
})

test('a secondary limit that names no time waits for minutes', () => {
  const limited = trouble(403, {}, 'secondary rate limit')
  expect([1, 2].map(tries => waitAfter(limited, tries, NOW, 0))).toEqual([60_000, 120_000])
})

test('a quota that an answer used up', () => {
  const spent = new Headers({'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW / 1000 + 3}`})
  expect(pauseAfter(spent, NOW)).toBe(3000)
  expect(pauseAfter(new Headers({'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '99'}), NOW)).toBe(0)
})

test.each([
  ['120', 120_000],
  ['1.5', 1500],
  ['120ms', 120],
  ['1h2m3s', 3_723_000],
  [`${NOW / 1000 + 2}`, 2000],
  [`${NOW + 2000}`, 2000],
  ['soon', null],
])('%s', (written, wait) => expect(waitUntil(written, NOW)).toBe(wait))
