/**
 * Constants of the energy estimate, fitted and checked in November 2026; `docs/energy.md` says where each comes from. Nowhere else
 * stands one, so that they can be fitted again: then `METHOD_DATE` changes with them.
 */
export const METHOD_DATE = '2026-11'

/**
 * mWh of the accelerators per output token: `scale · active^activeExponent · total^totalExponent · (batch / fittedBatch)^batchExponent`,
 * parameters in billions. Fitted to 233 published measurements of open models on H100 and B200 machines: 90 % of models left
 * out of the fit lie within ×2.2. The batch is an assumption.
 */
export const OUTPUT = {
  ...{scale: 0.0056, activeExponent: 0.24, totalExponent: 0.66},
  ...{batch: 128, fittedBatch: 64, batchExponent: -0.49},
} as const

/** mWh of the accelerators per input token and billion active parameters: 2·P FLOP at 989 TFLOP/s, 700 W, 40 % utilisation. */
export const INPUT_PER_BILLION = 0.00098

/** A token read from a cache, by a token read anew. An assumption. */
export const CACHE_READ = 0.1

/** Host processor, memory and idle reserve over the accelerators. */
export const HOST = 1.6

/** Power usage effectiveness: what a data centre takes over what its machines take, by who runs it. */
export const PUE: {readonly [provider: string]: number} = {
  ...{anthropic: 1.1, google: 1.09, cohere: 1.09, openai: 1.2, azure: 1.2, mistral: 1.16},
}
export const OTHER_PUE = 1.2

/** The range that holds the truth about nine times in ten: mid ÷ this to mid × this. */
export const SPREAD = {open: 3, closed: 3.3} as const

/** Quadratic attention is left out: with more context than this the figure is too low. */
export const LONG_CONTEXT = 32_768
