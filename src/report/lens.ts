/** One way to read the same records. */
import {formatDay} from '../model/time.ts'
import type {ReadableStore} from '../store/query.ts'
import type {Request} from './load.ts'
import type {Period} from './period.ts'
import type {Report} from './report.ts'

export interface View {
  /** For people: any of the text formats shows it. */
  readonly report: Report
  /** For programs: the contract's object, without `schema_version`. */
  readonly json: object
  /** What breaks rules of `--fail-on`, a line each; absent: this lens has no rules. Rules that cannot be read throw. */
  readonly broken?: (rules: readonly string[]) => readonly string[]
}

export interface Lens {
  readonly id: string
  readonly summary: string
  /** It asks what usage costs elsewhere (`Request.quote`), and price lists take a while to load. */
  readonly priced?: true
  readonly view: (store: ReadableStore, request: Request) => View
}

/** A lens is how it reads the store, and what it makes of that: a report and an object, both pure. */
export const lens = <Id extends string, Model>({
  id,
  summary,
  load,
  toReport,
  toJson,
  broken,
  priced,
}: {
  readonly id: Id
  readonly summary: string
  readonly priced?: true
  readonly load: (store: ReadableStore, request: Request) => Model
  readonly toReport: (model: Model) => Report
  readonly toJson: (model: Model) => object
  readonly broken?: (model: Model, rules: readonly string[]) => readonly string[]
}): Lens & {readonly id: Id} => ({
  id,
  summary,
  ...(priced && {priced}),
  view: (store, request) => {
    const model = load(store, request)
    return {
      ...{report: toReport(model), json: toJson(model)},
      ...(broken && {broken: (rules: readonly string[]) => broken(model, rules)}),
    }
  },
})

/** A period as instants, start included and end excluded; null: unbounded. */
export const periodToJson = ({from, to}: Period) => ({
  since: from === null ? null : `${formatDay(from)}T00:00:00Z`,
  until: to === null ? null : `${formatDay(to)}T00:00:00Z`,
})
