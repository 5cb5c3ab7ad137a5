/**
 * Deployments as a pipeline or a script writes them down, one a row:
 * `service, environment, version, repository, revision, deployed_at, finished_at, status, source`.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue} from '../model/fact.ts'
import {connector, type Row} from './connector.ts'
import {isIdentifier} from './fields.ts'
import {link, repositoryTargets} from './statements.ts'
import {type Columns, cell, columnsOf, dayOr, hasAny, table} from './table.ts'

const EVENT = {
  service: ['service', 'service_name', 'app', 'application', 'component'],
  environment: ['environment', 'env', 'stage'],
  version: ['version', 'tag', 'release'],
  repository: ['repository', 'repo', 'repository_url', 'repo_url'],
  revision: ['revision', 'sha', 'commit', 'commit_sha'],
  at: ['deployed_at', 'deployment_time', 'deploy_time'],
  finished: ['finished_at', 'completed_at'],
  status: ['status', 'state', 'result', 'outcome'],
} as const satisfies Columns<string>

const FAILED =
  /^(fail|error|cancel|abort|roll|reject|block|skip|pending|queued|running|in.?progress|created|waiting)/i

export const deployEvents = connector({
  id: 'deploy-events',
  label: 'Deploy events (CSV, JSON)',
  recognises: head => {
    const columns = columnsOf(head)
    return hasAny(columns, EVENT.at) && hasAny(columns, [...EVENT.service, ...EVENT.repository])
  },
  *parse(source) {
    for (const row of table(source)) yield* 'fact' in row ? [row] : event(row)
  },
})

function* event({line, row}: Row): Generator<Fact | Issue> {
  const service = cell(row, EVENT.service)
  const repository = cell(row, EVENT.repository)
  if ((service === undefined || !isIdentifier(service)) && repository === undefined) {
    yield issue(line, 'no-service', 'a deployment of neither a service nor a repository', 'fill in service')
    return
  }
  const at = dayOr(line, 'deployed_at', cell(row, EVENT.at) ?? cell(row, EVENT.finished))
  if (typeof at !== 'number') {
    yield at
    return
  }
  // What did not go out changed nothing.
  if (FAILED.test(cell(row, EVENT.status) ?? '')) return
  const [built] = repository === undefined ? [] : repositoryTargets(repository)
  const named = service !== undefined && isIdentifier(service) ? alias.named('service', service) : undefined
  if (named && built) yield link(line, 'built_from', named, built, 'deployment')
  yield {
    fact: 'deployment',
    line,
    subject: (named ?? built)!,
    environment: cell(row, EVENT.environment)?.toLowerCase() ?? null,
    at,
    revision: cell(row, EVENT.revision) ?? cell(row, EVENT.version) ?? null,
  }
}
