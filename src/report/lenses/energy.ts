/** Electricity and carbon of AI use by owner, service and model: ranges, how they are known, and what has no figure. */
import {METHOD_DATE} from '../../model/energy/constants.ts'
import {type NoFigure, type Range, shown, shownNumber} from '../../model/energy/estimate.ts'
import type {ModelSize} from '../../model/energy/model-sizes.ts'
import {formatUsd, showExactUsd} from '../../model/money.ts'
import {type EnergyLines, type EnergySum, energyLines} from '../energy.ts'
import {cellText} from '../formats/cell-text.ts'
import {lens, periodToJson} from '../lens.ts'
import {nobody} from '../line-table.ts'
import {totalsOf} from '../lines.ts'
import {type Loaded, loadSpend} from '../load.ts'
import {loadEnergy} from '../load-energy.ts'
import {ppmOf, reconcilingLines} from '../reconcile.ts'
import type {Column, Report, Row} from '../report.ts'

interface Model extends EnergyLines {
  readonly loaded: Loaded
}

export const energy = lens({
  id: 'energy',
  summary: 'electricity and carbon by owner, service and model: a range, its tier, and what has no figure',
  load: (store, request): Model => ({
    loaded: loadSpend(store, request),
    ...energyLines(loadEnergy(store, request)),
  }),
  toReport,
  toJson,
})

const rangeOf = (range: Range | null): Range | null => (range === null ? null : shown(range))

const sumToJson = ({wh, gco2e, tier, zones, tokens, longTokens, coveredTokens, coveredCost}: EnergySum) => ({
  ...{wh: rangeOf(wh), gco2e: rangeOf(gco2e), tier},
  zones: [...zones].map(([zone, intensity]) => ({zone, gco2e_per_kwh: intensity})),
  ...{tokens, long_context_tokens: longTokens},
  ...{covered_tokens_ppm: coveredTokens, covered_cost_ppm: coveredCost},
})

const sizeToJson = (size: ModelSize | null) =>
  size && {total_billions: size.total, active_billions: size.active, open_weights: size.open}

function toJson({loaded, total, owners, services, models, coverage}: Model) {
  const {period, asOf} = loaded.request
  return {
    period: periodToJson(period),
    as_of: asOf,
    method: METHOD_DATE,
    totals: {...sumToJson(total), total_usd: formatUsd(total.cost)},
    organizations: owners.map(({organization, state, ...sum}) => ({
      ...{organization, output_state: state, ...sumToJson(sum)},
    })),
    services: services.map(({service, ...sum}) => ({service, ...sumToJson(sum)})),
    models: models.map(({model, size, reason, ...sum}) => ({
      ...{model, size: sizeToJson(size), reason, ...sumToJson(sum)},
    })),
    coverage: coverage.map(({reason, tokens, cost, records}) => ({
      ...{has_figure: reason === null, reason, tokens, cost_usd: formatUsd(cost), records},
    })),
  }
}

const ENERGY: readonly Column[] = [
  {key: 'kwh_low', label: 'low', kind: 'quantity'},
  {key: 'kwh_mid', label: 'kWh', kind: 'quantity'},
  {key: 'kwh_high', label: 'high', kind: 'quantity'},
  {key: 'kgco2e_low', label: 'low', kind: 'quantity', drop: 3},
  {key: 'kgco2e_mid', label: 'kgCO2e', kind: 'quantity', drop: 1},
  {key: 'kgco2e_high', label: 'high', kind: 'quantity', drop: 3},
  {key: 'covered', label: 'Covered', kind: 'share', drop: 2},
  {key: 'tier', label: 'Tier', kind: 'text', drop: 5},
  {key: 'zones', label: 'Zones', kind: 'list', drop: 4},
]
const OWNER: Column = {key: 'organization', label: 'Organization', kind: 'text'}
const SERVICE: Column = {key: 'service', label: 'Service', kind: 'text'}
const MODELS: readonly Column[] = [
  {key: 'model', label: 'Model', kind: 'text'},
  {key: 'size', label: 'Size', kind: 'text', drop: 2},
  {key: 'tokens', label: 'Tokens', kind: 'count', drop: 4},
  ...ENERGY.filter(({key}) => key !== 'covered' && key !== 'zones'),
]
const COVERAGE: readonly Column[] = [
  {key: 'reason', label: 'Figure', kind: 'text'},
  {key: 'tokens', label: 'Tokens', kind: 'count', drop: 1},
  {key: 'cost_usd', label: 'Spend', kind: 'usd'},
  {key: 'share', label: 'Share', kind: 'share'},
]

