/** The weekly burn and its comments end to end. */
import {expect, test} from 'vitest'
import {folderWith, venturi} from './cli.ts'
import {APRIL, CATALOG, log, MARCH} from './two-teams.ts'

function company(): string {
  const cwd = folderWith({
    'dumps/catalog.yaml': CATALOG,
    'dumps/march.jsonl': log(...MARCH),
    'dumps/april.jsonl': log(...APRIL),
  })
  expect(venturi(cwd, ['ingest', 'dumps']).status).toBe(0)
  expect(venturi(cwd, ['attribute']).status).toBe(0)
  return cwd
}

const said = (cwd: string, ...args: string[]) => {
  const {status, json} = venturi(cwd, [...args, '--json'], {env: {VENTURI_ACTOR: 'quill@fen.example'}})
  expect(status).toBe(0)
  return json()
}

interface Shown {
  readonly key: string
  readonly owner_team: {readonly name: string} | null
  readonly current_week_usd: string
  readonly owner_comment: object | null
}

test('a comment is said, replaced, listed, shown in its week and kept in the trail', () => {
  const cwd = company()
  const rows = (...args: string[]): Shown[] => said(cwd, 'report', 'burn', ...args).rows
  // The last use is on the 3rd of April: the week is the 28th of March to the 3rd.
  expect(rows().map(row => [row.owner_team?.name, row.current_week_usd])).toEqual([
    ['rivers', '3.00'],
    ['marsh', '1.00'],
    // Of the 21st, and gone since.
    [undefined, '0.00'],
  ])
  const {key} = rows()[1]!
  const comment = (text: string, ...more: string[]) =>
    said(cwd, 'burn', 'comment', key, '--comment', text, '--classification', 'incident', ...more)
  expect(comment('a retry loop').comment).toMatchObject({
    key,
    action: null,
    due: null,
    who: 'quill@fen.example',
  })
  comment('a retry loop after the timeout change', '--action', 'cap', '--due', '2025-04-11')
  expect(rows()[1]!.owner_comment).toMatchObject({
    comment: 'a retry loop after the timeout change',
    classification: 'incident',
    action: 'cap',
    due: '2025-04-11',
    week: {first_day: '2025-03-28', last_day: '2025-04-03'},
  })
  expect(rows('--week', '2025-W14').map(row => row.owner_comment)).toEqual([null, null])
  expect(said(cwd, 'burn', 'comment', 'list').comments).toHaveLength(1)
  expect(said(cwd, 'burn', 'comment', 'list', '--all').comments).toMatchObject([
    {comment: 'a retry loop', replaced: true},
    {comment: 'a retry loop after the timeout change', replaced: false},
  ])
  expect(said(cwd, 'audit').entries.map(({action}: {action: string}) => action)).toEqual([
    ...['burn.comment', 'burn.comment'],
  ])
  expect(venturi(cwd, ['report', 'burn', '--top', '1']).stdout).toContain('2 others')
  // Nothing that was settled is out of date by it.
  expect(venturi(cwd, ['report', 'burn']).stderr).toBe('')
})

test('what cannot be said is refused, and nothing is written', () => {
  const cwd = company()
  const {key} = said(cwd, 'report', 'burn').rows[0]
  const refused = (of: string, comment: string, ...more: string[]): string => {
    const args = ['burn', 'comment', of, '--comment', comment, '--classification', 'waste', ...more]
    const {status, stderr} = venturi(cwd, args)
    expect(status).toBe(2)
    return stderr
  }
  expect(refused('ffffffff', 'why')).toMatch(
    /^ffffffff: no row of 2025-03-28 to 2025-04-03 has that key\nTry this: /,
  )
  expect(refused(key, ' ')).toMatch(/^--comment is empty\n/)
  expect(refused(key, 'why', '--due', 'soon')).toBe(
    '--due "soon" is not a day\nTry this: write it as YYYY-MM-DD\n',
  )
  expect(refused(key, 'why', '--until', '2020-01-01')).toMatch(/^there is no usage in these days\n/)
  expect(said(cwd, 'audit').entries).toEqual([])
})
