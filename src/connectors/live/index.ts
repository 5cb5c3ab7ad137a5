/** The services venturi can ask. */
import type {SourceConfig} from '../../config/sources.ts'
import {anthropic} from './anthropic.ts'
import {entra} from './entra.ts'
import {github} from './github.ts'
import {google} from './google.ts'
import {helicone} from './helicone.ts'
import {langfuse} from './langfuse.ts'
import {litellm} from './litellm.ts'
import {okta} from './okta.ts'
import {openai} from './openai.ts'
import type {LiveSource} from './source.ts'

export const liveSources = [
  openai,
  anthropic,
  github,
  okta,
  entra,
  google,
  litellm,
  langfuse,
  helicone,
] as const

/** What is known of a source's type; its methods take the settings of that type alone. */
export const sourceOf = ({type}: SourceConfig): LiveSource =>
  liveSources.find(source => source.type === type) as unknown as LiveSource
