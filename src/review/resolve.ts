/** What a value is worth: constants, imported names, settings and the environment followed to where a text stands. */

import {isProduction} from './left-out.ts'
import {isModelName, modelOfConstant} from './model-shape.ts'
import {type Definition, type Group, plain, type Value, type View} from './value.ts'
import {readsFlag} from './words.ts'
import {amountOf} from './worth.ts'

export interface Known {
  readonly text: string
  readonly path: string
  readonly line: number
  /** The name that holds it: `src/models.ts#Models.FAST`; null where it is written in place. */
  readonly definition: string | null
}

interface Held {
  readonly view: View
  readonly definition: Definition
}

const DEEPEST = 10
const SELF = /^(?:this|self|@|cls|base|super)$/
/** Members that give back what they are asked of. */
const ITSELF =
  /^(?:value|id|name|tostring|to_s|getvalue|getid|getname|getmodelname|modelid|string|freeze|rawvalue|getmodel|asstring|model|as_str|default)$/i

export class Resolver {
  /** Names that no read file defines. */
  readonly missing = new Set<string>()
  readonly #byName = new Map<string, Held[]>()

  readonly #inView = new Map<View, ReadonlyMap<string, Held[]>>()

  constructor(views: Iterable<View>) {
    for (const view of views) {
      const own = Map.groupBy(
        view.definitions.map(definition => ({view, definition})),
        ({definition}) => plain(definition.path.at(-1) ?? ''),
      )
      this.#inView.set(view, own)
      for (const [key, held] of own) {
        const seen = held.filter(({definition}) => !definition.parameter)
        const others = this.#byName.get(key)
        if (others) others.push(...seen)
        else this.#byName.set(key, seen)
      }
    }
  }

