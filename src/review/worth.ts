/** A setting's value as it is compared and shown; null: not the kind of value this setting has. */

import {leavesOf} from './leaves.ts'
import type {Value} from './value.ts'
import {isHttpCaching, isModelHost, isSchedule, providerOf, type Subject} from './words.ts'

/** How much to think: an effort, a budget, on or off. Other texts under such keys are labels and answers. */
const EFFORT =
  /^-?\d{1,9}$|^(?:\w+[_-])?(?:none|minimal|low|medium|high|x-?high|max(?:imum)?|auto|adaptive|dynamic|default|enabled?|disabled?|on|off|true|false|light|standard|deep|extended|unspecified)$/i

export function worthOf(subject: Subject, text: string): string | null {
  switch (subject) {
    case 'limit':
      return /^\d{1,9}$/.test(amountOf(text)) ? text : null
    case 'reasoning':
      return EFFORT.test(amountOf(text)) ? text : null
    case 'tier':
      return /^[\w-]{2,24}$/.test(text) ? text : null
    case 'cache':
      return /^[\w.:-]{1,80}$/.test(text) && !isHttpCaching(text) ? text : null
    case 'batch':
      return /^\d{1,9}[a-z]?$|^(?:true|false)$/.test(amountOf(text)) ? text : null
    case 'schedule':
      return isSchedule(text) ? text : null
    case 'provider':
      if (/^(?:https?|wss?):\/\//i.test(text)) return withoutSecret(text)
      return (providerOf(text) && /^[\w.-]{2,40}$/.test(text)) || isModelHost(`https://${text}`) ? text : null
    default:
      return null
  }
}

/**
 * A number without what languages let people write into it; any other text as it is.
 *
 * @example amountOf('12_000L') // '12000'
 */
export const amountOf = (text: string): string =>
  /^\d+(?:[_'’]\d+)*(?:[uU]?[lL]{0,2}|[lL][uU]|n)$/.test(text) ? text.replace(/\D/g, '') : text

/** An address without what might be a key in it. */
const withoutSecret = (url: string): string => url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/, '')

/** `{type: "enabled", budget_tokens: 8000}` as `enabled 8000`; null: no object, or none of these subjects. */
export function collapsed(
  subject: Subject,
  value: Value,
  text: (value: Value) => string | null,
): string | null {
  if (subject !== 'reasoning' && subject !== 'cache') return null
  const group = value.kind === 'object' || value.kind === 'call' ? value.group : null
  if (!group || (value.kind === 'call' && group.entries.some(({key}) => key === null))) return null
  const parts = leavesOf(group)
    .map(({keys, value: inner}) =>
      /^(?:summary|includethoughts|exclude|host|port|password|url)/i.test(
        (keys.at(-1) ?? '').replace(/_/g, ''),
      )
        ? null
        : text(inner),
    )
    .filter(part => part !== null && /^[\w.:-]{1,40}$/.test(part))
  return parts.length > 0 ? parts.join(' ') : null
}

const CHARACTERS_A_TOKEN = 4
const SHORTEST = 16

/** Of a prompt's fixed text; its holes count for nothing. Null: too short or no text. */
export function estimateTokens(value: Value, text: (value: Value) => string | null): number | null {
  const length = lengthOf(value, text, 0)
  return length < SHORTEST ? null : Math.ceil(length / CHARACTERS_A_TOKEN)
}

function lengthOf(value: Value, text: (value: Value) => string | null, depth: number): number {
  if (depth > 8) return 0
  if (value.kind === 'text') return squeezed(value.text)
  if (value.kind === 'template')
    return value.parts.reduce((sum, item) => sum + lengthOf(item, text, depth + 1), 0)
  if (value.kind === 'list')
    return value.items.reduce((sum, item) => sum + lengthOf(item, text, depth + 1), 0)
  if (value.kind === 'name' || value.kind === 'either') return squeezed(text(value) ?? '')
  return 0
}

/** Indentation and line ends are the source's, not the prompt's. */
const squeezed = (text: string): number => text.replace(/\s+/g, ' ').trim().length
