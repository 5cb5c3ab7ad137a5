/** How sure it is, from what stands around a value, that a model is meant. */
import type {Resolver} from './resolve.ts'
import {type Group, plain, type Value, type View} from './value.ts'
import {
  isCatalogue,
  isModelKey,
  isOtherToken,
  isSchedule,
  isSharedKey,
  runsModel,
  type Subject,
  speaksOfModels,
  subjectOf,
} from './words.ts'

export interface Surroundings {
  readonly resolver: Resolver
  /** The file's text may speak of models. */
  readonly hinted: boolean
  /** It does, by more than words that other things share. */
  readonly speaks: () => boolean
  /** The schedule in this line runs models. */
  readonly scheduled: (line: number) => boolean
  /** Azure's deployment names, in lower case, as the models that stand behind them. */
  readonly deployments: ReadonlyMap<string, string>
}

/** A model is called with it; the call, the object or the names around it speak of one; neither. */
export type Near = 'call' | 'near' | 'far'

/** A value as it stands: under which keys, in which call. */
export interface Shown {
  readonly key: string
  readonly scope: readonly string[]
  readonly callee: readonly string[]
  readonly line: number
  readonly keys: readonly string[]
  readonly group: number
  /** The keys of the call or object it stands in directly. */
  readonly beside: readonly string[]
}

/** A price list or a menu: its models are described, not called. */
export const isMenu = ({entries}: Group): boolean => entries.some(({key}) => key !== null && isCatalogue(key))

/** A word that is no known model's name counts only where a model must stand. */
export const modelIn = (key: string, near: Near): boolean =>
  near === 'call' ||
  (near === 'near' &&
    /^(?:model|modelname|modelid|deployment|deploymentname|deploymentid|azuredeployment|llm|engine)$|(?:openai|azure|llm|gpt|chat|claude|anthropic)\w*(?:model|deployment)(?:name|id)?$/.test(
      plain(key),
    ))

/** What a call's own arguments by position are: `stepCountIs(5)`, `cron.schedule("0 3 * * *")`, `withMaxTokens(5)`. */
export function byCallee(group: Group): ReturnType<typeof subjectOf> {
  const name = group.callee.at(-1) ?? ''
  const found = subjectOf(name)
  if (found && /^(?:limit|schedule)$/.test(found[0])) return found
  if (/prompttemplate|systemmessage|prompt\.from|from_template|from_messages/i.test(group.callee.join('.')))
    return ['prompt', 'file']
  const first = group.entries.find(({key}) => key === null)?.value
  return first?.kind === 'text' && isSchedule(first.text) ? ['schedule', 'file'] : null
}

export function expressionOf(value: Value): string {
  if (value.kind === 'name') return value.path.join('.')
  if (value.kind === 'outside') return value.name
  if (value.kind === 'template') return value.parts.map(expressionOf).join('')
  if (value.kind === 'either') return value.options.map(expressionOf).join('|')
  if (value.kind === 'call') return value.group.callee.join('.')
  return value.kind === 'text' || value.kind === 'number' ? value.text : ''
}

/** What is set beside a model and beside little else. */
const ASKED = /^(?:messages|temperature|system|prompt|tools|topp|topk)$/

/** The call, the names, what is set beside it or the file speak of models. */
export const isClear = (
  {callee, scope, keys, beside}: Pick<Shown, 'callee' | 'scope' | 'keys' | 'beside'>,
  around: Surroundings,
): boolean =>
  runsModel(callee) ||
  speaksOfModels([...callee, ...scope, ...keys].join('.')) ||
  beside.some(key => ASKED.test(plain(key)) || isSharedKey(key)) ||
  around.speaks()

/** Whether a setting whose key other things have as well is a model's: most tokens, tiers, caching, reasoning. */
export function isOfModels(subject: Subject, shown: Shown, near: Near, around: Surroundings): boolean {
  const {key, keys, callee, scope, beside} = shown
  if (!isSharedKey(key)) return true
  const names = [key, ...keys, ...callee.slice(-2)]
  if (subject === 'limit' && isOtherToken(near === 'call' ? names : [...names, ...scope, ...beside]))
    return false
  const others = beside.filter(name => !isSharedKey(name))
  return near !== 'far' || others.some(isModelKey) || isClear({...shown, beside: others}, around)
}

/** `GPT_4O("gpt-4o", 128000)` of an enum, `MODEL = ["gpt-4o"]`; what is named in the plural is a list. */
export const isConstantOf = (
  path: string,
  key: string,
  value: Value,
): value is Extract<Value, {kind: 'list'}> =>
  value.kind === 'list' &&
  value.items.length < 4 &&
  /^[A-Z]/.test(key) &&
  (path.endsWith('.java') || !/s$/i.test(key))

export const keysOf = ({entries}: Group): string[] => entries.flatMap(({key}) => key ?? [])

/** Names of which a file asks whether something is in them: `VISION.contains(model)`. */
export const askedIn = ({groups}: View): ReadonlySet<string> =>
  new Set(
    groups.flatMap(({callee}) =>
      callee.length > 1 && /^(?:contains|includes?|has|member|indexof)$/i.test(callee.at(-1)!)
        ? [callee.at(-2)!]
        : [],
    ),
  )
