/** Who could answer a question, and how they would. */
import type {World} from '../attribute.ts'
import type {Node} from '../graph.ts'
import type {Contact} from '../outcome.ts'
import {isPerson} from '../stages/holders.ts'
import type {Subject, SubjectKind} from './subjects.ts'

/** A team is asked when its people are behind at least this part of the work. */
const PART = 0.2
const MOST_TEAMS = 3
const GONE = /depart|inactive|deprovision|suspend|terminat|delete|archiv/

/** Best first: who made it or is named for it, the teams that work on it, and last whoever runs the system it is in. */
export function contactsOf(world: World, subject: Subject, at: number): Contact[] {
  const node = subject.alias === null ? undefined : world.graph.node(subject.alias)
  return [
    ...(node ? [...named(world, node), ...teams(world, node, at)] : []),
    {who: keeperOf(subject), because: 'keeps its record', where: null},
  ]
}

/** A person is named only as the contact a source already writes down. */
function named({graph}: World, node: Node): Contact[] {
  const found = new Map<string, Contact>()
  for (const [relation, because] of [
    ['created_by', 'made it'],
    ['owned_by', 'is named as its owner'],
  ] as const)
    for (const {link, to} of graph.everOut(node, relation))
      if (isPerson(to) && !GONE.test(to.status ?? '') && !found.has(to.id))
        found.set(to.id, {who: to.name, because, where: link.where})
  return [...found.values()]
}

function teams({graph, ownership}: World, node: Node, at: number): Contact[] {
  const worked = new Map<string, {weight: number; where: string}>()
  let people = 0
  const around = (['built_from', 'runs_in'] as const).flatMap(relation => graph.everOut(node, relation))
  const places = [node, ...new Set(around.map(({to}) => to))]
  for (const place of places)
    for (const {link, to} of graph.everInto(place, 'contributes_to')) {
      const [team] = [...ownership.teamOf(to, at).says].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      if (to.type === 'bot' || !team) continue
      people++
      const known = worked.get(team[0])
      worked.set(team[0], {weight: (known?.weight ?? 0) + 1, where: known?.where ?? link.where})
    }
  return [...worked]
    .filter(([, {weight}]) => weight >= people * PART)
    .sort(([a, {weight: x}], [b, {weight: y}]) => y - x || (a < b ? -1 : 1))
    .slice(0, MOST_TEAMS)
    .map(([id, {where}]) => ({who: graph.node(id)!.name, because: 'people of that team work on it', where}))
}

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/^litellm:/, 'LiteLLM'],
  [/^openai:/, 'the OpenAI organization'],
  [/^anthropic:/, 'the Anthropic organization'],
  [/^openrouter:/, 'OpenRouter'],
  [/^aws:/, 'the AWS account'],
  [/^(azure|entra|apim):/, 'the Azure subscription'],
  [/^(google|gcp):/, 'the Google Cloud organization'],
  [/^(k8s|argocd):/, 'the cluster'],
  [/^github:/, 'the GitHub organization'],
  [/^(gitlab|git):/, 'the code host'],
  [/^(backstage|datadog|cortex|opslevel):/, 'the service catalog'],
]

function keeperOf({kind, alias: known}: Subject): string {
  if (kind === 'people') return 'whoever keeps the directory'
  const system = SYSTEMS.find(([pattern]) => pattern.test(known ?? ''))?.[1]
  return system === undefined ? `whoever sets that ${kind} name on calls` : `the administrator of ${system}`
}

const QUESTIONS: {readonly [kind in SubjectKind]: (name: string) => string} = {
  key: name => `Whose is the key ${name}?`,
  role: name => `Which team uses the role ${name}?`,
  service_account: name => `Which team runs as ${name}?`,
  project: name => `Whose is the provider project ${name}?`,
  service: name => `Which team owns the service ${name}?`,
  repository: name => `Which team owns the repository ${name}?`,
  namespace: name => `Which team owns the namespace ${name}?`,
  team: name => `Which team is “${name}”?`,
  account: name => `Whose is the account ${name}?`,
  people: () => 'Which teams are the people in whose team nobody says?',
}

export const questionText = ({kind, name}: Subject): string => QUESTIONS[kind](name)

export function answerWith({kind, alias: known}: Subject): string {
  if (kind === 'people') return 'export the directory or HR again with them in it, then venturi ingest'
  if (kind === 'team') return `same: [[${JSON.stringify(known)}, TEAM]] in venturi.yaml`
  return `venturi override add --of ${shellWord(known!)} --team TEAM --why REASON`
}

const shellWord = (text: string): string =>
  /^[\w@%+=:,./#-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
