/**
 * People lists of HR systems: this product's own CSV, BambooHR, Workday custom reports. One row a person, or several
 * told apart by an effective date. Only the columns below are read, by any of their names: pay, home address, phone,
 * birthday and identity numbers stand beside them and have no way in.
 */
import * as alias from '../model/alias.ts'
import {type Alias, type Fact, type Issue, issue, type LinkFact} from '../model/fact.ts'
import {DAY_MS} from '../model/time.ts'
import {connector, type Row} from './connector.ts'
import {type Columns, cell, codeAndName, columnsOf, dayOr, hasAny, quoted, table} from './table.ts'

const WORKER = {
  // BambooHR's `id` is its own; the employee number is what other systems know.
  id: ['employee_id', 'employee_number', 'worker_id', 'person_number', 'personnel_number', 'emp_id', 'id'],
  email: ['work_email', 'email_address', 'email_work', 'primary_work_email', 'business_email', 'email'],
  name: ['display_name', 'full_name', 'preferred_name', 'name', 'worker'],
  firstName: ['first_name'],
  lastName: ['last_name'],
  status: ['status', 'employee_status', 'worker_status', 'employment_status', 'employment_history_status'],
  team: ['team', 'team_name', 'squad', 'supervisory_organization', 'supervisory_org'],
  department: ['department', 'department_name'],
  division: ['division', 'division_name', 'business_unit'],
  costCenter: ['cost_center_id', 'cost_center_code', 'cost_center', 'cost_centre', 'cost_centre_code'],
  effective: ['effective_date', 'effective_from', 'valid_from'],
  hired: ['hire_date', 'start_date'],
  left: ['termination_date', 'end_date', 'last_day'],
  manager: ['manager_id', 'manager_employee_id', 'manager_number', 'supervisor_employee_id'],
  managerEmail: ['manager_email', 'manager_work_email', 'supervisor_email'],
  // BambooHR's own ids of a supervisor: the one is the record's, the other either's.
  supervisorRecord: ['supervisor_id'],
  supervisorEither: ['supervisor_eid'],
} as const satisfies Columns<string>

/** Directories have people too, and know them by other ids. */
const DIRECTORY = ['login', 'user_name', 'user_principal_name', 'primary_email', 'object_id', 'org_unit_path']

export const hrWorkers = connector({
  id: 'hr-workers',
  label: 'HR people list (CSV, BambooHR, Workday)',
  needs: {table: [WORKER.id.slice(0, -1), [...WORKER.team, ...WORKER.department, ...WORKER.costCenter]]},
  recognises: head => {
    const columns = columnsOf(head)
    const known = WORKER.id.some(name => name !== 'id' && columns.includes(name))
    const places = [
      ...WORKER.team,
      ...WORKER.department,
      ...WORKER.division,
      ...WORKER.costCenter,
      ...WORKER.manager,
      ...WORKER.supervisorRecord,
    ]
    return (
      (known || (columns.includes('id') && columns.includes('work_email'))) &&
      hasAny(columns, places) &&
      !hasAny(columns, DIRECTORY)
    )
  },
  *parse(source) {
    const people = new Map<string, Entry[]>()
    for (const row of table(source)) {
      const entry = 'fact' in row ? row : entryOf(row)
      if ('fact' in entry) yield entry
      else people.set(entry.id, [...(people.get(entry.id) ?? []), entry])
    }
    const told = new Set<Alias>()
    const managers = managersOf([...people.values()].flat())
    for (const entries of people.values()) yield* person(entries, told, managers)
  },
})

/** One row, with what it says of time: epoch ms; `until` excluded. */
interface Entry {
  readonly id: string
  readonly line: number
  readonly row: Row['row']
  readonly from: number | undefined
  readonly until: number | undefined
}

function entryOf({line, row}: Row): Entry | Issue {
  const id = cell(row, WORKER.id)
  if (!id) return issue(line, 'no-id', 'a person without employee_id', 'export the employee number')
  const days = [WORKER.effective, WORKER.hired, WORKER.left].map(columns => day(line, row, columns))
  const wrong = days.find(found => typeof found === 'object')
  if (typeof wrong === 'object') return wrong
  const [effective, hired, left] = days as (number | undefined)[]
  const status = cell(row, WORKER.status) ?? ''
  // Gone, on the only day that is told.
  const gone =
    left === undefined && /^(terminat|inactive|departed|left|former)/i.test(status) ? effective : undefined
  return {id, line, row, from: effective ?? hired, until: left === undefined ? gone : left + DAY_MS}
}

type ManagerOf = (row: Row['row']) => Alias | undefined

/** Whom a row names as manager: employee numbers as they are, record ids by the numbers of the people in the same list. */
function managersOf(entries: readonly Entry[]): ManagerOf {
  const numbers = new Set(entries.map(({id}) => id))
  const byRecord = new Map(entries.flatMap(({id, row}) => (row.id ? [[row.id, id] as const] : [])))
  return row => {
    const address = cell(row, WORKER.managerEmail)
    const record = cell(row, WORKER.supervisorRecord)
    const either = cell(row, WORKER.supervisorEither)
    const number =
      cell(row, WORKER.manager) ??
      (either !== undefined && numbers.has(either) ? either : undefined) ??
      byRecord.get(record ?? '') ??
      byRecord.get(either ?? '')
    if (number !== undefined) return alias.worker(number)
    if (address?.includes('@')) return alias.email(address)
    const unlisted = either ?? record
    return unlisted === undefined ? lastInChain(row) : alias.worker(unlisted)
  }
}

