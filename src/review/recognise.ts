/** What a file sets about models: the one place that says what is a model's name and what only looks like one. */
import {type BatchSize, batchSizes} from './batches.ts'
import type {Leaf} from './leaves.ts'
import {leavesOf} from './leaves.ts'
import {isModelName, isShortName, isWord} from './model-shape.ts'
import {routesOf, type Sight} from './routes.ts'
import {isPlaceholder, type Setting} from './setting.ts'
import {
  askedIn,
  byCallee,
  expressionOf,
  isClear,
  isConstantOf,
  isMenu,
  isOfModels,
  keysOf,
  modelIn,
  type Near,
  type Shown,
  type Surroundings,
} from './surroundings.ts'
import {type Group, plain, type Value, type View} from './value.ts'
import {
  asksForModel,
  isAllowList,
  isClient,
  isModelKey,
  isNoModelKey,
  isSet,
  onlySpeaks,
  providerOf,
  readsFlag,
  runsBatch,
  runsModel,
  speaksOfModels,
  subjectOf,
  takesModelFirst,
} from './words.ts'
import {collapsed, estimateTokens, worthOf} from './worth.ts'

export function recognise(view: View, around: Surroundings): Setting[] {
  const reader = new Recogniser(view, around)
  for (const group of view.groups) if (!group.nested) reader.routes(group)
  for (const group of view.groups) if (!group.nested) reader.group(group)
  for (const size of around.hinted ? batchSizes(view) : []) reader.batch(size)
  if (view.form === 'code') reader.definitions()
  return reader.settings
}

class Recogniser {
  readonly settings: Setting[] = []
  readonly #view: View
  readonly #around: Surroundings
  readonly #taken = new Set<Value>()
  readonly #members = new Set<Group>()
  #asked: ReadonlySet<string> | null = null
  readonly #numbers: ReadonlyMap<Group, number>

  constructor(view: View, around: Surroundings) {
    this.#view = view
    this.#around = around
    this.#numbers = new Map(view.groups.map((group, index) => [group, index]))
  }

