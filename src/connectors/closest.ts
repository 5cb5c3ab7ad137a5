/** A file nobody recognises: which formats came closest to it, and what each of them missed. */
import {type Issue, issue} from '../model/fact.ts'
import type {Connector, Head} from './connector.ts'
import {array, isIdentifier, isObject} from './fields.ts'
import {fitOf} from './needs.ts'

const HALF = 0.5
const MOST_SHOWN = 3
const MOST_NAMED = 3

/**
 * The formats that a file comes closest to, nearest first, each with why it refused; one that misses more than it finds is
 * no help.
 *
 * @example closest(head, connectors) // ['litellm-spend (no spend column)']
 */
export function closest(head: Head, connectors: readonly Connector[]): string[] {
  const views = [{list: null, head}, ...listsOf(head)]
  const near = connectors
    .flatMap(({id, needs}) => {
      const fits = views.flatMap(({list, head: view}) => {
        const fit = needs && fitOf(needs, view)
        return fit ? [{id, list, missing: fit.missing, share: fit.missing.length / fit.needed}] : []
      })
      return fits.sort((a, b) => a.share - b.share).slice(0, 1)
    })
    .filter(({share}) => share <= HALF)
    .sort((a, b) => a.share - b.share)
  return (
    near
      // Half of what a format needs is much where nothing has more of it, and chance where something has.
      .filter(({share}) => share < HALF || near[0]!.share === HALF)
      .slice(0, MOST_SHOWN)
      .map(({id, list, missing}) => `${id} (${why(missing, list, head)})`)
  )
}

function why(missing: readonly string[], list: string | null, {shape}: Head): string {
  const named = missing.slice(0, MOST_NAMED).map(name => `no ${name}`)
  const said =
    named.length > 0 && shape === 'csv' ? [`${named.join(', ')} column${named.length > 1 ? 's' : ''}`] : named
  if (missing.length > MOST_NAMED) said.push('…')
  if (list !== null) said.push(`its rows stand under ${JSON.stringify(list.slice(0, LONGEST_NAME))}`)
  return said.length === 0 ? 'its fields, but not its values' : said.join(', ')
}

/** Lists of objects in an envelope that nobody opens, each as if it were the file. */
function listsOf(head: Head): {readonly list: string; readonly head: Head}[] {
  const [first] = head.sample
  if (head.shape !== 'json' || !isObject(first)) return []
  return Object.keys(first)
    .map(list => ({list, head: {...head, sample: array(first, list).slice(0, 5)}}))
    .filter(({head: {sample}}) => sample.some(isObject))
}

const MOST_SEEN = 6
const MOST_WORDS = 7
const LONGEST_NAME = 40

/** Says what the file looks like and which formats it nearly is. */
export function unrecognised(head: Head, connectors: readonly Connector[]): Issue {
  const {shape, columns, sample} = head
  const seen = columns.length > 0 ? columns : isObject(sample[0]) ? Object.keys(sample[0]) : []
  // A table without a header has values where names should be.
  const named = seen.slice(0, MOST_SEEN).map(name => (isName(name) ? name.slice(0, LONGEST_NAME) : '…'))
  const what = [shape, ...(named.length > 0 ? [`with ${named.join(', ')}`] : [])].join(' ')
  const rest = seen.length > MOST_SEEN ? ', …' : ''
  const near = closest(head, connectors)
  return near.length === 0
    ? issue(
        1,
        'unrecognised',
        `no connector knows this content (${what}${rest})`,
        'see docs/sources.md for what is read, or leave the file out',
      )
    : issue(
        1,
        'unrecognised',
        `no connector knows this content (${what}${rest}); closest: ${near.join(', ')}`,
        'export it again with what is missing, or leave the file out; docs/sources.md says what is read',
      )
}

const isName = (name: string): boolean => isIdentifier(name) && name.split(/[_ ]/).length <= MOST_WORDS
