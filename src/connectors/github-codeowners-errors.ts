/**
 * What GitHub finds wrong in a CODEOWNERS file (`GET /repos/{owner}/{repo}/codeowners/errors`). A line that GitHub skips owns
 * nothing, so each is an issue with its place in that file; the file itself is read by `codeowners`.
 * Never read: message, suggestion and source, which quote the file.
 */
import {type Issue, issue} from '../model/fact.ts'
import {connector} from './connector.ts'
import {array, count, isObject, text} from './fields.ts'

const isErrors = (value: unknown): boolean =>
  isObject(value) &&
  Array.isArray(value.errors) &&
  value.errors.every(error => isObject(error) && 'kind' in error && 'line' in error && 'path' in error)

export const githubCodeownersErrors = connector({
  id: 'github-codeowners-errors',
  label: 'GitHub: errors in CODEOWNERS',
  needs: {fields: ['errors']},
  recognises: ({sample: [first]}) => isErrors(first) && /"errors"\s*:\s*\[\s*\{/.test(JSON.stringify(first)),
  *parse(source) {
    for (const record of source.records())
      if ('fact' in record) yield record
      else for (const error of array(record.value, 'errors')) yield found(error, record.line)
  },
})

function found(error: unknown, line: number): Issue {
  const place = `${text(error, 'path') ?? 'CODEOWNERS'}:${count(error, 'line') ?? '?'}`
  return issue(
    line,
    'codeowners-error',
    `${place}: GitHub skips this line or owner (${text(error, 'kind') ?? 'no reason given'})`,
    'mend the line; an owner must exist, be visible, and may write to the repository',
  )
}
