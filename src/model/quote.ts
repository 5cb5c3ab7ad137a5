import type {ModelIdentity} from './chunk.ts'
import type {Usage} from './fact.ts'
import type {Nanos} from './money.ts'

/** What usage at an instant (epoch ms) costs by contract or list price, in nano-dollars; null: no list knows. */
export type QuoteOf = (model: ModelIdentity, at: number, usage: Usage) => Nanos | null
