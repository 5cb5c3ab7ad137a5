/**
 * What `venturi init` writes. Lines that start with `##` are for reading; taking `# ` off the others turns them on, and a
 * test holds that all of them together are a valid configuration that leaves no key out.
 */
export const TEMPLATE = `## venturi.yaml: what the sources cannot say of themselves.
## Lines with ## explain. Take "# " off the others to use them; none is needed to start.

version: 1

## What you pay instead of list prices: dollars per million tokens, in quotes so that no digit is lost.
## Days are UTC and both included. The next \`venturi attribute\` prices what has been read again.
# rates:
#   - provider: anthropic        # left out: whoever bills the model
#     model: claude-sonnet-4-5
#     from: 2026-10-01           # left out: always
#     to: 2027-09-30             # left out: still
#     per_million_usd:
#       input: "2.40"
#       output: "12.00"
#       cache_read: "0.24"       # left out: as input
#       cache_write: "3.00"      # left out: as input
#       cache_write_1h: "4.80"   # left out: as cache_write

## Which model stands behind a deployment name of yours on Azure.
# azure_deployments:
#   heron-chat: gpt-4.1

## Names of one and the same team, person, service or repository in different systems, as \`venturi explain\` prints them.
# same:
#   - ["okta:group/00g1payments", "github:team/acme/payments", "finance:cost_center/4410"]
#   - ["email:ada@acme.example", "github:user/ada-l"]

## Names that are not one, two by two, however alike: never merged, not even through a third. \`venturi graph\` shows what was.
# apart:
#   - ["github:team/acme/search", "datadog:team/search-ads"]

## Whose a key, project, role, service or repository is, whatever the evidence says.
# owners:
#   - of: openai:project/proj_heron
#     team: payments             # a team's name, or one of its names in a system: github:team/acme/payments
#     from: 2026-10-01           # left out: always
#     until: 2027-03-31          # left out: still; the day is included

## The trained model that answers where rules leave spend open (docs/inference.md).
# inference:
#   enabled: true              # false: only rules answer
#   model: .venturi/model.json # left out: the one \`venturi train\` wrote beside the database, else the one in the package
#   budget_seconds: 60         # longer than this, and plain rules answer the rest
#   recalled: [default-0123456789ab]   # versions not to be trusted any more

## How a cost that several share is split, as your company has agreed (docs/configuration.md). Teams a rule names are its users.
# allocations:
#   - of: litellm:key/0f3c…        # a key, project, service, account or role
#     why: "agreed by Search and Catalog, FinOps minutes of 2026-09-28"
#     from: 2026-10-01           # left out: always
#     until: 2027-03-31          # left out: still; the day is included
#     always: true               # left out: only where too little use has been measured
#     shares:                    # in quotes, or whole parts per million; they sum to exactly 1
#       search: "0.55"
#       catalog: "0.35"
#     remainder: unallocated     # whose the rest is: {team: …}, or nobody's, as a line of its own
#   - of: openai:project/proj_heron
#     why: "platform handbook, section 4"
#     by: product_surface        # or tenant, calling_application, requests, tokens, cost
#     map:                       # left out: values are whose venturi finds them to be
#       checkout-help: payments
#       reviews: catalog
#     remainder: {team: platform}   # values that neither the map nor venturi knows


## What you know better than the estimates of energy and carbon (docs/energy.md).
# energy:
#   zones:                       # where a provider, or its region, takes its electricity from
#     aws-eu-west-1: FRA
#     mistral: SWE
#   intensity:                   # grams of CO2 equivalent per kWh, location-based
#     FRA: 56
#   models:                      # billions of parameters: all, and those a token goes through
#     heron-70b: {total: 70.6, active: 70.6, open: true}   # open: weights are published, so the range is narrower
#     heron-embed: {total: 0.3, active: 0.3, open: false, embeds: true}   # reads text and writes none

## What \`venturi ingest\` without a path asks over the network, read-only (docs/live.md says which rights each needs).
## Secrets stay in the environment: a key that ends in _env names the variable, and left out it is the one shown.
## name: what the source is called, left out: its type. url: left out: the vendor's own. since: left out: 92 days back.
# sources:
#   - type: openai
#     name: openai-eu
#     url: https://eu.api.openai.com/v1
#     key_env: OPENAI_ADMIN_KEY
#     since: 2026-10-01
#     skip: [directory]          # of usage, costs, directory
#   - type: anthropic
#     name: anthropic
#     url: https://api.anthropic.com
#     key_env: ANTHROPIC_ADMIN_KEY
#     since: 2026-10-01
#     skip: [claude_code]        # of usage, costs, claude_code, directory
#   - type: github
#     name: github
#     url: https://github.acme.example/api/v3
#     org: acme
#     token_env: GITHUB_TOKEN
#     since: 2026-10-01          # how far back the history of CODEOWNERS and deployments goes
#     skip: [identities]         # of directory, identities, codeowners, deployments
#   - type: okta
#     name: okta
#     url: https://acme.okta.com
#     token_env: OKTA_API_TOKEN
#     scheme: SSWS               # or Bearer, for an OAuth token
#     skip: [groups]             # of users, groups
#   - type: entra
#     name: entra
#     url: https://graph.microsoft.com/v1.0
#     login_url: https://login.microsoftonline.com
#     tenant: acme.example       # left out: in AZURE_TENANT_ID
#     client_id: 00000000-0000-0000-0000-000000000000   # left out: in AZURE_CLIENT_ID
#     secret_env: AZURE_CLIENT_SECRET
#     skip: [service_principals] # of users, groups, service_principals
#   - type: google
#     name: google
#     url: https://admin.googleapis.com/admin/directory/v1
#     token_url: https://oauth2.googleapis.com/token
#     subject: admin@acme.example   # the administrator for whom the service account reads
#     customer: my_customer
#     credentials_env: GOOGLE_APPLICATION_CREDENTIALS
#     skip: [groups]             # of users, groups
#   - type: litellm
#     name: litellm
#     url: https://litellm.acme.example
#     key_env: LITELLM_API_KEY
#     since: 2026-10-01
#     skip: [spend]              # of spend, directory
#   - type: langfuse
#     name: langfuse
#     url: https://cloud.langfuse.com
#     public_key_env: LANGFUSE_PUBLIC_KEY
#     secret_key_env: LANGFUSE_SECRET_KEY
#     since: 2026-10-01
#   - type: helicone
#     name: helicone
#     url: https://eu.api.helicone.ai
#     key_env: HELICONE_API_KEY
#     since: 2026-10-01
`
