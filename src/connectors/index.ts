/** The sources venturi reads. Order matters only where two would claim the same content: the more exact one first. */
import {backstage} from './backstage.ts'
import {codeowners} from './codeowners.ts'
import type {Connector} from './connector.ts'
import {
  githubContributors,
  githubDeployments,
  githubIdentities,
  githubMembers,
  githubRepos,
  githubTeams,
} from './github.ts'
import {kubernetes} from './kubernetes.ts'
import {litellmSpend} from './litellm.ts'
import {litellmTables} from './litellm-tables.ts'
import {okta} from './okta.ts'
import {scim} from './scim.ts'

export const connectors = [
  litellmSpend,
  codeowners,
  backstage,
  githubRepos,
  githubTeams,
  githubMembers,
  githubContributors,
  githubDeployments,
  githubIdentities,
  okta,
  scim,
  kubernetes,
  litellmTables,
] as const satisfies readonly Connector[]

export type ConnectorId = (typeof connectors)[number]['id']
