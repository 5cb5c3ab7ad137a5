/** How days and aliases are written in `venturi.yaml`. */
import {z} from 'zod'
import {parseTime} from '../model/time.ts'

export const day = z
  .string()
  .refine(
    text => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTime(text) !== null,
    'a day of the calendar, like 2026-10-01',
  )

export const aliasText = z
  .string()
  .regex(/^[a-z0-9]+:\S+\/?.*$/, 'an alias, like openai:project/proj_1 or github:team/acme/payments')
