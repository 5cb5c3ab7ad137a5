/** Routes: which models answer, in which order, with which weight. */
import type {Leaf} from './leaves.ts'
import {leavesOf} from './leaves.ts'
import {isModelName} from './model-shape.ts'
import type {Member, RouteForm} from './setting.ts'
import {type Entry, type Group, plain, type Value} from './value.ts'
import {isFallbackCall, isModelKey, providerOf, subjectOf} from './words.ts'

export interface Route {
  /** Its name among the routes of one file; `''` where it has none. */
  readonly route: string
  readonly key: string
  readonly keys: readonly string[]
  /** `a > b` in order, `chat: a | b` as a pool, `chat: a > b; code: c` by name. */
  readonly shown: string
  readonly members: readonly Member[]
  readonly form: RouteForm
  readonly line: number
}

/** What is known of values in one place. */
export interface Sight {
  readonly path: string
  readonly text: (value: Value) => readonly string[]
  /** What a name holds, seen from where it is set. */
  readonly behind: (path: readonly string[]) => {readonly value: Value; readonly sight: Sight} | null
}

/** The routes among these leaves, and the values that have been told with them. */
export function routesOf(
  leaves: readonly Leaf[],
  sight: Sight,
  callee: readonly string[],
): {routes: Route[]; taken: ReadonlySet<Value>} {
  const routes: Route[] = []
  const taken = new Set<Value>()
  const take = (value: Value): void => {
    if (taken.has(value)) return
    taken.add(value)
    if (value.kind === 'list') value.items.forEach(take)
    if (value.kind === 'object' || value.kind === 'call')
      for (const {key, value: inner} of value.group.entries) if (!isOwnSetting(key ?? '')) take(inner)
    if (value.kind === 'either') value.options.forEach(take)
  }
  // In a chain its arguments stand under its name; what is without one is another call's.
  const asked = isFallbackCall(callee) && !leaves.some(({keys}) => keys[0] === callee.at(-1))
  for (const {keys, value, line, group} of leaves) {
    const key = keys.at(-1) ?? (asked ? callee.at(-1)! : '')
    // `withFallbacks({fallbacks: […]})` says it inside.
    if (
      taken.has(value) ||
      (value.kind === 'object' && value.group.entries.some(({key: inner}) => inner === 'fallbacks'))
    )
      continue
    if (plain(key) === 'modellist' && value.kind === 'list') {
      routes.push(...deployments(value.items, keys, key, sight, take))
      continue
    }
    if (subjectOf(key)?.[0] !== 'fallback' || !isRoute(key, group, value, callee)) continue
    const items = value.kind === 'list' ? value.items : plain(key) === 'order' ? [] : [value]
    const members = items.flatMap(item => member(item, sight, 0))
    if (members.length === 0 || !members.some(({sure}) => sure)) continue
    take(value)
    const route = routeName(group, sight)
    routes.push({...shownAs(route, formOf(key, group, members, sight), members), key, keys, line})
  }
  return {routes, taken}
}

/** What a member is set to beside its model is told by itself. */
const isOwnSetting = (key: string): boolean =>
  /^(?:limit|reasoning|tier|cache|prompt)$/.test(subjectOf(key)?.[0] ?? '')

/** `models`, `routes` and `backendRefs` are many things; beside a model or as weighted targets they are a route. */
function isRoute(key: string, group: Group, value: Value, callee: readonly string[]): boolean {
  const word = plain(key)
  if (/fallback|targets|loadbalance|backupmodels/.test(word)) return true
  const items = value.kind === 'list' ? value.items : []
  const holds = (wanted: RegExp): boolean =>
    items.some(
      item =>
        item.kind === 'object' &&
        item.group.entries.some(({key: inner}) => inner !== null && wanted.test(inner)),
    )
  const beside = group.entries.some(
    ({key: other}) =>
      other !== null &&
      /^(?:model|route|provider|strategy|messages|sort|allow_fallbacks|weights?)$/i.test(other),
  )
  if (word === 'models') return beside || /completions|chat|send|stream|fallback/i.test(callee.join('.'))
  if (word === 'order') return items.some(item => item.kind === 'text' && providerOf(item.text) !== null)
  if (word === 'backendrefs') return holds(/^modelNameOverride$/)
  return word === 'routes' && holds(/weight|model/i)
}

