/** `allocations:` of `venturi.yaml`: how shared costs are split, as the company has agreed. */
import {z} from 'zod'
import * as alias from '../model/alias.ts'
import {ALLOCATION_KEYS, type AllocationRule, BILLIONTHS} from '../model/allocation-rule.ts'
import {DAY_MS, parseTime} from '../model/time.ts'
import {aliasText, day} from './words.ts'

const decimalShare = z
  .string()
  .regex(/^(0|1|0\.\d{1,9}|1\.0{1,9})$/, 'a share in quotes, like "0.25", with at most nine decimals')
const ppm = z.int('a share: "0.25" in quotes, or whole parts per million, like 250000').min(0).max(1_000_000)
const team = z.string().min(1)

const billionths = (share: string | number): number =>
  typeof share === 'number'
    ? share * (BILLIONTHS / 1_000_000)
    : Number(share.replace('.', '').padEnd(10, '0'))

/** Values of requests that a map gives to teams; the others count use that is known already. */
const MAPPED = new Set(['tenant', 'product_surface', 'calling_application'])

export const allocations = z.array(
  z
    .strictObject({
      of: aliasText,
      why: z.string().min(1, 'who agreed on it, and where that is written down'),
      from: day.optional(),
      until: day.optional(),
      always: z.boolean().optional(),
      shares: z.record(team, z.union([decimalShare, ppm])).optional(),
      by: z.enum(ALLOCATION_KEYS).optional(),
      map: z.record(z.string().min(1), team).optional(),
      remainder: z.union([z.literal('unallocated'), z.strictObject({team})]).optional(),
    })
    .superRefine(({from = '', until = from, shares, by, map, remainder}, context) => {
      const wrong = (key: string, message: string) => context.addIssue({code: 'custom', path: [key], message})
      if (from > until) wrong('until', 'ends before it begins')
      if ((shares === undefined) === (by === undefined))
        wrong('shares', 'a rule has either shares: or by:, and not both')
      if (map !== undefined && !MAPPED.has(by ?? ''))
        wrong('map', 'only by: tenant, product_surface or calling_application has values to map')
      if (shares === undefined) return
      const given = Object.values(shares).reduce<number>((sum, share) => sum + billionths(share), 0)
      const whole = given / BILLIONTHS
      if (given > BILLIONTHS) wrong('shares', `they sum to ${whole}, and must sum to 1`)
      else if (given < BILLIONTHS && remainder === undefined)
        wrong(
          'shares',
          `they sum to ${whole}, and must sum to exactly 1, or remainder: says whose the rest is`,
        )
    }),
)

/** Rules as the engine reads them. */
export function allocationRules(list: z.infer<typeof allocations> = []): AllocationRule[] {
  return list.map(({of, why, from, until, always = false, shares, by, map = {}, remainder}, index) => ({
    of,
    why,
    from: from === undefined ? null : parseTime(from)!,
    // A bare end day is included.
    until: until === undefined ? null : parseTime(until)! + DAY_MS,
    always,
    split: shares
      ? {
          shares: Object.entries(shares).map(([name, share]) => ({
            team: teamAlias(name),
            billionths: billionths(share),
          })),
        }
      : {
          by: by!,
          map: Object.entries(map).map(([value, name]) => ({value, team: teamAlias(name)})),
        },
    remainder: remainder === undefined || remainder === 'unallocated' ? null : teamAlias(remainder.team),
    place: `venturi.yaml allocations.${index}`,
  }))
}

/** A team by its name, or by one of its names in a system. */
export const teamAlias = (name: string): string => (name.includes(':') ? name : alias.named('team', name))
