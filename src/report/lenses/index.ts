import {chargeback} from './chargeback.ts'
import {gaps} from './gaps.ts'
import {ledger} from './ledger.ts'

/** Every way to read the records; the first is the default. */
export const lenses = [ledger, chargeback, gaps] as const
