/**
 * AWS Bedrock: the model invocation log (JSON lines in S3, one object a call) and the list of application inference
 * profiles that says what their opaque ARNs stand for.
 * Never read: inputBodyJson, outputBodyJson and the S3 paths that point to them.
 */
import * as alias from '../model/alias.ts'
import {type Fact, type Issue, issue, type Relation, type UsageFact} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {principalFields} from './charge.ts'
import {connector} from './connector.ts'
import {contextOf} from './context.ts'
import {
  array,
  count,
  isObject,
  type Json,
  METADATA_TARGETS,
  type MetadataWord,
  metadata,
  object,
  signature,
  tagFields,
  text,
} from './fields.ts'

export const bedrockInvocations = connector({
  id: 'bedrock-invocations',
  label: 'AWS Bedrock model invocation log',
  needs: {fields: ['requestId', 'modelId', 'accountId', 'operation']},
  recognises: ({sample}) =>
    sample.some(
      record =>
        isObject(record) &&
        (record.schemaType === 'ModelInvocationLog' ||
          ['requestId', 'modelId', 'accountId', 'operation'].every(key => key in record)),
    ),
  *parse(source) {
    for (const record of source.records())
      yield 'fact' in record ? record : invocation(record.value, record.line)
  },
})

function invocation(value: unknown, line: number): Fact | Issue {
  const id = text(value, 'requestId')
  if (!id)
    return issue(
      line,
      'no-id',
      'an invocation without requestId',
      'deliver the log as AWS writes it, whole records',
    )
  const at = parseTime(text(value, 'timestamp') ?? '')
  if (at === null)
    return issue(line, 'bad-time', `timestamp of ${id} is not a time`, 'deliver timestamp as ISO-8601')
  const model = text(value, 'modelId')
  const tokens = tokenCounts(object(value, 'input'), object(value, 'output'))
  const context = contextOf(object(value, 'requestMetadata'))
  return {
    fact: 'usage',
    line,
    id,
    granularity: 'request',
    at,
    signature: caller(value, model),
    requestedModel: model ?? null,
    servedModel: model === undefined ? null : bedrockModel(model),
    tier: null,
    usage: {requests: 1, ...tokens},
    cost: null,
    costSource: null,
    // Neither an error nor an answer: it may still be streaming.
    status:
      text(value, 'errorCode') !== undefined ? 'failure' : tokens.outputTokens === null ? null : 'success',
    ...(context === undefined ? {} : {context}),
  } satisfies UsageFact
}

function caller(value: unknown, model: string | undefined) {
  const account = text(value, 'accountId')
  return signature({
    channel: 'bedrock',
    provider: 'aws',
    account: account && alias.awsAccount(account),
    project: alias.awsInferenceProfile(model ?? '') ?? undefined,
    ...principalFields(principalArn(value)),
    region: text(value, 'region'),
    ...tagFields(object(value, 'requestMetadata')),
  })
}

/** `identity` is an object, and has been seen as a list of one. */
const principalArn = (value: unknown): string | undefined =>
  text(object(value, 'identity'), 'arn') ?? text(array(value, 'identity')[0], 'arn')

/**
 * The model an id names, without its ARN: `us.anthropic.claude-…` keeps its geography, because it is priced apart.
 * Null where the ARN is opaque: application inference profiles, provisioned and custom models, prompt routers.
 */
export function bedrockModel(modelId: string): string | null {
  if (!modelId.startsWith('arn:')) return modelId
  return (
    /^arn:aws[\w-]*:bedrock:[\w-]*:\d*:(?:foundation-model|inference-profile)\/(.+)$/.exec(modelId)?.[1] ??
    null
  )
}

/**
 * Cache tokens are apart from `inputTokenCount` already, and absent on models without caching. A call without output
 * failed or is still streaming: what it says nothing about is not known.
 */
function tokenCounts(input: Json, output: Json): Omit<UsageFact['usage'], 'requests'> {
  const inputTokens = count(input, 'inputTokenCount')
  const uncached = inputTokens === null ? null : 0
  return {
    inputTokens,
    outputTokens: count(output, 'outputTokenCount'),
    cacheReadTokens: count(input, 'cacheReadInputTokenCount') ?? uncached,
    cacheWriteTokens: count(input, 'cacheWriteInputTokenCount') ?? uncached,
  }
}

/** What a profile's tags say of it. */
const TAG_RELATIONS: {readonly [word in MetadataWord]?: Relation} = {
  service: 'acts_for',
  consumers: 'consumed_by',
  team: 'owned_by',
  costCenter: 'budgeted_under',
  namespace: 'runs_in',
  repository: 'built_from',
}

export const bedrockInferenceProfiles = connector({
  id: 'bedrock-inference-profiles',
  label: 'AWS Bedrock application inference profiles (ListInferenceProfiles, GetInferenceProfile)',
  recognises: ({sample: [first]}) =>
    isObject(first) && ('inferenceProfileSummaries' in first || 'inferenceProfileArn' in first),
  *parse(source) {
    for (const record of source.records()) {
      if ('fact' in record) yield record
      else if (isObject(record.value) && 'inferenceProfileSummaries' in record.value)
        for (const profile of array(record.value, 'inferenceProfileSummaries'))
          yield* inferenceProfile(profile, record.line)
      else yield* inferenceProfile(record.value, record.line)
    }
  },
})

/** System-defined profiles are public model names and belong to nobody; they yield nothing. */
function* inferenceProfile(value: unknown, line: number): Generator<Fact | Issue> {
  const arn = text(value, 'inferenceProfileArn')
  if (!arn) {
    yield issue(
      line,
      'no-id',
      'an inference profile without inferenceProfileArn',
      'export inferenceProfileArn',
    )
    return
  }
  const profile = alias.awsInferenceProfile(arn)
  if (!profile) return
  const name = text(value, 'inferenceProfileName')
  const status = text(value, 'status')?.toLowerCase()
  yield {
    fact: 'entity',
    line,
    kind: 'project',
    alias: profile,
    type: 'inference_profile',
    ...(name === undefined ? {} : {name}),
    ...(status === undefined ? {} : {status}),
  }
  for (const [word, values] of metadata(tagMap(value))) {
    const relation = TAG_RELATIONS[word]
    const target = METADATA_TARGETS[word]
    if (relation && target)
      for (const written of values)
        yield {fact: 'link', line, relation, from: profile, to: target(written), basis: 'label'}
  }
}

/** AWS writes tags as a map or as a list of `{key, value}`. */
const tagMap = (value: unknown): Json => ({
  ...object(value, 'tags'),
  ...Object.fromEntries(
    array(value, 'tags').map(tag => [text(tag, 'key', 'Key') ?? '', text(tag, 'value', 'Value')]),
  ),
})
