/** Azure's resource ids, `/subscriptions/SUB/resourceGroups/RG/providers/Microsoft.CognitiveServices/accounts/NAME`, in any case. */
import * as alias from '../model/alias.ts'
import type {Alias, EntityFact, LinkFact} from '../model/fact.ts'
import {entity, link} from './statements.ts'

export interface AzureResource {
  readonly subscription: string
  readonly group: string | undefined
  /** The account models run under: Azure OpenAI, Foundry. Undefined: it is something else. */
  readonly modelAccount: string | undefined
}

const ID = /^\/subscriptions\/([^/]+)(?:\/resourcegroups\/([^/]+))?(?:\/(.*))?$/i
const MODEL_ACCOUNT = /^providers\/microsoft\.cognitiveservices\/accounts\/([^/]+)/i

/** The parts of a resource id; null when it is none. */
export function azureResource(id: string | undefined): AzureResource | null {
  const [, subscription, group, rest = ''] = ID.exec(id?.trim() ?? '') ?? []
  if (subscription === undefined) return null
  return {subscription, group, modelAccount: MODEL_ACCOUNT.exec(rest)?.[1]}
}

/** The account behind an endpoint's host: `NAME.openai.azure.com`, `NAME.services.ai.azure.com`; undefined for other hosts. */
export function modelAccountOfHost(url: string | undefined): string | undefined {
  return /^(?:\w+:\/\/)?([\w-]+)\.(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)(?:[:/]|$)/i.exec(
    url?.trim() ?? '',
  )?.[1]
}

/** What a bill tells of the account behind its rows: its name, its resource group, its subscription. Each said once. */
export class SeenAccounts {
  readonly #seen = new Set<string>();

  *note(line: number, resource: AzureResource, subscriptionName?: string): Generator<EntityFact | LinkFact> {
    if (resource.modelAccount === undefined) return
    const account = alias.azureModelAccount(resource.modelAccount)
    if (this.#seen.has(account)) return
    this.#seen.add(account)
    yield entity(line, 'project', account, {
      name: resource.modelAccount.toLowerCase(),
      type: 'cognitive_account',
    })
    const subscription = alias.providerAccount('azure', resource.subscription)
    if (!this.#seen.has(subscription)) {
      this.#seen.add(subscription)
      yield entity(line, 'project', subscription, {name: subscriptionName, type: 'subscription'})
    }
    if (resource.group === undefined) return
    const group: Alias = alias.azureResourceGroup(resource.subscription, resource.group)
    if (!this.#seen.has(group)) {
      this.#seen.add(group)
      yield entity(line, 'project', group, {name: resource.group.toLowerCase(), type: 'resource_group'})
      yield link(line, 'part_of', group, subscription, 'billed')
    }
    yield link(line, 'part_of', account, group, 'billed')
  }
}
