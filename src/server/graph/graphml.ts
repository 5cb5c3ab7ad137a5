/** The graph for tools that draw graphs: GraphML, with aliases and merges as data of their node. */
import type {GraphJson} from './describe.ts'

const NODE_KEYS = ['kind', 'name', 'type', 'status', 'aliases', 'merges'] as const
const EDGE_KEYS = ['relation', 'basis', 'valid_from', 'valid_to', 'where', 'probability', 'because'] as const

/** Ends with a newline. `not_merged` and `refused` are edges between the nodes that stayed two. */
export function graphToXml(graph: GraphJson): string {
  const merges = Map.groupBy(graph.merges, ({node}) => node)
  const nodeOf = new Map(graph.nodes.flatMap(({id, aliases}) => aliases.map(known => [known, id] as const)))
  const nodes = graph.nodes.map(({id, aliases, ...node}) =>
    element('node', {id}, NODE_KEYS, {
      ...node,
      aliases: aliases.join('\n'),
      merges: (merges.get(id) ?? [])
        .map(
          ({aliases: [a, b], probability, because, where}) =>
            `${a} = ${b} (${probability}): ${because}${where === null ? '' : `, ${where}`}`,
        )
        .join('\n'),
    }),
  )
  const links = graph.links.map(({from, to, ...link}) =>
    element('edge', {source: from, target: to}, EDGE_KEYS, link),
  )
  const apart = [
    ...graph.not_merged.map(pair => ({
      ...pair,
      relation: 'not_merged',
      because: `${pair.because}; ${pair.why}`,
    })),
    ...graph.refused.map(pair => ({...pair, relation: 'refused', because: `${pair.because}; kept apart`})),
  ].flatMap(({aliases: [a, b], relation, probability, because, where}) => {
    const [source, target] = [nodeOf.get(a), nodeOf.get(b)]
    if (source === undefined || target === undefined) return []
    return [element('edge', {source, target}, EDGE_KEYS, {relation, probability, because, where})]
  })
  const keys = [
    ...NODE_KEYS.map(name => ['node', name, 'string'] as const),
    ...EDGE_KEYS.map(name => ['edge', name, name === 'probability' ? 'double' : 'string'] as const),
  ].map(
    ([of, name, type]) => `  <key id="${of}_${name}" for="${of}" attr.name="${name}" attr.type="${type}"/>`,
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys,
    '  <graph edgedefault="directed">',
    ...[...nodes, ...links, ...apart].map(line => `    ${line}`),
    '  </graph>',
    '</graphml>',
    '',
  ].join('\n')
}

function element(
  tag: 'node' | 'edge',
  attributes: {readonly [name: string]: string},
  keys: readonly string[],
  data: {readonly [key: string]: unknown},
): string {
  const head = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`)
  const body = keys
    .filter(key => data[key] !== null && data[key] !== undefined && data[key] !== '')
    .map(key => `<data key="${tag}_${key}">${escaped(String(data[key]))}</data>`)
  return `<${tag}${head.join('')}>${body.join('')}</${tag}>`
}

const ENTITIES: {readonly [character: string]: string} = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Names are data: no markup, and none of the characters XML cannot hold. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, character => ENTITIES[character]!)