  /** Every text this may be; none when it cannot be known. */
  known(view: View, scope: readonly string[], value: Value, depth = 0): readonly Known[] {
    if (depth > DEEPEST) return []
    const next = (inner: Value): readonly Known[] => this.known(view, scope, inner, depth + 1)
    switch (value.kind) {
      case 'text':
      case 'number':
        return value.text === ''
          ? []
          : [{text: value.text, path: view.path, line: value.line, definition: null}]
      case 'template':
        return this.#joined(view, value, next)
      case 'either': {
        const all = value.options.map(next)
        return value.first ? (all.find(({length}) => length > 0) ?? []) : all.flat()
      }
      case 'outside':
        return this.#outside(view, value, depth)
      case 'name':
        return this.#named(view, scope, value.path, depth)
      case 'call': {
        const {group} = value
        if (readsFlag(group.callee)) return this.#flag(group, next)
        const given = group.entries.find(({key}) => key === null || key === 'default')
        if (given && group.entries.filter(({key}) => key === null).length <= 3) {
          const found = next(given.value)
          if (found.length > 0 || given.value.kind !== 'unknown') return found
        }
        if (group.callee.length > 1 && group.entries.every(({value: {kind}}) => kind === 'unknown'))
          return this.#named(
            view,
            scope,
            [...group.callee.slice(0, -1), ...getter(group.callee.at(-1)!)],
            depth,
          )
        return []
      }
      case 'list':
      case 'object':
      case 'unknown':
        return []
      default:
        return value satisfies never
    }
  }

  /** The value a name holds, unless a parameter hides it. */
  holder(view: View, scope: readonly string[], path: readonly string[]): Held | null {
    const last = path.at(-1)
    if (last === undefined) return null
    const own = this.#inFile(view, scope, path)
    if (own) return own
    return this.#imported(view, path) ?? this.#elsewhere(view, path)
  }

  #joined(
    view: View,
    value: Extract<Value, {kind: 'template'}>,
    next: (inner: Value) => readonly Known[],
  ): readonly Known[] {
    const parts = value.parts
      .filter(item => !(item.kind === 'text' && item.text === ''))
      .map(item => ({item, found: next(item)}))
    if (parts.some(({found}) => found.length !== 1)) return []
    const held = parts.filter(({item}) => item.kind !== 'text').map(({found}) => found[0]!)
    const place =
      held.length === 1 && held[0]!.definition
        ? held[0]!
        : {path: view.path, line: value.line, definition: null}
    return [{...place, text: parts.map(({found}) => found[0]!.text).join('')}]
  }

  /** A flag's default: what its code says to use where the service says nothing. Flags are named first, their default comes after. */
  #flag({callee, entries}: Group, next: (inner: Value) => readonly Known[]): readonly Known[] {
    const named = entries.find(({key}) => key !== null && /^(?:default|fallback)/i.test(key))
    const rest = entries.filter(({key}) => key === null).map(({value}) => value)
    // `getExperiment('x').get('model', 'gpt-4o')`
    const chained = entries.flatMap(({key, value}) =>
      key !== null && value.kind === 'list' ? value.items.slice(1) : [],
    )
    const given = (named ? [named.value] : [...rest.slice(1), ...chained]).flatMap(next)
    const model = given.filter(({text}) => isModelName(text))
    // Elsewhere the second text says whom the flag is asked for.
    if (model.length > 0 || !/value|variation|string|number|int|^get$/i.test(callee.at(-1)!)) return model
    return given.filter(({text}) => amountOf(text) !== text || /^\d+$/.test(text) || named !== undefined)
  }

  #outside(view: View, value: Extract<Value, {kind: 'outside'}>, depth: number): readonly Known[] {
    const path = value.from === 'environment' ? [value.name] : value.name.split(/[.:]|__/)
    const last = plain(path.at(-1)!)
    const found = (this.#byName.get(last) ?? []).filter(
      ({view: at, definition}) => at.form === 'config' && endsLike(definition.path, path),
    )
    if (found.length === 0) this.missing.add(path.at(-1)!)
    const best = nearest(view.path, found)
    if (!best) return []
    return this.#held(best, depth)
  }

  #named(view: View, scope: readonly string[], path: readonly string[], depth: number): readonly Known[] {
    for (let length = path.length; length > 0; length--) {
      const head = path.slice(0, length)
      const rest = path.slice(length)
      const held = this.holder(view, scope, head)
      if (!held) continue
      const found = this.#into(held, held.definition.value, rest, depth)
      if (found.length > 0) return found
      if (rest.length === 0 && held.definition.parameter) return []
    }
    const constant = path.length > 1 || /^[A-Z]/.test(path[0]!) ? modelOfConstant(path.at(-1)!) : null
    return constant ? [{text: constant, path: view.path, line: 0, definition: null}] : []
  }

  #held({view, definition}: Held, depth: number): readonly Known[] {
    return this.#into({view, definition}, definition.value, [], depth)
  }

  /** What stands under `rest` in a held value. */
  #into(held: Held, value: Value, rest: readonly string[], depth: number): readonly Known[] {
    if (depth > DEEPEST) return []
    const {view, definition} = held
    const scope = definition.path.slice(0, -1)
    const [first, ...more] = rest
    if (first === undefined || (ITSELF.test(first) && value.kind !== 'object' && value.kind !== 'call')) {
      const worth = value.kind === 'list' && value.items.length > 0 ? value.items[0]! : value
      const id = `${view.path}#${definition.path.join('.')}`
      return this.known(view, scope, worth, depth + 1).map(item => ({
        ...item,
        line: item.line || definition.line,
        definition: item.definition ?? id,
      }))
    }
    if (
      value.kind === 'object' ||
      (value.kind === 'call' &&
        value.group.entries.some(({key}) => key !== null && plain(key) === plain(first)))
    ) {
      const entry = value.group.entries.find(({key}) => key !== null && plain(key) === plain(first))
      return entry
        ? this.#into(
            {view, definition: {...definition, path: [...definition.path, first]}},
            entry.value,
            more,
            depth + 1,
          )
        : []
    }
    if (value.kind === 'call' && value.group.callee.length > 0)
      return this.#named(view, scope, [value.group.callee.at(-1)!, ...rest], depth + 1)
    if (value.kind === 'name') return this.#named(view, scope, [...value.path, ...rest], depth + 1)
    return []
  }

  #inFile(view: View, scope: readonly string[], path: readonly string[]): Held | null {
    const self = SELF.test(path[0]!) || path[0] === ''
    const wanted = self ? path.slice(1) : path
    const last = wanted.at(-1)
    if (last === undefined) return null
    const found = (this.#inView.get(view)?.get(plain(last)) ?? [])
      .filter(({definition}) => definition.path.at(-1) === last)
      .filter(({definition}) =>
        self
          ? wanted.length > 1 || !definition.parameter
          : visible(definition.path, scope, wanted) && !(definition.parameter && wanted.length > 1),
      )
    if (found.length === 0) return null
    const depthOf = ({definition}: Held): number => shared(definition.path, scope)
    return found.toSorted((a, b) => depthOf(b) - depthOf(a) || Number(known(b)) - Number(known(a)))[0]!
  }

  #imported(view: View, path: readonly string[]): Held | null {
    const brought = view.imports.get(path[0]!)
    if (!brought) return null
    const wanted =
      brought.name === null || brought.name === 'default' ? path.slice(1) : [brought.name, ...path.slice(1)]
    const last = wanted.at(-1) ?? path.at(-1)!
    const modules = moduleTail(brought.module)
    const found = (this.#byName.get(plain(last)) ?? []).filter(
      ({view: at, definition}) =>
        at !== view &&
        definition.path.at(-1) === last &&
        endsLike(definition.path, wanted.length > 0 ? wanted : path) &&
        isModule(at.path, [...modules], brought.name),
    )
    if (found.length === 0) this.missing.add(last)
    return nearest(view.path, found)
  }

  #elsewhere(view: View, path: readonly string[]): Held | null {
    const last = path.at(-1)!
    if (
      path.length === 1 &&
      (!/^[A-Z]/.test(last) || /^[A-Z][a-z]*$/.test(last)) &&
      !/\.(go|tf)$/.test(view.path)
    )
      return null
    const owner = path.length > 1 ? path.at(-2)! : null
    if (owner !== null && (SELF.test(owner) || owner === '')) return null
    const near = view.path.split('/').slice(0, -1).join('/')
    const found = (this.#byName.get(plain(last)) ?? []).filter(({view: at, definition}) => {
      if (at === view || definition.path.at(-1) !== last) return false
      if (at.form !== view.form && at.form === 'config') return false
      if (owner === null)
        return at.path.split('/').slice(0, -1).join('/') === near || /^[A-Z][A-Z0-9_]+$/.test(last)
      const holder = plain(definition.path.at(-2) ?? at.path.split('/').at(-2) ?? '')
      const asked = plain(owner)
      return holder !== '' && (asked === holder || asked.endsWith(holder) || holder.endsWith(asked))
    })
    if (found.length === 0) this.missing.add(last)
    return nearest(view.path, found)
  }
}

