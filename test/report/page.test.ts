/** The page in a real browser: it fetches and runs nothing, is read by everybody, and fits a phone and paper. */
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type axe from 'axe-core'
import puppeteer, {type Browser, type Page} from 'puppeteer-core'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {bookOf} from '../../src/report/book.ts'
import {bookToHtml, toHtml} from '../../src/report/formats/html.ts'
import {lenses} from '../../src/report/lenses/index.ts'
import {ledger} from '../../src/report/lenses/ledger.ts'
import {parsePeriod} from '../../src/report/period.ts'
import type {Report} from '../../src/report/report.ts'
import {acme} from './acme.ts'
import {budget, outcome, service, team, world} from './world.ts'

const PLACES = [
  process.env.VENTURI_TEST_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const chromium = PLACES.find(place => place !== undefined && existsSync(place))
if (chromium === undefined)
  console.warn(
    'No Chromium found: pages are not tried in a browser. Try this: apt-get install chromium, or name one with VENTURI_TEST_CHROMIUM',
  )

const october = {period: parsePeriod({period: '2026-10'}, 0), asOf: 'event'} as const
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Names that would be more than names if they could. */
const HOSTILE =
  '</title></style></svg><script>document.title="pwned"</script><img src=x onerror=alert(1)>" onclick="x'

function hostile(): Report {
  using store = world().call({
    id: 'r1',
    at: '2026-10-14T09:30:00Z',
    usd: '3.00',
    outcome: outcome({
      output_state: 'ambiguous',
      coper: 0.7,
      owner: {
        service: service(HOSTILE),
        identity: null,
        project: null,
        organization: team(HOSTILE),
        budget: budget('1', HOSTILE),
      },
      shares: [
        {organization: team(HOSTILE), budget: budget('1', HOSTILE), share_ppm: 1_000_000, basis: HOSTILE},
      ],
      candidates: [
        {organization: team(HOSTILE), probability: 0.7, evidence_basis: []},
        {organization: team('b'), probability: 0.3, evidence_basis: []},
      ],
      waterfall: [{because: HOSTILE, log_odds: 0.85, evidence: [`${HOSTILE}:1`]}],
      rationale: HOSTILE,
    }),
  }).store
  return ledger.view(store, october).report
}

describe.skipIf(chromium === undefined)('in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-page-'))
  const {store} = acme()
  let browser: Browser
  beforeAll(async () => {
    browser = await puppeteer.launch({executablePath: chromium!, args: ['--no-sandbox', '--disable-gpu']})
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    store[Symbol.dispose]()
    rmSync(folder, {recursive: true})
  })

  const ledgerPage = toHtml(ledger.view(store, october).report)
  const {book} = bookOf(lenses.map(lens => [lens, lens.view(store, october)]))
  const PAGES = [
    ['ledger', ledgerPage],
    ['all', bookToHtml(book)],
    ['hostile', toHtml(hostile())],
  ] as const

  interface Opened {
    readonly page: Page
    /** What went wrong, was said or was asked for. */
    readonly heard: readonly string[]
  }

  async function open(name: string, html: string, width = 1180, scheme = 'light'): Promise<Opened> {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, html)
    const page = await browser.newPage()
    const url = pathToFileURL(file).href
    const heard: string[] = []
    page.on('console', message => heard.push(message.text()))
    page.on('pageerror', error => heard.push(String(error)))
    page.on('dialog', dialog => {
      heard.push(dialog.message())
      void dialog.dismiss()
    })
    page.on('request', request => {
      if (request.url() !== url) heard.push(request.url())
    })
    await page.setViewport({width, height: 900})
    await page.emulateMediaFeatures([
      {name: 'prefers-color-scheme', value: scheme},
      {name: 'prefers-reduced-motion', value: 'reduce'},
    ])
    await page.goto(url)
    return {page, heard}
  }

  /** `rules`: only these; none named: all. */
  async function violations(page: Page, ...rules: readonly string[]): Promise<string[]> {
    await page.evaluate(AXE)
    const found = await page.evaluate(
      only => (globalThis as unknown as {axe: typeof axe}).axe.run(only.length === 0 ? {} : {runOnly: only}),
      [...rules],
    )
    return found.violations.map(({id, nodes}) => `${id}: ${nodes[0]!.html}`)
  }

  // Dark differs from light in its colours alone.
  test.each(
    PAGES.flatMap(([name, html]) => [
      [name, 'light', html, []] as const,
      [name, 'dark', html, ['color-contrast']] as const,
    ]),
  )(
    '%s, %s: nothing asked for, nothing said, nothing in anybody’s way',
    async (name, scheme, html, rules) => {
      const {page, heard} = await open(name, html, 1180, scheme)
      expect(await violations(page, ...rules)).toEqual([])
      await (await page.$('.opens button'))!.click()
      expect(await page.$$(':popover-open')).toHaveLength(1)
      expect(await violations(page, ...rules)).toEqual([])
      expect(heard).toEqual([])
      await page.close()
    },
  )

  test('hostile names stay names', async () => {
    const {page} = await open('hostile', toHtml(hostile()))
    expect(await page.title()).toMatch(/^AI spend by owner/)
    expect(await page.$$('script, img, [onclick], [onerror]')).toEqual([])
    expect(await page.evaluate(`document.querySelector('.opens button').textContent`)).toBe(HOSTILE)
    await page.close()
  })

  test('a script would not run: the policy forbids it', async () => {
    const {page, heard} = await open(
      'script',
      ledgerPage.replace('</main>', '<script>document.title="run"</script></main>'),
    )
    expect(await page.title()).not.toBe('run')
    expect(heard.join()).toContain('Content Security Policy')
    await page.close()
  })

  test('a line opens by keys, closes by Escape, and leaves one where one was', async () => {
    const {page} = await open('ledger', ledgerPage)
    await page.focus('.opens button')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(`document.querySelector(':popover-open h2').textContent`)).toBe(
      'Payments Core',
    )
    expect(await page.evaluate(`document.querySelector(':popover-open').textContent`)).toContain(
      'checkout-api',
    )
    expect(await page.evaluate('document.activeElement.className')).toBe('close')
    await page.keyboard.press('Escape')
    expect(await page.$$(':popover-open')).toEqual([])
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Payments Core')
    await page.close()
  })

  test.each(PAGES)('%s fits a phone: nothing scrolls sideways but tables', async (name, html) => {
    const {page} = await open(name, html, 360)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await (await page.$('.opens button'))!.click()
    expect(
      await page.evaluate(
        `{const {scrollWidth, clientWidth} = document.querySelector(':popover-open'); scrollWidth <= clientWidth}`,
      ),
    ).toBe(true)
    await page.close()
  })

  test.each([360, 700, 1180])(
    '%i wide: each chart is drawn once, its text readable and in its place',
    async width => {
      const {page} = await open('ledger', ledgerPage, width)
      const drawn = await page.$$eval('figure', figures =>
        figures.map(figure => {
          const shown = [...figure.querySelectorAll('svg')].filter(
            svg => svg.getBoundingClientRect().width > 0,
          )
          const texts = shown.flatMap(svg =>
            [...svg.querySelectorAll('text')].map(text => text.getBoundingClientRect()),
          )
          const overlaps = texts.filter((a, index) =>
            texts
              .slice(index + 1)
              .some(
                b =>
                  a.left < b.right - 1 &&
                  b.left < a.right - 1 &&
                  a.top < b.bottom - 3 &&
                  b.top < a.bottom - 3,
              ),
          )
          return {
            shown: shown.length,
            small: Math.min(...texts.map(({height}) => height)) < 11,
            overlaps: overlaps.length,
          }
        }),
      )
      expect(drawn).toEqual([1, 2, 3].map(() => ({shown: 1, small: false, overlaps: 0})))
      await page.close()
    },
  )

  test('on paper all is open', async () => {
    const {page} = await open('ledger', ledgerPage)
    await page.emulateMediaType('print')
    const hidden = await page.$$eval(
      '.drawer, figure details table',
      all => all.filter(element => !element.checkVisibility({contentVisibilityAuto: true})).length,
    )
    expect(hidden).toBe(0)
    const pdf = await page.pdf({format: 'A4'})
    expect(Buffer.from(pdf.slice(0, 5)).toString()).toBe('%PDF-')
    await page.close()
  })
})
