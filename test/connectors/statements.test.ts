import {expect, test} from 'vitest'
import {signInId} from '../../src/connectors/statements.ts'
import {canonicalService, keyTokens} from '../../src/engine/names.ts'

test.each([
  ['00u1a2b3c4d5e6F7g8h9', 'okta:user/00u1a2b3c4d5e6F7g8h9'],
  ['42633E44-3a3f-4fb4-b1c9-8efd098b0bb6', 'entra:user/42633e44-3a3f-4fb4-b1c9-8efd098b0bb6'],
  ['112233445566778899001', 'google:user/112233445566778899001'],
  ['google-oauth2|1122', undefined],
  ['quill@fen.example', undefined],
  ['', undefined],
  [undefined, undefined],
])('who signs on as %s is %s', (id, alias) => expect(signInId(id)).toBe(alias))

test.each([
  'robot-manifest-reviewer',
  'svc-manifest-reviewer',
  'bot-manifest-reviewer',
  'automation-manifest-reviewer',
])('an account called %s is named for its service', name =>
  expect(keyTokens(name).join('-')).toBe(canonicalService('manifest-reviewer')),
)
