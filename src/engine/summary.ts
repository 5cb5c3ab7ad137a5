/** What one run of `attribute` settled, in the shape the command prints. */
import {formatUsd} from '../model/money.ts'
import type {DegradationState} from './rail/model.ts'

interface Total {
  readonly state: string
  readonly spendClass: string
  readonly stage: string
  readonly records: bigint
  readonly billed: bigint
  readonly unpriced: bigint
}

interface Part {
  readonly records: number
  readonly cost_usd: string
}

export interface AttributeSummary {
  readonly records: number
  readonly signatures: number
  readonly states: {readonly [state: string]: Part}
  readonly stages: {readonly [stage: string]: Part}
  readonly ledger: {
    readonly owned_usd: string
    readonly contested_usd: string
    readonly unresolved_usd: string
    readonly total_usd: string
  }
  /** What the trained model did not answer, if it did not answer everything. */
  readonly degradation_state: DegradationState
}

/** `states`: of the answers. */
export function summarise(
  totals: readonly Total[],
  signatures: number,
  states: readonly DegradationState[],
): AttributeSummary {
  const sum = (chosen: readonly Total[]) => chosen.reduce((all, {billed}) => all + billed, 0n)
  const records = (chosen: readonly Total[]) => Number(chosen.reduce((all, total) => all + total.records, 0n))
  const by = (pick: (total: Total) => string): {[name: string]: Part} => {
    const names = [...new Set(totals.map(pick))].sort()
    return Object.fromEntries(
      names.map(name => {
        const chosen = totals.filter(total => pick(total) === name)
        return [name, {records: records(chosen), cost_usd: formatUsd(sum(chosen))}]
      }),
    )
  }
  const spend = (name: string) => formatUsd(sum(totals.filter(({spendClass}) => spendClass === name)))
  return {
    records: records(totals),
    signatures,
    states: by(({state}) => state),
    stages: by(({stage}) => stage),
    ledger: {
      owned_usd: spend('owned'),
      contested_usd: spend('contested'),
      unresolved_usd: spend('unresolved'),
      total_usd: formatUsd(sum(totals)),
    },
    degradation_state: states.find(state => state !== 'none') ?? 'none',
  }
}
