/**
 * A large company, invented: HR, a service catalog, CODEOWNERS and commits of one repository, and the keys, users, teams and
 * spend log of its gateway, with so many signatures. Key records say whose some keys are, names and tags of others; of one
 * in ten nobody says anything. The same numbers give the same files.
 *
 * node bench/organization.ts [SIGNATURES] [SEED]
 */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {hex, LineFile, micros, randomFrom, uuid} from './generate.ts'

const MONTH_START = Date.UTC(2026, 8, 1)
const MONTH_MS = 30 * 86_400_000
const REQUESTS_A_SIGNATURE = 3
/** Signatures for one service, team and person. */
const PER = {service: 100, team: 500, person: 50} as const
/** Every fifth key has two signatures: some requests say in a tag which service they are of. */
const SIGNATURES_OF_FIVE_KEYS = 6

const FIRST =
  'heron quill marsh ember tidal lark fjord onyx cedar pylon basalt willow comet raven harbor meadow quartz saffron tundra velvet walnut zephyr anchor bishop canyon dahlia falcon garnet hollow indigo juniper kernel lantern magnet nimbus orchid pepper quiver ridge sable'.split(
    ' ',
  )
const SECOND =
  'ledger scorer matcher router planner writer parser triage digest notifier ranker indexer resolver checker importer exporter labeler summarizer forecaster scheduler mapper sorter builder tracker monitor finder reader caller broker bouncer collector curator emitter filter grader handler keeper merger packer rater'.split(
    ' ',
  )
const AREAS =
  'billing claims search growth risk catalog payroll lending travel media support identity trading retail freight insight loyalty grid'.split(
    ' ',
  )

/** Writes the folder unless it is there already, and says where. */
export function organization(signatures: number, seed = 1): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'out', `organization-${signatures}-${seed}`)
  if (existsSync(folder)) return folder
  const part = `${folder}.part`
  rmSync(part, {recursive: true, force: true})
  for (const name of ['hr', 'litellm', 'catalog', 'platform/.github'])
    mkdirSync(join(part, name), {recursive: true})
  const random = randomFrom(seed)
  const company = companyOf(signatures)
  writePeople(part, company)
  writeServices(part, company)
  writeGateway(part, company, random)
  renameSync(part, folder)
  return folder
}

interface Person {
  readonly id: string
  readonly email: string
  readonly login: string
  readonly team: number
}

interface Company {
  readonly teams: readonly string[]
  readonly people: readonly Person[]
  readonly services: readonly {readonly name: string; readonly team: number}[]
  readonly keys: number
}

/** Distinct pairs of words; beyond all of them a number tells them apart. */
const pair = (first: readonly string[], second: readonly string[], index: number): string => {
  const round = Math.floor(index / (first.length * second.length))
  const name = `${first[index % first.length]}-${second[(index + Math.floor(index / first.length)) % second.length]}`
  return round === 0 ? name : `${name}-${round + 1}`
}

function companyOf(signatures: number): Company {
  const count = (each: number, least: number) => Math.max(least, Math.ceil(signatures / each))
  const teams = Array.from({length: count(PER.team, 4)}, (_, index) => pair(FIRST, AREAS, index))
  const services = Array.from({length: count(PER.service, 8)}, (_, index) => ({
    name: pair(FIRST, SECOND, index),
    team: index % teams.length,
  }))
  const people = Array.from({length: count(PER.person, 20)}, (_, index) => {
    const login = `${FIRST[index % FIRST.length]}.${SECOND[Math.floor(index / FIRST.length) % SECOND.length]}${index}`
    return {
      id: `u-${String(index).padStart(6, '0')}`,
      email: `${login}@bench.example`,
      login,
      team: index % teams.length,
    }
  })
  return {teams, people, services, keys: Math.floor((signatures * 5) / SIGNATURES_OF_FIVE_KEYS)}
}

function writePeople(folder: string, {teams, people}: Company): void {
  const workers = new LineFile(join(folder, 'hr', 'workers.csv'))
  workers.add(
    'employee_id,full_name,work_email,department,division,cost_center,manager_id,status,effective_date',
  )
  for (const {id, email, team} of people)
    workers.add(`${id},Person ${id},${email},${teams[team]},,${4000 + team},,active,2024-01-15`)
  workers.close()
  const groups = new LineFile(join(folder, 'catalog', 'groups.yaml'))
  for (const [index, name] of teams.entries()) {
    const members = people.filter(({team}) => team === index).map(({login}) => login)
    groups.add(
      [
        ...['---', 'apiVersion: backstage.io/v1alpha1', 'kind: Group', 'metadata:', `  name: ${name}`],
        ...['spec:', '  type: team', '  children: []', `  members: [${members.join(', ')}]`],
      ].join('\n'),
    )
  }
  groups.close()
}

