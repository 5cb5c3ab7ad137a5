/**
 * How each system's ids are written as aliases, so that two connectors that mean the same thing write the same text.
 * Systems that ignore case are lower-cased here and nowhere else.
 */
import type {Alias} from './fact.ts'

const lower = (text: string): string => text.trim().toLowerCase()

export const email = (address: string): Alias => `email:${lower(address)}`

/** A key, user, team, organization or project of the LiteLLM gateway. Keys by the hash LiteLLM stores, never the key. */
export const litellm = (type: 'key' | 'user' | 'team' | 'organization' | 'project', id: string): Alias =>
  `litellm:${type}/${id}`

export const openai = (
  type: 'org' | 'project' | 'key' | 'user' | 'service_account' | 'group',
  id: string,
): Alias => `openai:${type}/${id}`

/** The workspace that the API reports as null is `default`. */
export const anthropic = (
  type: 'org' | 'workspace' | 'key' | 'user' | 'service_account' | 'group',
  id: string,
): Alias => `anthropic:${type}/${id}`

export const awsAccount = (account: string): Alias => `aws:account/${account}`

/**
 * An IAM principal by what is billed: `arn:aws:sts::ACCT:assumed-role/ROLE/SESSION` and `arn:aws:iam::ACCT:role/path/ROLE`
 * are both `aws:role/ACCT/ROLE` (the session apart: it is declared); users are `aws:user/ACCT/NAME`.
 * Null when the text is not such an ARN.
 */
export function awsPrincipal(arn: string): {alias: Alias; account: string; session: string | null} | null {
  const match =
    /^arn:aws[\w-]*:(?:sts|iam)::(\d+):(assumed-role|role|user|federated-user|root)(?:\/(.+))?$/.exec(
      arn.trim(),
    )
  if (!match) return null
  const [, account = '', type, rest = ''] = match
  const segments = rest.split('/').filter(Boolean)
  if (segments.length === 0 && type !== 'root') return null
  if (type === 'assumed-role')
    return {
      alias: `aws:role/${account}/${segments[0] ?? ''}`,
      account,
      session: segments.slice(1).join('/') || null,
    }
  const name = segments.at(-1) ?? 'root'
  return {alias: `aws:${type === 'role' ? 'role' : 'user'}/${account}/${name}`, account, session: null}
}

export const githubRepo = (owner: string, name: string): Alias => `github:repo/${lower(owner)}/${lower(name)}`
export const githubTeam = (org: string, slug: string): Alias => `github:team/${lower(org)}/${lower(slug)}`
export const githubUser = (login: string): Alias => `github:user/${lower(login)}`

/** A directory of a repository: `github:repo/acme/mono#services/heron`. */
export const pathIn = (repository: Alias, path: string): Alias =>
  `${repository}#${path.replace(/^\.?\/+/, '').replace(/\/+(\*\*?)?$/, '')}`

/**
 * A repository from any spelling of its address: `git@github.com:Acme/Mono.git`, `https://user:pw@github.com/acme/mono`,
 * `acme/mono`, `mono`. GitHub ones become `github:repo/…`, a bare name `name:repo/…`, other hosts `git:repo/HOST/PATH`.
 */
