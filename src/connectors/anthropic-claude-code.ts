/**
 * Claude Code analytics pages. No usage comes from them: rows of `api` customers restate tokens that the Messages usage
 * report already counts, rows of subscribers are estimates nobody invoices, and both are kept by person, where venturi
 * shows nothing of one person alone. What is safe and new is that the person exists. A link to a project would be
 * invented: the rows name no workspace, and a key only by a name that is not unique.
 */
import * as alias from '../model/alias.ts'
import {connector} from './connector.ts'
import {object, text} from './fields.ts'
import {hasNeeds, type Needs} from './needs.ts'

const NEEDS: Needs = {fields: ['actor', 'core_metrics', 'model_breakdown']}
const EMPTY = /(^|\/)anthropic\/(?:.*\/)?[^/]*claude_code[^/]*(\/[^/]+)?$/i

export const anthropicClaudeCode = connector({
  id: 'anthropic-claude-code',
  label: 'Claude Code analytics (people only: its spend is in the usage and cost reports)',
  needs: NEEDS,
  recognises: head =>
    (head.shape === 'json' || head.shape === 'jsonl') &&
    (head.sample.length === 0 ? EMPTY.test(head.path) : hasNeeds(NEEDS, head)),
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
