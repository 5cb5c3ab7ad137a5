/** What stands behind a line: its answers, dearest first, each with its evidence. Nothing about fewer than five people. */
import type {Outcome, OutputState, SpendClass} from '../engine/outcome.ts'
import {FEWEST_SHOWN} from '../model/cohort.ts'
import {type Nanos, PPM} from '../model/money.ts'
import {isPersonalAlias} from '../model/person.ts'
import type {Answered, Line} from './lines.ts'
import type {People} from './people.ts'

/** One step of how sure an answer is. */
export interface Step {
  readonly because: string
  /** Thousandths of a unit of log-odds. */
  readonly millis: number
  /** `file:line`, a few. */
  readonly places: readonly string[]
  /** How many places more there are. */
  readonly more: number
}

export interface Answer {
  /** The service or project it is about; null: none is known. */
  readonly about: string | null
  readonly spendClass: SpendClass
  readonly state: OutputState
  /** Ten-thousandths. */
  readonly coper: number
  readonly cost: Nanos
  /** Records it is the answer for; a record that is split counts whole. */
  readonly records: number
  /** One sentence; what the steps say is not said twice. */
  readonly rationale: string
  /** They sum to the shown log-odds; empty: nothing was weighed. */
  readonly steps: readonly Step[]
  /** Best first; probability in ten-thousandths. */
  readonly candidates: readonly {readonly name: string; readonly probability: number}[]
}

export interface Behind {
  readonly answers: readonly Answer[]
  /** All others in one sum; null: there are none. */
  readonly rest: {
    readonly answers: number
    readonly cost: Nanos
    /** Whether some are about people, who are not named. */
    readonly people: boolean
  } | null
  /** Nothing is shown: it is all about fewer than five people. */
  readonly withheld: boolean
}

const MOST_ANSWERS = 6
/** What is a smaller part of its line is listed only if it is the dearest: parts per million. */
const LEAST_PART = 10_000n
const MOST_PLACES = 4
const MOST_CANDIDATES = 5

/**
 * A line's answers: those about people are in no list, only in the sum of the rest. Where the rest would be of fewer than five
 * people and nobody else, the cheapest listed answer joins it, so that no sum is about them alone.
 */
export function behindOf({answers}: Pick<Line, 'answers'>, people: People): Behind {
  const ranked = folded(answers).toSorted((a, b) => (a.cost === b.cost ? 0 : a.cost > b.cost ? -1 : 1))
  const open = ranked.filter(({spend}) => !isAboutPeople(spend.outcome, people))
  const personal = ranked.filter(({spend}) => isAboutPeople(spend.outcome, people))
  const whole = answers.reduce((sum, {cost}) => sum + cost, 0n)
  const listed = open
    .slice(0, MOST_ANSWERS)
    .filter(({cost}, index) => index === 0 || cost * PPM >= whole * LEAST_PART)
  const few = personal.length > 0 && countOf(personal) < FEWEST_SHOWN
  const shown = few && listed.length === open.length ? listed.slice(0, -1) : listed
  const rest = [...open.slice(shown.length), ...personal]
  const withheld = few && open.length === 0
  return {
    answers: shown.map(answer => answerOf(answer, people)),
    rest:
      rest.length === 0 || withheld
        ? null
        : {
            answers: rest.length,
            cost: rest.reduce((sum, {cost}) => sum + cost, 0n),
            people: personal.length > 0,
          },
    withheld,
  }
}

/** Answers that say the same of the same thing are one. */
function folded(answers: readonly Answered[]): Answered[] {
  const same = new Map<string, Answered>()
  for (const answer of answers) {
    const {outcome, spendClass} = answer.spend
    const {owner, rationale, coper, output_state} = outcome
    const key = JSON.stringify([
      ...[owner.service?.id, owner.project?.id, personOf(outcome)],
      ...[rationale, coper, output_state, spendClass],
    ])
    const known = same.get(key)
    same.set(
      key,
      known === undefined
        ? answer
        : {
            spend: {...known.spend, records: known.spend.records + answer.spend.records},
            cost: known.cost + answer.cost,
          },
    )
  }
  return [...same.values()]
}

/** By whom it is used, through whom it was found, or of whom it speaks. */
function isAboutPeople({owner, edges, rationale, waterfall}: Outcome, people: People): boolean {
  const aliases = [owner.identity?.id, ...edges.flatMap(({from, to}) => [from, to])]
  return (
    aliases.some(alias => alias != null && isPersonalAlias(alias)) ||
    [owner.service?.name, owner.project?.name, rationale, ...waterfall.map(({because}) => because)].some(
      text => text !== undefined && people(text),
    )
  )
}

const personOf = ({owner: {identity}}: Outcome): string | null =>
  identity !== null && isPersonalAlias(identity.id) ? identity.id : null

/** How many people are known to be among them; who is known by two names could be counted twice, so only owners count. */
const countOf = (answers: readonly Answered[]): number =>
  new Set(answers.map(({spend}) => personOf(spend.outcome)).filter(person => person !== null)).size

/** The rationale as far as no step says the same: `payments owns this spend (95 %)`. */
function untold({rationale, waterfall}: Outcome): string {
  const from = Math.min(
    ...waterfall.map(({because}) => rationale.indexOf(because)).filter(place => place > 0),
    rationale.length,
  )
  return from === rationale.length ? rationale : `${rationale.slice(0, from).replace(/[:;.,\s]+$/, '')}.`
}

function answerOf({spend: {outcome, spendClass, records}, cost}: Answered, people: People): Answer {
  return {
    about: outcome.owner.service?.name ?? outcome.owner.project?.name ?? null,
    ...{spendClass, state: outcome.output_state, cost, records, rationale: untold(outcome)},
    coper: Math.round(outcome.coper * 10_000),
    steps: outcome.waterfall.map(({because, log_odds, evidence}) => {
      const places = evidence.filter(place => !people(place))
      return {
        because,
        millis: Math.round(log_odds * 1000),
        places: places.slice(0, MOST_PLACES),
        more: evidence.length - Math.min(places.length, MOST_PLACES),
      }
    }),
    candidates: outcome.candidates.slice(0, MOST_CANDIDATES).map(({organization, probability}) => ({
      name: organization.name,
      probability: Math.round(probability * 10_000),
    })),
  }
}
