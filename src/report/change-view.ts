/** Why cost changed, as programs read it. */
import {formatUsd} from '../model/money.ts'
import type {Change} from './change.ts'

/** The parts sum to the change. */
export const changeToJson = (change: Change | null) =>
  change && {
    volume_usd: formatUsd(change.volume),
    model_mix_usd: formatUsd(change.mix),
    tokens_per_request_usd: formatUsd(change.tokens),
    price_usd: formatUsd(change.price),
    uncounted_usd: formatUsd(change.uncounted),
  }
