import {chargeback} from './chargeback.ts'
import {ledger} from './ledger.ts'

/** Every way to read the records; the first is the default. */
export const lenses = [ledger, chargeback] as const
