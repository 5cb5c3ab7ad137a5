/** Edge: finds calls that two sources report, so that each is counted once. */
import {type ModelIdentity, signatureText} from '../model/chunk.ts'
import type {Signature} from '../model/fact.ts'
import {modelBase} from '../model/model-name.ts'
import {providerName} from '../model/provider.ts'
import * as sql from '../store/queries/attribute.ts'
import {internSignature} from '../store/queries/ingest.ts'
import {all, iterate, one, run, type WritableStore} from '../store/query.ts'
import {AGENTS, bothSignatures, type Call, CHANNELS_RANKED, twins} from './same-calls.ts'

export type Signatures = Map<number, Signature>
export type Models = ReadonlyMap<number, ModelIdentity>

/** Fills `matched`; says whether there was anything to match. */
export function matchCalls(store: WritableStore, signatures: Signatures, models: Models): boolean {
  const present = all(store, sql.channels, {}).map(({channel}) => channel)
  const requesting = CHANNELS_RANKED.filter(channel => present.includes(channel))
  if (requesting.length < 2) return false
  const known = new Map<string, number>()
  const intern = (signature: Signature): number => {
    const text = signatureText(signature)
    const seen = known.get(text)
    if (seen !== undefined) return seen
    const {id} = one(store, internSignature, {value: text})!
    known.set(text, id)
    signatures.set(id, signature)
    return id
  }
  let better: {day: number; id: string; channel: string; signatureId: number} | null = null
  const both = new Map<string, number>()
  for (const call of all(store, sql.sameCalls, {ranked: JSON.stringify(CHANNELS_RANKED)})) {
    if (better?.day !== call.day || better.id !== call.id) {
      better = call
      continue
    }
    const key = `${better.signatureId} ${call.signatureId}`
    let joint = both.get(key)
    if (joint === undefined) {
      joint = intern(bothSignatures(signatures.get(better.signatureId)!, signatures.get(call.signatureId)!))
      both.set(key, joint)
    }
    const {day, id} = call
    run(store, sql.insertMatched, {day, id, channel: better.channel, signature_id: joint})
    run(store, sql.insertMatched, {day, id, channel: call.channel, signature_id: null})
  }
  matchTwins(store, requesting, signatures, models, intern)
  return true
}

interface Twin {
  readonly better: string
  readonly other: string
  /** Who bills such calls; absent: anybody. */
  readonly billedBy?: string
  readonly add: (better: Signature, other: Signature) => Signature
}

/** Who logs the calls of whom under other ids: the better source, the other, and what the other adds. */
const TWINS: readonly Twin[] = [
  // Of the provider's log only the account is kept: its principal is the gateway's, whoever called.
  {
    better: 'litellm',
    other: 'bedrock',
    billedBy: 'aws',
    add: (better, {account}) => (account === undefined ? better : {...better, account}),
  },
  {better: 'bedrock', other: 'otel', billedBy: 'aws', add: bothSignatures},
  // An assistant's own notes know the repository; its telemetry, the gateway and the provider know who it was.
  ...['litellm', 'bedrock', 'otel'].flatMap(better =>
    AGENTS.map((other): Twin => ({better, other, add: bothSignatures})),
  ),
]

function matchTwins(
  store: WritableStore,
  requesting: readonly string[],
  signatures: Signatures,
  models: Models,
  intern: (signature: Signature) => number,
): void {
  const alike = ({
    input,
    output,
    read,
    written,
  }: {[count in 'input' | 'output' | 'read' | 'written']: number | null}) =>
    `${input} ${output} ${read ?? 0} ${written ?? 0}`
  function* calls(channel: string, billedBy: string | undefined): Generator<Call> {
    for (const row of iterate(store, sql.requestsOf, {channel})) {
      const {day, id, at, signatureId, modelId, input, output} = row
      // Calls whose tokens nobody counted are alike in nothing.
      if ((input ?? 0) + (output ?? 0) === 0) continue
      if (billedBy && providerName(signatures.get(signatureId)?.provider ?? '') !== billedBy) continue
      yield {day, id, at, signatureId, model: baseOf(models.get(modelId)!) ?? '', tokens: alike(row)}
    }
  }
  for (const {better, other, billedBy, add} of TWINS) {
    if (!requesting.includes(better) || !requesting.includes(other)) continue
    const theirs = [...calls(other, billedBy)]
    const tokens = new Set(theirs.map(call => call.tokens))
    const ours: Call[] = []
    for (const call of calls(better, billedBy)) if (tokens.has(call.tokens)) ours.push(call)
    for (const {call, gateway} of twins(ours, theirs)) {
      const joint = add(signatures.get(gateway.signatureId)!, signatures.get(call.signatureId)!)
      run(store, sql.addMatched, {day: call.day, id: call.id, channel: other, signature_id: null})
      run(store, sql.addMatched, {
        day: gateway.day,
        id: gateway.id,
        channel: better,
        signature_id: intern(joint),
      })
    }
  }
}

/** A model as bills, reports and gateways all call it. */
export const baseOf = ([, requested, served]: ModelIdentity): string | null => {
  const name = served ?? requested
  return name === null ? null : modelBase(name)
}
