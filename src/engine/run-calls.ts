/** Edge: finds calls that two sources report, day by day, so that each is counted once. */
import {type ModelIdentity, signatureText} from '../model/chunk.ts'
import type {Signature} from '../model/fact.ts'
import {modelBase} from '../model/model-name.ts'
import {providerName} from '../model/provider.ts'
import {channels as allChannels} from '../store/queries/facts.ts'
import {internSignature} from '../store/queries/ingest.ts'
import * as sql from '../store/queries/match.ts'
import {all, one, run, type WritableStore} from '../store/query.ts'
import {CALLS_RANKED, channelOf} from './channels.ts'
import {APART_MS, type Call, isChance, jointSignature, twins} from './same-calls.ts'

export type Signatures = Map<number, Signature>
export type Models = ReadonlyMap<number, ModelIdentity>

/** Fills `matched`; says whether there was anything to match. */
export function matchCalls(store: WritableStore, signatures: Signatures, models: Models): boolean {
  const present = all(store, allChannels, {}).map(({channel}) => channel)
  if (CALLS_RANKED.filter(channel => present.includes(channel)).length < 2) return false
  const matches = new Matches(store, signatures)
  const days = new Map<number, Map<string, number>>()
  for (const {day, channel, calls} of all(store, sql.callsByDay, {channels: RANKED}))
    days.set(day, (days.get(day) ?? new Map<string, number>()).set(channel, calls))
  let before: ReadonlyMap<string, number> = new Map()
  for (const [day, counts] of days) {
    const channels = new Set([...counts.keys(), ...before.keys()])
    if (channels.size > 1) {
      sameIds(store, day, matches)
      sameTokens(store, day, counts, matches, signatures, models)
    }
    before = counts
  }
  return true
}

const RANKED = JSON.stringify(CALLS_RANKED)

interface Place {
  readonly day: number
  readonly id: string
  readonly channel: string
  readonly signatureId: number
}

/** Writes down that two rows are one call: the better carries the evidence, the other counts for nothing. */
class Matches {
  readonly #store: WritableStore
  readonly #signatures: Signatures
  readonly #known = new Map<string, number>()
  readonly #joint = new Map<string, number>()

  constructor(store: WritableStore, signatures: Signatures) {
    this.#store = store
    this.#signatures = signatures
  }

  /** Returns the better row's signature from now on. */
  join(better: Place, other: Place): number {
    const key = `${better.signatureId} ${other.signatureId}`
    let signatureId = this.#joint.get(key)
    if (signatureId === undefined) {
      const [one, two] = [this.#signatures.get(better.signatureId)!, this.#signatures.get(other.signatureId)!]
      this.#joint.set(key, (signatureId = this.#intern(jointSignature(one, two))))
    }
    this.#write(better, signatureId, null)
    this.#write(other, null, better)
    return signatureId
  }

  #write({day, id, channel}: Place, signature_id: number | null, kept: Place | null): void {
    run(this.#store, sql.addMatched, {
      ...{day, id, channel, signature_id},
      ...{kept_day: kept?.day ?? null, kept_id: kept?.id ?? null, kept_channel: kept?.channel ?? null},
    })
  }

  #intern(signature: Signature): number {
    const value = signatureText(signature)
    let id = this.#known.get(value)
    if (id === undefined) {
      id = one(this.#store, internSignature, {value})!.id
      this.#known.set(value, id)
      this.#signatures.set(id, signature)
    }
    return id
  }
}

