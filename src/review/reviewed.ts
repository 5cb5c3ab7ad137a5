/** The object that `venturi diff --json` prints, read back: checked once, and from here on believed. Fields it does not know are left alone. */
import {z} from 'zod'
import {UserError} from '../model/errors.ts'
import {type Nanos, parseUsd} from '../model/money.ts'

const usd = z.string().transform((text, context): Nanos => {
  const nanos = parseUsd(text)
  if (nanos !== null) return nanos
  context.addIssue({code: 'custom', message: `${JSON.stringify(text)} is not an amount like "12.50"`})
  return z.NEVER
})

/** Absent is not known. */
const orNull = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform(value => value ?? null)

const name = z.union([z.string(), z.looseObject({name: z.string()}).transform(named => named.name)])
const count = z.number().int().nonnegative()
const range = z.object({low: usd, mid: usd, high: usd})
const beforeAndAfter = orNull(z.object({from: orNull(usd), to: orNull(usd)}))
const instant = z.string().refine(text => !Number.isNaN(Date.parse(text)), {message: 'is not a time'})
const commit = z.string().regex(/^[0-9a-f]{7,64}$/, 'is not a commit')

const change = z.object({
  kind: z.string(),
  path: z.string(),
  line: orNull(count),
  /** What it is the value of, as written. */
  key: orNull(z.string()),
  service: orNull(name),
  owner: orNull(name),
  from: orNull(z.string()),
  to: orNull(z.string()),
  production: z
    .boolean()
    .nullish()
    .transform(said => said ?? true),
  window: orNull(z.object({since: z.string(), until: z.string(), days: z.number().positive()})),
  observed: orNull(
    z.object({
      requests: count,
      input_tokens: orNull(count),
      output_tokens: orNull(count),
      cost_usd: orNull(usd),
    }),
  ),
  delta_usd_month: orNull(range),
  /** Per cent; 12.5 is an eighth more. */
  delta_pct: orNull(z.number()),
  replayed_usd: beforeAndAfter,
  per_1000_requests_usd: beforeAndAfter,
  /** A band in words, or a probability. */
  confidence: orNull(z.union([z.string(), z.number()])),
  action_class: orNull(z.string()),
})

/** A budget the change is charged to: what a month comes to with it. */
const budget = z.object({
  name: z.string(),
  limit_usd: orNull(usd),
  projected_usd: orNull(usd),
  exceeded: z.boolean(),
})

const schema = z.object({
  schema_version: z.literal('1').optional(),
  generated_at: instant,
  base: orNull(commit),
  head: orNull(commit),
  changes: z.array(change),
  totals: z
    .object({delta_usd_month: orNull(range), delta_pct: orNull(z.number())})
    .nullish()
    .transform(totals => totals ?? {delta_usd_month: null, delta_pct: null}),
  budgets: z
    .array(budget)
    .nullish()
    .transform(found => found ?? []),
  /** Watt-hours a month, more or less than before. */
  energy_wh_month: orNull(z.object({low: z.number(), mid: z.number(), high: z.number()})),
  assumptions: z
    .array(z.string())
    .nullish()
    .transform(said => said ?? []),
  skipped: z
    .array(z.object({path: z.string(), reason: z.string()}))
    .nullish()
    .transform(files => files ?? []),
})

/** Amounts in nano-dollars; null: not known. */
export type Reviewed = z.infer<typeof schema>
export type ReviewedChange = Reviewed['changes'][number]
export type UsdRange = z.infer<typeof range>

/** `where` is the file's name as the person wrote it. Throws a `UserError` that says which field is wrong. */
export function readReviewed(text: string, where: string): Reviewed {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw new UserError(`${where}: is not JSON`, 'write it with venturi diff --json > diff.json')
  }
  const read = schema.safeParse(document)
  if (read.success) return read.data
  const [first] = read.error.issues
  throw new UserError(
    `${where}: ${first!.path.join('.') || 'top level'}: ${first!.message}`,
    'give the object that venturi diff --json prints',
  )
}

/** What the whole range adds to a month: as the diff says, else the sum of what is known of its changes; null: nothing is. */
export function totalOf({totals, changes}: Reviewed): UsdRange | null {
  if (totals.delta_usd_month !== null) return totals.delta_usd_month
  const known = changes.flatMap(({delta_usd_month}) => delta_usd_month ?? [])
  if (known.length === 0) return null
  const sum = (end: keyof UsdRange): Nanos => known.reduce((total, amount) => total + amount[end], 0n)
  return {low: sum('low'), mid: sum('mid'), high: sum('high')}
}
