/** What a shared cost may be split by, best first. Each basis is one small function; adding one is adding an entry. */
import {formatDay} from '../../model/time.ts'
import type {Interval} from '../attribute.ts'
import {byMixture, type Known} from './habits.ts'
import {byRule} from './rule-split.ts'
import {elsewhere, hintsIn, type Part, type Pot, type Uses, type Window} from './shared-use.ts'
import {proportional, type Sight, type Split} from './split.ts'

export interface Basis {
  readonly name: string
  /** What it will ask `uses` for. */
  readonly reads: (pot: Pot, intervals: readonly Interval[]) => readonly Window[]
  /** Null: it cannot tell, and the next is asked. */
  readonly split: (pot: Pot, sight: Sight) => Split | null
}

/** Hinted requests that are enough to go by: so many, or such a part of the cost. */
const ENOUGH = {requests: 30, costPercent: 5n}
/** Requests of a candidate elsewhere from which its habits begin to show; what is thin is drawn to everybody's. */
const HABIT = 10

const sameKey = ({silent, hinted, ever}: Pot): Window[] => [...silent, ...hinted, ...ever]

const agreedAlways: Basis = {
  name: 'a documented rule that always holds',
  reads: pot => (pot.rule?.always ? [...sameKey(pot), ...pot.all] : []),
  split: (pot, sight) => (pot.rule?.always ? byRule(pot, pot.rule, sight) : null),
}

const measured: Basis = {
  name: 'measured use under the same key',
  reads: sameKey,
  split: (pot, sight) => {
    const seen = enoughOf(pot, sight.uses)
    return seen && measuredBy(pot, seen, sight.uses)
  },
}

const agreed: Basis = {
  name: 'a documented rule',
  reads: pot => (pot.rule ? pot.all : []),
  split: (pot, sight) => pot.rule && byRule(pot, pot.rule, sight),
}

const habits: Basis = {
  name: 'habits of each consumer',
  reads: elsewhere,
  split: (pot, {intervals, uses}) => {
    const parts = elsewhere(pot, intervals)
    const known = pot.among.map(({id}): Known => {
      const own = parts.filter(({whose}) => whose === id)
      const listed = own.filter(({interval}) => pot.services.has(interval.outcome.owner.service?.id ?? ''))
      // What the listed service does elsewhere is nearer than all its team does.
      const telling = uses.requests(listed) >= ENOUGH.requests ? listed : own
      return {uses: uses.all(telling), hinted: new Map(), prior: uses.costs(own)}
    })
    const told = known.filter(({prior}) => prior > 0n)
    const requests = (list: Known['uses']) => list.reduce((sum, use) => sum + use.requests, 0)
    if (told.length === 0 || uses.requests(pot.silent) < ENOUGH.requests) return null
    if (told.some(one => requests(one.uses) < HABIT)) return null
    const {of, parts: found} = byMixture(pot, known, uses)
    const count = told.reduce((sum, one) => sum + requests(one.uses), 0)
    return {
      of,
      basis: 'by habits of each consumer',
      figures: `${number(uses.requests(pot.silent))} requests compared with ${number(count)} elsewhere by model and hour, ${named(pot, found)}`,
    }
  },
}

const spending: Basis = {
  name: 'what each spends elsewhere',
  reads: elsewhere,
  split: (pot, {intervals, uses}) => {
    const parts = elsewhere(pot, intervals)
    return proportional(pot, 'by what each spends elsewhere', '', candidate =>
      uses.costs(parts.filter(({whose}) => whose === candidate)),
    )
  },
}

const fewMeasured: Basis = {
  name: 'the few requests that say whose they are',
  reads: sameKey,
  split: (pot, {uses}) =>
    proportional(
      pot,
      'by the few requests under the same key that say whose they are',
      `${number(uses.requests(pot.ever))} of them`,
      candidate => uses.costs(pot.ever.filter(({whose}) => whose === candidate)),
    ),
}

const equal: Basis = {
  name: 'equal parts',
  reads: () => [],
  split: ({among}) => ({of: () => [...among.map(() => 1n), 0n], basis: 'in equal parts', figures: ''}),
}

/** In order; the last always splits. */
export const bases: readonly Basis[] = [agreedAlways, measured, agreed, habits, spending, fewMeasured, equal]

/** The hinted parts to go by: those of the same days, else of the whole period; null where they are too few. */
function enoughOf(pot: Pot, uses: Uses): readonly Part[] | null {
  const silent = uses.costs(pot.silent)
  return (
    [pot.hinted, pot.ever].find(parts => {
      const cost = uses.costs(parts)
      return (
        uses.requests(parts) >= ENOUGH.requests ||
        (cost > 0n && cost * 100n >= (silent + cost) * ENOUGH.costPercent)
      )
    }) ?? null
  )
}

function measuredBy(pot: Pot, seen: readonly Part[], uses: Uses): Split | null {
  const hintsOf = hintsIn([...pot.silent, ...seen], uses)
  const known = pot.among.map(({id}): Known => {
    const own = seen.filter(({whose}) => whose === id)
    const hinted = new Map<number, number>()
    for (const part of own) {
      const bits = hintsOf(part.interval.active.signature)
      hinted.set(bits, (hinted.get(bits) ?? 0) + uses.requests([part]))
    }
    return {uses: uses.all(own), hinted, prior: BigInt(uses.requests(own))}
  })
  const count = uses.requests(seen)
  const basis = 'by measured use under the same key'
  if (count < ENOUGH.requests || uses.requests(pot.silent) === 0)
    return proportional(pot, basis, '', candidate =>
      uses.costs(seen.filter(({whose}) => whose === candidate)),
    )
  const {of, parts} = byMixture(pot, known, uses)
  return {
    of,
    basis,
    figures: `${number(count)} requests of ${days(seen)} say whose they are; of the ${number(uses.requests(pot.silent))} that do not, by model, hour and how often each hints, ${named(pot, parts)}`,
  }
}

const number = (count: number): string => count.toLocaleString('en')

const days = (parts: readonly Part[]): string => {
  const first = Math.min(...parts.map(({from}) => from))
  const last = Math.max(...parts.map(({to}) => to)) - 1
  return `${dayOfText(first)} to ${dayOfText(last)}`
}
const dayOfText = (at: number): string => formatDay(Math.floor(at / 86_400_000))

/** `Search 40 %, Catalog 60 %`. */
const named = ({among}: Pot, parts: readonly number[]): string =>
  among
    .map(({name}, index) => ({name, part: parts[index]!}))
    .filter(({part}) => part > 0)
    .map(({name, part}) => `${name} ${Math.round(part * 100)} %`)
    .join(', ')
