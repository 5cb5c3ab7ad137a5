/**
 * What kind of source a channel is: how well it describes a call, and where else the same call shows up. A channel that is not
 * listed is a provider's own report or bill. Adding a source of calls is adding a line here.
 */

export interface Channel {
  /**
   * `gateway`: passes calls on, so that they appear again in the provider's report under a key of the gateway's;
   * `log`: the provider's own list of calls; `observer`: sees calls from inside the caller.
   */
  readonly kind: 'gateway' | 'log' | 'observer'
  /** It bills for itself, as this provider; of a call that another provider bills it is a gateway. */
  readonly bills?: string
  /** Its calls go by the id of the response: where two such ids differ, so do the calls, however alike. */
  readonly ids?: 'response'
  /** It does not list calls but sums them: those of this family of channels, or of a service whose observer it is. */
  readonly sums?: string
}

/** Who describes a call best, first: a gateway knows the key and the price, an invocation log the principal. */
const TABLE = {
  openrouter: {kind: 'gateway', ids: 'response', bills: 'openrouter'},
  litellm: {kind: 'gateway', ids: 'response'},
  portkey: {kind: 'gateway'},
  kong: {kind: 'gateway'},
  cloudflare: {kind: 'gateway'},
  helicone: {kind: 'gateway'},
  apim: {kind: 'gateway'},
  'apim-llm': {kind: 'gateway'},
  'apim-gateway': {kind: 'gateway'},
  bedrock: {kind: 'log'},
  vertex: {kind: 'log'},
  langfuse: {kind: 'observer'},
  otel: {kind: 'observer', ids: 'response'},
  'otel-logs': {kind: 'observer', ids: 'response'},
  // What coding assistants write down on the machine they run on.
  'claude-code': {kind: 'observer'},
  codex: {kind: 'observer'},
  'gemini-cli': {kind: 'observer'},
  'openrouter-byok': {kind: 'gateway', sums: 'openrouter'},
  'litellm-daily-team': {kind: 'gateway', sums: 'litellm'},
  'litellm-daily-user': {kind: 'gateway', sums: 'litellm'},
  'litellm-daily-organization': {kind: 'gateway', sums: 'litellm'},
  'litellm-daily-agent': {kind: 'gateway', sums: 'litellm'},
  'litellm-daily-end-user': {kind: 'gateway', sums: 'litellm'},
  'litellm-daily-all': {kind: 'gateway', sums: 'litellm'},
  'litellm-daily-activity': {kind: 'gateway', sums: 'litellm'},
  'otel-metrics': {kind: 'observer', sums: 'service'},
} as const satisfies {readonly [channel: string]: Channel}

const CHANNELS: ReadonlyMap<string, Channel> = new Map(Object.entries(TABLE))

export const channelOf = (channel: string): Channel | undefined => CHANNELS.get(channel)

/** Channels that list calls one by one, best first. */
export const CALLS_RANKED: readonly string[] = [...CHANNELS]
  .filter(([, {sums}]) => sums === undefined)
  .map(([channel]) => channel)

/** Channels that only sum calls, best first. */
export const SUMS: readonly string[] = [...CHANNELS.keys()].filter(channel => !CALLS_RANKED.includes(channel))

/** Ids made of a trace or a session, ids of requests, and those that LiteLLM wraps for its callers. */
const NO_RESPONSE = /\/|^req_|^resp_bGl0ZWxsbTp/

/** Whether the id of a call is that of the response, so that another such id is another call. */
export const isResponseId = (channel: string, id: string): boolean =>
  CHANNELS.get(channel)?.ids === 'response' && !NO_RESPONSE.test(id)

/** Providers that are gateways too: their own report has all calls made through them, so that nobody need name an account. */
const SELF_BILLING = new Set([...CHANNELS.values()].flatMap(({bills}) => bills ?? []))
export const billsForItself = (provider: string): boolean => SELF_BILLING.has(provider)

/** Whether whoever reports a call also asks for its money, call by call. */
export const isCharged = (channel: string, provider: string): boolean =>
  channel === provider || CHANNELS.get(channel)?.bills === provider

/** Whether a call of this channel appears again in its provider's report. */
export const isGateway = (channel: string, provider: string): boolean =>
  CHANNELS.get(channel)?.kind === 'gateway' && CHANNELS.get(channel)?.bills !== provider