interface Told extends Member {
  /** It is a model or a provider beyond doubt. */
  readonly sure: boolean
  /** A route of its own: `chat: a > b`. */
  readonly named?: boolean
}

const WEIGHT = /^(?:weight|trafficpercentage|percentage|percent|trafficweight)$/
/** Names given to names given to names. */
const DEEPEST = 6

function member(value: Value, sight: Sight, depth: number): Told[] {
  if (depth > DEEPEST) return []
  if (value.kind === 'list') return value.items.flatMap(item => member(item, sight, depth))
  if (value.kind === 'object' || value.kind === 'call') return ofGroup(value, sight, depth)
  const found = sight.text(value)
  if (found.length > 0)
    return found.map(text => ({
      ...{text, line: value.line, name: null},
      sure: isModelName(text) || providerOf(text) !== null,
    }))
  if (value.kind === 'either') return firstSure(value.options, sight, depth)
  return value.kind === 'name' ? ofName(value.path, value.line, sight, depth) : []
}

/** A variable that holds a model, or a list of them. */
function ofName(path: readonly string[], line: number, sight: Sight, depth: number): Told[] {
  const held = sight.behind(path)
  if (!held) return []
  const found = member(held.value, held.sight, depth + 1)
  if (held.value.kind !== 'list') return found.map(item => ({...item, line, name: path.join('.')}))
  return held.sight.path === sight.path ? found : found.map(item => ({...item, line}))
}

function firstSure(values: readonly Value[], sight: Sight, depth: number): Told[] {
  for (const value of values) {
    const found = member(value, sight, depth + 1)
    if (found.some(({sure}) => sure)) return found
  }
  return []
}

function ofGroup(value: Extract<Value, {kind: 'object' | 'call'}>, sight: Sight, depth: number): Told[] {
  const {group} = value
  const lists = group.entries.filter(({value: inner}) => inner.kind === 'list')
  // LiteLLM: `- gpt-4o: [claude-sonnet-4-5]`.
  if (value.kind === 'object' && lists.length > 0 && lists.length === group.entries.length)
    return lists.map(({key, value: inner, line}) => {
      const members = member(inner, sight, depth)
      const text = `${key}: ${members.map(item => item.text).join(' > ')}`
      return {text, line, name: null, sure: members.length > 0, named: true}
    })
  const leaves = leavesOf(group)
  const of = (wanted: RegExp): Leaf | undefined =>
    leaves.find(({keys}) => wanted.test(plain(keys.at(-1) ?? '')))
  const model = leaves.find(
    ({keys, value: inner}) =>
      (isModelKey(keys.at(-1) ?? '') || keys.length === 0 || /^name$/.test(keys.at(-1) ?? '')) &&
      sight.text(inner).some(said => isModelName(said)),
  )
  const provider = of(/^(?:provider|virtualkey|customhost|name|target|backend)$/)
  const nested = leaves.find(
    ({keys, value: inner}) => plain(keys.at(-1) ?? '') === 'targets' && inner.kind === 'list',
  )
  if (value.kind === 'call' && !model && !provider) {
    const wrapped = ofWrapping(group, value.line, sight, depth)
    if (wrapped.length > 0) return wrapped
  }
  const weight = of(WEIGHT)
  const said = nested
    ? inner(nested, sight, depth)
    : model
      ? sight.text(model.value)[0]
      : provider
        ? sight.text(provider.value)[0]
        : value.kind === 'call'
          ? group.callee.at(-1)
          : undefined
  if (said === undefined) return []
  const share = weight ? sight.text(weight.value)[0] : undefined
  return [
    {
      text: share === undefined ? said : `${said} (weight ${share})`,
      line: weight?.line ?? model?.line ?? value.line,
      name: null,
      sure: nested !== undefined || model !== undefined || provider !== undefined,
    },
  ]
}

/** `llm.bind_tools(tools)`, `prompt.pipe(llm)`: the model is in what it was asked of, or in what it was given. */
function ofWrapping(group: Group, line: number, sight: Sight, depth: number): Told[] {
  const owner = group.callee.slice(0, -1)
  const found = owner.length > 0 ? ofName(owner, line, sight, depth) : []
  if (found.some(({sure}) => sure)) return found
  return firstSure(
    group.entries.map(({value}) => value),
    sight,
    depth,
  ).map(item => ({...item, line}))
}

