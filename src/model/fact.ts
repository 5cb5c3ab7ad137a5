/**
 * What connectors yield: one typed statement of a source, with its line. Everything past this point believes
 * these types; everything before it is somebody else's file.
 */
import type {Nanos} from './money.ts'

/** The four kinds of node; an invocation is a usage row, a budget an attribute of an organization. */
export type NodeKind = 'service' | 'identity' | 'project' | 'organization'

/**
 * The name one system knows a node by: `system:type/id`, e.g. `okta:group/00g1`, `email:a@acme.io`,
 * `openai:project/proj_1`. System `name:` is a reference by mere name, to be resolved: `name:team/payments`.
 */
export type Alias = string

/** One system knows a node. Repeating it is harmless. */
export interface EntityFact {
  readonly fact: 'entity'
  readonly line: number
  readonly kind: NodeKind
  readonly alias: Alias
  /** Display name as the system writes it. */
  readonly name?: string
  /** The system's own word for what it is: `team`, `service`, `library`, `service_account`, `everyone`, `bot`. */
  readonly type?: string
  /** `active`, `archived`, `departed`, … as the system writes it, lower-cased. */
  readonly status?: string
}

/** What a statement says about two nodes. Dated where the source dates it. */
export type Relation =
  /** The same node in two systems. */
  | 'same_as'
  /** Not the same node, whatever else says so; only `venturi.yaml` declares it. */
  | 'apart_from'
  /** A key, role, service account or provider user acts for a service, a person or a team. */
  | 'acts_for'
  /** One of the possible users of a shared key; all such links of one key form its closed set. */
  | 'consumed_by'
  /** A service, repository, path, namespace, project or key is a team's (or a person's). */
  | 'owned_by'
  /** A person is in a team. */
  | 'member_of'
  /** A person's manager. Weak: it says who is near, not which team. */
  | 'reports_to'
  /** A team is part of a larger one; a path part of a repository; a workload part of a service. */
  | 'part_of'
  /** A service is built from a repository or a path of it. */
  | 'built_from'
  /** A service, workload or key lives in a namespace, provider project, workspace or account. */
  | 'runs_in'
  /** A person made a key. Weak: admins make keys for others. */
  | 'created_by'
  /** A person works on a project. Weak. */
  | 'contributes_to'
  /** An organization's or a person's cost center. */
  | 'budgeted_under'

/** Where a statement comes from, by how much an interested party can bend it. Each is one kind of witness. */
export type Basis =
  | 'declared' // venturi.yaml, SCIM externalId, a catalog annotation naming the other system
  | 'verified' // e-mail or login verified by the system, SAML or SCIM identity
  | 'key_record' // the key's own record in the gateway or at the provider
  | 'key_history' // audit log: who held the key when
  | 'billed' // billed or authenticated identity: IAM principal, provider project
  | 'deployment' // workload manifests, deploy events
  | 'catalog' // service catalog
  | 'codeowners'
  | 'repository' // code host permissions, custom properties, contributors
  | 'directory' // identity provider groups
  | 'hr'
  | 'finance'
  | 'label' // labels, tags and metadata set by the owner of the thing
  | 'caller' // set by the caller on the request
  | 'name' // a name says so

/** One statement that relates two nodes over an interval. */
export interface LinkFact {
  readonly fact: 'link'
  readonly line: number
  readonly relation: Relation
  readonly from: Alias
  readonly to: Alias
  readonly basis: Basis
  /** Epoch ms, included; absent: always. */
  readonly validFrom?: number
  /** Epoch ms, excluded; absent: still. */
  readonly validTo?: number
  /** At most one such link holds at a time: the next dated one from the same source, subject and relation ends this. */
  readonly exclusive?: true
}

/** `request`: one call; `bucket`: a provider's usage report; `line_item`: a bill's row. */
export type Granularity = 'request' | 'bucket' | 'line_item'

/**
 * Everything in a usage row that could tell who it belongs to. Fields with system ids hold aliases. `tag_*` is what
 * the caller says of itself: believed only while nothing contradicts it.
 */
export const SIGNATURE_FIELDS = [
  'channel', // litellm, openai, anthropic, bedrock, otel, focus, …: the connector family that reported it
  'provider', // who bills: openai, anthropic, aws, azure, google, …
  'account', // alias of the provider account: aws:account/0044…, openai:org/org-fen
  'key', // alias: litellm:key/<hash>, openai:key/key_…, anthropic:key/apikey_…
  'key_name', // the key's alias on the day of use: heron-prod
  'project', // alias: openai:project/proj_…, anthropic:workspace/wrkspc_… ("default" for its null)
  'user', // alias: litellm:user/…, openai:user/…, anthropic:user/…
  'team', // alias: litellm:team/…
  'team_name', // what the gateway called that team on the day of use
  'organization', // alias: litellm:organization/…
  'role', // alias: aws:role/ACCT/NAME, aws:user/ACCT/NAME
  'session', // role session name: declared by the platform or the caller
  'service', // service.name of the workload's own telemetry, as written
  'namespace', // k8s:namespace/NAME
  'workload', // k8s:workload/NAMESPACE/NAME
  'repository', // github:repo/OWNER/NAME or name:repo/NAME
  'environment', // production, staging, development, … lower-cased, where the system and not the caller says so
  'region',
  'model_deployment', // what a company called its own deployment of a model: heron-gpt41
  'line', // the bill's own words for a charge that names nothing else: "Code Execution Usage"
  'tag_service',
  'tag_team',
  'tag_project_id',
  'tag_feature',
  'tag_cost_center',
  'tag_environment',
  'tag_request_intent',
  'tag_repository',
  'tag_namespace',
] as const
export type SignatureField = (typeof SIGNATURE_FIELDS)[number]
export type Signature = {readonly [field in SignatureField]?: string}

