/** Decides which model of which provider a usage row is priced as: the response's model before the request's. */
import {CATALOGUE, type PriceHistory, priceHistory} from './catalogue.ts'
import {catalogueProvider, locate, type NoPrice, namesGeography, sameModel, short} from './model-name.ts'
import {isMoving} from './overlay.ts'

export interface Named {
  readonly provider: string | null
  readonly requestedModel: string | null
  readonly servedModel: string | null
}

export interface Subject {
  /** Who bills, as far as provider and model names tell; a spelling or a catalogue id. */
  readonly provider: string | null
  /** Names of the model, the response's first, Azure deployments replaced by the model they hold. */
  readonly models: readonly string[]
  readonly history: PriceHistory | NoPrice
  /** When the price is that of the model asked for though another spelling answered, or of an alias that moves. */
  readonly note: string | null
}

/** Azure deployment name (lower-cased) → model id. */
export type Deployments = ReadonlyMap<string, string>

export function toSubject(named: Named, deployments: Deployments): Subject {
  const provider = effectiveProvider(named)
  const asked = deployed(provider, named.requestedModel, deployments)
  const served = deployed(provider, named.servedModel, deployments) ?? asked
  const models = [...new Set([served, asked].filter(model => model !== null))]
  if (served === null) return {provider, models, history: {reason: 'no model named'}, note: null}
  const same = asked !== null && asked !== served && sameModel(asked, served)
  // Bedrock answers with the bare model id; only the request says whether the price is the global one.
  if (same && namesGeography(asked) && !namesGeography(served)) {
    const history = priceHistory(provider, asked)
    if (!('reason' in history)) return {provider, models, history, note: null}
  }
  const history = priceHistory(provider, served)
  if ('reason' in history && same) {
    const other = priceHistory(provider, asked)
    if (!('reason' in other))
      return {
        provider,
        models,
        history: other,
        note: `"${served}" is not in ${CATALOGUE}: priced as "${asked}"`,
      }
  }
  const moving = isMoving(served)
    ? `"${short(served)}" is an alias that moves, and no response names the model behind it`
    : null
  return {provider, models, history, note: moving}
}

/** A relay or a universal client library does not bill: the prefix of either model knows better. */
function effectiveProvider({provider, requestedModel, servedModel}: Named): string | null {
  const known = catalogueProvider(provider)
  if (known !== null && known !== 'openai' && known !== 'anthropic') return provider
  return prefixProvider(provider, servedModel) ?? prefixProvider(provider, requestedModel) ?? known
}

function prefixProvider(provider: string | null, model: string | null): string | null {
  if (model === null) return null
  const location = locate(provider, model)
  if ('reason' in location) return null
  return location.provider === 'aws' || location.model !== model.trim().toLowerCase()
    ? location.provider
    : null
}

function deployed(provider: string | null, model: string | null, deployments: Deployments): string | null {
  if (model === null || model.trim() === '') return null
  if (deployments.size === 0) return model
  const location = locate(provider, model)
  if ('reason' in location || location.provider !== 'azure') return model
  return deployments.get(location.model) ?? model
}