/** `getModel` is the name `model` as well. */
const getter = (name: string): readonly string[] => {
  const bare = /^get([A-Z]\w*)$/.exec(name)?.[1]
  return bare ? [bare[0]!.toLowerCase() + bare.slice(1)] : ITSELF.test(name) ? [] : [name]
}

const known = ({definition}: Held): boolean =>
  definition.value.kind !== 'unknown' && definition.value.kind !== 'name'

/** The names end alike, whatever their spelling: `OpenAI:Model` is `openai.model`. */
function endsLike(path: readonly string[], wanted: readonly string[]): boolean {
  const tail = path.slice(-wanted.length)
  return tail.length === wanted.length && tail.every((name, index) => plain(name) === plain(wanted[index]!))
}

/** How many names a definition and a scope have in common from the start. */
function shared(path: readonly string[], scope: readonly string[]): number {
  let count = 0
  while (count < path.length && path[count] === scope[count]) count++
  return count
}

/** A definition is seen from within the names around it, or by naming them. */
function visible(path: readonly string[], scope: readonly string[], wanted: readonly string[]): boolean {
  const around = path.slice(0, -wanted.length)
  if (!endsLike(path, wanted)) return false
  return around.every((name, index) => scope[index] === name)
}

function moduleTail(module: string): string[] {
  return module
    .replace(/\.(?:[cm]?[jt]sx?|json|ya?ml)$/, '')
    .split(/[/]|(?<=\w)\.(?=\w)/)
    .map(item => item.replace(/^[.@~#]+/, ''))
    .filter(item => item !== '')
}

/** A file that a module's name may mean: `app.config` is `app/config.py` and `app/config/__init__.py`. */
function isModule(path: string, module: readonly string[], name: string | null): boolean {
  const file = path
    .replace(/\.\w+$/, '')
    .replace(/\/(?:index|__init__)$/, '')
    .split('/')
  if (module.length === 0) return name === null || file.at(-1) === name || true
  const last = module.at(-1)!
  return file.at(-1) === last || file.at(-2) === last || (name !== null && file.at(-1) === name)
}

/** The one in the closest folder, production before development; none when several disagree as closely. */
function nearest(path: string, found: readonly Held[]): Held | null {
  if (found.length < 2) return found[0] ?? null
  const from = path.split('/')
  const distance = ({view}: Held): number => {
    const to = view.path.split('/')
    return from.length + to.length - 2 * shared(to, from) + (isProduction(view.path) ? 0 : 1000)
  }
  return found.toSorted((a, b) => distance(a) - distance(b) || Number(known(b)) - Number(known(a)))[0]!
}