/** Rows under one id: on one day, or on two days around midnight; and rows whose call a gateway answered from its cache. */
function sameIds(store: WritableStore, day: number, matches: Matches): void {
  let best: Place | undefined
  for (const row of all(store, sql.sameCalls, {day, ranked: RANKED})) {
    const same: Place | undefined = best?.id === row.id ? best : undefined
    best = same === undefined ? row : {...same, signatureId: matches.join(same, row)}
  }
  const absorbed = new Set<string>()
  const pairs = [...all(store, sql.sameCallsAtMidnight, {day}), ...all(store, sql.cacheHits, {day})]
  for (const {
    day: on,
    id,
    channel,
    signatureId,
    otherDay,
    otherId,
    otherChannel,
    otherSignatureId,
  } of pairs) {
    const [one, two] = [
      {day: on, id, channel, signatureId},
      {day: otherDay, id: otherId, channel: otherChannel, signatureId: otherSignatureId},
    ]
    const places = [one, two].map(place => `${place.day} ${place.channel} ${place.id}`)
    if (places.some(place => absorbed.has(place))) continue
    const [better, other] = rank(channel) <= rank(otherChannel) ? [one, two] : [two, one]
    matches.join(better, other)
    // Each stands in one pair: a third row of the call was on one of the two days, and is matched there.
    for (const place of places) absorbed.add(place)
  }
}

const rank = (channel: string): number => {
  const found = CALLS_RANKED.indexOf(channel)
  return found === -1 ? CALLS_RANKED.length : found
}

/** Rows under two ids, channel against channel, best first. */
function sameTokens(
  store: WritableStore,
  day: number,
  counts: ReadonlyMap<string, number>,
  matches: Matches,
  signatures: Signatures,
  models: Models,
): void {
  const names = new Map<number, readonly string[]>()
  const namesOf = (modelId: number): readonly string[] => {
    let known = names.get(modelId)
    if (known === undefined) names.set(modelId, (known = modelNames(models.get(modelId)!)))
    return known
  }
  const open = new Map<string, Call[]>()
  for (const row of all(store, sql.likeCalls, {day, channels: RANKED, apart: APART_MS})) {
    const call = callOf(row, signatures, namesOf)
    if (call.models.length === 0) continue
    const known = open.get(row.channel)
    if (known) known.push(call)
    else open.set(row.channel, [call])
  }
  const channels = [...open.keys()].sort((a, b) => rank(a) - rank(b))
  for (const [index, channel] of channels.entries())
    for (const other of channels.slice(index + 1)) {
      const found = twins({channel, calls: open.get(channel)!}, {channel: other, calls: open.get(other)!})
      const smaller = Math.min(counts.get(channel) ?? 0, counts.get(other) ?? 0)
      if (bothGateways(channel, other) && isChance(found.length, smaller)) continue
      const joined = new Map<Call, Call>()
      for (const pair of found) {
        const signatureId = matches.join({...pair.better, channel}, {...pair.other, channel: other})
        joined.set(pair.better, {...pair.better, signatureId})
      }
      const gone = new Set(found.map(pair => pair.other))
      open.set(
        channel,
        open.get(channel)!.map(call => joined.get(call) ?? call),
      )
      open.set(
        other,
        open.get(other)!.filter(call => !gone.has(call)),
      )
    }
}

const bothGateways = (one: string, two: string): boolean =>
  channelOf(one)?.kind === 'gateway' && channelOf(two)?.kind === 'gateway'

function callOf(
  row: sql.LikeCall,
  signatures: Signatures,
  namesOf: (modelId: number) => readonly string[],
): Call {
  const {day, id, at, signatureId, trace, cached} = row
  return {
    ...{day, id, at, signatureId, trace},
    provider: providerName(signatures.get(signatureId)?.provider ?? ''),
    models: namesOf(row.modelId),
    tokens: `${row.sent} ${row.answered}`,
    cached: cached === 1,
  }
}

/** What was asked for and what answered, each as `baseOf` has it. */
const modelNames = ([, requested, served]: ModelIdentity): readonly string[] => [
  ...new Set([requested, served].flatMap(name => (name === null ? [] : modelBase(name)))),
]

/** A model as bills, reports and gateways all call it. */
export const baseOf = ([, requested, served]: ModelIdentity): string | null => {
  const name = served ?? requested
  return name === null ? null : modelBase(name)
}