/** Workday lists everybody above from the top down, `Jane Doe (1002)`: the last one with an id is the nearest. */
function lastInChain(row: Row['row']): Alias | undefined {
  const levels = Object.keys(row)
    .filter(column => /^management_chain_(level_)?\d+$/.test(column))
    .sort((a, b) => Number(/\d+$/.exec(b)![0]) - Number(/\d+$/.exec(a)![0]))
  const own = cell(row, WORKER.id)
  const ids = levels.map(column => /\((\d[\w-]*)\)\s*$/.exec(row[column] ?? '')?.[1])
  const nearest = ids.find(id => id !== undefined && id !== own)
  return nearest === undefined ? undefined : alias.worker(nearest)
}

/** People are older than AI: any year is a date here. BambooHR writes 0000-00-00 for none, Workday a zone after a day. */
function day(line: number, row: Row['row'], columns: readonly string[]): number | undefined | Issue {
  const written = cell(row, columns)?.replace(/^(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)$/, '$1')
  if (written === undefined || written.startsWith('0000')) return undefined
  const old = /^(?:19\d\d|20(?:0\d|1[0-4]))-\d\d-\d\d/.exec(written)
  const at = old ? Date.parse(old[0]) : dayOr(line, columns[0]!, written)
  return Number.isNaN(at)
    ? issue(line, 'bad-time', `${columns[0]} is ${quoted(written)}, not a date`, 'write it as YYYY-MM-DD')
    : at
}

/** A person's rows in the order of time: each holds until the next begins, or the last day of work has passed. */
function* person(rows: readonly Entry[], told: Set<Alias>, managers: ManagerOf): Generator<Fact> {
  const entries = rows.toSorted((a, b) => (a.from ?? -Infinity) - (b.from ?? -Infinity) || a.line - b.line)
  const latest = entries.at(-1)!
  const self = alias.worker(latest.id)
  const name =
    cell(latest.row, WORKER.name) ??
    [cell(latest.row, WORKER.firstName), cell(latest.row, WORKER.lastName)].filter(Boolean).join(' ')
  const status = cell(latest.row, WORKER.status)?.toLowerCase()
  yield {
    fact: 'entity',
    line: latest.line,
    kind: 'identity',
    alias: self,
    ...(name === '' ? {} : {name}),
    type: 'person',
    ...(status === undefined ? {} : {status}),
  }
  const addresses = new Set<Alias>()
  for (const {row, line} of entries) {
    const address = cell(row, WORKER.email)
    if (!address?.includes('@') || addresses.has(alias.email(address))) continue
    addresses.add(alias.email(address))
    yield {fact: 'link', line, relation: 'same_as', from: self, to: alias.email(address), basis: 'verified'}
  }
  for (const [index, entry] of entries.entries()) {
    const next = entries
      .slice(index + 1)
      .find(({from}) => from !== undefined && from > (entry.from ?? -Infinity))
    const until = earlier(entry.until, next?.from)
    if (entry.from === undefined || until === undefined || until > entry.from)
      yield* place(self, entry, until, told, managers)
  }
}

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)

/** Where a person stood while a row held. */
function* place(
  self: Alias,
  {line, row, from}: Entry,
  until: number | undefined,
  told: Set<Alias>,
  managers: ManagerOf,
): Generator<Fact> {
  const link = (relation: LinkFact['relation'], to: Alias): LinkFact => ({
    fact: 'link',
    line,
    relation,
    from: self,
    to,
    basis: 'hr',
    ...(from === undefined ? {} : {validFrom: from}),
    ...(until === undefined ? {} : {validTo: until}),
    exclusive: true,
  })
  const team = cell(row, WORKER.team)?.replace(/\s*\([^()]*\)$/, '') // Workday: `Payments Core (Jane Doe)`
  if (team) yield link('member_of', alias.named('team', team))
  const department = cell(row, WORKER.department)
  const division = cell(row, WORKER.division)
  if (department) {
    yield* unit(line, alias.department(department), department, 'department', told)
    yield link('member_of', alias.department(department))
  }
  if (division) {
    yield* unit(line, alias.division(division), division, 'division', told)
    if (department) yield* partOf(line, alias.department(department), alias.division(division), told)
    else yield link('member_of', alias.division(division))
  }
  const costCenter = cell(row, WORKER.costCenter)
  if (costCenter) yield link('budgeted_under', alias.costCenter(codeAndName(costCenter).code))
  const manager = managers(row)
  if (manager && manager !== self) yield link('reports_to', manager)
}

function* unit(line: number, self: Alias, name: string, type: string, told: Set<Alias>): Generator<Fact> {
  if (told.has(self)) return
  told.add(self)
  yield {fact: 'entity', line, kind: 'organization', alias: self, name, type}
}

function* partOf(line: number, from: Alias, to: Alias, told: Set<Alias>): Generator<Fact> {
  if (told.has(`${from} ${to}`)) return
  told.add(`${from} ${to}`)
  yield {fact: 'link', line, relation: 'part_of', from, to, basis: 'hr'}
}
