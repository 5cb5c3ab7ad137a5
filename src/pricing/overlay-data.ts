/**
 * What the catalogue does not know: service tiers and corrections. Raise `version` with every change, and say in
 * `because` where a figure comes from.
 */
export const overlay = {
  version: '2026-11-22',

  /**
   * Service tier → [numerator, denominator] of the standard price, by catalogue provider. `about` marks a factor that
   * differs between the provider's models: the cost is then an estimate and says so.
   */
  tiers: {
    openai: {
      batch: {factor: [1, 2]},
      flex: {factor: [1, 2]},
      priority: {factor: [2, 1], about: 'about 2.0 times standard, by model'},
    },
    google: {
      batch: {factor: [1, 2]},
      flex: {factor: [1, 2]},
      priority: {factor: [9, 5]},
    },
    azure: {
      batch: {factor: [1, 2]},
      flex: {factor: [1, 2]},
      priority: {factor: [2, 1], about: '2.0 to 2.5 times standard, by model: the lower is used'},
    },
    aws: {
      batch: {factor: [1, 2]},
      flex: {factor: [1, 2]},
    },
    // https://platform.claude.com/docs/build-with-claude/batch-processing
    anthropic: {batch: {factor: [1, 2]}},
  },

  /** Spellings of tiers; anything else is unknown and takes the standard price, flagged. */
  tierWords: {
    standard: 'standard',
    default: 'standard',
    auto: 'standard',
    on_demand: 'standard',
    standard_only: 'standard',
    batch: 'batch',
    batches: 'batch',
    batch_api: 'batch',
    flex: 'flex',
    priority: 'priority',
  },

  /**
   * Daily windows that the catalogue cannot date. `from`: the windows hold from that day (UTC) on. `weekends`: from
   * that day the window's price does not hold on Saturdays and Sundays of a clock `offsetHours` ahead of UTC.
   */
  dailyWindows: [
    {
      models: ['deepseek-v4-flash', 'deepseek-v4-pro'],
      from: '2026-08-17',
      weekends: {from: '2026-08-23', offsetHours: 8},
      because:
        'peak prices began on 2026-08-17 and spare weekends (Beijing) since 2026-08-23: pydantic/genai-prices#582',
    },
  ],
} as const
