import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {sources} from '../../src/config/sources.ts'
import {listFiles} from '../../src/connectors/files.ts'
import {ingestFiles} from '../../src/connectors/ingest.ts'
import {openForWriting} from '../../src/store/open.ts'
import {emptyDatabase, machine, pull, rows, serve} from './service.ts'

const HOME = 'fixtures/acme'
const json = (path: string): unknown => JSON.parse(readFileSync(`${HOME}/${path}`, 'utf8'))
const pages = (stem: string): {data: {start_time: number}[]}[] =>
  readdirSync(`${HOME}/openai`)
    .filter(name => name.startsWith(`${stem}.page-`))
    .sort()
    .map(name => json(`openai/${name}`) as {data: {start_time: number}[]})

/** The bundled company's saved answers, asked for instead of read: the same facts must come of them. */
function acme() {
  const reports: {[path: string]: {start_time: number}[]} = {
    '/v1/organization/usage/completions': pages('usage_completions').flatMap(({data}) => data),
    '/v1/organization/costs': pages('costs-by-key').flatMap(({data}) => data),
  }
  return serve(({path, query}, url) => {
    if (path.startsWith('/api/v1/')) {
      const file = path.replace('/api/v1/', 'okta/')
      const list = query.has('filter') ? [] : (json(`${file}.json`) as unknown[])
      const from = Number(query.get('after') ?? 0)
      const next = `<${url}${path}?limit=50&after=${from + 50}>; rel="next"`
      return {json: list.slice(from, from + 50), headers: from + 50 < list.length ? {link: next} : {}}
    }
    if (/usage|costs/.test(path)) {
      const from = Number(query.get('page') ?? query.get('start_time'))
      const rest = (reports[path] ?? []).filter(({start_time}) => start_time >= from)
      const next_page = rest[9] ? String(rest[9].start_time) : null
      return {json: {object: 'page', data: rest.slice(0, 9), has_more: next_page !== null, next_page}}
    }
    const file = path.replace('/v1/organization', 'openai')
    return existsSync(`${HOME}/${file}.json`) ? {json: json(`${file}.json`)} : undefined
  })
}

const facts = (db: string) => ({
  usage: rows(
    db,
    `SELECT day, substr(usage.id, 1, instr(usage.id || char(31), char(31)) - 1) AS id, at, until, requests, input_tokens, output_tokens, cost_nanos, evidence
     FROM usage JOIN signature ON signature.id = signature_id ORDER BY day, usage.id`,
  ),
  links: rows(
    db,
    'SELECT DISTINCT relation, from_alias, to_alias, basis, valid_from, valid_to FROM link ORDER BY 1, 2, 3, 4',
  ),
  entities: rows(db, 'SELECT DISTINCT kind, alias, name, type, status FROM entity ORDER BY 1, 2, 3, 4, 5'),
})

test('an answer asked for says what the saved one says', async () => {
  const [saved, live] = [emptyDatabase(), emptyDatabase()]
  {
    using store = openForWriting(saved)
    const files = await listFiles(['okta', 'openai'], HOME)
    const asked = files.filter(({name}) => !/openai\/costs\.page/.test(name))
    await ingestFiles(store, asked, {price: () => null})
  }
  const {url} = await acme()
  const list = sources.parse([
    {type: 'okta', url},
    {type: 'openai', url: `${url}/v1`, since: '2026-10-01'},
  ])
  const clock = machine(Date.UTC(2026, 10, 2))
  const env = {OKTA_API_TOKEN: 'x', OPENAI_ADMIN_KEY: 'x'}
  const {sources: told, issues} = await pull(live, list, env, {machine: clock})
  expect(told).toMatchObject([{status: 'done'}, {status: 'done'}])
  expect(issues).toEqual([])
  const [expected, found] = [facts(saved), facts(live)]
  expect(expected.usage.length).toBeGreaterThan(500)
  expect(found.links).toEqual(expected.links)
  expect(found.entities).toEqual(expected.entities)
  // A sub-nano-dollar is carried from row to row, here within a day and there within a page.
  const whole = (row: {[column: string]: unknown}) => ({
    ...row,
    cost_nanos: row.cost_nanos === null ? null : Math.round((row.cost_nanos as number) / 100),
  })
  expect(found.usage.map(whole)).toEqual(expected.usage.map(whole))
})
