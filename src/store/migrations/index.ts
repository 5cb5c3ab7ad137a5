import {facts} from './001-facts.ts'
import {attributions} from './002-attributions.ts'
import {spend} from './003-spend.ts'
import {ruleSections} from './004-rule-sections.ts'
import {outcomesAndCommits} from './005-outcomes-and-commits.ts'
import {live} from './006-live.ts'
import {usageParts} from './007-usage-parts.ts'
import {settlement} from './008-settlement.ts'
import {audit} from './009-audit.ts'
import {frozen} from './010-frozen.ts'
import {questions} from './011-questions.ts'
import {outcomesOnce} from './012-outcomes-once.ts'
import {calls} from './013-calls.ts'
import {budgetScope} from './014-budget-scope.ts'
import {teams} from './015-teams.ts'
import {monthly} from './016-monthly.ts'

/** In order; the position is the schema version. A migration that has shipped is never edited. */
export const migrations: readonly string[] = [
  facts,
  attributions,
  spend,
  ruleSections,
  outcomesAndCommits,
  live,
  usageParts,
  settlement,
  audit,
  frozen,
  questions,
  outcomesOnce,
  calls,
  budgetScope,
  teams,
  monthly,
]
