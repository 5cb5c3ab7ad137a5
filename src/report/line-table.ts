/** Lines as rows of a table, the same in every lens. */
import type {Line} from './lines.ts'
import type {Column, Row} from './report.ts'

export const LINE_COLUMNS: readonly Column[] = [
  {key: 'organization', label: 'Organization', kind: 'text'},
  {key: 'budget', label: 'Budget', kind: 'text'},
  {key: 'spend_class', label: 'Spend', kind: 'class'},
  {key: 'cost_usd', label: 'Cost', kind: 'usd'},
  {key: 'records', label: 'Records', kind: 'count', drop: 1},
  {key: 'coper_min', label: 'Lowest', kind: 'ratio', drop: 4},
  {key: 'coper_mean', label: 'Conf.', kind: 'ratio'},
  {key: 'confidence_basis', label: 'Basis', kind: 'list', drop: 3},
  {key: 'top_services', label: 'Top services', kind: 'list', drop: 2},
]

/** Who an unnamed line is about. */
export const nobody = ({state}: Pick<Line, 'state'>): string =>
  state === 'unknown'
    ? '(owner not known)'
    : state === 'not_identifiable'
      ? '(not identifiable)'
      : '(nobody named)'

export const lineToRow = (line: Line): Row => ({
  organization: line.organization?.name ?? nobody(line),
  budget: line.budget?.name ?? null,
  spend_class: line.spendClass,
  cost_usd: line.cost,
  records: line.records,
  coper_min: line.spendClass === 'unresolved' ? null : line.coperMin,
  coper_mean: line.spendClass === 'unresolved' ? null : line.coperMean,
  confidence_basis: line.basis,
  top_services: line.topServices.map(({service}) => service.name),
})
