/**
 * `sources:` of `venturi.yaml`: what `venturi ingest` without a path asks over the network. Secrets come from the
 * environment alone: the file names the variable, and one that holds a secret is refused without repeating it.
 */
import {z} from 'zod'
import {UserError} from '../model/errors.ts'

const variable = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, like OPENAI_ADMIN_KEY')
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day, like 2026-10-01')
const address = z
  .string()
  .regex(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/, 'an address, like https://litellm.acme.example')

const every = {
  /** What the source is called; a new name is a new source, read from its start. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name in small letters, like openai-eu')
    .optional(),
  url: address.optional(),
}
const since = {since: day.optional()}
const skip = <const Parts extends readonly [string, ...string[]]>(...parts: Parts) => ({
  skip: z.array(z.enum(parts)).optional(),
})

const kinds = [
  z.strictObject({
    type: z.literal('openai'),
    ...every,
    key_env: variable.optional(),
    ...since,
    ...skip('usage', 'costs', 'directory'),
  }),
  z.strictObject({
    type: z.literal('anthropic'),
    ...every,
    key_env: variable.optional(),
    ...since,
    ...skip('usage', 'costs', 'claude_code', 'directory'),
  }),
  z.strictObject({
    type: z.literal('github'),
    ...every,
    org: z.string().regex(/^[\w.-]+$/, 'an organization, like acme'),
    token_env: variable.optional(),
    ...since,
    ...skip('directory', 'identities', 'codeowners', 'deployments'),
  }),
  z.strictObject({
    type: z.literal('okta'),
    ...every,
    url: address,
    token_env: variable.optional(),
    scheme: z.enum(['SSWS', 'Bearer']).optional(),
    ...skip('users', 'groups'),
  }),
  z.strictObject({
    type: z.literal('entra'),
    ...every,
    tenant: z
      .string()
      .regex(/^[\w.-]+$/, 'a tenant id or domain')
      .optional(),
    client_id: z
      .string()
      .regex(/^[\w-]+$/, 'an application id')
      .optional(),
    secret_env: variable.optional(),
    login_url: address.optional(),
    ...skip('users', 'groups', 'service_principals'),
  }),
  z.strictObject({
    type: z.literal('google'),
    ...every,
    subject: z.string().regex(/^[^\s@]+@[^\s@]+$/, 'the e-mail of an administrator'),
    customer: z.string().regex(/^\w+$/, 'a customer id, or my_customer').optional(),
    credentials_env: variable.optional(),
    token_url: address.optional(),
    ...skip('users', 'groups'),
  }),
  z.strictObject({
    type: z.literal('litellm'),
    ...every,
    url: address,
    key_env: variable.optional(),
    ...since,
    ...skip('spend', 'directory'),
  }),
  z.strictObject({
    type: z.literal('langfuse'),
    ...every,
    public_key_env: variable.optional(),
    secret_key_env: variable.optional(),
    ...since,
  }),
  z.strictObject({type: z.literal('helicone'), ...every, key_env: variable.optional(), ...since}),
] as const

const types = kinds.map(kind => kind.shape.type.value).join(', ')

export const sources = z
  .array(z.discriminatedUnion('type', kinds, {error: `its type is none of ${types}`}))
  .superRefine((list, context) => {
    const names = list.map(({name, type}) => name ?? type)
    for (const [index, name] of names.entries())
      if (names.indexOf(name) !== index)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `a second source called ${name}; give one of them a name: of its own`,
        })
  })

export type SourceConfig = z.infer<typeof sources>[number]

/** Keys under which people write secrets. `…_env` names a variable. */
const SECRET_KEY =
  /^(?!.*_env$)(.*[_-])?(key|token|secret|password|passwd|authorization|credentials?|bearer)s?$/i
/** How keys and tokens of the services begin. */
const SECRET_VALUE =
  /^\s*(sk-|pk-lf-|gh[opsur]_|github_pat_|xox[abp]-|AKIA|AIza|ya29\.|eyJ|00[A-Za-z0-9_-]{38,}$|SSWS |Bearer |Basic |-----BEGIN)/

/** Throws a `UserError` with the place of the first secret; `path` is the file's. The secret itself is not in it. */
export function refuseSecrets(document: unknown, path: string): void {
  const list = (document as {readonly sources?: unknown} | null)?.sources
  if (!Array.isArray(list)) return
  for (const [index, source] of list.entries()) {
    if (typeof source !== 'object' || source === null) continue
    for (const [key, value] of Object.entries(source)) {
      if (value === null || !holdsSecret(key, value)) continue
      throw new UserError(`${path}: sources.${index}.${key}: a secret has no place in this file`, mendOf(key))
    }
  }
}

function mendOf(key: string): string {
  if (/(^|_)url$/.test(key)) return 'leave user, password and parameters out of the address'
  if (!/_env$/.test(key) && !SECRET_KEY.test(key))
    return 'take it out; secrets stay in the environment, and a key that ends in _env names the variable'
  const named = /_env$/.test(key) ? key : `${key.replace(/^api_/, '')}_env`
  return `put it into an environment variable and write that variable's name: ${named}: ACME_READ_ONLY`
}
function holdsSecret(key: string, value: unknown): boolean {
  if (typeof value !== 'string') return SECRET_KEY.test(key)
  if (/_env$/.test(key)) return !variable.safeParse(value).success
  if (key === 'url' || /_url$/.test(key)) return /^\w+:\/\/[^/]*@|[?#]/.test(value)
  return SECRET_KEY.test(key) || SECRET_VALUE.test(value)
}
