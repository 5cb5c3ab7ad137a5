/** Where electricity comes from: a cloud's region or a provider's home as a zone of the grid table. */

/** Regions of AWS, Azure and Google Cloud by country. Names of the three do not collide. */
const REGIONS: {readonly [zone: string]: string} = {
  USA: `us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1
    centralus eastus eastus2 northcentralus southcentralus westcentralus westus westus2 westus3 usgovarizona usgovtexas usgovvirginia
    us us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4`,
  CAN: `ca-central-1 ca-west-1 canadacentral canadaeast northamerica-northeast1 northamerica-northeast2`,
  MEX: 'mx-central-1 mexicocentral northamerica-south1',
  BRA: 'sa-east-1 brazilsouth brazilsoutheast southamerica-east1',
  CHL: 'chilecentral southamerica-west1',
  IRL: 'eu-west-1 northeurope',
  GBR: 'eu-west-2 uksouth ukwest europe-west2',
  FRA: 'eu-west-3 francecentral francesouth europe-west9',
  DEU: 'eu-central-1 germanywestcentral germanynorth europe-west3 europe-west10',
  CHE: 'eu-central-2 switzerlandnorth switzerlandwest europe-west6',
  SWE: 'eu-north-1 swedencentral europe-north2',
  NOR: 'norwayeast norwaywest',
  FIN: 'europe-north1',
  BEL: 'europe-west1 belgiumcentral',
  NLD: 'westeurope europe-west4',
  ITA: 'eu-south-1 italynorth europe-west8 europe-west12',
  ESP: 'eu-south-2 spaincentral europe-southwest1',
  POL: 'polandcentral europe-central2',
  AUT: 'austriaeast',
  EU: 'eu europe',
  JPN: 'ap-northeast-1 ap-northeast-3 japaneast japanwest asia-northeast1 asia-northeast2',
  KOR: 'ap-northeast-2 koreacentral koreasouth asia-northeast3',
  SGP: 'ap-southeast-1 southeastasia asia-southeast1',
  AUS: `ap-southeast-2 ap-southeast-4 australiaeast australiasoutheast australiacentral
    australia-southeast1 australia-southeast2`,
  IDN: 'ap-southeast-3 indonesiacentral asia-southeast2',
  MYS: 'ap-southeast-5 malaysiawest',
  NZL: 'ap-southeast-6 newzealandnorth',
  THA: 'ap-southeast-7',
  IND: 'ap-south-1 ap-south-2 centralindia southindia westindia asia-south1 asia-south2',
  HKG: 'ap-east-1 eastasia asia-east2',
  TWN: 'ap-east-2 asia-east1',
  CHN: 'cn-north-1 cn-northwest-1 chinaeast2 chinanorth2 chinanorth3',
  ISR: 'il-central-1 israelcentral me-west1',
  ARE: 'me-central-1 uaenorth uaecentral',
  BHR: 'me-south-1',
  QAT: 'qatarcentral me-central1',
  SAU: 'me-central2',
  ZAF: 'af-south-1 southafricanorth southafricawest africa-south1',
}
const ZONE_OF = new Map(
  Object.entries(REGIONS).flatMap(([zone, names]) => names.split(/\s+/).map(name => [name, zone] as const)),
)

/** Where a provider that says no region most likely runs; a guess, like everything about an unsaid place. */
const HOMES: {readonly [zone: string]: string} = {
  USA: 'openai anthropic google aws azure cohere x-ai groq cerebras together fireworks perplexity',
  EU: 'mistral',
  CHN: 'deepseek alibaba qwen moonshotai minimax zai zhipuai',
}
const HOME_OF = new Map(
  Object.entries(HOMES).flatMap(([zone, names]) => names.split(' ').map(name => [name, zone] as const)),
)

/** Bedrock's profiles say within which geography a call stays, in front of the model's name. */
const GEOGRAPHIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:.*\/)?us(?:-gov)?\.[a-z]/, 'USA'],
  [/^(?:.*\/)?eu\.[a-z]/, 'EU'],
  [/^(?:.*\/)?apac\.[a-z]/, 'ASIA'],
  [/^(?:.*\/)?jp\.[a-z]/, 'JPN'],
  [/^(?:.*\/)?au\.[a-z]/, 'AUS'],
  [/^(?:.*\/)?ca\.[a-z]/, 'CAN'],
]

/**
 * The zone of a call. `provider` by one word (`model/provider.ts`). `ours` is what the company says: `provider-region`, else for calls that name
 * no known region `provider`.
 *
 * @example zoneOf({provider: 'aws', region: 'eu-west-1', model: null}, new Map()) // 'IRL'
 */
export function zoneOf(
  {
    provider,
    region,
    model,
  }: {readonly provider: string; readonly region: string | null; readonly model: string | null},
  ours: ReadonlyMap<string, string>,
): string {
  // An availability zone is in its region: `us-east-1a`, `us-central1-b`.
  const place =
    region
      ?.trim()
      .toLowerCase()
      .replace(/ /g, '')
      .replace(/(\d)-?[a-f]$/, '$1') ?? ''
  const name = model?.toLowerCase() ?? ''
  return (
    (place === '' ? undefined : (ours.get(`${provider}-${place}`) ?? ZONE_OF.get(place))) ??
    GEOGRAPHIES.find(([pattern]) => provider === 'aws' && pattern.test(name))?.[1] ??
    ours.get(provider) ??
    HOME_OF.get(provider) ??
    'WORLD'
  )
}
