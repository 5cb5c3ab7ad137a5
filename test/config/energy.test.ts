import {expect, test} from 'vitest'
import {schema} from '../../src/config/config.ts'

const problems = (energy: unknown): string[] =>
  (schema.safeParse({energy}).error?.issues ?? []).map(({path, message}) => `${path.join('.')}: ${message}`)

test.each([
  [{zones: {'aws-eu-west-1': 'FRA'}}, []],
  [{models: {ours: {total: 70, active: 70, open: true}}}, []],
  [{zones: {'our-own': 'CELLAR'}, intensity: {CELLAR: 12.5}}, []],
  [
    {zones: {'our-own': 'CELLAR'}},
    [
      'energy.zones.our-own: "CELLAR" is no zone of the grid table, such as FRA or WORLD, and intensity says nothing of it',
    ],
  ],
  [
    {models: {ours: {total: 7, active: 70, open: true}}},
    ['energy.models.ours.active: more parameters are active than there are'],
  ],
])('%j', (energy, expected) => expect(problems(energy)).toEqual(expected))

test.each([
  {intensity: {FRA: -1}},
  {intensity: {FRA: '56'}},
  {models: {ours: {total: 0, active: 0, open: true}}},
  {models: {ours: {active: 7, open: true}}},
  {wh: 1},
])('%j is refused', energy => expect(problems(energy)).not.toEqual([]))
