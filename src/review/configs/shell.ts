/** Shell scripts and Dockerfiles: what they set, and the calls of models that `curl` makes. */
import {type Entry, textValue, type Value} from '../value.ts'
import {isModelHost} from '../words.ts'
import {entry, moved, object} from './build.ts'
import {readJson} from './json.ts'
import {commandsIn, type Word} from './words.ts'

export function readShell(text: string): Value {
  const commands = commandsIn(text)
  const set = commands.flatMap(assignments)
  return object([...set, ...calls(commands, set)], 1)
}

/** The calls alone: of a step of a workflow. Null: it calls no model. */
export function readCalls(text: string): Value | null {
  if (!/\b(?:curl|wget)\b/.test(text)) return null
  const commands = commandsIn(text)
  const found = calls(commands, commands.flatMap(assignments))
  return found.length > 0 ? object(found, 1) : null
}

const SETS = /^(?:export|readonly|local|declare|typeset|set|env)$/

/** `A=b`, `export A=b`, `docker run -e A=b`, `: "${A:=b}"`. */
function assignments(words: readonly Word[]): Entry[] {
  const first = words.findIndex(
    ({text}) => !/^[A-Za-z_]\w*=/.test(text) && !SETS.test(text) && !text.startsWith('-'),
  )
  return words.flatMap(({text, line}, index): Entry[] => {
    const [, other, fallback] = /^\$\{(\w+):?=([^}]*)\}$/.exec(text) ?? []
    if (other !== undefined) return [entry(other, textValue(fallback!, line))]
    const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text) ?? []
    // Beyond what the command is called with only names that environments have.
    const counts = first < 0 || index < first || /^[A-Z][A-Z0-9_]*$/.test(name ?? '')
    return name !== undefined && counts ? [entry(name, textValue(value!, line))] : []
  })
}

const ENDPOINT =
  /\/chat\/completions|\/v1\/(?:messages|responses|embeddings|completions)\b|:(?:streamG|g)enerateContent|\/ai\/run\//
const DATA = /^(?:-d|--(?:data(?:-raw|-binary|-ascii)?|json|post-data|body-data)=?)/

function calls(commands: readonly (readonly Word[])[], set: readonly Entry[]): Entry[] {
  return commands.flatMap((words, index) => {
    if (!words.some(({text}) => /(?:^|\/)(?:curl|wget)$/.test(text))) return []
    const address = words.find(({text}) => isAddress(text))
    if (!address) return []
    const bodies = [
      ...words,
      ...(words.some(({text}) => /@-$/.test(text)) ? (commands[index - 1] ?? []) : []),
    ]
    const entries = [...ofAddress(address), ...bodies.flatMap(word => body(word, set))]
    return entries.length === 0 ? [] : [entry('llm request', object(entries, address.line))]
  })
}

const isAddress = (text: string): boolean =>
  isModelHost(text) || (/^(?:https?:|\$)/.test(text) && ENDPOINT.test(text))

/** Some addresses name the model; all that name a host say who answers. */
function ofAddress({text, line}: Word): Entry[] {
  const [, model] =
    /\/models\/([\w.-]+):|\/deployments\/([\w.-]+)\//.exec(text)?.filter(part => part !== undefined) ??
    /\/ai\/run\/(@[\w./-]+)/.exec(text) ??
    []
  const [origin] = /^https?:\/\/[\w.:-]+/.exec(text) ?? []
  return [
    ...(origin === undefined ? [] : [entry('base_url', textValue(origin, line))]),
    ...(model === undefined ? [] : [entry('model', textValue(model, line))]),
  ]
}

/** The object that a word is, or that the variable it names was set to. */
function body(word: Word, set: readonly Entry[]): Entry[] {
  const text = word.text.replace(DATA, '')
  const [, name] = /^\$\{?(\w+)\}?$/.exec(text) ?? []
  const held = name === undefined ? undefined : set.findLast(({key}) => key === name)?.value
  const [written, line] = held?.kind === 'text' ? [held.text, held.line] : [text, word.line]
  if (!/^\s*\{/.test(written)) return []
  const value = moved(readJson(written), line - 1)
  return value.kind === 'object' ? value.group.entries : []
}

/** `ENV` and `ARG`, several pairs a line and continued lines as well. */
export function readDockerfile(text: string): Value {
  // Lines of comments may stand between continued ones.
  const commands = commandsIn(text.replace(/^[ \t]*#.*$/gm, '\\'))
  return object(commands.flatMap(instruction), 1)
}

function instruction([name, ...words]: readonly Word[]): Entry[] {
  if (!/^(?:ENV|ARG)$/i.test(name?.text ?? '')) return []
  const pairs = words.flatMap(({text, line}): Entry[] => {
    const [, key, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text) ?? []
    return key === undefined ? [] : [entry(key, textValue(value!, line))]
  })
  const [key, ...rest] = words
  if (pairs.length > 0 || !key || rest.length === 0) return pairs
  return [entry(key.text, textValue(rest.map(({text}) => text).join(' '), rest[0]!.line))]
}
