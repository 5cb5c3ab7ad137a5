/** What two versions of the files set about models, as the changes from one to the other. */
import type {Change} from './change.ts'
import {added, changeOf, removed, type Told} from './kinds.ts'
import {identityOf, type Setting} from './setting.ts'

export interface Versions {
  readonly base: readonly Setting[]
  readonly head: readonly Setting[]
  /** A file's path in the head by its path in the base, where it was renamed. */
  readonly renamed: ReadonlyMap<string, string>
  /** In the head only, in the base only (by its path there). */
  readonly created: ReadonlySet<string>
  readonly deleted: ReadonlySet<string>
}

interface Pair {
  readonly from: Setting
  readonly to: Setting
}

type Key = (setting: Setting, path: string) => string | null

const kept = ({definition}: Setting): string => (definition === null ? 'use' : 'definition')
const of = (setting: Setting, path: string): string =>
  `${setting.subject}\0${kept(setting)}\0${setting.client}\0${path}`

/** From the closest likeness to the loosest; what is equal is found first and said nothing of. */
const SAME: readonly Key[] = [
  (s, path) => `${of(s, path)}\0${s.name}\0${s.scope}\0${s.callee}\0${identityOf(s)}`,
  (s, path) => `${of(s, path)}\0${s.name}\0${s.scope}\0${identityOf(s)}`,
]
/** Two functions that exchange their models have both changed: a place outweighs a value. */
const IN_PLACE: Key = (s, path) =>
  s.scope === '' ? null : `${of(s, path)}\0${s.name}\0${s.scope}\0${s.callee}`
const SAME_ELSEWHERE: readonly Key[] = [
  (s, path) => `${of(s, path)}\0${s.name}\0${identityOf(s)}`,
  (s, path) =>
    s.subject === 'prompt' ? null : `${of(s, path)}\0${s.subject === 'model' ? '' : s.key}\0${identityOf(s)}`,
]
const CHANGED: readonly Key[] = [
  (s, path) => `${of(s, path)}\0${s.name}\0${s.scope}\0${s.callee}`,
  (s, path) => `${of(s, path)}\0${s.name}\0${s.scope}`,
]
/** These hold only where one is left on either side. */
const ALONE: readonly Key[] = [
  (s, path) => `${of(s, path)}\0${s.name}\0${s.callee}`,
  (s, path) => `${of(s, path)}\0${s.key}\0${s.scope}`,
  (s, path) => `${of(s, path)}\0${s.name}`,
  (s, path) => (s.subject === 'model' ? `${of(s, path)}\0${s.scope}` : null),
  (s, path) => (s.subject === 'model' || s.subject === 'fallback' ? of(s, path) : null),
]

export function compare({base, head, renamed, created, deleted}: Versions): Change[] {
  const pathOf = (setting: Setting): string => renamed.get(setting.path) ?? setting.path
  const left = new Set(base)
  const right = new Set(head)
  const pair = (key: Key, alone: boolean): Pair[] => {
    const waiting = gathered(left, setting => key(setting, pathOf(setting)))
    const coming = gathered(right, setting => key(setting, setting.path))
    return [...coming].flatMap(([at, settings]) => {
      const others = waiting.get(at) ?? []
      if (alone && (others.length !== 1 || settings.length !== 1)) return []
      return others.slice(0, settings.length).map((from, index) => {
        const to = settings[index]!
        left.delete(from)
        right.delete(to)
        return {from, to}
      })
    })
  }
  const same = SAME.flatMap(key => pair(key, false))
  const inPlace = pair(IN_PLACE, true)
  same.push(...SAME_ELSEWHERE.flatMap(key => pair(key, false)))
  const changed = [
    ...inPlace,
    ...CHANGED.flatMap(key => pair(key, false)),
    ...ALONE.flatMap(key => pair(key, true)),
  ]

  // A call that stayed and changed is that call, even where a new one beside it took over its old value.
  same.push(...moved(left, right))

  const movedTo = (id: string | null): string | null => {
    if (id === null) return null
    const [path, name] = id.split('#') as [string, string]
    return `${renamed.get(path) ?? path}#${name}`
  }
  const changes = [...same, ...changed].flatMap(({from, to}) => {
    const found = changeOf(from, to, movedTo)
    return found === null ? [] : [{...found, from}]
  })
  const spokenHead = spoken(head)
  const spokenBase = spoken(base)
  const news = [...right].filter(setting => !spokenHead.has(setting.definition ?? ''))
  const gone = [...left].filter(setting => !spokenBase.has(setting.definition ?? ''))
  const changedGroups = new Set(
    changed.filter(({to}) => to.subject === 'model' || to.client).map(({to}) => to.group),
  )
  const changedFiles = new Set(changed.filter(({to}) => to.subject === 'model').map(({to}) => to.path))
  const quiet = changes.filter(
    ({setting}) =>
      !(setting.client && changedFiles.has(setting.path)) &&
      !(isWordOfProvider(setting) && changedGroups.has(setting.group)),
  )
  const rerouted = changed.filter(isRerouted).flatMap(({from, to}) => [from, to])
  const arrived = withoutParts(news, created, rerouted).filter(
    setting => !(setting.subject === 'provider' && changedGroups.has(setting.group)),
  )
  const left2 = withoutParts(gone, deleted, rerouted).filter(
    setting => !(setting.subject === 'provider' && changedGroups.has(setting.group)),
  )
  const [modelBefore, modelAfter] = [modelsBeside(base), modelsBeside(head)]
  const withModel = (change: Told | null, model: string | null): Change[] =>
    change === null ? [] : [{...change, model}]
  return once([
    ...quiet.flatMap(({change, from}) => withModel(change, modelBefore(from))),
    ...arrived.flatMap(setting => withModel(added(setting), modelAfter(setting))),
    ...left2.flatMap(setting => withModel(removed(setting), modelBefore(setting))),
  ])
}

