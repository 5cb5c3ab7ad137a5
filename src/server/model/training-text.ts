/** What `venturi train` says. */
import type {Training} from './train-on.ts'

export function trainingText(
  {version, kept, why, path, card, compared}: Training,
  show: (path: string) => string,
): string {
  const lines = compared.map(
    ({relation, labels, trained, present}) =>
      `  ${relation.padEnd(22)} ${String(labels).padStart(6)} labels   Brier ${trained.brier!.toFixed(4)} (present ${present.brier!.toFixed(4)})   right ${percent(trained.accuracy)} (${percent(present.accuracy)})   ECE ${trained.ece!.toFixed(3)} (${present.ece!.toFixed(3)})`,
  )
  const end = kept ? `Kept ${version}: ${why}.\n${show(path!)}\n${show(card!)}` : `Not kept: ${why}.`
  return [...lines, '', end].join('\n')
}

const percent = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`)
