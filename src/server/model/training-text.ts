/** What `venturi train` says. */
import type {Training} from './train-on.ts'

export function trainingText(
  {version, kept, why, path, card, compared}: Training,
  show: (path: string) => string,
): string {
  const lines = compared.map(
    ({relation, labels, trained, present}) =>
      `  ${relation.padEnd(22)} ${String(labels).padStart(6)} labels   Brier ${figure(trained.brier, 4)} (present ${figure(present.brier, 4)})   right ${percent(trained.accuracy)} (${percent(present.accuracy)})   ECE ${figure(trained.ece, 3)} (${figure(present.ece, 3)})`,
  )
  const end = kept ? `Kept ${version}: ${why}.\n${show(path!)}\n${show(card!)}` : `Not kept: ${why}.`
  return [...lines, '', end].join('\n')
}

/** A figure of no answer is none. */
const figure = (value: number | null, digits: number): string => value?.toFixed(digits) ?? '–'
const percent = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`)
