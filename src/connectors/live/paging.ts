/** How services say that there is more: the next question by this one and its answer, or null at the end. */
import {array, isObject, object, text} from '../fields.ts'
import type {Answer} from './answer.ts'
import type {Ask} from './transport.ts'

export type Next = (answer: Answer, asked: Ask) => Ask | null

/** The same question with other parameters. */
export function withQuery(
  ask: Ask,
  parameters: {readonly [name: string]: string | number | readonly string[]},
): Ask {
  const url = new URL(ask.url)
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.delete(name)
    for (const item of typeof value === 'object' ? value : [value])
      url.searchParams.append(name, String(item))
  }
  return {...ask, url: url.href}
}

export const get = (
  url: string,
  parameters: {readonly [name: string]: string | number | readonly string[]} = {},
): Ask => withQuery({method: 'GET', url}, parameters)

const more = ({value}: Answer): boolean => isObject(value) && value.has_more === true

const turned = (asked: Ask, name: string, token: string | undefined): Ask | null =>
  token === undefined ? null : withQuery(asked, {[name]: token})

/** `has_more`, and the last item's id as `last_id`. */
export const afterLast =
  (parameter: 'after' | 'after_id'): Next =>
  (answer, asked) =>
    more(answer) ? turned(asked, parameter, text(answer.value, 'last_id')) : null

/** OpenAI's groups: `has_more`, and `next` to be sent as `after`. */
export const afterNext: Next = (answer, asked) =>
  more(answer) ? turned(asked, 'after', text(answer.value, 'next')) : null

/** `next_page`, to be sent as `page`; where `has_more` is said it must be true. */
export const nextPage: Next = (answer, asked) =>
  isObject(answer.value) && answer.value.has_more === false
    ? null
    : turned(asked, 'page', text(answer.value, 'next_page'))

/** Google: `nextPageToken`, to be sent as `pageToken`. */
export const nextToken: Next = (answer, asked) =>
  turned(asked, 'pageToken', text(answer.value, 'nextPageToken'))

/** Langfuse: `meta.cursor`, to be sent as `cursor`. */
export const metaCursor: Next = (answer, asked) =>
  turned(asked, 'cursor', text(object(answer.value, 'meta'), 'cursor'))

/** GitHub and Okta: a Link header, followed as it is. */
export const linkHeader: Next = (answer, asked) =>
  answer.next === null ? null : {...asked, url: new URL(answer.next, asked.url).href}

/** Graph: the whole address of the next page in the answer. */
export const odataNext: Next = (answer, asked) => {
  const url = text(answer.value, '@odata.nextLink')
  return url === undefined ? null : {...asked, url}
}

/** Numbered pages: on to the next while `total_pages` says that there is one; when it does not say, while pages are full. */
export const numbered =
  (list: string, size: number): Next =>
  ({value}, asked) => {
    const page = Number(new URL(asked.url).searchParams.get('page') ?? 1)
    const pages = Number(text(value, 'total_pages') ?? Number.NaN)
    const items = Array.isArray(value) ? value : array(value, list)
    const capped = isObject(value) && value.total_is_capped === true
    const goesOn = Number.isNaN(pages) || capped ? items.length >= size : page < pages
    return goesOn && items.length > 0 ? withQuery(asked, {page: page + 1}) : null
  }
