import {adoption} from './adoption.ts'
import {burn} from './burn.ts'
import {chargeback} from './chargeback.ts'
import {coverage} from './coverage.ts'
import {energy} from './energy.ts'
import {engineering} from './engineering.ts'
import {gaps} from './gaps.ts'
import {ledger} from './ledger.ts'
import {optimize} from './optimize.ts'
import {outcomes} from './outcomes.ts'
import {platform} from './platform.ts'
import {product} from './product.ts'
import {questions} from './questions.ts'
import {security} from './security.ts'
import {workflows} from './workflows.ts'

/** Every way to read the records; the first is the default. */
export const lenses = [
  ledger,
  chargeback,
  burn,
  engineering,
  security,
  adoption,
  platform,
  product,
  workflows,
  outcomes,
  coverage,
  gaps,
  energy,
  questions,
  optimize,
] as const
