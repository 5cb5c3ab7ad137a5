/** A small company whose services share a key, with every request known. */

import {type Active, type Attribution, attributeAll, buildWorld} from '../../src/engine/attribute.ts'
import {kindOf, type LinkRow} from '../../src/engine/graph.ts'
import type {Use, Window} from '../../src/engine/stages/shared-use.ts'
import type {AllocationRule} from '../../src/model/allocation-rule.ts'
import {teamsOf} from '../../src/model/allocation-rule.ts'
import type {Alias, Relation, Signature} from '../../src/model/fact.ts'
import {DAY_MS} from '../../src/model/time.ts'
import {loadModel} from '../../src/server/model/load.ts'

export const FIRST = Date.UTC(2026, 9, 1)
export const SHARED = 'litellm:key/shared'
export const TEAMS = ['heron', 'ibis', 'egret', 'quail', 'snipe'] as const
export const teamOf = (index: number): Alias => `okta:group/${TEAMS[index]}`
const serviceOf = (index: number): string => `${TEAMS[index]}-api`

export interface Request {
  /** Whose it really is, an index of `TEAMS`. */
  readonly team: number
  /** Epoch ms. */
  readonly at: number
  readonly model: string
  readonly nanos: number
  /** `silent` and `hinted` under the shared key; `own` under the service's own. */
  readonly under: 'silent' | 'tag' | 'span' | 'both' | 'own'
  readonly also?: Partial<Signature>
}

export const request = (
  team: number,
  under: Request['under'],
  {at = FIRST, model = 'gpt-5', nanos = 1_000, also = {}}: Partial<Request> = {},
): Request => ({team, at, model, nanos, under, also})

const signatureOf = ({team, under, also = {}}: Request): Signature => ({
  channel: 'litellm',
  key: under === 'own' ? `litellm:key/${TEAMS[team]}` : SHARED,
  ...(under === 'span' || under === 'both' ? {service: serviceOf(team)} : {}),
  ...(under === 'tag' || under === 'both' ? {tag_service: serviceOf(team)} : {}),
  ...also,
})

interface Company {
  /** Of the shared key; the others of `TEAMS` exist too. */
  readonly consumers: readonly number[]
  readonly requests: readonly Request[]
  readonly rules?: readonly AllocationRule[]
  /** One of `TEAMS`: a second catalog gives its service to another team. */
  readonly doubtful?: number
  /** Nobody lists the single requests. */
  readonly onlySums?: boolean
}

/** What is settled for each signature, by its text. */
export function settle({
  consumers,
  requests,
  rules = [],
  doubtful,
  onlySums = false,
}: Company): Map<string, Attribution> {
  const links: LinkRow[] = []
  const link = (from: Alias, relation: Relation, to: Alias, basis: LinkRow['basis'], rule?: AllocationRule) =>
    links.push({
      ...{from, relation, to, basis, exclusive: false, where: 'facts:1'},
      ...{validFrom: rule?.from ?? null, validTo: rule?.until ?? null},
    })
  const entities = TEAMS.flatMap((name, index) => [
    {
      kind: 'organization' as const,
      alias: teamOf(index),
      name,
      type: 'group',
      status: null,
      where: 'facts:1',
    },
    {
      ...{kind: 'service' as const, alias: `backstage:component/default/${serviceOf(index)}`},
      ...{name: serviceOf(index), type: 'service', status: null, where: 'facts:1'},
    },
  ])
  TEAMS.forEach((name, index) => {
    link(`backstage:component/default/${serviceOf(index)}`, 'owned_by', teamOf(index), 'catalog')
    link(`litellm:key/${name}`, 'acts_for', `backstage:component/default/${serviceOf(index)}`, 'key_record')
  })
  if (doubtful !== undefined) {
    const other = `datadog:service/${serviceOf(doubtful)}`
    link(other, 'same_as', `backstage:component/default/${serviceOf(doubtful)}`, 'declared')
    link(other, 'owned_by', teamOf(TEAMS.length - 1), 'catalog')
  }
  for (const index of consumers) link(SHARED, 'consumed_by', `name:service/${serviceOf(index)}`, 'key_record')
  for (const rule of rules)
    for (const team of teamsOf(rule)) link(rule.of, 'consumed_by', team, 'declared', rule)
  const groups = [...Map.groupBy(requests, one => JSON.stringify(signatureOf(one)))]
  const actives = groups.map(([text, list], id): Active => {
    const days = list.map(({at}) => Math.floor(at / DAY_MS))
    return {
      ...{id, signature: JSON.parse(text) as Signature, firstAt: Math.min(...list.map(({at}) => at))},
      ...{firstDay: Math.min(...days), lastDay: Math.max(...days)},
      cost: list.reduce((sum, {nanos}) => sum + BigInt(nanos), 0n),
    }
  })
  const usesOf = (windows: readonly Window[]): Use[][] =>
    windows.map(({signatureId, from, to}) =>
      onlySums ? [] : usesIn(groups[signatureId]![1].filter(({at}) => from <= at && at < to)),
    )
  const world = buildWorld(
    {entities, links, rules: [], deployments: [], commits: []},
    actives.map(({signature}) => signature),
    loadModel({}, '').model,
  )
  for (const {alias, kind} of entities) if (kindOf(alias) !== kind) throw new Error(alias)
  return new Map(
    attributeAll(world, actives, {rules, usesOf}).map(found => [
      `${groups[found.signatureId]![0]} ${found.from}`,
      found,
    ]),
  )
}

function usesIn(list: readonly Request[]): Use[] {
  const hourOf = (at: number): number => {
    const date = new Date(at)
    return date.getUTCHours() + ([0, 6].includes(date.getUTCDay()) ? 24 : 0)
  }
  return [...Map.groupBy(list, ({at, model}) => `${hourOf(at)} ${model}`).values()].map(cell => ({
    ...{model: cell[0]!.model, hour: hourOf(cell[0]!.at), requests: cell.length, tokens: cell.length * 10},
    nanos: cell.reduce((sum, {nanos}) => sum + nanos, 0),
  }))
}

/** The splits of what several share, one a signature and interval. */
export const splits = (company: Company): Attribution[] =>
  [...settle(company).values()].filter(({outcome}) => outcome.output_state === 'bounded')

/** `heron 60.0, nobody 40.0`: what each gets of one split, in percent. */
export const shown = ({outcome}: Attribution): string =>
  outcome.shares
    .map(
      ({organization, share_ppm}) => `${organization?.name ?? 'nobody'} ${(share_ppm / 10_000).toFixed(1)}`,
    )
    .join(', ')
