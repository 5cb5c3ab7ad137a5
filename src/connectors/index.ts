/** The sources venturi reads. Order matters only where two would claim the same content: the more exact one first. */

import {amplitude} from './amplitude.ts'
import {anthropicCosts, anthropicUsage} from './anthropic.ts'
import {anthropicClaudeCode} from './anthropic-claude-code.ts'
import {anthropicCostsCsv, anthropicUsageCsv} from './anthropic-csv.ts'
import {anthropicDirectory} from './anthropic-directory.ts'
import {anthropicEnterpriseCosts, anthropicEnterpriseUsers} from './anthropic-enterprise.ts'
import {awsCur} from './aws-cur.ts'
import {azureApim} from './azure-apim.ts'
import {azureCost} from './azure-cost.ts'
import {azureMetrics} from './azure-metrics.ts'
import {backstage} from './backstage.ts'
import {bedrockInferenceProfiles, bedrockInvocations} from './bedrock.ts'
import {claudeCode} from './claude-code.ts'
import {cloudflare} from './cloudflare.ts'
import {codeowners} from './codeowners.ts'
import {codex} from './codex.ts'
import type {Connector} from './connector.ts'
import {copilotBilling, copilotBillingCsv, copilotRequestsCsv} from './copilot-billing.ts'
import {copilotCli} from './copilot-cli.ts'
import {copilotSeats, copilotUsage} from './copilot-people.ts'
import {cortexCatalog} from './cortex.ts'
import {cursorCsv, cursorEvents} from './cursor.ts'
import {cursorTeam} from './cursor-team.ts'
import {datadogCatalog} from './datadog.ts'
import {deployEvents} from './deploy-events.ts'
import {entra} from './entra.ts'
import {budgets, costCenters, invoices} from './finance.ts'
import {focus} from './focus.ts'
import {gcpBilling, gcpBillingDetailed} from './gcp-billing.ts'
import {gcpInferenceLog} from './gcp-inference-log.ts'
import {geminiCli} from './gemini-cli.ts'
import {gitHistory} from './git-history.ts'
import {
  githubContributors,
  githubDeployments,
  githubIdentities,
  githubMembers,
  githubRepos,
  githubTeams,
} from './github.ts'
import {githubCodeownersErrors} from './github-codeowners-errors.ts'
import {gitlabDeployments, gitlabGroups, gitlabMembers, gitlabProjects} from './gitlab.ts'
import {googleWorkspace} from './google-workspace.ts'
import {helicone} from './helicone.ts'
import {hrWorkers} from './hr.ts'
import {kong} from './kong.ts'
import {kubernetes} from './kubernetes.ts'
import {langfuse} from './langfuse.ts'
import {litellmSpend} from './litellm.ts'
import {litellmDaily} from './litellm-daily.ts'
import {litellmPayload} from './litellm-payload.ts'
import {litellmTables} from './litellm-tables.ts'
import {okta} from './okta.ts'
import {openaiCosts, openaiCostsCsv, openaiUsage, openaiUsageCsv} from './openai.ts'
import {openaiDirectory} from './openai-directory.ts'
import {openrouterActivity, openrouterActivityCsv} from './openrouter.ts'
import {openrouterGenerations, openrouterKeys} from './openrouter-generations.ts'
import {opslevel} from './opslevel.ts'
import {otlpLogs, otlpMetrics, otlpTraces} from './otlp.ts'
import {outcomes} from './outcomes.ts'
import {portkey} from './portkey.ts'
import {posthog} from './posthog.ts'
import {scim} from './scim.ts'
import {segment} from './segment.ts'

export const connectors = [
  litellmSpend,
  litellmPayload,
  litellmDaily,
  helicone,
  langfuse,
  portkey,
  openrouterActivity,
  openrouterActivityCsv,
  openrouterGenerations,
  openrouterKeys,
  cloudflare,
  kong,
  openaiUsage,
  openaiCosts,
  openaiUsageCsv,
  openaiCostsCsv,
  openaiDirectory,
  anthropicUsage,
  anthropicCosts,
  anthropicUsageCsv,
  anthropicCostsCsv,
  anthropicClaudeCode,
  anthropicEnterpriseUsers,
  anthropicEnterpriseCosts,
  anthropicDirectory,
  codeowners,
  gitHistory,
  backstage,
  datadogCatalog,
  cortexCatalog,
  opslevel,
  bedrockInvocations,
  bedrockInferenceProfiles,
  otlpTraces,
  otlpLogs,
  otlpMetrics,
  focus,
  awsCur,
  azureCost,
  azureApim,
  azureMetrics,
  gcpBilling,
  gcpBillingDetailed,
  gcpInferenceLog,
  invoices,
  budgets,
  costCenters,
  hrWorkers,
  githubRepos,
  githubTeams,
  githubMembers,
  githubContributors,
  githubDeployments,
  githubIdentities,
  githubCodeownersErrors,
  gitlabGroups,
  gitlabMembers,
  gitlabProjects,
  gitlabDeployments,
  deployEvents,
  okta,
  scim,
  entra,
  googleWorkspace,
  kubernetes,
  litellmTables,
  outcomes,
  segment,
  posthog,
  amplitude,
  claudeCode,
  codex,
  geminiCli,
  copilotBilling,
  copilotBillingCsv,
  copilotRequestsCsv,
  copilotSeats,
  copilotUsage,
  copilotCli,
  cursorEvents,
  cursorCsv,
  cursorTeam,
] as const satisfies readonly Connector[]

export type ConnectorId = (typeof connectors)[number]['id']
