/** Which kind of change it is when a setting changes, comes or goes, and where it stands. */
import type {Change, ChangeKind} from './change.ts'
import {isProduction} from './left-out.ts'
import {isReasoningModel, sellerOf, withoutSeller} from './model-shape.ts'
import {identityOf, type Setting} from './setting.ts'

/** A prompt that grows or shrinks by less is the same prompt. */
const LEAST_TOKENS = 5
const LEAST_SHARE = 0.05

/** All that the setting itself tells. */
export type Told = Omit<Change, 'model'>

interface Found {
  readonly change: Told
  readonly setting: Setting
}

/** Null: nothing changed that matters. `movedTo` gives a name of the base its path in the head. */
export function changeOf(
  from: Setting,
  to: Setting,
  movedTo: (id: string | null) => string | null,
): Found | null {
  const kind = kindOf(from, to)
  if (kind === null) return null
  const place = placeOf(from, to, movedTo)
  const [before, after] =
    kind === 'provider_changed' && to.subject === 'model' ? providers(from, to) : [shown(from), shown(to)]
  return {
    setting: to,
    change: {kind, ...place, key: to.key, from: before, to: after, production: isProduction(place.path)},
  }
}

export function added(setting: Setting): Told | null {
  const {subject, value, definition} = setting
  if (subject === 'prompt' && definition !== null) return null
  if (isOff(setting)) return null
  const kind: ChangeKind =
    subject === 'model'
      ? value === null
        ? 'unresolved'
        : 'model_added'
      : isSingle(setting)
        ? 'model_added'
        : kindOfSubject(subject, true)
  const place =
    setting.at && setting.at.path === setting.path
      ? {path: setting.at.path, line: setting.at.line}
      : {path: setting.path, line: setting.line}
  return {
    kind,
    ...place,
    key: setting.key,
    from: null,
    to: shown(setting),
    production: isProduction(place.path),
  }
}

export function removed(setting: Setting): Told | null {
  const {subject, value, definition} = setting
  if ((subject === 'model' && value === null) || isOff(setting)) return null
  if (subject === 'prompt' && definition !== null) return null
  const kind: ChangeKind =
    subject === 'model' || isSingle(setting) ? 'model_removed' : kindOfSubject(subject, false)
  return {
    kind,
    path: setting.path,
    line: setting.line,
    key: setting.key,
    from: shown(setting),
    to: null,
    production: isProduction(setting.path),
  }
}

/** A pool of one member is a model under a name of its own. */
const isSingle = ({members, form}: Setting): boolean => form === 'pool' && members.length === 1

/** The same names in the same order: if the models behind them changed, that is told where they are made. */
const sameNames = (from: Setting, to: Setting): boolean =>
  from.members.length === to.members.length &&
  from.members.every(
    ({text, name}, index) =>
      text === to.members[index]!.text || (name !== null && name === to.members[index]!.name),
  )

const isOff = ({subject, value}: Setting): boolean =>
  (subject === 'reasoning' || subject === 'cache') && /^(?:none|disabled|false|off|0)$/i.test(value ?? '')

function kindOf(from: Setting, to: Setting): ChangeKind | null {
  if (to.subject === 'model') return kindOfModel(from, to)
  if (identityOf(from) === identityOf(to) || (to.form === 'order' && sameNames(from, to))) return null
  if (isSingle(from) && isSingle(to)) return kindOfModel(from, to)
  if (to.subject === 'prompt') {
    const [before, after] = [Number(from.value), Number(to.value)]
    const grown = Math.abs(after - before)
    return grown >= LEAST_TOKENS && grown >= before * LEAST_SHARE ? 'prompt_changed' : null
  }
  return kindOfSubject(to.subject, isOff(from))
}

function kindOfModel(from: Setting, to: Setting): ChangeKind | null {
  if (to.value === null) return from.value === null && from.expression === to.expression ? null : 'unresolved'
  if (from.value === null) return 'model_added'
  const sameName = withoutSeller(from.value) === withoutSeller(to.value)
  if (sameName) {
    const [before, after] = providers(from, to)
    return before !== null && after !== null && before !== after
      ? 'provider_changed'
      : from.value === to.value
        ? null
        : 'model_changed'
  }
  return isReasoningModel(to.value) && !isReasoningModel(from.value)
    ? 'reasoning_introduced'
    : 'model_changed'
}

/** Who answers, as the name says it, else as the call does. */
const providers = (from: Setting, to: Setting): [string | null, string | null] => [
  sellerOf(from.value ?? '') ?? from.provider,
  sellerOf(to.value ?? '') ?? to.provider,
]

function kindOfSubject(subject: Setting['subject'], introduced: boolean): ChangeKind {
  switch (subject) {
    case 'model':
      return 'model_changed'
    case 'reasoning':
      return introduced ? 'reasoning_introduced' : 'reasoning_changed'
    case 'provider':
    case 'fallback':
    case 'limit':
    case 'batch':
    case 'schedule':
    case 'cache':
    case 'tier':
    case 'prompt':
      return `${subject}_changed`
    default:
      return subject satisfies never
  }
}

const shown = ({subject, value}: Setting): string | null =>
  subject === 'prompt' && value !== null ? `${value} tokens` : value

/** Where the value stands, when it is the value that changed; else where it is used. */
function placeOf(
  from: Setting,
  to: Setting,
  movedTo: (id: string | null) => string | null,
): {path: string; line: number} {
  const use = {path: to.path, line: to.line}
  if (to.members.length > 0) return {path: to.path, line: changedMember(from, to)}
  if (!to.at) return use
  const {definition, path, line} = to.at
  if (definition === null) return path === to.path ? {path, line} : use
  return definition === movedTo(from.at?.definition ?? null) && line > 0 ? {path, line} : use
}

/** The first member that stands elsewhere or is new; the route's own line where members only went. */
function changedMember(from: Setting, to: Setting): number {
  const before = from.members.map(({text}) => text)
  return to.members.find(({text}, index) => before[index] !== text)?.line ?? to.line
}
