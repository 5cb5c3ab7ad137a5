/** Splits silent requests by whose habits they fit: the mixture in requests, turned into parts of the cost. Pure. */
import {type Cell, type Mixture, mixture} from './mixture.ts'
import type {Part, Pot, Use, Uses} from './shared-use.ts'

/** What is known of one candidate. */
export interface Known {
  readonly uses: readonly Use[]
  /** Requests under the shared key by the kinds of hint they carry. */
  readonly hinted: ReadonlyMap<number, number>
  /** Its part before habits are looked at, in proportion; 0: it has none, and gets none. */
  readonly prior: bigint
}

/** Whole weights have this many steps: finer than any share that is shown. */
const STEPS = 1e12
/** Requests of everybody's average that are added to a candidate's own average cost of a model. */
const SMOOTH = 20

/** `parts`: of the requests; `of`: whole weights of one part of the pot by cost, with nobody's (0) last. */
export function byMixture(
  {silent, among}: Pot,
  known: readonly Known[],
  uses: Uses,
): {readonly parts: readonly number[]; readonly of: (part: Part) => readonly bigint[]} {
  const found = mixture(
    summed(uses.all(silent)),
    known.map(({uses: own, hinted, prior}) => ({known: summed(own), hinted, prior: Number(prior)})),
  )
  const priceOf = known.map(({uses: own}) => pricesAgainst(own, known))
  const costs = (list: readonly Use[]): number[] => {
    const paid = list.some(({nanos}) => nanos > 0)
    const sums = among.map(() => 0)
    for (const use of [...list].sort(byUse)) {
      const weights = whoseCost(use, found, priceOf)
      const amount = paid ? use.nanos : use.requests
      weights.forEach((weight, index) => {
        sums[index]! += weight * Math.max(0, amount)
      })
    }
    return sums
  }
  const together = wholeWeights(costs(uses.all(silent)))
  return {
    parts: found.parts,
    of: part => {
      const own = uses.of(part)
      return [...(own.length === 0 ? together : wholeWeights(costs(own))), 0n]
    },
  }
}

/** Where two are as likely, the one whose requests of that model cost more has the larger part of what they cost. */
function whoseCost(
  use: Use,
  {whose}: Mixture,
  priceOf: readonly ((model: string) => number)[],
): readonly number[] {
  const weights = whose(use).map((part, index) => part * priceOf[index]!(use.model))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return total > 0 ? weights.map(weight => weight / total) : whose(use)
}

/** Average cost of a candidate's request by model, drawn a little to everybody's. */
function pricesAgainst(own: readonly Use[], known: readonly Known[]): (model: string) => number {
  const mine = totalsByModel(own)
  const everybody = totalsByModel(known.flatMap(({uses}) => uses))
  return model => {
    const all = everybody.get(model)
    if (!all || all.nanos <= 0) return 1
    const {requests, nanos} = mine.get(model) ?? {requests: 0, nanos: 0}
    return (nanos + (SMOOTH * all.nanos) / all.requests) / (requests + SMOOTH)
  }
}

function totalsByModel(list: readonly Use[]): Map<string, {requests: number; nanos: number}> {
  const totals = new Map<string, {requests: number; nanos: number}>()
  for (const {model, requests, nanos} of list) {
    const total = totals.get(model) ?? {requests: 0, nanos: 0}
    totals.set(model, {requests: total.requests + requests, nanos: total.nanos + nanos})
  }
  return totals
}

const byCell = (a: Cell, b: Cell): number =>
  a.model === b.model ? a.hour - b.hour : a.model < b.model ? -1 : 1
/** Two entries of one cell are summed in one order too. */
const byUse = (a: Use, b: Use): number => byCell(a, b) || a.nanos - b.nanos || a.requests - b.requests

/** One entry a cell, in their own order: whatever order the rows came in, the sums are the same to the last digit. */
function summed(list: readonly Use[]): Cell[] {
  const sums = new Map<string, Cell>()
  for (const {model, hour, requests} of list) {
    const key = `${hour} ${model}`
    sums.set(key, {model, hour, requests: (sums.get(key)?.requests ?? 0) + requests})
  }
  return [...sums.values()].sort(byCell)
}

function wholeWeights(weights: readonly number[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => (total > 0 ? BigInt(Math.round((weight / total) * STEPS)) : 0n))
}
