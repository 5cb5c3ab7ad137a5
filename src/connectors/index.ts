/** The sources venturi reads. Order matters only where two would claim the same content: the more exact one first. */
import {backstage} from './backstage.ts'
import {codeowners} from './codeowners.ts'
import type {Connector} from './connector.ts'
import {litellmSpend} from './litellm.ts'

export const connectors = [litellmSpend, codeowners, backstage] as const satisfies readonly Connector[]

export type ConnectorId = (typeof connectors)[number]['id']
