/** Records as CSV: what one line can hold of them. Lists are joined by `; `, money is exact decimals. */
import type {AttributionRecord} from '../record.ts'
import {csvLine} from './csv.ts'

type Field = string | number | boolean | null | undefined

const COLUMNS: {readonly [column: string]: (record: AttributionRecord) => Field} = {
  id: record => record.id,
  schema_version: record => record.schema_version,
  event_id: record => record.event_id,
  granularity: record => record.granularity,
  occurred_at: record => record.occurred_at,
  period_end: record => record.period_end,
  provider: record => record.provider,
  requested_model: record => record.requested_model,
  served_model: record => record.served_model,
  requests: ({usage}) => usage.requests,
  input_tokens: ({usage}) => usage.input_tokens,
  output_tokens: ({usage}) => usage.output_tokens,
  cache_read_tokens: ({usage}) => usage.cache_read_tokens,
  cache_write_tokens: ({usage}) => usage.cache_write_tokens,
  billed_usd: ({cost}) => cost.billed_usd,
  cost_source: ({cost}) => cost.source,
  cost_method: ({cost}) => cost.method,
  price_catalogue: ({cost}) => cost.price?.catalogue,
  price_model: ({cost}) => cost.price?.model,
  price_valid_from: ({cost}) => cost.price?.valid_from,
  price_tier: ({cost}) => cost.price?.tier,
  price_overlay: ({cost}) => cost.price?.overlay,
  price_notes: ({cost}) => cost.price?.notes?.join('; '),
  wh_low: ({energy}) => energy?.wh.low,
  wh: ({energy}) => energy?.wh.mid,
  wh_high: ({energy}) => energy?.wh.high,
  gco2e_low: ({energy}) => energy?.gco2e.low,
  gco2e: ({energy}) => energy?.gco2e.mid,
  gco2e_high: ({energy}) => energy?.gco2e.high,
  energy_tier: ({energy}) => energy?.tier,
  energy_zone: ({energy}) => energy?.zone,
  service_id: ({owner}) => owner.service?.id,
  service: ({owner}) => owner.service?.name,
  identity_id: ({owner}) => owner.identity?.id,
  identity: ({owner}) => owner.identity?.name,
  project_id: ({owner}) => owner.project?.id,
  project: ({owner}) => owner.project?.name,
  organization_id: ({owner}) => owner.organization?.id,
  organization: ({owner}) => owner.organization?.name,
  budget_id: ({owner}) => owner.budget?.id,
  budget: ({owner}) => owner.budget?.name,
  spend_class: record => record.spend_class,
  output_state: record => record.output_state,
  coper: record => record.coper,
  confidence_band: record => record.confidence_band,
  chargeback_eligible: record => record.chargeback_eligible,
  allocations: ({allocations}) =>
    allocations
      .map(
        ({organization, share_ppm, cost_usd}) =>
          `${organization?.name ?? 'nobody'}=${share_ppm}ppm${cost_usd === null ? '' : `=${cost_usd}`}`,
      )
      .join('; '),
  stage_origin: ({interpretation}) => interpretation.stage_origin,
  evidence_basis: ({interpretation}) => interpretation.evidence_basis.join('; '),
  degradation_state: ({interpretation}) => interpretation.degradation_state,
  freshness: ({interpretation}) => interpretation.freshness,
  selection_rationale: record => record.selection_rationale,
  trace_id: ({workflow}) => workflow?.trace_id,
  tag_project_id: ({tags}) => tags.project_id,
  tag_feature: ({tags}) => tags.feature,
  tag_cost_center: ({tags}) => tags.cost_center,
  tag_environment: ({tags}) => tags.environment,
  tag_request_intent: ({tags}) => tags.request_intent,
  tag_owner_team: ({tags}) => tags.owner_team,
  action_class: record => record.action_class,
}

export const recordsCsvHeader = csvLine(Object.keys(COLUMNS))

export const recordToCsv = (record: AttributionRecord): string =>
  csvLine(Object.values(COLUMNS).map(value => value(record)))
