/** Edge: what people have decided, out of the audit trail and the configuration. */
import {canonical} from '../model/audit.ts'
import {type Decisions, decisionsIn, intervalOf, type Subject, standingOf} from '../model/decisions.ts'
import type {LinkFact} from '../model/fact.ts'
import {dayOf, formatDay} from '../model/time.ts'
import {auditTrail} from '../store/queries/audit.ts'
import {all, type ReadableStore} from '../store/query.ts'
import type {OwnerRuling, RulingFacts, RulingSubject} from './rulings.ts'

export const loadDecisions = (store: ReadableStore): Decisions => decisionsIn(all(store, auditTrail, {}))

const isOwner = ({relation}: LinkFact): boolean => relation === 'owned_by'

/** What is declared besides owners: links like any other. */
export const linksOf = (declared: readonly LinkFact[]): LinkFact[] => declared.filter(link => !isOwner(link))

/** Rulings in force at `now` (epoch ms). */
export function rulingsOf(
  {overrides, disputes}: Decisions,
  declared: readonly LinkFact[],
  now: number,
): RulingFacts {
  const written = declared.filter(isOwner).map(
    ({from, to, validFrom = null, validTo = null}): OwnerRuling => ({
      ...{rule: 'declared', of: {alias: from}, team: to, from: validFrom, to: validTo},
      ...{who: 'venturi.yaml', on: null, why: null, where: 'venturi.yaml'},
    }),
  )
  const decided = overrides
    .filter(override => standingOf(override, now) === 'in force')
    .map(
      ({said, who, at, where}): OwnerRuling => ({
        ...{rule: 'override', of: subjectOf(said.of), team: said.team, ...intervalOf(said)},
        ...{who, on: formatDay(dayOf(at)), why: said.why, where},
      }),
    )
  const open = disputes
    .filter(({resolved}) => resolved === null)
    .map(({id, said, who, at, where}) => ({
      ...{id, of: subjectOf(said.of), ...intervalOf(said)},
      ...{who, on: formatDay(dayOf(at)), why: said.why, where},
    }))
  return {owners: [...written, ...decided], disputes: open}
}

const subjectOf = (of: Subject): RulingSubject =>
  'alias' in of ? {alias: of.alias} : {evidence: of.evidence}

/** Changes whenever another decision is in force: with it what is settled is out of date. */
export const rulingsText = ({owners, disputes}: RulingFacts): string =>
  canonical([...owners.filter(({rule}) => rule === 'override'), ...disputes].map(({where}) => where))
