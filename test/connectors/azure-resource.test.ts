import {expect, test} from 'vitest'
import {azureResource, modelAccountOfHost} from '../../src/connectors/azure-resource.ts'

const ACCOUNT = '/providers/Microsoft.CognitiveServices/accounts/heron'

test.each([
  [`/subscriptions/S/resourceGroups/RG${ACCOUNT}`, {subscription: 'S', group: 'RG', modelAccount: 'heron'}],
  [
    `/SUBSCRIPTIONS/S/RESOURCEGROUPS/RG${ACCOUNT.toUpperCase()}/PROJECTS/FEN`,
    {subscription: 'S', group: 'RG', modelAccount: 'HERON'},
  ],
  [
    '/subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/vm1',
    {subscription: 'S', group: 'RG', modelAccount: undefined},
  ],
  ['/subscriptions/S', {subscription: 'S', group: undefined, modelAccount: undefined}],
  ['heron', null],
  [undefined, null],
])('%s', (id, parts) => expect(azureResource(id)).toEqual(parts))

test.each([
  ['https://Heron-AOAI.openai.azure.com/openai/deployments/x', 'Heron-AOAI'],
  ['https://heron.services.ai.azure.com/models', 'heron'],
  ['heron.cognitiveservices.azure.com:443', 'heron'],
  ['https://heron.openai.azure.com.evil.example/', undefined],
  ['https://api.openai.com/v1', undefined],
  [undefined, undefined],
])('%s', (url, account) => expect(modelAccountOfHost(url)).toBe(account))
