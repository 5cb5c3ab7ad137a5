/** Edge: how many people each team has, and how many of them have AI tools at hand. Counts alone are kept. */
import * as sql from '../store/queries/teams.ts'
import {all, run, type WritableStore} from '../store/query.ts'
import type {World} from './attribute.ts'
import {topOf} from './probability.ts'
import {isPerson} from './stages/holders.ts'

/** What an account that a source lists opens. */
const TOOL_OF: {readonly [connector: string]: string} = {
  'litellm-tables': 'LiteLLM',
  'openai-directory': 'OpenAI',
  'anthropic-directory': 'Anthropic',
  'anthropic-enterprise': 'Claude',
  'copilot-seats': 'GitHub Copilot',
  'cursor-team': 'Cursor',
}

interface Team {
  people: number
  access: number
  readonly tools: Map<string, number>
}

/** `at`: epoch ms, the end of the usage. */
export function saveTeams(store: WritableStore, {graph, ownership}: World, at: number): void {
  const listed = Map.groupBy(
    all(store, sql.listedAccounts, {}).filter(({connector}) => connector in TOOL_OF),
    ({alias}) => alias,
  )
  const teams = new Map<string, Team>()
  for (const person of graph.nodes.filter(isPerson)) {
    const organization = topOf(ownership.teamOf(person, at).says)
    if (organization === null) continue
    const team = teams.get(organization) ?? {people: 0, access: 0, tools: new Map<string, number>()}
    teams.set(organization, team)
    const tools = new Set(
      person.aliases.flatMap(alias => (listed.get(alias) ?? []).map(({connector}) => TOOL_OF[connector]!)),
    )
    team.people++
    if (tools.size > 0) team.access++
    for (const tool of tools) team.tools.set(tool, (team.tools.get(tool) ?? 0) + 1)
  }
  for (const [organization, {people, access, tools}] of teams)
    run(store, sql.insertTeam, {
      ...{organization, people, access, name: graph.node(organization)!.name},
      tools: JSON.stringify(Object.fromEntries([...tools].sort())),
    })
}
