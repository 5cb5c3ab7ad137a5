import {join} from 'node:path'
import {expect, test} from 'vitest'
import {readConfig} from '../../src/config/config.ts'
import {UserError} from '../../src/model/errors.ts'
import {folderWith} from '../commands/cli.ts'

function told(yaml: string): {message: string; mend: string} {
  const path = join(folderWith({'venturi.yaml': yaml}), 'venturi.yaml')
  try {
    readConfig(path)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return {message: error.message.replace(path, 'venturi.yaml'), mend: error.mend}
  }
  throw new Error('it was taken')
}
const source = (line: string): string =>
  `sources:\n  - type: openai\n  - type: github\n    org: acme\n    ${line}\n`

test.each([
  ['key: sk-admin-CANARY', 'key', 'key_env'],
  ['api_key: CANARY', 'api_key', 'key_env'],
  ['token: github_pat_CANARY', 'token', 'token_env'],
  ['token: [a, CANARY]', 'token', 'token_env'],
  ['password: CANARY', 'password', 'password_env'],
  ['client_secret: CANARY', 'client_secret', 'client_secret_env'],
  ['Authorization: Bearer CANARY', 'Authorization', 'Authorization_env'],
  ['token_env: github_pat_CANARY', 'token_env', 'token_env'],
  ['token_env: ghp_CANARY', 'token_env', 'token_env'],
])('a secret is refused and not repeated: %s', (line, key, variable) => {
  const {message, mend} = told(source(line))
  expect(message).toBe(`venturi.yaml: sources.1.${key}: a secret has no place in this file`)
  expect(mend).toBe(
    `put it into an environment variable and write that variable's name: ${variable}: ACME_READ_ONLY`,
  )
  expect(message + mend).not.toMatch(/canary/i)
})

test('nor under a key of another kind', () => {
  expect(told('sources:\n  - {type: github, org: ghp_CANARY}\n')).toEqual({
    message: 'venturi.yaml: sources.0.org: a secret has no place in this file',
    mend: 'take it out; secrets stay in the environment, and a key that ends in _env names the variable',
  })
})

test.each([
  'https://me:CANARY@ghe.example',
  'https://ghe.example?token=CANARY',
  'https://ghe.example/#CANARY',
])('nor in an address: %s', url => {
  const {message, mend} = told(source(`url: ${url}`))
  expect(message).toBe('venturi.yaml: sources.1.url: a secret has no place in this file')
  expect(mend).toBe('leave user, password and parameters out of the address')
})

test.each([
  [
    'sources:\n  - type: gitlab\n',
    'sources.0.type: its type is none of openai, anthropic, github, okta, entra, google, litellm, langfuse, helicone',
  ],
  ['sources:\n  - type: okta\n', 'sources.0.url: Invalid input: expected string, received undefined'],
  [
    'sources:\n  - type: okta\n    url: acme.okta.com\n',
    'sources.0.url: an address, like https://litellm.acme.example',
  ],
  ['sources:\n  - type: openai\n    org: acme\n', 'sources.0: Unrecognized key: "org"'],
  [
    'sources:\n  - type: openai\n    skip: [teams]\n',
    /^sources\.0\.skip\.0: Invalid option: expected one of "usage"\|"costs"\|"directory"$/,
  ],
  [
    'sources:\n  - type: openai\n  - type: openai\n',
    'sources.1: a second source called openai; give one of them a name: of its own',
  ],
])('%s', (yaml, message) => {
  const said = told(yaml).message.replace('venturi.yaml: ', '')
  if (typeof message === 'string') expect(said).toBe(message)
  else expect(said).toMatch(message)
})

test('two of a type, told apart by name', () => {
  const path = join(
    folderWith({'v.yaml': 'sources:\n  - type: openai\n  - {type: openai, name: openai-eu}\n'}),
    'v.yaml',
  )
  expect(readConfig(path).sources).toHaveLength(2)
})