export interface Usage {
  readonly requests: number | null
  /** Excludes cache reads and writes. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: number | null
  /** What of these counts has a price of its own, and what is billed beside tokens; absent: the source does not say. */
  readonly parts?: UsageParts
}

/** Tokens that some prices tell apart, each with the count it is a part of. */
export const PART_OF = {
  /** Written to a cache that lives an hour, not five minutes. */
  cacheWrite1hTokens: 'cacheWriteTokens',
  audioInputTokens: 'inputTokens',
  imageInputTokens: 'inputTokens',
  audioOutputTokens: 'outputTokens',
  imageOutputTokens: 'outputTokens',
  audioCacheReadTokens: 'cacheReadTokens',
  imageCacheReadTokens: 'cacheReadTokens',
} as const satisfies {readonly [part: string]: keyof Usage}
export type Part = keyof typeof PART_OF

/** Few rows carry any; those are stored beside the row. */
export type UsageParts = {readonly [part in Part]?: number} & {readonly webSearches?: number}

/** The tier of a call that a gateway answered from its own cache: the provider never saw it and nobody bills it. */
export const GATEWAY_CACHE = 'gateway_cache'

/** Spend or consumption somebody measured, at one of three granularities. */
export interface UsageFact {
  readonly fact: 'usage'
  readonly line: number
  /**
   * The provider's or gateway's request id; for spans the response id, else `traceId/spanId`; for aggregates a
   * deterministic id of (source, period, dimensions). The same id from two sources is the same call.
   */
  readonly id: string
  readonly granularity: Granularity
  /** Epoch ms: start of the request or period. */
  readonly at: number
  /** Epoch ms: end of the period of an aggregate, excluded. */
  readonly until?: number
  readonly signature: Signature
  readonly requestedModel: string | null
  readonly servedModel: string | null
  /** Service tier that changes the price: `standard`, `batch`, `flex`, `priority`, `gateway_cache`; null: not said. */
  readonly tier: string | null
  readonly usage: Usage
  /** What the source says it cost; null: it does not say (0 with tokens is "unknown price" at most gateways). */
  readonly cost: Nanos | null
  /** Who says so: a gateway estimates, a provider's cost report or bill decides. */
  readonly costSource: 'provider' | 'gateway' | null
  readonly status: 'success' | 'failure' | null
  /** Trace or session that groups calls into one workflow. */
  readonly trace?: string
  /** The span of that trace within which it was called; absent: none, or the source knows no spans. */
  readonly parent?: string
  /** From the start of the call to its end, in ms. */
  readonly latencyMs?: number
  /** How the call came about and went; absent: the source says nothing of it. */
  readonly context?: CallContext
  /**
   * Of a report that is exported again and again: what of it a later export replaces as a whole, on the days it covers.
   * Made by `partitionOf` (`model/edition.ts`). Absent: the row stands until a fuller one with its id comes.
   */
  readonly partition?: string
}

/** What a log says of a call beside whose it is and what it consumed. Each is one short word of the log, never text of a call. */
export interface CallContext {
  /** Why the gateway chose the model it chose: `LOW_RISK_SUMMARY`. */
  readonly reason?: string
  /** The version of the rules by which it chose. */
  readonly policy?: string
  /** Another model or provider answered than was chosen first. */
  readonly fallback?: true
  /** Attempts before this one that failed. */
  readonly retries?: number
  /** What became of the answer, as the product says: `success`, `rejected`. */
  readonly outcome?: string
  /** For which customer, as a digest: tells tenants apart and names none. Never one for whom a person is known. */
  readonly tenant?: string
  /** Which step of a workflow it is: an agent or a task. */
  readonly step?: string
}

/** A span that calls others: an agent, a tool, or whatever stands between. What it says of tokens repeats the calls below it. */
export interface SpanFact {
  readonly fact: 'span'
  readonly line: number
  readonly trace: string
  readonly id: string
  /** Null: the trace begins with it. */
  readonly parent: string | null
  /** `other`: known only as a link between two of the rest. */
  readonly kind: 'agent' | 'tool' | 'other'
  /** Name of the agent or tool. */
  readonly name: string | null
}