export function repository(address: string): Alias {
  const text = address
    .trim()
    .replace(/^(?:url|github):(?!\/\/)/, '')
    .replace(/^(?:git\+)?(?:ssh|https?|git):\/\//i, '')
    .replace(/^[^/\s]+@/, '')
    .replace(/^([^/:]+):\d+\//, '$1/')
    .replace(/[?#].*$/, '')
    .replace(/\/(?:-\/)?(?:tree|blob)\/.*$/, '')
    .replace(/\.git\/?$/, '')
    .replace(/\/+$/, '')
  const [first = '', ...rest] = text.split(/[:/]/).filter(Boolean)
  if (rest.length === 0) return `name:repo/${lower(first)}`
  if (!first.includes('.')) return githubRepo(first, rest[0]!)
  if (/github/i.test(first) && rest.length >= 2) return githubRepo(rest[0]!, rest[1]!)
  return `git:repo/${lower(first)}/${lower(rest.join('/'))}`
}

export const okta = (type: 'user' | 'group', id: string): Alias => `okta:${type}/${id}`
export const scim = (type: 'user' | 'group', id: string): Alias => `scim:${type}/${id}`
export const worker = (employeeId: string): Alias => `hr:worker/${employeeId.trim()}`
export const department = (name: string): Alias => `hr:department/${lower(name)}`
export const division = (name: string): Alias => `hr:division/${lower(name)}`
/** Cost centers are text: `04130` keeps its zero. */
export const costCenter = (code: string): Alias => `finance:cost_center/${code.trim()}`

/** Backstage entities; references are case-insensitive. */
export const backstage = (kind: string, namespace: string, name: string): Alias =>
  `backstage:${lower(kind)}/${lower(namespace)}/${lower(name)}`

export const k8sNamespace = (name: string): Alias => `k8s:namespace/${lower(name)}`
export const k8sWorkload = (namespace: string, name: string): Alias =>
  `k8s:workload/${lower(namespace)}/${lower(name)}`
export const k8sServiceAccount = (namespace: string, name: string): Alias =>
  `k8s:service_account/${lower(namespace)}/${lower(name)}`

/** A reference by mere name, to be resolved against what the graph knows: what tags, labels and free metadata give. */
export const named = (
  type: 'service' | 'team' | 'person' | 'repo' | 'namespace' | 'project' | 'cost_center',
  name: string,
): Alias => `name:${type}/${lower(name)}`

/** A group by its full path, `fen/platform/marsh`; GitLab ignores case. */
export const gitlabGroup = (path: string): Alias => `gitlab:group/${lower(path)}`
export const gitlabUser = (login: string): Alias => `gitlab:user/${lower(login)}`

/**
 * What a CODEOWNERS owner is on GitHub: `@org/team`, `@login` or an e-mail address; on GitLab `@group/sub/group` of any depth,
 * while `@name` may be a user or a top-level group and comes as the user. Null for roles (`@@maintainer`) and anything else.
 */
export function codeowner(owner: string, host: 'github' | 'gitlab' = 'github'): Alias | null {
  if (host === 'gitlab') {
    const path = /^@([\w.-]+(?:\/[\w.-]+)*)$/.exec(owner)?.[1]
    if (path !== undefined) return path.includes('/') ? gitlabGroup(path) : gitlabUser(path)
    return owner.startsWith('@') || !owner.includes('@') ? null : email(owner)
  }
  const team = /^@([\w.-]+)\/([\w.-]+)$/.exec(owner)
  if (team) return githubTeam(team[1]!, team[2]!)
  if (/^@[\w.-]+$/.test(owner)) return githubUser(owner.slice(1))
  return owner.includes('@') ? email(owner) : null
}

/** An application inference profile, the thing AWS lets one tag and bill: `aws:inference_profile/ACCT/ID`; null for any other ARN. */
export function awsInferenceProfile(arn: string): Alias | null {
  const match = /^arn:aws[\w-]*:bedrock:[\w-]*:(\d+):application-inference-profile\/([\w.:-]+)$/.exec(
    arn.trim(),
  )
  return match && `aws:inference_profile/${match[1]}/${match[2]}`
}

/** A person of IAM Identity Center as bills name them: by address, else by the directory's own id. */
export const awsIdentity = (id: string): Alias => (id.includes('@') ? email(id) : `aws:identity/${id.trim()}`)

/** Azure's resource that models run under; its name is the first part of its endpoints' host, unique in all of Azure. */
export const azureModelAccount = (name: string): Alias => `azure:cognitive_account/${lower(name)}`
export const azureResourceGroup = (subscription: string, name: string): Alias =>
  `azure:resource_group/${lower(subscription)}/${lower(name)}`

/** A subscription (a key), user or product of an Azure API Management service; ids compare without case. */
export const apim = (type: 'subscription' | 'user' | 'product', id: string): Alias =>
  `apim:${type}/${lower(id)}`

export const google = (type: 'project' | 'folder' | 'organization', id: string): Alias =>
  `google:${type}/${id}`

/** What a bill calls the account, in the provider's own terms where usage reports name the same thing. */
export function providerAccount(provider: string, id: string): Alias {
  const plain = id.trim().replace(/^\/(?:subscriptions|projects)\/([^/]+)$/i, '$1')
  if (provider === 'aws') return awsAccount(plain)
  if (provider === 'openai') return openai(plain.startsWith('proj_') ? 'project' : 'org', plain)
  if (provider === 'anthropic') return anthropic(plain.startsWith('wrkspc_') ? 'workspace' : 'org', plain)
  // Azure's casing varies between rows; GitHub's organizations ignore it.
  return `${provider}:account/${provider === 'azure' || provider === 'github' ? lower(plain) : plain}`
}

/**
 * A Microsoft Entra object by its object id (a GUID, any case); `app` by its application (client) id, which is what a token
 * and a workload's annotation carry.
 */
export const entra = (
  type: 'user' | 'group' | 'service_principal' | 'registration' | 'app',
  id: string,
): Alias => `entra:${type}/${lower(id)}`

/** A Google Workspace user or group, by id or by address: the directory's answers take either. */
export const googleWorkspace = (type: 'user' | 'group', id: string): Alias => `google:${type}/${lower(id)}`

/** Catalogs whose names ignore case: a service, a system, a team handle of Datadog, Cortex or OpsLevel. */
export const catalog = (
  system: 'datadog' | 'cortex' | 'opslevel',
  type: 'service' | 'system' | 'team' | 'resource',
  name: string,
): Alias => `${system}:${type}/${lower(name)}`

/** An Argo CD application; its namespace counts where it is not the usual `argocd`. */
export const argoApplication = (namespace: string, name: string): Alias =>
  `argocd:application/${lower(namespace) === 'argocd' ? '' : `${lower(namespace)}/`}${lower(name)}`
/**
 * Who a commit's address means: behind GitHub's no-reply addresses a login, else the address; a name where a dump hides
 * the address.
 *
 * @example commitAuthor('583231+Octocat@users.noreply.github.com') // 'github:user/octocat'
 */
export function commitAuthor(written: string): Alias {
  const [, login] =
    /^(?:\d+\+)?([\w.-]+(?:\[bot\])?)@users\.noreply\.github\.com$/i.exec(written.trim()) ?? []
  if (login !== undefined) return githubUser(login)
  return written.includes('@') ? email(written) : named('person', written)
}

/**
 * The repository that a remote points to. A remote may be a path on somebody's disk, of which only the last folder says
 * anything, and may carry a password, which is left out.
 *
 * @example remote('https://user:secret@github.com/Acme/Heron.git') // 'github:repo/acme/heron'
 * @example remote('/srv/git/heron.git') // 'name:repo/heron'
 */
export function remote(address: string): Alias {
  const plain = address.trim().replace(/^file:\/\//i, '')
  if (!/^([./~\\]|[a-z]:[\\/])/i.test(plain)) return repository(plain)
  return named(
    'repo',
    plain
      .replace(/[\\/]+(\.git)?[\\/]*$/, '')
      .replace(/^.*[\\/]/, '')
      .replace(/\.git$/, ''),
  )
}

/** A member or a machine of a Cursor team. */
export const cursor = (type: 'user' | 'service_account', id: string): Alias => `cursor:${type}/${id}`
export const langfuseProject = (id: string): Alias => `langfuse:project/${id}`
export const portkeyWorkspace = (slug: string): Alias => `portkey:workspace/${lower(slug)}`
/** A gateway of a Cloudflare account: usually one an application. */
export const cloudflareGateway = (account: string, id: string): Alias =>
  `cloudflare:gateway/${account}/${lower(id)}`
/** A consumer is who Kong authenticated, a route where the call came in; by id where there is one, else by name. */
export const kong = (type: 'consumer' | 'route', id: string): Alias => `kong:${type}/${id}`
/** Keys by the hash OpenRouter shows, never the key nor its label. */
export const openrouter = (type: 'key' | 'user' | 'workspace', id: string): Alias =>
  `openrouter:${type}/${id}`