/** A target that is a route itself. */
function inner({value, group}: Leaf, sight: Sight, depth: number): string {
  const members = member(value, sight, depth + 1)
  return `(${members.map(({text}) => text).join(BETWEEN[formOf('targets', group, members, sight)])})`
}

const BETWEEN: {readonly [form in RouteForm]: string} = {order: ' > ', pool: ' | ', named: '; '}

/** Weights, or a strategy that says so, make a pool. */
function formOf(key: string, {entries}: Group, members: readonly Told[], sight: Sight): RouteForm {
  if (members.some(({named}) => named === true)) return 'named'
  const shared = entries.some(
    ({key: other, value}) =>
      /^(?:strategy|mode|balancer|algorithm)$/i.test(other ?? '') &&
      textsIn(value, sight).some(text => /balance|weight|round|random|least/i.test(text)),
  )
  const single = members.length === 1 && /^(?:targets|backendrefs)$/.test(plain(key))
  const weighted = members.some(({text}) => text.endsWith(')') && text.includes('(weight '))
  return shared || single || weighted || plain(key) === 'backendrefs' ? 'pool' : 'order'
}

const textsIn = (value: Value, sight: Sight): readonly string[] =>
  value.kind === 'object'
    ? value.group.entries.flatMap(({value: held}) => textsIn(held, sight))
    : sight.text(value)

/** Envoy's rules are told apart by the header they match. */
function routeName({entries}: Group, sight: Sight): string {
  const matches = entries.find(({key}) => key === 'matches')?.value
  const found = matches && leavesOf({...NO_GROUP, entries: [{key: 'matches', value: matches, line: 0}]})
  // Key and value of `headers: [{name: x-ai-eg-model, value: chat}]` are read as a map of one entry.
  const leaf = found?.find(({keys}) => /model/i.test(keys.at(-1) ?? '') || keys.at(-1) === 'value')
  return (leaf && sight.text(leaf.value)[0]) ?? ''
}

const NO_GROUP: Group = {callee: [], entries: [], line: 0, scope: [], spread: false, nested: true}

function shownAs(
  route: string,
  form: RouteForm,
  members: readonly Told[],
): Pick<Route, 'route' | 'form' | 'shown' | 'members'> {
  const joined = members.map(({text}) => text).join(BETWEEN[form])
  // A pool of one is that model, whatever it weighs.
  const [only] = form === 'pool' && members.length === 1 ? members : []
  const shown = only ? only.text.replace(/ \(weight [^)]*\)$/, '') : joined
  return {
    ...{route, form, shown: form === 'pool' && route !== '' && !only ? `${route}: ${joined}` : shown},
    members: members.map(({text, line, name}) => ({text, line, name})),
  }
}

/** LiteLLM's `model_list`: deployments of one name are one route; a name with one deployment is left to be a model. */
function deployments(
  items: readonly Value[],
  keys: readonly string[],
  key: string,
  sight: Sight,
  take: (value: Value) => void,
): Route[] {
  const entryOf = ({entries}: Group, name: string): Entry | undefined =>
    entries.find(({key: inner}) => inner !== null && plain(inner) === name)
  const groups = items.flatMap(item => (item.kind === 'object' ? [item.group] : []))
  const byName = Map.groupBy(groups, group => {
    const named = entryOf(group, 'modelname')
    return named ? sight.text(named.value)[0] : undefined
  })
  return [...byName].flatMap(([route, found]) => {
    if (route === undefined) return []
    for (const group of found)
      for (const {keys: inner, value: held} of leavesOf(group))
        if (/^(?:model|modelname|weight|basemodel)$/.test(plain(inner.at(-1) ?? ''))) take(held)
    const members = found.flatMap(group => deployment(group, sight))
    return members.length === 0
      ? []
      : [{...shownAs(route, 'pool', members), key, keys, line: members[0]!.line}]
  })
}

function deployment(group: Group, {text}: Sight): Told[] {
  const leaves = leavesOf(group)
  const model = leaves.find(({keys}) => plain(keys.at(-1) ?? '') === 'model')
  const weight = leaves.find(({keys}) => plain(keys.at(-1) ?? '') === 'weight')
  const said = model ? text(model.value)[0] : undefined
  if (!model || said === undefined) return []
  const share = weight ? text(weight.value)[0] : undefined
  return [
    {
      ...{text: share === undefined ? said : `${said} (weight ${share})`, line: model.line},
      ...{name: null, sure: true},
    },
  ]
}