/** When the file was exported, as its content says; said once a file. Days, periods and paths tell of the others. */
export interface ExportFact {
  readonly fact: 'export'
  readonly line: number
  /** Epoch ms; null: it does not say. */
  readonly at: number | null
  /** The period it reports is invoiced: exports made before that no longer count. */
  readonly final?: true
}

/** A service went out. */
export interface DeploymentFact {
  readonly fact: 'deployment'
  readonly line: number
  /** What was deployed: a repository, workload or service alias. */
  readonly subject: Alias
  readonly environment: string | null
  readonly at: number
  readonly revision: string | null
}

/** One CODEOWNERS entry; order within its file decides. */
export interface RuleFact {
  readonly fact: 'rule'
  readonly line: number
  /** `github:repo/OWNER/NAME`, `name:repo/NAME` where only a folder names it. */
  readonly repository: Alias
  /** Path of the file inside its repository: GitHub uses `.github/`, then the root, then `docs/`. */
  readonly file: string
  /** As written; GitLab's exclusions keep their `!`. */
  readonly pattern: string
  /** As written: `@org/team`, `@login`, `a@b.c`; on GitLab a section's default owners where the line has none; empty: nobody. */
  readonly owners: readonly string[]
  /** GitLab only: the section in lower case, `''` before the first heading, `^` in front of one that asks for no approval. */
  readonly section?: string
  /** Epoch ms, included and excluded: the version of the file that held then; absent: always, still. */
  readonly validFrom?: number
  readonly validTo?: number
}

/** Money promised: one version of an organization's budget. */
export interface BudgetFact {
  readonly fact: 'budget'
  readonly line: number
  /** Alias of the organization, usually `name:team/…`; null when only a cost center is named. */
  readonly organization: Alias | null
  readonly costCenter: string | null
  readonly project: string | null
  /** Epoch ms, included and excluded. */
  readonly start: number
  readonly end: number
  readonly amount: Nanos
  readonly currency: string
  readonly kind: 'limit' | 'forecast' | 'alert'
}

/** An invoice: what was really asked for, per provider account and period. */
export interface BillFact {
  readonly fact: 'bill'
  readonly line: number
  readonly invoice: string
  readonly provider: string
  readonly account: string | null
  readonly start: number
  readonly end: number
  readonly amount: Nanos
  readonly currency: string
  readonly status: string | null
}

/** A unit of result that the product delivered: a ticket solved, a document processed. Never what it says. */
export interface OutcomeFact {
  readonly fact: 'outcome'
  readonly line: number
  /** Who counted: `segment`, `posthog`, `amplitude`, or what the company's own file says. Its ids are unique. */
  readonly source: string
  readonly id: string
  /** Epoch ms, when it happened: not when it was sent. */
  readonly at: number
  /** Normalised: `Ticket Resolved` is `ticket_resolved`. */
  readonly name: string
  /** In billionths of a unit, so that decimals add up exactly; negative: takes an earlier one back. */
  readonly quantity: bigint
  readonly unit: string | null
  /** What it is worth to the company, in nano-units of `currency`. */
  readonly value: Nanos | null
  readonly currency: string | null
  readonly success: boolean | null
  /** `name:service/…`, `name:project/…`, `name:team/…`; null: not said, and never guessed from the name. */
  readonly service: Alias | null
  readonly project: Alias | null
  readonly organization: Alias | null
  readonly feature: string | null
  /** Trace, conversation or request id that ties it to calls. */
  readonly trace: string | null
  /** Whose result it was, as a digest: tells tenants apart and names none. */
  readonly tenant: string | null
  /** The event that this one takes back. */
  readonly reverses: string | null
}

/** Somebody changed files of a repository. What changed, and what was said of it, is not kept. */
export interface CommitFact {
  readonly fact: 'commit'
  readonly line: number
  readonly repository: Alias
  readonly sha: string
  /** `email:…`, `github:user/…` behind GitHub's no-reply addresses, `name:person/…` where a dump hides the address. */
  readonly author: Alias
  /** Epoch ms, the author's clock. */
  readonly at: number
  /** Files touched, all of them. */
  readonly files: number
  /** Folders touched with their number of files, sorted; deeper ones count in their ancestor. '' is the root. */
  readonly folders: readonly (readonly [folder: string, files: number])[]
}

export type Fact =
  | EntityFact
  | LinkFact
  | UsageFact
  | SpanFact
  | ExportFact
  | DeploymentFact
  | RuleFact
  | BudgetFact
  | BillFact
  | OutcomeFact
  | CommitFact

/** One entry venturi could not use. Parsing goes on. */
export interface Issue {
  readonly fact: 'issue'
  readonly line: number
  /** Stable, kebab-case: `bad-json`, `bad-time`, `bad-amount`, `unknown-currency`, … */
  readonly code: string
  /** What, quoting what was written; never content, never a secret. */
  readonly message: string
  /** One thing to do. */
  readonly mend: string
}

export const issue = (line: number, code: string, message: string, mend: string): Issue => ({
  fact: 'issue',
  line,
  code,
  message,
  mend,
})
