/**
 * Claude Code analytics pages. No usage comes from them: rows of `api` customers restate tokens that the Messages usage
 * report already counts, rows of subscribers are estimates nobody invoices, and both are kept by person, where venturi
 * shows nothing of one person alone. What is safe and new is that the person exists. A link to a project would be
 * invented: the rows name no workspace, and a key only by a name that is not unique.
 */
import * as alias from '../model/alias.ts'
import {connector} from './connector.ts'
import {isObject, object, text} from './fields.ts'

export const anthropicClaudeCode = connector({
  id: 'anthropic-claude-code',
  label: 'Claude Code analytics (people only: its spend is in the usage and cost reports)',
  recognises: ({shape, sample: [first], path}) =>
    shape !== 'json' && shape !== 'jsonl'
      ? false
      : first === undefined
        ? /(^|\/)anthropic\/(?:.*\/)?[^/]*claude_code[^/]*(\/[^/]+)?$/i.test(path)
        : isObject(first) && 'actor' in first && 'core_metrics' in first && 'model_breakdown' in first,
  *parse(source) {
    const seen = new Set<string>()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const address = text(object(record.value, 'actor'), 'email_address')
      if (!address || seen.has(address.toLowerCase())) continue
      seen.add(address.toLowerCase())
      yield {fact: 'entity', line: record.line, kind: 'identity', alias: alias.email(address), type: 'person'}
    }
  },
})
