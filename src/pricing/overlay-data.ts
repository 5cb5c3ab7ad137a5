/**
 * What the catalogue does not know: service tiers and corrections. Raise `version` with every change here or in how a
 * model's name is read: rows that carry no cost of their own are then priced again. Say in `because` or beside the figure
 * where it comes from.
 */
export const overlay = {
  version: '2026-11-24',

  /**
   * Service tier → [numerator, denominator] of the standard price, by catalogue provider. `about` marks a factor that
   * differs between the provider's models: the cost is then an estimate and says so. `models` are those whose factor is
   * published, by the catalogue's id.
   */
  tiers: {
    openai: {
      batch: {factor: [1, 2]},
      flex: {factor: [1, 2]},
      priority: {
        factor: [2, 1],
        about: 'about 2.0 times standard, by model',
        // https://openai.com/api-priority-processing/
        models: {
          'gpt-5.5': [5, 2],
          'gpt-5.4': [2, 1],
          'gpt-5.4-mini': [2, 1],
          'gpt-5.2': [2, 1],
          'gpt-5.1': [2, 1],
          'gpt-5': [2, 1],
          'gpt-5-mini': [9, 5],
          'gpt-4.1': [7, 4],
          'gpt-4.1-mini': [7, 4],
          'gpt-4.1-nano': [2, 1],
          'gpt-4o': [17, 10],
          'gpt-4o-2024-05-13': [7, 4],
          'gpt-4o-mini': [5, 3],
          o3: [7, 4],
          'o4-mini': [20, 11],
        },
      },
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
    // https://platform.claude.com/docs/en/build-with-claude/batch-processing
    anthropic: {batch: {factor: [1, 2]}},
    // https://console.groq.com/docs/flex-processing: flex costs what on_demand costs
    groq: {batch: {factor: [1, 2]}, flex: {factor: [1, 1]}},
    // https://fireworks.ai/blog/batch-api
    fireworks: {batch: {factor: [1, 2]}},
    // https://docs.together.ai/docs/inference/batch/overview
    together: {batch: {factor: [1, 2], about: 'up to 50 % below standard, by model'}},
  },

  /**
   * Tiers as sources spell them, without case, spaces, hyphens and underscores: OpenAI, Anthropic, Bedrock, Vertex
   * (`trafficType`), Azure (deployment types), Groq. Anything else is unknown and takes the standard price, flagged.
   */
  tierWords: {
    standard: 'standard default auto ondemand standardonly globalstandard',
    batch: 'batch batches batchapi globalbatch datazonebatch',
    flex: 'flex ondemandflex flexprocessing',
    priority: 'priority ondemandpriority priorityprocessing',
    /** Capacity bought by the hour: its tokens have no price. */
    provisioned: `provisioned provisionedthroughput provisionedmanaged globalprovisionedmanaged
      datazoneprovisionedmanaged ptu reserved`,
  },

  /**
   * Endpoints bound to a region cost more than the global one the catalogue prices. `except`: models from before.
   * https://docs.claude.com/en/docs/build-with-claude/claude-on-vertex-ai, “Global vs regional endpoints”
   */
  regionalPremium: {
    provider: 'google',
    models: 'claude-',
    except: ['claude-3-', 'claude-4-', 'claude-opus-4-0', 'claude-opus-4-1', 'claude-sonnet-4-0'],
    factor: [11, 10],
  },

  /** Names whose model behind them changes, beside all that end in `-latest`. */
  movingAliases: ['deepseek-chat', 'deepseek-reasoner', 'deepseek-flash'],

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