/** The one model of a setting's call, or of its object in a configuration file. */
function modelsBeside(settings: readonly Setting[]): (setting: Setting) => string | null {
  const models = new Map<string, Set<string>>()
  for (const {subject, value, group, definition} of settings)
    if (subject === 'model' && value !== null && definition === null)
      models.set(group, (models.get(group) ?? new Set()).add(value))
  return ({subject, group, definition}) => {
    const found = [...(models.get(group) ?? [])]
    return subject !== 'model' && definition === null && found.length === 1 ? found[0]! : null
  }
}

/** A provider's name changes with its model; an address is a change of its own. */
const isWordOfProvider = ({subject, value, client}: Setting): boolean =>
  subject === 'provider' && !client && value !== null && !value.includes('/')

function gathered(
  settings: Iterable<Setting>,
  keyOf: (setting: Setting) => string | null,
): Map<string, Setting[]> {
  const found = new Map<string, Setting[]>()
  for (const setting of settings) {
    const key = keyOf(setting)
    if (key === null) continue
    const held = found.get(key)
    if (held) held.push(setting)
    else found.set(key, [setting])
  }
  return found
}

/** Code that moved to a file in the same folder, or in one above or below, is the same code. */
function moved(left: Set<Setting>, right: Set<Setting>): Pair[] {
  const key = ({subject, value, name}: Setting): string | null =>
    value === null || subject === 'prompt' ? null : `${subject}\0${subject === 'model' ? '' : name}\0${value}`
  const waiting = gathered(left, key)
  return [...right].flatMap(to => {
    const from = waiting
      .get(key(to) ?? '')
      ?.find(setting => left.has(setting) && setting.path !== to.path && isNear(setting.path, to.path))
    if (!from) return []
    left.delete(from)
    right.delete(to)
    return [{from, to}]
  })
}

function isNear(one: string, other: string): boolean {
  const [a, b] = [one, other].map(path => `${path.split('/').slice(0, -1).join('/')}/`) as [string, string]
  return a.startsWith(b) || b.startsWith(a)
}

/** Names whose value some call or setting uses: the use speaks for them. */
const spoken = (settings: readonly Setting[]): ReadonlySet<string> =>
  new Set(
    settings.flatMap(({definition, at}) =>
      at?.definition && at.definition !== definition ? [at.definition] : [],
    ),
  )

/** Members came or went, with all that they are set to. */
const isRerouted = ({from, to}: Pair): boolean =>
  to.subject === 'fallback' && from.members.length !== to.members.length

/** Of a call or a route's member that is new or gone its model is said, not everything it is called with. */
function withoutParts(
  settings: readonly Setting[],
  files: ReadonlySet<string>,
  rerouted: readonly Setting[],
): Setting[] {
  const routes = [...rerouted, ...settings.filter(({subject}) => subject === 'fallback')]
  const models = settings.filter(({subject}) => subject === 'model' || subject === 'fallback')
  const groups = new Set(models.map(({group}) => group))
  const whole = new Set(models.filter(({path}) => files.has(path)).map(({path}) => path))
  const batches = new Set(settings.flatMap(({name, group}) => (name === 'batch' ? [group] : [])))
  return settings.filter(setting => {
    if (setting.subject === 'batch' && setting.name !== 'batch' && batches.has(setting.group)) return false
    if (/^(?:model|schedule|batch)$/.test(setting.subject)) return true
    if (setting.client) return false
    if (setting.subject === 'fallback') return true
    if (routes.some(({path, name}) => setting.path === path && setting.name.startsWith(`${name}.`)))
      return false
    const above = [...groups].some(
      group => setting.group === group || (!group.endsWith('#') && setting.group.startsWith(`${group}.`)),
    )
    return !above && !whole.has(setting.path)
  })
}

/** One value used in five places is one change. */
function once(changes: readonly Change[]): Change[] {
  const seen = new Map<string, Change>()
  for (const change of changes) {
    const key = [change.kind, change.path, change.line, change.from, change.to].join('\0')
    if (!seen.has(key)) seen.set(key, change)
  }
  return [...seen.values()].sort(
    (a, b) =>
      compareText(a.path, b.path) ||
      a.line - b.line ||
      compareText(a.kind, b.kind) ||
      compareText(a.key, b.key),
  )
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
