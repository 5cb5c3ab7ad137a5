import {facts} from './001-facts.ts'
import {attributions} from './002-attributions.ts'
import {spend} from './003-spend.ts'
import {usageParts} from './004-usage-parts.ts'

/** In order; the position is the schema version. A migration that has shipped is never edited. */
export const migrations: readonly string[] = [facts, attributions, spend, usageParts]
