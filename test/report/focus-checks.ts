/** What the check functions of FOCUS's rules mean. A row is what a CSV holds: text, or null where a cell is empty. */
export type Row = ReadonlyMap<string, string | null>

export type Check =
  | {readonly CheckFunction: 'AND' | 'OR'; readonly Items: readonly Check[]}
  | {readonly CheckFunction: 'CheckModelRule'; readonly ModelRuleId: string}
  | Leaf
export type Leaf = {readonly CheckFunction: string; readonly [argument: string]: unknown}

const cell = (row: Row, column: unknown): string | null => row.get(String(column)) ?? null

const NUMERIC = /^-?(\d+(\.\d+)?|\.\d+)(E-?\d+)?$/
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

/** `Tokens`, `1000 Tokens`, `GB-Hours`, `GB/Month`. */
const UNIT = /^(\d+ )?[A-Z][A-Za-z]*(-(Years|Months|Days|Hours|Minutes|Seconds)|\/(\d+ )?[A-Z][a-z]+s?)?$/

function isTime(text: string): boolean {
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString() === text.replace('Z', '.000Z')
}

function isKeyValue(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown
    const keys = [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].map(([, key]) => key)
    return (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every(item => typeof item !== 'object' || item === null) &&
      keys.length >= Object.keys(value).length &&
      new Set(Object.keys(value)).size === Object.keys(value).length
    )
  } catch {
    return false
  }
}

/** A decimal as a whole number of 10^-scale. */
function exact(text: string): {readonly digits: bigint; readonly scale: number} {
  const [mantissa = '', exponent = '0'] = text.split('E')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return {digits: BigInt(`${whole}${fraction}`), scale: fraction.length - Number(exponent)}
}

function isProduct(a: string, b: string, result: string): boolean {
  if (![a, b, result].every(text => NUMERIC.test(text))) return false
  const [x, y, z] = [exact(a), exact(b), exact(result)]
  const scale = Math.max(x.scale + y.scale, z.scale)
  return (
    x.digits * y.digits * 10n ** BigInt(scale - x.scale - y.scale) ===
    z.digits * 10n ** BigInt(scale - z.scale)
  )
}

const sameValue = (held: string | null, value: unknown): boolean =>
  held === null || value === null
    ? held === value
    : typeof value === 'number'
      ? NUMERIC.test(held) && Number(held) === value
      : held === value

/** Where a cell has to be of a form; what may be empty is another rule's business. */
const FORMS: {readonly [name: string]: (text: string) => boolean} = {
  TypeString: text => text.trim() !== '',
  FormatString: text => text.trim() !== '' && text.isWellFormed(),
  TypeDecimal: text => NUMERIC.test(text),
  FormatNumeric: text => NUMERIC.test(text),
  CheckDecimalValue: text => NUMERIC.test(text),
  TypeDateTime: isTime,
  FormatDateTime: isTime,
  FormatUnit: text => UNIT.test(text),
  FormatKeyValue: isKeyValue,
  FormatCurrency: text => CURRENCIES.has(text),
  CheckNationalCurrency: text => CURRENCIES.has(text),
}

/** Rows that fail a check of single rows or of a column. Throws on a check it does not know. */
export function failing(check: Leaf, rows: readonly Row[]): readonly Row[] {
  const {CheckFunction: name} = check
  // One rule of the model names its column with another word.
  const column = check.ColumnName ?? check.CheckCondition
  const form = FORMS[name]
  if (form)
    return rows.filter(row => {
      const held = cell(row, column)
      return held !== null && !form(held)
    })
  switch (name) {
    case 'CheckValue':
      return rows.filter(row => !sameValue(cell(row, column), check.Value))
    case 'CheckNotValue':
      return rows.filter(row => sameValue(cell(row, column), check.Value))
    case 'CheckSameValue':
      return rows.filter(row => cell(row, check.ColumnAName) !== cell(row, check.ColumnBName))
    case 'CheckNotSameValue':
      return rows.filter(row => cell(row, check.ColumnAName) === cell(row, check.ColumnBName))
    case 'CheckGreaterOrEqualThanValue':
      return rows.filter(row => {
        const held = cell(row, column)
        return held !== null && !(Number(held) >= Number(check.Value))
      })
    case 'ColumnByColumnEqualsColumnValue':
      return rows.filter(row => {
        const [a, b, result] = [check.ColumnAName, check.ColumnBName, check.ResultColumnName].map(of =>
          cell(row, of),
        )
        return a != null && b != null && (result == null || !isProduct(a, b, result))
      })
    case 'CheckDistinctCount': {
      const found = new Map<string | null, Set<string | null>>()
      const keyOf = (row: Row) => cell(row, check.ColumnAName)
      for (const row of rows)
        found.set(keyOf(row), (found.get(keyOf(row)) ?? new Set()).add(cell(row, check.ColumnBName)))
      return rows.filter(row => keyOf(row) !== null && found.get(keyOf(row))!.size !== check.ExpectedCount)
    }
    default:
      throw new Error(`no such check: ${name}`)
  }
}

/** The columns whose cells a check looks at. */
export const columnsOf = (check: Leaf): string[] =>
  ['ColumnName', 'ColumnAName', 'ColumnBName', 'ResultColumnName']
    .map(argument => check[argument])
    .filter(column => typeof column === 'string')
