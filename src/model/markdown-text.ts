/** Names in GitHub-flavoured Markdown: data, whatever they look like. */
import {clean} from './clean.ts'

const ENTITIES: {readonly [character: string]: string} = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '@': '&#64;',
  ':': '&#58;',
}

/** A name among words. On a page where GitHub looks for mentions and references afterwards, `codeSpan` is what keeps it from them. */
export const escapeMarkdown = (text: string): string =>
  clean(text)
    .replace(/[\\`*_[\]~#]/g, character => `\\${character}`)
    .replace(/[&<>|@]|:(?=\/\/)/g, character => ENTITIES[character]!)

const LONGEST = 200

/**
 * A name as code: nothing in it is markup, a mention, a reference, a link or an emoji, and a table stays whole. A bar stands between
 * two pieces of code, since what a backslash before it does depends on what comes before that. Blank names are `–`; past 200
 * characters the middle is cut.
 *
 * @example codeSpan('a|b') // `a`&#124;`b`
 */
export function codeSpan(text: string): string {
  const shown = shortened(invisible(clean(text.toWellFormed())).trim())
  if (shown === '') return '–'
  return shown
    .split('|')
    .map(piece => (piece.trim() === '' ? piece : fenced(piece)))
    .join('&#124;')
}

/** What takes no room on the screen, where names may differ only by it. */
const invisible = (text: string): string =>
  text.replace(/[\u00ad\u200b\u2060\ufeff\u{e0000}-\u{e007f}]/gu, '')

function shortened(text: string): string {
  const characters = [...text]
  if (characters.length <= LONGEST) return text
  const kept = LONGEST / 2
  return `${characters.slice(0, kept).join('')}…${characters.slice(1 - kept).join('')}`
}

/** A fence longer than any within; a space beside a backtick, which Markdown takes away again. */
function fenced(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const apart = /^`|`$|^ .* $/.test(text) ? ' ' : ''
  return `${fence}${apart}${text}${apart}${fence}`
}
