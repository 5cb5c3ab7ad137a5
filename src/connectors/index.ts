/** The sources venturi reads. Order matters only where two would claim the same content: the more exact one first. */

import {bedrockInferenceProfiles, bedrockInvocations} from './bedrock.ts'
import type {Connector} from './connector.ts'
import {litellmSpend} from './litellm.ts'

export const connectors = [
  litellmSpend,
  bedrockInvocations,
  bedrockInferenceProfiles,
] as const satisfies readonly Connector[]

export type ConnectorId = (typeof connectors)[number]['id']
