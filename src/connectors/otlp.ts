/**
 * OpenTelemetry as OTLP/JSON: export requests, one a line (the collector's file exporter) or one a document. Pipelines may share a
 * file, so whichever signal a file begins with, all of it is read:
 * traces, GenAI spans that are one inference; an agent's span repeats the totals of its children and is used only where its trace
 * holds no inference; spans of sampled traces are a lower bound, and are not scaled up;
 * logs, GenAI inference events and what coding assistants report of each request;
 * metrics, sums of the same calls again, which settle only what no span or log lists.
 * Never read: span events, links, status messages, log bodies, scopes but their name, and every attribute not named here.
 */
import type {Fact, Issue} from '../model/fact.ts'
import {connector, type Head, type Source} from './connector.ts'
import {isObject} from './fields.ts'
import {AgentTotals} from './otlp-agents.ts'
import {Callers} from './otlp-attributes.ts'
import {logCalls} from './otlp-logs.ts'
import {MetricSums} from './otlp-metrics.ts'
import {spanCalls} from './otlp-spans.ts'

const SIGNALS = ['resourceSpans', 'resourceLogs', 'resourceMetrics'] as const
type Signal = (typeof SIGNALS)[number]

export const otlpTraces = connector({
  id: 'otlp-traces',
  label: 'OpenTelemetry traces (OTLP/JSON)',
  needs: {fields: ['resourceSpans']},
  recognises: head => signalOf(head) === 'resourceSpans',
  parse,
})

export const otlpLogs = connector({
  id: 'otlp-logs',
  label: 'OpenTelemetry logs (OTLP/JSON)',
  needs: {fields: ['resourceLogs']},
  recognises: head => signalOf(head) === 'resourceLogs',
  parse,
})

export const otlpMetrics = connector({
  id: 'otlp-metrics',
  label: 'OpenTelemetry metrics (OTLP/JSON)',
  needs: {fields: ['resourceMetrics']},
  recognises: head => signalOf(head) === 'resourceMetrics',
  parse,
})

/** The first of the signals that the beginning of a file holds. */
function signalOf({sample, text}: Head): Signal | undefined {
  const held = SIGNALS.filter(signal =>
    sample.some(record => isObject(record) && Array.isArray(record[signal])),
  )
  return held.length === 0
    ? undefined
    : SIGNALS.find(signal => held.includes(signal) || text.includes(`"${signal}"`))
}

function* parse(source: Source): Generator<Fact | Issue> {
  const agents = new AgentTotals()
  const callers = new Callers()
  const sums = new MetricSums(callers)
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else {
      yield* spanCalls(record.value, record.line, agents, callers)
      yield* logCalls(record.value, record.line, agents, callers)
      yield* sums.add(record.value, record.line)
    }
  }
  yield* agents.unexplained()
  yield* sums.facts()
}
