/** A model's card: what it is, what it was fitted to, and how good it measured. */
import type {Measured} from '../../engine/rail/measure.ts'
import type {ModelFile} from '../../engine/rail/model.ts'
import type {Compared} from './train-on.ts'

const percent = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`)
const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3))

const row = (
  name: string,
  whose: string,
  {n, accuracy, coverage_at_080, accuracy_at_080, ece, brier}: Measured,
): string =>
  `| ${name} | ${whose} | ${n} | ${percent(accuracy)} | ${percent(coverage_at_080)} | ${percent(accuracy_at_080)} | ${figure(ece)} | ${figure(brier)} |`

/** `more`: what only its maker can add, as Markdown. */
export function cardOf(file: ModelFile, compared: readonly Compared[], more = ''): string {
  const {version, trained, relations} = file
  const weights = Object.entries(relations).flatMap(([relation, model]) =>
    Object.entries(model.weights)
      .sort(([a], [b]) => (model.counts[b] ?? 0) - (model.counts[a] ?? 0) || (a < b ? -1 : 1))
      .map(
        ([kind, weight]) => `| ${relation} | ${kind} | ${weight.toFixed(2)} | ${model.counts[kind] ?? 0} |`,
      ),
  )
  return `# ${version}

Fitted on ${trained.on} to ${Object.entries(trained.examples)
    .map(([relation, count]) => `${count} of ${relation}`)
    .join(', ')}; ${trained.converged ? 'converged' : 'not converged'}. Examples' digest: ${trained.digest}.

An additive model in log-odds over the named candidates and "none of these": each kind of evidence adds its documented log-odds times the
weight below (1: as documented), and a curve turns the score into the probability that such answers proved right. Nothing of it knows
a name, a person or a price.

| Relation | Whose | Labels | Right | At ≥ 0.80 | Right there | ECE | Brier |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${compared
  .flatMap(({relation, trained: own, present}) => [
    row(relation, 'this model', own),
    row('', 'the one before', present),
  ])
  .join('\n')}

"This model" is measured on entities that the fit had not seen (five folds), with curves that they had no part in.

| Relation | Evidence | Weight | Labels |
| --- | --- | ---: | ---: |
${weights.join('\n')}
${more}`
}
