/** The place of a fact that was asked for: its URL, without what is secret and without what differs from day to day. */

/** Parameters that carry a credential or only a place in a list. */
const HIDDEN =
  /token|secret|signature|^sig$|password|credential|^key$|api[_-]?key$|^code$|^(cursor|after|after_id|next|page|limit|per_page|\$?top|maxResults|page_size|size|fields|\$select)$|skip/i

/** @example whereOf('https://u:p@api.example/v1/users?limit=9&group_by=model&after=u1', 2) // https://api.example/v1/users?group_by=model#page-2 */
export function whereOf(address: string, part = 1): string {
  const url = new URL(address)
  url.username = url.password = ''
  for (const name of new Set(url.searchParams.keys())) if (HIDDEN.test(name)) url.searchParams.delete(name)
  url.hash = part > 1 ? `page-${part}` : ''
  // Easier to read; line breaks and the like stay as they are.
  return url.href.replace(/\?$/, '').replace(/%(?:2F|5B|5D|3A|2C|7B|7D|24|40)/gi, decodeURIComponent)
}
