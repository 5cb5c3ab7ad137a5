/** Whether text speaks of people: by what sources call them, or by how systems know them. */

/** Tells whether a text holds the name, login, address or id of a person. */
export type People = (text: string) => boolean

/** Every system's word for an account of somebody, and every address. */
const ACCOUNT =
  /\S@[\p{L}\p{N}-]+\.\p{L}|\b(email:|name:person\/|hr:worker\/|aws:identity\/|(?!aws:)[a-z0-9_]+:user\/)/u
const BETWEEN = /[^\p{L}\p{N}._@'’-]+|[.'’]+(?=\s|$)/u
/** What is shorter is too often a word. */
const SHORTEST = 3

const POSSESSIVE = /['’]s(?!\p{L})/gu

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(POSSESSIVE, '')
    .split(BETWEEN)
    .filter(word => word !== '')

/** `names`: as written, in any case. A name is met only as whole words: `Ana` is not in `analytics`. */
export function peopleCalled(names: readonly string[]): People {
  const known = new Set(names.filter(name => name.length >= SHORTEST).map(name => words(name).join(' ')))
  const longest = Math.max(1, ...[...known].map(name => name.split(' ').length))
  return text => {
    if (ACCOUNT.test(text)) return true
    const all = words(text)
    return all.some((_, from) => {
      for (let count = 1; count <= longest; count++)
        if (known.has(all.slice(from, from + count).join(' '))) return true
      return false
    })
  }
}