  #numberOf(group: Group): number {
    return this.#numbers.get(group)!
  }

  group(group: Group): void {
    if (onlySpeaks(group.callee) || this.#members.has(group)) return
    const before = this.settings.length
    const leaves = leavesOf(group)
    const near = this.#nearness(group, leaves)
    const open = leaves.filter(({value, group: of}) => !this.#taken.has(value) && !isMenu(of))
    for (const leaf of open) this.#model(group, leaf, near(leaf))
    for (const leaf of open) this.#other(group, leaf, near(leaf))
    this.#called(group, before)
  }

  batch({group, key, value}: BatchSize): void {
    const {scope, callee} = group
    const shown = {
      key,
      scope,
      callee,
      line: value.line,
      keys: [key],
      group: this.#numberOf(group),
      beside: [],
    }
    this.#worth('batch', shown, value, null)
  }

  definitions(): void {
    for (const {path, value, line, parameter} of this.#view.definitions) {
      const key = path.at(-1)!
      const shown = {
        ...{key, scope: path.slice(0, -1), callee: [], line, keys: [key], group: 0},
        beside: [],
      }
      const held = isConstantOf(this.#view.path, key, value) ? value.items[0] : value
      if (!held || /^(?:call|name|object|list|unknown)$/.test(held.kind)) continue
      const id = `${this.#view.path}#${path.join('.')}`
      if (this.#models(shown, held, speaksOfModels(path.join('.')) && isModelKey(key) ? 'near' : 'far', id))
        continue
      const said = subjectOf(key)
      if (!said || !this.#around.hinted || said[0] === 'fallback' || said[0] === 'provider') continue
      if (said[1] === 'call' || (said[1] === 'near' && !speaksOfModels(path.join('.')))) continue
      if (parameter && said[0] === 'prompt') continue
      if (!isOfModels(said[0], {...shown, keys: path}, 'far', this.#around)) continue
      this.#worth(said[0], shown, held, id)
    }
  }

  /** Routes are told as a whole; what stands in one is not told again. */
  routes(group: Group): void {
    const found = routesOf(leavesOf(group), this.#sight(this.#view, group.scope), group.callee)
    for (const {route, members, keys, line, key, shown, form} of found.routes)
      this.settings.push({
        ...this.#shown({
          key,
          scope: group.scope,
          callee: group.callee,
          line,
          keys: [...keys, route].filter(name => name !== ''),
          group: this.#numberOf(group),
          beside: [],
        }),
        subject: 'fallback',
        value: shown,
        members,
        form,
      })
    for (const value of found.taken) {
      this.#taken.add(value)
      if (value.kind === 'call') this.#members.add(value.group)
    }
  }

  #sight(view: View, scope: readonly string[]): Sight {
    const {resolver} = this.#around
    return {
      path: view.path,
      text: value => resolver.known(view, scope, value).map(({text}) => text),
      behind: path => {
        const held = resolver.holder(view, scope, path)
        if (!held) return null
        const {value, path: around} = held.definition
        return {value, sight: this.#sight(held.view, around.slice(0, -1))}
      },
    }
  }

  /** How surely a leaf is about a model: `call`, `near`, or not by its place. */
  #nearness(group: Group, leaves: readonly Leaf[]): (leaf: Leaf) => Near {
    const called = runsModel(group.callee) || runsBatch(group.callee)
    const said = speaksOfModels(
      [...group.callee, ...(this.#view.form === 'code' ? group.scope : [])].join('.'),
    )
    const file = this.#view.form === 'config' && speaksOfModels(this.#view.path.split('/').at(-1)!)
    const {callee, scope} = group
    const clear = (of: Group): boolean => isClear({callee, scope, keys: [], beside: keysOf(of)}, this.#around)
    const beside = new Set(
      leaves
        .filter(
          ({keys, value, group: of}) =>
            isModelKey(keys.at(-1) ?? '') &&
            this.#text(group.scope, value).some(
              text => isModelName(text) && (!isShortName(text) || clear(of)),
            ),
        )
        .flatMap(({group: of}) => (isMenu(of) ? [] : [of])),
    )
    return leaf => {
      if (called || (this.#view.form === 'code' && beside.has(leaf.group))) return 'call'
      return said || file || beside.has(leaf.group) || leaf.keys.some(speaksOfModels) ? 'near' : 'far'
    }
  }

  #model(group: Group, leaf: Leaf, near: Near): void {
    const {keys, value, line} = leaf
    if (
      /^(?:object|list|unknown)$/.test(value.kind) &&
      !(value.kind === 'unknown' && isModelKey(keys.at(-1) ?? ''))
    )
      return
    const key = keys.at(-1) ?? ''
    const shown = {
      key: key || group.callee.at(-1) || 'model',
      scope: group.scope,
      callee: group.callee,
      line,
      keys,
      group: this.#numberOf(group),
      beside: keysOf(leaf.group),
    }
    if (value.kind === 'call' && !isModelKey(key)) return
    // A name that says nothing of models, under a key that does not either, is not looked up in the whole repository.
    if (value.kind === 'name' && near !== 'call' && !isModelKey(key) && !isModelKey(value.path.at(-1)!))
      return
    if (key === '' && value.kind === 'name' && !runsModel(group.callee)) return
    if (key === '' && (isSet(group.callee) || this.#isAskedOnly(group.scope.at(-1) ?? ''))) return
    if (readsFlag(group.callee) && group.entries[0]?.value === value) return
    const first = key === '' && takesModelFirst(group.callee) && group.entries[0]?.value === value
    if (key === '' && !first && !isModelName(this.#text(group.scope, value)[0] ?? '')) return
    this.#models(first ? {...shown, key: 'model'} : shown, value, near, null)
  }

  /** A list is looked into, not called with. */
  #isAskedOnly(name: string): boolean {
    this.#asked ??= askedIn(this.#view)
    return isAllowList(name) || this.#asked.has(name)
  }

  /** True when the value names a model. */
  #models(shown: Shown, value: Value, near: Near, definition: string | null): boolean {
    const known = this.#around.resolver.known(this.#view, shown.scope, value)
    const byKey = isModelKey(shown.key)
    const own = this.#shown(shown)
    let found = false
    for (const [index, item] of known.entries()) {
      const model = this.#around.deployments.get(item.text.toLowerCase()) ?? item.text
      const sure = isModelName(model) && !isNoModelKey(shown.key)
      const clear = !isShortName(model) || near === 'near' || isClear(shown, this.#around)
      const named = sure && clear && (!/^(?:o\d|sonar)$/.test(model) || byKey || near === 'call')
      const told =
        byKey &&
        near !== 'far' &&
        isWord(model) &&
        !isPlaceholder(model) &&
        !/^\d+$|^(?:true|false)$/.test(model)
      if (!named && !(told && clear && modelIn(shown.key, near))) continue
      found = true
      this.settings.push({
        ...own,
        subject: 'model',
        name: index === 0 ? own.name : `${own.name}#${index}`,
        value: model,
        at: item.line === 0 ? null : item,
        definition,
      })
    }
    if (
      !found &&
      definition === null &&
      near === 'call' &&
      this.#view.form === 'code' &&
      /^(?:model|modelid|modelname|deployment|deploymentname|azuredeployment|engine)$/.test(plain(shown.key))
    )
      if (known.length === 0 && value.kind !== 'call') {
        this.settings.push({...own, subject: 'model', value: null, expression: expressionOf(value)})
        return true
      }
    return found
  }

  #other(group: Group, leaf: Leaf, near: Near): void {
    const {keys, value, line} = leaf
    const key = keys.at(-1) ?? ''
    const said = key === '' ? byCallee(group) : subjectOf(key)
    if (!said) return
    const [subject, needs] = said
    if (subject === 'fallback' || !(this.#around.hinted || subject === 'schedule')) return
    if (needs === 'call' && near !== 'call') return
    if (needs === 'near' && near === 'far') return
    const inside = keys
      .slice(0, -1)
      .some(outer => subjectOf(outer)?.[0] === subject && /^(?:reasoning|cache)$/.test(subject))
    if (inside) return
    const shown = {
      key: key || group.callee.at(-1)!,
      scope: group.scope,
      callee: group.callee,
      line,
      keys,
      group: this.#numberOf(group),
      beside: keysOf(leaf.group),
    }
    if (isOfModels(subject, shown, near, this.#around)) this.#worth(subject, shown, value, null)
  }

  #worth(subject: Setting['subject'], shown: Shown, value: Value, definition: string | null): void {
    if (subject === 'schedule' && !this.#around.scheduled(shown.line)) return
    const whole = collapsed(subject, value, inner => this.#text(shown.scope, inner)[0] ?? null)
    if (whole !== null) {
      this.settings.push({...this.#shown(shown), subject, value: whole, definition})
      return
    }
    if (subject === 'prompt') {
      const tokens = estimateTokens(value, inner => this.#text(shown.scope, inner)[0] ?? null)
      if (tokens !== null)
        this.settings.push({...this.#shown(shown), subject, value: String(tokens), definition})
      return
    }
    for (const item of this.#around.resolver.known(this.#view, shown.scope, value)) {
      const worth = worthOf(subject, item.text)
      if (worth !== null)
        this.settings.push({...this.#shown(shown), subject, value: worth, at: item, definition})
    }
  }

  /** What the call itself says: its provider, that it is a batch, or that nobody knows its model. */
  #called(group: Group, before: number): void {
    const shown = {
      key: group.callee.at(-1) ?? '',
      scope: group.scope,
      callee: group.callee,
      line: group.line,
      keys: [],
      group: this.#numberOf(group),
      beside: [],
    }
    const number = this.#shown(shown).group
    const found = this.settings.filter((setting, index) => index >= before || setting.group === number)
    if (isClient(group.callee)) {
      const provider = providerOf(group.callee.join('.'))
      if (provider)
        this.settings.push({
          ...this.#shown(shown),
          subject: 'provider',
          name: 'client',
          value: provider,
          client: true,
        })
    }
    if (runsBatch(group.callee) && this.#around.hinted)
      this.settings.push({
        ...this.#shown(shown),
        subject: 'batch',
        name: 'batch',
        value: group.callee.slice(-2).join('.'),
      })
    if (/^crontab$/i.test(group.callee.at(-1) ?? '') && this.#around.scheduled(group.line))
      this.settings.push({
        ...this.#shown(shown),
        subject: 'schedule',
        name: 'crontab',
        value: group.entries
          .map(({key, value}) => `${key ?? ''}=${this.#text(group.scope, value)[0] ?? '?'}`)
          .join(' '),
      })
    if (
      !asksForModel(group.callee) ||
      found.some(({subject}) => subject === 'model' || subject === 'fallback')
    )
      return
    if (!this.#around.hinted || this.#toldElsewhere(group)) return
    if (
      /^messages\.(?:create|new)$/i.test(group.callee.slice(-2).join('.')) &&
      !/anthropic|claude/i.test(group.callee.join('.')) &&
      group.entries.length === 0
    )
      return
    this.settings.push({...this.#shown(shown), subject: 'model', name: 'model', value: null, expression: ''})
  }

  /** Its arguments were put together before: `create(**params)`, `send(input)`. */
  #toldElsewhere(group: Group): boolean {
    return leavesOf(group).some(({value}) => {
      if (value.kind === 'call')
        return (
          value.group.entries.some(({key}) => key !== null && isModelKey(key)) ||
          runsModel(value.group.callee)
        )
      if (value.kind !== 'name') return false
      const held = this.#around.resolver.holder(this.#view, group.scope, value.path)?.definition.value
      return (
        (held?.kind === 'object' || held?.kind === 'call') &&
        leavesOf(held.group).some(({keys}) => isModelKey(keys.at(-1) ?? ''))
      )
    })
  }

  #text(scope: readonly string[], value: Value): string[] {
    return this.#around.resolver.known(this.#view, scope, value).map(({text}) => text)
  }

  #shown({key, scope, callee, line, keys, group}: Shown): Omit<Setting, 'subject'> {
    return {
      key,
      name: keys.map(plain).join('.'),
      scope: scope.join('.'),
      callee: callee.join('.'),
      value: null,
      expression: '',
      provider: providerOf(callee.join('.')),
      path: this.#view.path,
      line,
      at: null,
      definition: null,
      group:
        this.#view.form === 'code'
          ? `${this.#view.path}#${group}`
          : `${this.#view.path}#${keys.slice(0, -1).map(plain).join('.')}`,
      client: false,
      members: [],
      form: null,
    }
  }
}