const REASONS: {readonly [reason in NoFigure]: string} = {
  unknown_size: 'none: size not known',
  no_model: 'none: no model is named',
  no_tokens: 'none: no tokens counted',
  images_or_audio: 'none: images or audio',
  gateway_cache: 'none: the gateway answered, no model ran',
  closed_before: 'none: closed before energy was kept',
}

const kilo = (range: Range | null, unit: string): Row => ({
  [`${unit}_low`]: range && shownNumber(range.low / 1000),
  [`${unit}_mid`]: range && shownNumber(range.mid / 1000),
  [`${unit}_high`]: range && shownNumber(range.high / 1000),
})

const sumToRow = ({wh, gco2e, tier, zones, coveredCost}: EnergySum): Row => ({
  ...{...kilo(wh, 'kwh'), ...kilo(gco2e, 'kgco2e'), covered: coveredCost, tier},
  zones: [...zones.keys()],
})

/** What a gateway answered from its cache is in the last table only. */
const ran = ({reason}: Model['models'][number]): boolean => reason !== 'gateway_cache'

/** `440 B, 76 B active, a guess`. */
const sizeText = ({total, active, open}: ModelSize): string =>
  `${total} B${active === total ? '' : `, ${active} B active`}${open ? '' : ', a guess'}`

function toReport({loaded, total, owners, services, models, coverage}: Model): Report {
  const table = (key: string, title: string, columns: readonly Column[], rows: readonly Row[]) => ({
    ...{key, title, columns, rows, empty: 'No use in this period.'},
  })
  return {
    title: 'Energy and carbon of AI use',
    subtitle: `${loaded.label}, estimated; the range holds about nine times in ten`,
    tables: [
      table(
        'organizations',
        'By owner',
        [OWNER, ...ENERGY],
        owners.map(({organization, state, ...sum}) => ({
          ...{organization: organization?.name ?? nobody({state}), ...sumToRow(sum)},
        })),
      ),
      table(
        'services',
        'By service',
        [SERVICE, ...ENERGY],
        services.map(({service, ...sum}) => ({
          ...{service: service?.name ?? '(no service named)', ...sumToRow(sum)},
        })),
      ),
      table(
        'models',
        'By model',
        MODELS,
        models.filter(ran).map(({model, size, reason, ...sum}) => ({
          ...{model: model ?? '(no model named)', tokens: sum.tokens},
          size: size === null ? REASONS[reason!].replace('none: ', '') : sizeText(size),
          ...sumToRow(sum),
        })),
      ),
      table(
        'coverage',
        'What has a figure',
        COVERAGE,
        coverage.map(({reason, tokens, cost}) => ({
          ...{reason: reason === null ? 'T3, from parameter counts' : REASONS[reason], tokens},
          ...{cost_usd: cost, share: total.cost === 0n ? null : ppmOf(cost, total.cost)},
        })),
      ),
    ],
    closing: [
      ...remarks(total),
      coverageLine({total, coverage}),
      ...reconcilingLines(totalsOf(loaded.spend), loaded),
    ],
  }
}

const number = (value: number): string =>
  cellText(shownNumber(value / 1000), {key: '', label: '', kind: 'quantity'})

function remarks({wh, gco2e, zones, tokens, longTokens}: EnergySum): string[] {
  if (wh === null || gco2e === null) return ['no use in this period has a figure']
  const places = [...zones].map(([zone, intensity]) => `${zone} ${intensity} g/kWh`)
  const long = longTokens === 0 || tokens === null ? [] : [longText(longTokens, tokens)]
  return [
    `${number(wh.mid)} kWh (${number(wh.low)} to ${number(wh.high)}), ${number(gco2e.mid)} kgCO2e (${number(gco2e.low)} to ${number(gco2e.high)})`,
    `T3: worked out from tokens and parameter counts, not metered; electricity of ${places.join(', ')}, location-based`,
    ...long,
  ]
}

const longText = (longTokens: number, tokens: number): string =>
  `${((longTokens / tokens) * 100).toFixed(1)} % of the tokens are of calls with more than 32,000 tokens of context: their figure is too low`

function coverageLine({total, coverage}: Pick<Model, 'total' | 'coverage'>): string {
  const covered = coverage.find(({reason}) => reason === null)?.cost ?? 0n
  return `spend with a figure ${showExactUsd(covered)} + without ${showExactUsd(total.cost - covered)} = total ${showExactUsd(total.cost)}`
}
