/** Runs FOCUS's own rule model (fixtures/focus) over the rows of a file, from its root down, as its validator does. */
import {readFileSync} from 'node:fs'
import {parse} from 'csv-parse/sync'
import {type Check, columnsOf, failing, type Leaf, type Row} from './focus-checks.ts'

interface Rule {
  readonly Type: 'Static' | 'Dynamic'
  readonly EntityType: 'Column' | 'Attribute' | 'Dataset'
  readonly ApplicabilityCriteria: readonly string[]
  readonly ValidationCriteria: {
    readonly Keyword: string
    readonly MustSatisfy: string
    readonly Condition: Check | {readonly AND: Check | readonly Check[]} | Record<string, never>
    readonly Requirement: Check | Record<string, never>
  }
}

const MODEL = JSON.parse(readFileSync('fixtures/focus/focus-1.2-rules.json', 'utf8')) as {
  readonly ApplicabilityCriteria: object
  readonly ModelRules: {readonly [id: string]: Rule}
}
export const ALL_CRITERIA = Object.keys(MODEL.ApplicabilityCriteria)
const ROOT = 'CostAndUsage-D-000-M'

/** Checks of the model that say something else than their own words, so that no conformant file passes them. */
const MISSTATED: {readonly [id: string]: string} = {
  'CommitmentDiscountCategory-C-005-M': 'asks for a value where C-003 asks for null',
  'CommitmentDiscountStatus-C-003-C': 'its words ask for null, its check for a value',
  'CommitmentDiscountStatus-C-004-C':
    'its words speak of rows with a commitment, its condition of rows without',
  'CommitmentDiscountStatus-C-005-M': 'allows Active, Expired, Pending where FOCUS has Used, Unused',
}

