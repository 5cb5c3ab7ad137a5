/** The access review queue: credentials that somebody should look at, by the money at stake. */
import {formatUsd, type Nanos, showExactUsd, showUsd} from '../../model/money.ts'
import {formatDay} from '../../model/time.ts'
import {
  type AccessFinding,
  accessFindings,
  FINDING_KINDS,
  type FindingKind,
  type ReviewState,
} from '../access-findings.ts'
import {settledNowRemarks} from '../closing-view.ts'
import {exceeds, parseRules} from '../fail-on.ts'
import {lens, periodToJson} from '../lens.ts'
import {totalsOf} from '../lines.ts'
import type {Loaded} from '../load.ts'
import {loadAccess} from '../load-access.ts'
import {closedPeriods} from '../load-closed.ts'
import {reconcilingLines} from '../reconcile.ts'
import type {Column, Report} from '../report.ts'

interface Security {
  readonly loaded: Loaded
  /** Of closed periods in view. */
  readonly kept: readonly string[]
  readonly findings: readonly AccessFinding[]
  readonly total: Nanos
  /** Of the total, what any finding means; money that several mean is in it once. */
  readonly underReview: Nanos
}

export const security = lens({
  id: 'security',
  summary: 'access review queue: shared, orphaned, recycled and leavers’ keys, contradicted callers',
  load: (store, request): Security => {
    const access = loadAccess(store, request)
    const findings = accessFindings(access)
    const {loaded} = access
    const kept = settledNowRemarks(closedPeriods(store), request.period)
    return {loaded, kept, findings, total: totalsOf(loaded.spend).total, underReview: meantBy(findings)}
  },
  toReport,
  toJson,
  broken,
})

/** Of parts of one attribution the largest holds the others: a leaver's are some days of it, the rest all of it. */
export function meantBy(findings: readonly AccessFinding[]): Nanos {
  const meant = new Map<number, {readonly cost: Nanos; readonly records: number}>()
  for (const {parts} of findings)
    for (const [id, part] of parts) if (part.records > (meant.get(id)?.records ?? 0)) meant.set(id, part)
  return [...meant.values()].reduce((sum, {cost}) => sum + cost, 0n)
}

const WORDS: {readonly [kind in FindingKind]: readonly [label: string, action: string]} = {
  leaver: ["leaver's", 'revoke the key, or give what uses it one of its own'],
  master: ['master key', 'give whoever calls a key of their own, and keep this one for administration'],
  shared: ['shared', 'give each service a key of its own, or have callers say who they are'],
  orphaned: [
    'no owner',
    'have the administrator name an accountable team: venturi override add, or owned_by in its record',
  ],
  recycled: ['recycled', 'give the new holder a new key, and end the old one'],
  contradicted: ['contradicted', "have the caller's team correct what it says, or its key's record"],
}

const REVIEWS: {readonly [state in ReviewState]: string} = {
  revoke: 'revoke',
  disputed: 'disputed',
  review: 'review contested',
  confirm: 'confirm owner',
  advisory: 'kept advisory',
}

const COLUMNS: readonly Column[] = [
  {key: 'finding', label: 'Finding', kind: 'text'},
  {key: 'subject', label: 'Subject', kind: 'text'},
  {key: 'cost_usd', label: 'Spend', kind: 'usd'},
  {key: 'owners', label: 'Workload owner', kind: 'list'},
  {key: 'review', label: 'Access review', kind: 'text', drop: 3},
  {key: 'basis', label: 'Resolver basis', kind: 'list', drop: 4},
  {key: 'first', label: 'First use', kind: 'day', drop: 6},
  {key: 'last', label: 'Last use', kind: 'day', drop: 2},
  {key: 'records', label: 'Records', kind: 'count', drop: 5},
  {key: 'note', label: 'Why and what to do', kind: 'note'},
]

function toReport({loaded, kept, findings, total, underReview}: Security): Report {
  return {
    title: 'Access review',
    subtitle: `${loaded.label}, by money at stake; gate posture: advisory, nothing is enforced`,
    tables: [
      {
        key: 'findings',
        title: null,
        columns: COLUMNS,
        rows: findings.map(finding => ({
          finding: WORDS[finding.kind][0],
          subject: finding.subject,
          cost_usd: finding.cost,
          owners: finding.owners.length === 0 ? null : finding.owners.map(({name}) => name),
          review: REVIEWS[finding.review],
          basis: finding.basis.length === 0 ? null : finding.basis,
          ...{first: formatDay(finding.first), last: formatDay(finding.last), records: finding.records},
          note: noteOf(finding),
        })),
        empty: 'No credential needs a review.',
      },
    ],
    closing: [
      ...(findings.length > 0
        ? [
            'a credential may stand under several findings; its money is counted once below',
            'people are never named: of what speaks of one only the file is told',
          ]
        : []),
      ...kept,
      `under review ${showExactUsd(underReview)} + the rest ${showExactUsd(total - underReview)} = total ${showExactUsd(total)}`,
      ...reconcilingLines(totalsOf(loaded.spend), loaded),
    ],
  }
}

function noteOf({kind, because, evidence}: AccessFinding): string {
  const seen = evidence.length === 0 ? '' : ` Seen in ${evidence.join(', ')}.`
  return `${because.charAt(0).toUpperCase()}${because.slice(1)}. To do: ${WORDS[kind][1]}.${seen}`
}

function toJson({loaded, findings, total, underReview}: Security) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    gate_posture: 'advisory',
    totals: {
      total_usd: formatUsd(total),
      under_review_usd: formatUsd(underReview),
      rest_usd: formatUsd(total - underReview),
      findings: Object.fromEntries(
        FINDING_KINDS.map(kind => [kind, findings.filter(finding => finding.kind === kind).length]),
      ),
    },
    findings: findings.map(finding => ({
      kind: finding.kind,
      credential: finding.credential,
      subject: finding.subject,
      workload_owners: finding.owners,
      resolver_basis: finding.basis,
      cost_usd: finding.cost === null ? null : formatUsd(finding.cost),
      records: finding.records,
      first_use: formatDay(finding.first),
      last_use: formatDay(finding.last),
      because: finding.because,
      action: WORDS[finding.kind][1],
      evidence: finding.evidence,
      gate_posture: 'advisory',
      access_review: finding.review,
    })),
  }
}

const MEND = `write ${FINDING_KINDS.slice(0, -1).join(', ')} or ${FINDING_KINDS.at(-1)}, these also with >Nusd, joined by |`

/** What breaks rules as written, a line each. */
function broken({findings}: Security, written: readonly string[]): string[] {
  return parseRules(written, {measures: FINDING_KINDS, shares: false, mend: MEND}).flatMap(
    ({text, measure, above}) =>
      findings
        .filter(({kind, cost}) => kind === measure && (above === null || exceeds(above, cost ?? 0n, 0n)))
        .map(
          ({subject, cost}) =>
            `${subject}: ${cost === null ? 'use of unknown cost' : showUsd(cost)} breaks ${text}`,
        ),
  )
}
