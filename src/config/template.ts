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

## Whose a key, project, role, service or repository is, whatever the evidence says.
# owners:
#   - of: openai:project/proj_heron
#     team: payments             # a team's name, or one of its names in a system: github:team/acme/payments
#     from: 2026-10-01           # left out: always
#     until: 2027-03-31          # left out: still; the day is included
`