export interface Dataset {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/** Columns of the producer's own have no rules. Rows alike in all others are one. */
export function datasetOf(csv: string): Dataset {
  const [header = [], ...lines] = parse(csv) as string[][]
  const columns = header.filter(name => !name.startsWith('x_'))
  const places = columns.map(name => header.indexOf(name))
  const known = new Set<string>()
  const rows: Row[] = []
  for (const line of lines) {
    const cells = places.map(place => line[place]!)
    const text = cells.join('\n')
    if (known.has(text)) continue
    known.add(text)
    rows.push(new Map(cells.map((held, at) => [columns[at]!, held === '' ? null : held])))
  }
  return {columns, rows}
}

/**
 * `passed` and `failed` are of what must be, `advised` of what should and is not. `permitted`: says what may be. `alternative`:
 * one of several ways, judged together. `criteria`, `absent`, `no rows`: not applicable, as the producer has no such thing, the
 * column is not there, or no row meets its condition. `prose`: the model has no check for it, only words. `misstated`: its
 * check is not what its words say.
 */
export type Status =
  | 'passed'
  | 'failed'
  | 'advised'
  | 'permitted'
  | 'alternative'
  | 'criteria'
  | 'absent'
  | 'no rows'
  | 'prose'
  | 'misstated'

export interface Verdict {
  readonly status: Status
  readonly says: string
  /** Of the rows, how many break it. */
  readonly broken: number
}

/** Worst first: a rule that is reached twice is as bad as the worse of both. */
const ORDER: readonly Status[] = [
  ...(['failed', 'advised', 'passed', 'alternative', 'permitted'] as const),
  ...(['no rows', 'absent', 'criteria', 'prose', 'misstated'] as const),
]

export function judge({columns, rows}: Dataset, criteria: readonly string[]): Map<string, Verdict> {
  const present = new Set(columns)
  const verdicts = new Map<string, Verdict>()
  const note = (id: string, status: Status, broken = 0) => {
    const known = verdicts.get(id)
    if (known && ORDER.indexOf(known.status) <= ORDER.indexOf(status)) return
    verdicts.set(id, {status, broken, says: MODEL.ModelRules[id]!.ValidationCriteria.MustSatisfy})
  }
  const noteBelow = (check: Check | Record<string, never>, status: Status) => {
    if ('Items' in check) for (const item of check.Items as readonly Check[]) noteBelow(item, status)
    else if (check.CheckFunction === 'CheckModelRule') {
      const id = String(check.ModelRuleId)
      note(id, statusBelow(id, status))
      noteBelow(MODEL.ModelRules[id]!.ValidationCriteria.Requirement, status)
    }
  }
  const statusBelow = (id: string, status: Status): Status =>
    isEmpty(MODEL.ModelRules[id]!.ValidationCriteria.Requirement) ? 'prose' : status

  /** Rows that break a check; `alone`: the rules below count by themselves and not as ways of one. */
  const broken = (check: Check, among: readonly Row[], alone: boolean): readonly Row[] => {
    switch (check.CheckFunction) {
      case 'AND': {
        const found = new Set<Row>()
        for (const item of check.Items as readonly Check[])
          for (const row of broken(item, among, alone)) found.add(row)
        return [...found]
      }
      case 'OR': {
        let left = among
        for (const item of check.Items as readonly Check[]) left = broken(item, left, false)
        return left
      }
      case 'CheckModelRule':
        return rule(String(check.ModelRuleId), among, alone)
      case 'ColumnPresent':
        return present.has(String((check as Leaf).ColumnName)) ? [] : among
      default:
        return failing(check as Leaf, among)
    }
  }

  const rule = (id: string, among: readonly Row[], alone: boolean): readonly Row[] => {
    const {ApplicabilityCriteria: needs, Type, ValidationCriteria} = MODEL.ModelRules[id]!
    const {Keyword, Condition, Requirement} = ValidationCriteria
    const skip = (status: Status): readonly Row[] => {
      note(id, status)
      noteBelow(Requirement, status)
      return []
    }
    if (needs.some(need => !criteria.includes(need))) return skip('criteria')
    if (id in MISSTATED) return skip('misstated')
    if (isEmpty(Requirement)) return skip('prose')
    if (Type === 'Dynamic') throw new Error(`${id} has a check and is said to have none`)
    const looksAt = 'CheckFunction' in Requirement ? leavesOf(Requirement).flatMap(columnsOf) : []
    if (!isPresence(Requirement) && looksAt.some(column => !present.has(column))) return skip('absent')
    const condition = conditionOf(Condition)
    const unmet = condition === null ? new Set<Row>() : new Set(broken(condition, among, false))
    const asked = among.filter(row => !unmet.has(row))
    if (asked.length === 0) return skip('no rows')
    const wrong = broken(Requirement as Check, asked, alone)
    const may = Keyword === 'MAY'
    const should = /^(SHOULD|RECOMMENDED)/.test(Keyword)
    note(
      id,
      may
        ? 'permitted'
        : !alone
          ? 'alternative'
          : wrong.length === 0
            ? 'passed'
            : should
              ? 'advised'
              : 'failed',
      wrong.length,
    )
    return may || (should && alone) ? [] : wrong
  }

  rule(ROOT, rows, true)
  for (const id of Object.keys(MODEL.ModelRules)) if (!verdicts.has(id)) note(id, 'prose')
  return verdicts
}

const isEmpty = (check: object): boolean => Object.keys(check).length === 0

function conditionOf(condition: Rule['ValidationCriteria']['Condition']): Check | null {
  if (isEmpty(condition)) return null
  // Two rules of the model write their condition so.
  if ('AND' in condition) return {CheckFunction: 'AND', Items: [condition.AND].flat() as readonly Check[]}
  return condition as Check
}

const leavesOf = (check: Check | Record<string, never>): Leaf[] =>
  check.CheckFunction === 'AND' || check.CheckFunction === 'OR'
    ? (check.Items as readonly Check[]).flatMap(leavesOf)
    : check.CheckFunction === 'CheckModelRule'
      ? []
      : [check as Leaf]

const isPresence = (check: Check | Record<string, never>): boolean =>
  leavesOf(check).some(leaf => leaf.CheckFunction === 'ColumnPresent')

/** Rules of a status, each with what it says: short enough to read when a test fails. */
export const listed = (verdicts: ReadonlyMap<string, Verdict>, ...of: readonly Status[]): string[] =>
  [...verdicts]
    .filter(([, {status}]) => of.includes(status))
    .map(([id, {says, broken}]) => `${id} (${broken}): ${says}`)

export function tally(verdicts: ReadonlyMap<string, Verdict>): {readonly [status in Status]?: number} {
  const counts: {[status in Status]?: number} = {}
  for (const {status} of verdicts.values()) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
