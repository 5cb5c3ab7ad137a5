/** The changes of a range for programs and for people. What traffic and prices say is filled in where a database knows it. */
import type {Report} from '../../report/report.ts'
import type {Change, ChangeKind, Detection, Skipped} from '../../review/change.ts'
import type {OwnerOf} from './owners.ts'

export interface Diff {
  /** Commits, 40 hex digits. */
  readonly base: string
  readonly head: string
  readonly generatedAt: string
  readonly detection: Detection
  readonly ownerOf: OwnerOf
}

/** The contract's object. Null: not known. */
export const toJson = ({base, head, generatedAt, detection: {changes, skipped}, ownerOf}: Diff) => ({
  generated_at: generatedAt,
  base,
  head,
  changes: changes.map(({kind, path, line, key, from, to, production}) => ({
    kind,
    path,
    line,
    key,
    service: null,
    owner: ownerOf(path),
    from,
    to,
    production,
    window: null,
    observed: null,
    delta_usd_month: null,
    delta_pct: null,
    replayed_usd: null,
    per_1000_requests_usd: null,
    confidence: null,
    action_class: 'observe',
  })),
  totals: {...countsOf(changes), delta_usd_month: null, delta_pct: null},
  skipped,
})

const countsOf = (changes: readonly Change[]) => ({
  changes: changes.length,
  production: changes.filter(({production}) => production).length,
  unresolved: changes.filter(({kind}) => kind === 'unresolved').length,
})

const SAID: {readonly [kind in ChangeKind]: string} = {
  model_changed: 'model',
  model_added: 'model added',
  model_removed: 'model removed',
  provider_changed: 'provider',
  fallback_changed: 'route',
  reasoning_introduced: 'reasoning introduced',
  reasoning_changed: 'reasoning',
  limit_changed: 'limit',
  batch_changed: 'batch',
  schedule_changed: 'schedule',
  cache_changed: 'cache',
  tier_changed: 'tier',
  prompt_changed: 'prompt',
  unresolved: 'not found',
}

export function toReport({base, head, detection: {changes, skipped}, ownerOf}: Diff): Report {
  return {
    title: 'Model changes',
    subtitle: `${base.slice(0, 12)}..${head.slice(0, 12)}`,
    tables: [
      {
        key: 'changes',
        title: null,
        columns: [
          {key: 'where', label: 'Where', kind: 'text'},
          {key: 'what', label: 'What', kind: 'text'},
          {key: 'from', label: 'From', kind: 'text'},
          {key: 'to', label: 'To', kind: 'text'},
          {key: 'owner', label: 'Owner', kind: 'text', drop: 1},
        ],
        rows: changes.map(change => ({
          where: `${change.path}:${change.line}`,
          what: `${SAID[change.kind]}${named(change)}${change.production ? '' : ' (development)'}`,
          from: change.from,
          to: change.to,
          owner: ownerOf(change.path),
        })),
        empty: 'No change to models, routes, limits, prompts or schedules.',
      },
    ],
    closing: [...skipped.slice(0, MOST_SKIPPED).map(skippedText), ...moreSkipped(skipped), closing(changes)],
  }
}

const MOST_SKIPPED = 5

/** Which of several settings, where the kind alone leaves it open. */
const named = ({kind, key}: Change): string =>
  /^(?:limit|batch|cache|reasoning)_/.test(kind) && key !== '' ? ` ${key}` : ''

const skippedText = ({path, reason}: Skipped): string => `not read: ${path}, ${reason}`

const moreSkipped = (skipped: readonly Skipped[]): string[] =>
  skipped.length > MOST_SKIPPED ? [`and ${skipped.length - MOST_SKIPPED} more not read`] : []

function closing(changes: readonly Change[]): string {
  const {production, unresolved} = countsOf(changes)
  const many = changes.length === 1 ? '1 change' : `${changes.length} changes`
  const parts = [
    many,
    `${production} in production`,
    ...(unresolved > 0 ? [`${unresolved} whose model could not be found`] : []),
  ]
  return changes.length === 0 ? 'no change' : `${parts.join(', ')}; not priced: no traffic was looked at`
}
