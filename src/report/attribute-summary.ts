/** What `attribute` says when it is done: the ledger in four figures and where it comes from. */
import {parseUsd, showUsd} from '../model/money.ts'

interface Summary {
  readonly records: number
  readonly signatures: number
  readonly states: {readonly [state: string]: {readonly records: number; readonly cost_usd: string}}
  readonly ledger: {
    readonly owned_usd: string
    readonly contested_usd: string
    readonly unresolved_usd: string
    readonly total_usd: string
  }
  readonly degradation_state: keyof typeof ANSWERED
}

/** What answered in place of the trained model. */
const ANSWERED = {
  none: [],
  degraded_serving: [
    '',
    '  Plain rules answered what no usable model answered in its time (degraded serving).',
  ],
  disabled: ['', '  Plain rules answered: inference is disabled in venturi.yaml.'],
  model_recalled: ['', '  Plain rules answered: the model was recalled.'],
} as const

export function attributeText(summary: Summary, seconds: number): string {
  const {records, signatures, states, ledger, degradation_state: state} = summary

  const money = (usd: string) => showUsd(parseUsd(usd)!).padStart(16)
  const count = (number: number) => number.toLocaleString('en').padStart(12)
  return [
    `${records.toLocaleString('en')} records, ${signatures.toLocaleString('en')} signatures, ${seconds.toFixed(1)} s`,
    '',
    ...Object.entries(states).map(
      ([state, part]) =>
        `  ${state.replaceAll('_', ' ').padEnd(28)}${count(part.records)} records${money(part.cost_usd)}`,
    ),
    '',
    `  owned ${showUsd(parseUsd(ledger.owned_usd)!)} + contested ${showUsd(parseUsd(ledger.contested_usd)!)} + unresolved ${showUsd(parseUsd(ledger.unresolved_usd)!)} = ${showUsd(parseUsd(ledger.total_usd)!)}`,
    ...ANSWERED[state],
  ].join('\n')
}
