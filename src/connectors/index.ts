/** The sources venturi reads. Order matters only where two would claim the same content: the more exact one first. */

import {bedrockInferenceProfiles, bedrockInvocations} from './bedrock.ts'
import type {Connector} from './connector.ts'
import {budgets, costCenters, invoices} from './finance.ts'
import {focus} from './focus.ts'
import {hrWorkers} from './hr.ts'
import {litellmSpend} from './litellm.ts'
import {otlpTraces} from './otlp.ts'

export const connectors = [
  litellmSpend,
  bedrockInvocations,
  bedrockInferenceProfiles,
  otlpTraces,
  focus,
  invoices,
  budgets,
  costCenters,
  hrWorkers,
] as const satisfies readonly Connector[]

export type ConnectorId = (typeof connectors)[number]['id']
