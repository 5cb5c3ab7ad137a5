/** Files that are prompts: their size counts, and the settings some carry at their head. */
import {configView, entry, object} from './configs/build.ts'
import {readYaml} from './configs/yaml.ts'
import type {Entry, View} from './value.ts'

const PROMPT =
  /(^|\/)[\w.-]*prompts?\/(?:[^/]+\/)*[^/]+\.(?:txt|md|j2|jinja2?|tmpl|tpl|hbs|mustache|liquid|erb|prompt|prompty)$|[\w-]*prompts?\.(?:txt|md|j2|jinja2?|tmpl|hbs|mustache|liquid)$|\.prompt(?:y|\.md|\.txt)?$/i
const HEAD = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/

/** Null: no prompt. `text` null: only the name is asked about. */
export function promptView(path: string, text: string | null): View | null {
  if (!PROMPT.test(path)) return null
  if (text === null) return configView(path, object([], 1))
  const head = HEAD.exec(text)
  const body = head ? text.slice(head[0].length) : text
  const settings = head ? readYaml(`\n${head[1]}`) : null
  const entries: Entry[] = settings?.kind === 'object' ? settings.group.entries : []
  const line = head ? head[0].split('\n').length : 1
  return configView(path, object([...entries, entry('prompt', {kind: 'text', text: body, line}, line)], 1))
}
