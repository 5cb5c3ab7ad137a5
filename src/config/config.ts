/** `venturi.yaml`: checked once with zod; past this point its types are believed. */
import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import {z} from 'zod'
import {UserError} from '../model/errors.ts'
import {allocations} from './allocations.ts'
import {energy} from './energy.ts'
import {refuseContradiction} from './same-and-apart.ts'
import {refuseSecrets, sources} from './sources.ts'
import {aliasText as alias, day} from './words.ts'

const decimal = z.string().regex(/^\d+(\.\d+)?$/, 'a decimal in quotes, like "0.25"')

/** Every key of `venturi.yaml`; the file that `venturi init` writes shows each of them. */
export const schema = z.strictObject({
  version: z.literal(1).optional(),
  rates: z
    .array(
      z
        .strictObject({
          provider: z.string().optional(),
          model: z.string(),
          from: day.optional(),
          to: day.optional(),
          per_million_usd: z.strictObject({
            input: decimal,
            output: decimal,
            cache_read: decimal.optional(),
            cache_write: decimal.optional(),
            cache_write_1h: decimal.optional(),
          }),
        })
        .refine(({from = '', to = from}) => from <= to, {message: 'ends before it begins', path: ['to']}),
    )
    .optional(),
  azure_deployments: z.record(z.string(), z.string()).optional(),
  /** Aliases that are one team, person, service or repository, as `explain` prints them. */
  same: z.array(z.array(alias).min(2)).optional(),
  /** Aliases that are not one, two by two: never merged, directly or through a third. */
  apart: z.array(z.array(alias).min(2)).optional(),
  /** Whose a key, project, role, service or repository is, whatever the evidence says. */
  owners: z
    .array(z.strictObject({of: alias, team: z.string(), from: day.optional(), until: day.optional()}))
    .optional(),
  /** The trained model: whether and which. */
  inference: z
    .strictObject({
      enabled: z.boolean().optional(),
      model: z.string().optional(),
      budget_seconds: z.number().positive().optional(),
      recalled: z.array(z.string()).optional(),
    })
    .optional(),
  /** How a shared cost is split, as agreed. */
  allocations: allocations.optional(),
  /** What the company knows better than `model/energy`. */
  energy: energy.optional(),
  /** What `venturi ingest` without a path asks. */
  sources: sources.optional(),
})

export type Config = z.infer<typeof schema>

/** Reads and checks a configuration file; an unreadable one is a `UserError` with its place. */
export function readConfig(path: string | null): Config {
  if (path === null) return {}
  let document: unknown
  try {
    document = parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UserError(
      `${path}: ${(error as Error).message.split('\n')[0]}`,
      'check indentation and quotes at that line',
    )
  }
  refuseSecrets(document, path)
  const checked = schema.safeParse(document ?? {})
  if (checked.success) {
    refuseContradiction(checked.data, path)
    return checked.data
  }
  const [first] = checked.error.issues
  throw new UserError(
    `${path}: ${first!.path.join('.') || 'top level'}: ${first!.message}`,
    'see docs/configuration.md for what each key takes',
  )
}