/** One repository with a folder a service, most of them in CODEOWNERS and worked on by two of their team. */
function writeServices(folder: string, {teams, people, services}: Company): void {
  const repository = join(folder, 'platform')
  const lines = ['*  @bench/platform']
  const history: string[] = []
  const teamOf = Map.groupBy(people, ({team}) => team)
  for (const [index, {name, team}] of services.entries()) {
    mkdirSync(join(repository, 'services', name), {recursive: true})
    writeFileSync(
      join(repository, 'services', name, 'catalog-info.yaml'),
      [
        ...['apiVersion: backstage.io/v1alpha1', 'kind: Component', 'metadata:', `  name: ${name}`],
        ...['spec:', '  type: service', '  lifecycle: production', `  owner: group:${teams[team]}`, ''],
      ].join('\n'),
    )
    if (index % 4 !== 0) lines.push(`/services/${name}/  @bench/${teams[team]}`)
    for (const {email} of (teamOf.get(team) ?? []).slice(0, 2)) {
      const at = `${Math.floor(MONTH_START / 1000) - 86_400 * (1 + (index % 300))} +0000`
      history.push(
        ...['commit refs/heads/main', `committer Somebody <${email}> ${at}`, 'data 0'],
        ...[`M 100644 inline services/${name}/main.ts`, `data ${email.length}`, email, ''],
      )
    }
  }
  writeFileSync(join(repository, '.github', 'CODEOWNERS'), `${lines.join('\n')}\n`)
  const git = (args: readonly string[], input = '') =>
    spawnSync('git', ['-C', repository, ...args], {input, stdio: ['pipe', 'ignore', 'inherit']})
  git(['init', '-q', '-b', 'main'])
  git(['fast-import', '--quiet'], `${history.join('\n')}\n`)
}

type Kind = 'service' | 'team' | 'person' | 'name' | 'tag' | 'nothing'
/** By the last digit of a key's number. */
const KINDS: readonly Kind[] = [
  ...(['service', 'service', 'service', 'team', 'team', 'name', 'name', 'person', 'tag', 'nothing'] as const),
]

function writeGateway(folder: string, {teams, people, services, keys}: Company, random: () => number): void {
  const place = join(folder, 'litellm')
  const json = (name: string, rows: readonly object[]) =>
    writeFileSync(join(place, name), `[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]\n`)
  const teamOf = Map.groupBy(people, ({team}) => team)
  json(
    'LiteLLM_TeamTable.json',
    teams.map((name, index) => ({
      ...{team_id: `t-${index}`, team_alias: name, organization_id: null},
      members_with_roles: (teamOf.get(index) ?? []).map(({id, email}) => ({
        ...{user_id: id, user_email: email, role: 'user'},
      })),
    })),
  )
  json(
    'LiteLLM_UserTable.json',
    people.map(({id, email}) => ({
      ...{user_id: id, user_email: email, sso_user_id: null, user_role: 'internal_user', teams: []},
    })),
  )
  const tokens: object[] = []
  const log = new LineFile(join(place, 'LiteLLM_SpendLogs.jsonl'))
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  for (let index = 0; index < keys; index++) {
    const kind = KINDS[index % KINDS.length]!
    const service = pick(services)
    const person = pick(people)
    const token = hex(random, 64)
    const named = kind === 'name' || kind === 'service'
    const alias = named ? `${service.name}-${pick(['prod', 'key', 'nightly', 'v2'])}-${index}` : `k-${index}`
    if (kind === 'service' || kind === 'team' || kind === 'person')
      tokens.push({
        ...{token, key_name: 'sk-...0000', key_alias: alias, organization_id: null},
        user_id: kind === 'person' ? person.id : null,
        team_id: kind === 'team' ? `t-${service.team}` : null,
        metadata: kind === 'service' ? {service: service.name} : {},
        ...{created_at: '2026-01-10T08:00:00.000Z', updated_at: '2026-01-10T08:00:00.000Z'},
      })
    // Of a key that only tags tell of, every request has one; of one key in five, some have.
    const signatures = index % 5 === 0 ? [false, true] : [kind === 'tag']
    for (const tagged of signatures)
      for (let request = 0; request < REQUESTS_A_SIGNATURE; request++) {
        const at = Math.floor(MONTH_START + random() * MONTH_MS)
        const [prompt, completion] = [200 + Math.floor(random() * 9000), 20 + Math.floor(random() * 900)]
        log.add(
          JSON.stringify({
            ...{request_id: `chatcmpl-${uuid(random)}`, call_type: 'acompletion', api_key: token},
            spend: Math.round(prompt * 25 + completion * 200) / 1e8,
            ...{total_tokens: prompt + completion, prompt_tokens: prompt, completion_tokens: completion},
            ...{startTime: micros(at), endTime: micros(at + 2000), model: 'gpt-5-mini', model_group: 'fast'},
            ...{model_id: 'dep-1', custom_llm_provider: 'openai', api_base: 'https://api.openai.com'},
            ...{user: '', team_id: kind === 'team' ? `t-${service.team}` : null, status: 'success'},
            metadata: {user_api_key_alias: alias},
            request_tags: tagged ? [`service:${service.name}`] : [],
          }),
        )
      }
  }
  log.close()
  json('LiteLLM_VerificationToken.json', tokens)
}

if (import.meta.main) {
  const [signatures = '100000', seed = '1'] = process.argv.slice(2)
  process.stdout.write(`${organization(Number(signatures), Number(seed))}\n`)
}
