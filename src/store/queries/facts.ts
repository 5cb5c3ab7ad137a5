/** Facts, as `attribute` reads them. */
import type {Basis, NodeKind, Relation} from '../../model/fact.ts'
import {query} from '../query.ts'

export const allEntities = query<
  Record<string, never>,
  {
    kind: NodeKind
    alias: string
    name: string | null
    type: string | null
    status: string | null
    where: string
  }
>(
  'allEntities',
  `
  SELECT kind, alias, name, type, status, path || ':' || line AS "where"
  FROM entity JOIN batch ON batch.id = entity.batch_id
  ORDER BY alias, path, line`,
)

export const allLinks = query<
  Record<string, never>,
  {
    relation: Relation
    from: string
    to: string
    basis: Basis
    validFrom: number | null
    validTo: number | null
    exclusive: number
    where: string
  }
>(
  'allLinks',
  `
  SELECT relation, from_alias AS "from", to_alias AS "to", basis, valid_from AS validFrom, valid_to AS validTo, exclusive,
    path || ':' || line AS "where"
  FROM link JOIN batch ON batch.id = link.batch_id
  ORDER BY from_alias, relation, to_alias, basis, ifnull(valid_from, 0), ifnull(valid_to, 0), path, line`,
)

export const allRules = query<
  Record<string, never>,
  {
    repository: string
    file: string
    line: number
    pattern: string
    owners: string
    section: string | null
    validFrom: number | null
    validTo: number | null
    where: string
  }
>(
  'allRules',
  `
  SELECT repository, file, line, pattern, owners, section, valid_from AS validFrom, valid_to AS validTo,
    path || ':' || line AS "where"
  FROM rule JOIN batch ON batch.id = rule.batch_id
  ORDER BY repository, file, ifnull(valid_from, 0), line, path`,
)

export const allDeployments = query<
  Record<string, never>,
  {subject: string; environment: string | null; at: number; where: string}
>(
  'allDeployments',
  `
  SELECT subject, environment, at, path || ':' || line AS "where"
  FROM deployment JOIN batch ON batch.id = deployment.batch_id
  ORDER BY at, subject, path, line`,
)

export const allCommits = query<
  Record<string, never>,
  {repository: string; author: string; at: number; folders: string; where: string}
>(
  'allCommits',
  `
  SELECT repository, author, at, folders, path || ':' || line AS "where"
  FROM repository_commit JOIN batch ON batch.id = repository_commit.batch_id
  ORDER BY repository, sha`,
)

export interface BillRow {
  readonly invoice: string
  readonly provider: string
  readonly account: string | null
  readonly start: bigint
  readonly end: bigint
  readonly amount: bigint
  readonly currency: string
  readonly status: string | null
  readonly batch: bigint
  readonly path: string
  readonly line: bigint
  /** When the list was exported, epoch ms, where that is known. */
  readonly exportedAt: bigint | null
}

/** Every list's word on every invoice. */
export const allBills = query<Record<string, never>, BillRow>(
  'allBills',
  `
  SELECT invoice, provider, account, start, end, amount_nanos AS amount, currency, status, bill.batch_id AS batch, batch.path, line, export.at AS exportedAt
  FROM bill JOIN batch ON batch.id = bill.batch_id LEFT JOIN export ON export.batch_id = bill.batch_id
  ORDER BY provider, start, invoice, path, batch, line`,
  {exact: true},
)

export const allSignatures = query<Record<string, never>, {id: number; evidence: string}>(
  'allSignatures',
  `
  SELECT id, evidence
  FROM signature
  ORDER BY evidence`,
)

export const allModels = query<Record<string, never>, {id: number; identity: string}>(
  'allModels',
  `
  SELECT id, identity
  FROM model
  ORDER BY id`,
)

export const channels = query<Record<string, never>, {channel: string}>(
  'channels',
  `
  SELECT json_extract(evidence, '$.channel') AS channel
  FROM signature
  GROUP BY channel
  ORDER BY channel`,
)
