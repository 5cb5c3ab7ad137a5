/** Routes: which models answer, in which order, with which weight. */
import type {Leaf} from './leaves.ts'
import {leavesOf} from './leaves.ts'
import {isModelName} from './model-shape.ts'
import type {Member} from './setting.ts'
import {type Group, plain, type Value} from './value.ts'
import {isModelKey, providerOf, subjectOf} from './words.ts'

export interface Route {
  /** Its name among the routes of one file; `''` where there is but one. */
  readonly route: string
  readonly key: string
  readonly keys: readonly string[]
  readonly members: readonly Member[]
  readonly line: number
}

type Text = (value: Value) => readonly string[]

/** The routes among these leaves, and the values that have been told with them. */
export function routesOf(
  leaves: readonly Leaf[],
  text: Text,
  callee: readonly string[],
): {routes: Route[]; taken: ReadonlySet<Value>} {
  const routes: Route[] = []
  const taken = new Set<Value>()
  const take = (value: Value): void => {
    if (taken.has(value)) return
    taken.add(value)
    if (value.kind === 'list') value.items.forEach(take)
    if (value.kind === 'object' || value.kind === 'call')
      for (const {value: inner} of value.group.entries) take(inner)
    if (value.kind === 'either') value.options.forEach(take)
  }
  for (const {keys, value, line, group} of leaves) {
    const key = keys.at(-1) ?? ''
    if (taken.has(value)) continue
    if (plain(key) === 'modellist' && value.kind === 'list') {
      routes.push(...deployments(value.items, keys, key, text, take))
      continue
    }
    if (subjectOf(key)?.[0] !== 'fallback') continue
    const items = value.kind === 'list' ? value.items : plain(key) === 'order' ? [] : [value]
    if (!routes.some(() => false) && !isRoute(key, group, value, callee)) continue
    const members = items.flatMap(item => member(item, text))
    if (members.length === 0 || !members.some(({sure}) => sure)) continue
    take(value)
    routes.push({
      route: '',
      key,
      keys,
      members: members.map(({text: said, line: at}) => ({text: said, line: at})),
      line,
    })
  }
  return {routes, taken}
}

/** `models` and `routes` are many things; beside a model or as weighted targets they are a route. */
function isRoute(key: string, group: Group, value: Value, callee: readonly string[]): boolean {
  const word = plain(key)
  if (/fallback|targets|loadbalance|backupmodels/.test(word)) return true
  const beside = group.entries.some(
    ({key: other}) =>
      other !== null &&
      /^(?:model|route|provider|strategy|messages|sort|allow_fallbacks|weights?)$/i.test(other),
  )
  if (word === 'models') return beside || /completions|chat|send|stream/i.test(callee.join('.'))
  if (word === 'order')
    return (
      value.kind === 'list' &&
      value.items.some(item => item.kind === 'text' && providerOf(item.text) !== null)
    )
  return (
    word === 'routes' &&
    value.kind === 'list' &&
    value.items.some(
      item =>
        item.kind === 'object' &&
        item.group.entries.some(({key: inner}) => inner !== null && /weight|model/i.test(inner)),
    )
  )
}

interface Told extends Member {
  /** It is a model or a provider beyond doubt. */
  readonly sure: boolean
}

function member(value: Value, text: Text): Told[] {
  if (value.kind === 'list') return value.items.flatMap(item => member(item, text))
  if (value.kind !== 'object' && value.kind !== 'call')
    return text(value).map(said => ({
      text: said,
      line: value.line,
      sure: isModelName(said) || providerOf(said) !== null,
    }))
  const {group} = value
  const lists = group.entries.filter(({value: inner}) => inner.kind === 'list')
  // LiteLLM: `- gpt-4o: [claude-sonnet-4-5]`.
  if (value.kind === 'object' && lists.length > 0 && lists.length === group.entries.length)
    return lists.map(({key, value: inner, line}) => {
      const members = member(inner, text)
      return {text: `${key}: ${members.map(item => item.text).join(', ')}`, line, sure: members.length > 0}
    })
  const leaves = leavesOf(group)
  const model = leaves.find(
    ({keys, value: inner}) =>
      (isModelKey(keys.at(-1) ?? '') || keys.length === 0 || /^name$/.test(keys.at(-1) ?? '')) &&
      text(inner).some(said => isModelName(said)),
  )
  const provider = leaves.find(({keys}) =>
    /^(?:provider|virtualkey|customhost|name|target|backend)$/.test(plain(keys.at(-1) ?? '')),
  )
  const nested = leaves.find(
    ({keys, value: inner}) => plain(keys.at(-1) ?? '') === 'targets' && inner.kind === 'list',
  )
  const weight = leaves.find(({keys}) =>
    /^(?:weight|trafficpercentage|percentage|percent|trafficweight)$/.test(plain(keys.at(-1) ?? '')),
  )
  const inner = nested
    ? `(${member(nested.value, text)
        .map(item => item.text)
        .join(' > ')})`
    : null
  const said =
    inner ??
    (model
      ? text(model.value)[0]
      : provider
        ? text(provider.value)[0]
        : value.kind === 'call'
          ? group.callee.at(-1)
          : undefined)
  if (said === undefined) return []
  const share = weight ? text(weight.value)[0] : undefined
  return [
    {
      text: share === undefined ? said : `${said} (weight ${share})`,
      line: weight?.line ?? model?.line ?? value.line,
      sure: inner !== null || model !== undefined || provider !== undefined,
    },
  ]
}

/** LiteLLM's `model_list`: deployments of one name are one route; a name with one deployment is left to be a model. */
function deployments(
  items: readonly Value[],
  keys: readonly string[],
  key: string,
  text: Text,
  take: (value: Value) => void,
): Route[] {
  const byName = new Map<string, {readonly value: Value; readonly members: Told[]}[]>()
  for (const item of items) {
    if (item.kind !== 'object') continue
    const named = item.group.entries.find(({key: inner}) => inner !== null && plain(inner) === 'modelname')
    const name = named ? text(named.value)[0] : undefined
    if (name === undefined) continue
    byName.set(name, [...(byName.get(name) ?? []), {value: item, members: deployment(item.group, text)}])
  }
  return [...byName].flatMap(([route, found]) => {
    for (const {value} of found) {
      if (value.kind !== 'object') continue
      for (const {keys: inner, value: held} of leavesOf(value.group))
        if (/^(?:model|modelname|weight|basemodel)$/.test(plain(inner.at(-1) ?? ''))) take(held)
    }
    const members = found.flatMap(item => item.members)
    return members.length === 0 ? [] : [{route, key, keys, members, line: members[0]!.line}]
  })
}

function deployment(group: Group, text: Text): Told[] {
  const leaves = leavesOf(group)
  const model = leaves.find(({keys}) => plain(keys.at(-1) ?? '') === 'model')
  const weight = leaves.find(({keys}) => plain(keys.at(-1) ?? '') === 'weight')
  const said = model ? text(model.value)[0] : undefined
  if (!model || said === undefined) return []
  const share = weight ? text(weight.value)[0] : undefined
  return [{text: share === undefined ? said : `${said} (weight ${share})`, line: model.line, sure: true}]
}
