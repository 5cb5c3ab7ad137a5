/** `energy` of `venturi.yaml`: where electricity comes from, how clean it is, how large a model is. */
import {z} from 'zod'
import {GRID} from '../model/energy/grid.ts'

const billions = z.number().positive()

const size = z
  .strictObject({
    total: billions,
    active: billions,
    open: z.boolean(),
    embeds: z.literal(true).optional(),
  })
  .refine(({total, active}) => active <= total, {
    message: 'more parameters are active than there are',
    path: ['active'],
  })

export const energy = z
  .strictObject({
    zones: z.record(z.string(), z.string()).optional(),
    intensity: z.record(z.string(), z.number().nonnegative()).optional(),
    models: z.record(z.string(), size).optional(),
  })
  .superRefine(({zones = {}, intensity = {}}, context) => {
    for (const [place, zone] of Object.entries(zones))
      if (!GRID.has(zone) && !Object.hasOwn(intensity, zone))
        context.addIssue({
          code: 'custom',
          path: ['zones', place],
          message: `"${zone}" is no zone of the grid table, such as FRA or WORLD, and intensity says nothing of it`,
        })
  })
