/** What keys and calls mean, by their names in any spelling. A new word is one entry. */
import {plain} from './value.ts'

export type Subject =
  | 'model'
  | 'provider'
  | 'fallback'
  | 'reasoning'
  | 'limit'
  | 'batch'
  | 'schedule'
  | 'cache'
  | 'tier'
  | 'prompt'

/**
 * How much beside the key must say that a model is meant. `file`: the file speaks of models; `near`: the call, the object
 * or the names around it do; `call`: a model is called with it.
 */
export type Needs = 'file' | 'near' | 'call'

const KEYS: readonly (readonly [RegExp, Subject, Needs])[] = [
  [
    /max(?:imum)?(?:output|completion|new|response|generation|total)?tokens?(?:tosample|count|limit)?$|^max(?:imum)?(?:output|completion)?tokens?|maxtokens/,
    'limit',
    'file',
  ],
  [
    /^(?:maxturns|recursionlimit|maxtoolcalls|stepcountis|maxtoolroundtrips|maxagentsteps|maxconsecutiveautoreply|maxagentiterations|maxllmcalls)$/,
    'limit',
    'file',
  ],
  [
    /agent(?:max)?(?:steps|turns|iterations)$|max(?:agent|tool|llm)\w*(?:steps|turns|iterations|calls|rounds)$/,
    'limit',
    'file',
  ],
  [
    /^(?:with|set)?max(?:steps|iterations|iter|rounds|turns|stepsperrun)$|max(?:steps|iterations|turns)$/,
    'limit',
    'near',
  ],
  [
    /^(?:n|candidatecount|bestof|numcompletions|numchoices|choicecount|numgenerations|resultcount)$/,
    'limit',
    'call',
  ],
  [
    /reasoningeffort(?:level)?$|^(?:with|set)?reasoning$|^thinking(?:budget|level|config|tokens)?$|thinkingbudget(?:tokens)?$|^budgettokens$|^enablethinking$|reasoning(?:max)?tokens$|^(?:with|set)?thinkinglevel$|thinkinglevel$|^(?:extended|adaptive)thinking\w*$/,
    'reasoning',
    'file',
  ],
  [/servicetier$/, 'tier', 'file'],
  [
    /^cachecontrol$|promptcach(?:e|ing)\w*$|^cachedcontent$|^cachepoint$|semanticcache\w*$|^enablecaching$|^cacheprompt$/,
    'cache',
    'file',
  ],
  [
    /^(?:cache|cachettl|cacheparams|cacheenabled|cacheseed|usecache|responsecache|caching)$|^llmcache\w*$/,
    'cache',
    'near',
  ],
  [
    /embed\w*batchsize$|(?:llm|openai|completion|prompt|inference)\w*batchsize$|^completionwindow$/,
    'batch',
    'file',
  ],
  [/batchsize$|^batch$|^maxbatch\w*$/, 'batch', 'near'],
  [
    /^(?:cron|cronexpression|cronschedule|schedule|scheduleexpression|scheduleinterval|crontab|rate)$|(?:cron|schedule)$|^cron/,
    'schedule',
    'file',
  ],
  [
    /(?:base|api|gateway|proxy)ur[li]$|apibase$|azureendpoint$|^(?:endpoint|apiendpoint|host|upstreamurl|baseurl|apihost|serverurl)$|(?:openai|anthropic|llm|azure)\w*(?:endpoint|host)$/,
    'provider',
    'near',
  ],
  [
    /^(?:provider|customllmprovider|modelprovider|llmprovider|aiprovider|embeddingprovider|virtualkey)$|(?:llm|model|ai)provider$/,
    'provider',
    'near',
  ],
  [
    /prompt(?:template|text|prefix|suffix|body)?$|^(?:system|systeminstructions?|systemmessage|instructions|preamble|developermessage|backstory)$|instructions$|^prompt/,
    'prompt',
    'near',
  ],
  [
    /^(?:fallbacks?|fallbackmodels?|contextwindowfallbacks|contentpolicyfallbacks|defaultfallbacks|withfallbacks|order|targets|modelfallbacks?|backupmodels|routes?|loadbalance|models|backendrefs)$|fallback(?:model)?s?$/,
    'fallback',
    'near',
  ],
]

/** What a key sets, and what that asks of its surroundings; null: nothing of interest. */
export function subjectOf(key: string): readonly [Subject, Needs] | null {
  const word = plain(key)
  const found = KEYS.find(([pattern]) => pattern.test(word))
  // `prompt_values_supported`, `prompt_message_length`: about prompts, and none.
  if (found?.[1] === 'prompt' && /(?:supported|length|count|size|id|key|type)$/.test(word)) return null
  return found ? [found[1], found[2]] : null
}

/** `model`, `OPENAI_MODEL`, `azureDeploymentName`, `withModelId`. */
export const isModelKey = (key: string): boolean =>
  /(?:model|llm|engine)(?:name|id|arn|identifier|version|string)?$|deployment(?:name|id)?$|^model|inferenceprofile(?:arn|id)?$|model(?:small|large|fast|smart|default|primary|cheap|main|chat|embed\w*)$/.test(
    plain(key),
  ) &&
  !/embeddingmodeldimensions|modelpath|modeldir|modelfile|modelprovider|modelkwargs|modelconfig|modelcontext/.test(
    plain(key),
  )

/** Named beside a model: a price list, a menu, a tokenizer. Nothing is called with it. */
export const isCatalogue = (key: string): boolean =>
  /price|pricing|cost|^label|displayname|contextwindow$|contextlength$|permillion|inputper|maxcontext/.test(
    plain(key),
  )

export const isNoModelKey = (key: string): boolean =>
  /tokenizer|encoding|label|title|description|^help|message|^text$|placeholder|^alt|tooltip|^log|event|metric|^tags?$|comment|example|deprecated|supported|^allowed|^choices?$|^enum$|^from$/.test(
    plain(key),
  )

const AI =
  /openai|anthropic|claude|gpt|(?<!(?:[fpndb]u|[cbfwht]a|[rp]o|[fwkbm]i|[ct]e|^a))llm|gemini|vertexai|genai|generative|bedrock|mistral|cohere|litellm|langchain|llamaindex|chatcompletion|completions?|embedding|groq|openrouter|aigateway|aiproxy|portkey|deepseek|chatmodel|prompt|summari[sz]|assistant|promptfoo|perplexity|semantickernel|agent|togetherai|fireworks|crewai|autogen|chatclient|chatoptions|generatetext|streamtext|generateobject|streamobject|inference/

/** A name that speaks of models. */
export const speaksOfModels = (name: string): boolean =>
  AI.test(plain(name)) || /(^|[^a-z])(ai|rag)([^a-z]|$)/i.test(name)

/** The last words of calls that run a model, whatever their client's name. */
const CALLS =
  /(?:^|\.)(?:(?:chat\.)?completions?\.(?:create|parse|stream|new|newstreaming|acreate|run\w*)|chatcompletion\.a?create|responses\.(?:create|parse|stream|new|newstreaming)|embeddings?\.(?:create|new)|messages\.(?:create|stream|new|newstreaming|parse)|messages\.batches\.create|assistants\.create|runs\.(?:create\w*|stream)|images\.(?:generate|edit)|(?:speech|transcriptions|translations)\.create|models\.(?:generatecontent|generate_content|generate_content_stream|generatecontentstream|embedcontent|embed_content)|generativemodel|getgenerativemodel|chat\.(?:complete|completeasync|stream|complete_async)|invokemodel\w*|invoke_model\w*|converse(?:_?stream|command|streamcommand)?|litellm\.\w*(?:completion|embedding|responses)|a?completion|generatetext|streamtext|generateobject|streamobject|embed|embedmany|init_chat_model|initchatmodel|createchatcompletion\w*|createembeddings?|createcompletion\w*|createresponse|getchatcompletions\w*|getchatclient|getembeddingclient|aschatclient|chatclient|add(?:azure)?openai\w+|addgoogle\w+|addbedrock\w+|(?:azure)?chat(?:openai|anthropic|google\w*|bedrock\w*|vertexai|mistralai?|cohere|groq|litellm\w*|deepseek|xai|ollama|fireworks|together|perplexity|openrouter|model)|(?:azure)?(?:openai|cohere|bedrock|mistralai?|vertexai|google\w*|voyageai?)embeddings?|(?:openai|anthropic|azureopenai|vertexai|bedrock|mistral|gemini|googlegenai)llm|azureopenai|(?:openai|anthropic|azureopenai|vertexai?|bedrock|mistralai|googleaigemini|cohere|gemini|amazon\w*)\w*(?:chat|language|embedding)(?:model|options|request)\w*(?:\.builder)?|chatcompletionrequest|chatcompletioncreateparams(?:\.builder)?|chatcompletionnewparams|responsenewparams|messagenewparams|responsecreateparams(?:\.builder)?|messagecreateparams(?:\.builder)?|embeddingrequest\w*|embeddingnewparams|completionrequest|rubyllm\.(?:chat|embed|paint)|toolloopagent|chat_?completion\w*|invokemodelrequest(?:\.builder)?|converserequest(?:\.builder)?|invokemodelinput|converseinput|converse(?:stream)?input|invokemodelcommand|ai\.run)$/i

/** True for a call that cannot do without a model. */
export const runsModel = (callee: readonly string[]): boolean =>
  callee.some((_, index) => CALLS.test(callee.slice(0, index + 1).join('.')))

/** Of these the model must be said in the call itself, so that one who reads it looks for it there. */
const ASKS =
  /(?:^|\.)(?:chat\.completions\.(?:create|parse|stream|new)|chatcompletion\.a?create|responses\.(?:create|parse|new)|embeddings\.(?:create|new)|messages\.(?:create|stream|new)|litellm\.a?completion|createchatcompletion\w*|generatetext|streamtext|generateobject|streamobject|invoke_model|converse|invokemodelcommand|conversecommand|chat\.complete|models\.generate_?content\w*)$/i
export const asksForModel = (callee: readonly string[]): boolean => ASKS.test(callee.join('.'))

const BATCH =
  /(?:^|\.)(?:batches\.(?:create|new)|batches\.createasync|create_model_invocation_job|createmodelinvocationjob\w*|createbatch\w*|batchclient\.\w+|batch_completion\w*|batches\.jobs\.create|batch\.jobs\.create|createbatchjob\w*|messagebatches\.create|batchpredictionjob\.(?:submit|create))$/i
export const runsBatch = (callee: readonly string[]): boolean => BATCH.test(callee.join('.'))

/** Whose client or model a name makes; null: it does not tell. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/azure/i, 'azure'],
  [/bedrock|invokemodel|converse/i, 'bedrock'],
  [/vertex/i, 'vertex'],
  [/openrouter/i, 'openrouter'],
  [/openai/i, 'openai'],
  [/anthropic/i, 'anthropic'],
  [/google|gemini|genai/i, 'google'],
  [/mistral/i, 'mistral'],
  [/cohere/i, 'cohere'],
  [/groq/i, 'groq'],
  [/deepseek/i, 'deepseek'],
  [/together/i, 'together'],
  [/fireworks/i, 'fireworks'],
  [/perplexity/i, 'perplexity'],
  [/xai|grok/i, 'xai'],
  [/gateway|litellm|portkey/i, 'gateway'],
]
export const providerOf = (name: string): string | null =>
  PROVIDERS.find(([pattern]) => pattern.test(name))?.[1] ?? null

/** `OpenAI(...)`, `new AzureOpenAI(...)`, `anthropic.NewClient(...)`: a client of one provider. */
export const isClient = (callee: readonly string[]): boolean =>
  /^(?:(?:async)?(?:azure)?openai(?:client)?|(?:async)?anthropic(?:bedrock|vertex)?(?:client)?|mistral(?:client)?|cohereclient(?:v2)?|groq|createopenai|createanthropic|createazure|createamazonbedrock|creategoogle\w*|createopenrouter|createmistral|bedrockruntimeclient|googlegenai|googlegenerativeai|openaiclient|azureopenaiclient)$/i.test(
    callee.at(-1) ?? '',
  )

/** Calls that only speak: what is passed to them runs nothing. */
export const onlySpeaks = (callee: readonly string[]): boolean =>
  /^(?:log|info|warn|warning|warnf|infof|debugf|errorf|debug|error|print|println|printf|sprintf|trace|fatal|panic|assert\w*|expect|tobe\w*|toequal|startswith|startswith|endswith|includes|indexof|contains|equals|equalsignorecase|hasprefix|hassuffix|match\w*|test|replace\w*|split|describe|it|write\w*|puts|raise|throw|exception|\w*error|\w*exception|encoding_?for_?model|get_encoding|price\w*|\w*price|cost\w*|\w*cost|track\w*|record\w*|metric\w*|increment|counter|label\w*|settag|set_?attribute\w*|setattribute|tag|add_argument|has|delete|logger|capture\w*|emit|where|select|jsonpropertyname|option)$/i.test(
    callee.at(-1) ?? '',
  ) ||
  /(?:^|\.)(?:log|logger|console|logging|slog|metrics|telemetry|analytics|statsd)\./i.test(callee.join('.'))

/** Addresses where models answer. */
export const isModelHost = (text: string): boolean =>
  /^https?:\/\//i.test(text) &&
  /openai|anthropic|openrouter|groq|mistral|cohere|generativelanguage|aiplatform|bedrock|deepseek|together|fireworks|api\.x\.ai|perplexity|portkey|helicone|litellm|cognitiveservices|services\.ai\.azure|gateway\.ai\.|ai-gateway|llm|inference/i.test(
    text,
  )

/** Five or six fields, `@daily`, `rate(5 minutes)`, `cron(...)`. */
export const isSchedule = (text: string): boolean =>
  /^(?:@(?:hourly|daily|weekly|monthly|yearly|annually|midnight|every .+)|(?:rate|cron|at)\(.+\)|every \d+ \w+|[\d*/,\-?LW#]+(?:\s+[\d*/,\-?LW#A-Za-z]+){4,6})$/i.test(
    text.trim(),
  )

/** Whether a file's text speaks of models at all: the cheap look before anything is parsed. */
export const HINT =
  /openai|anthropic|claude|gpt-|gpt4|gpt_4|gemini|bedrock|vertex|mistral|cohere|litellm|langchain|llama|llm|deepseek|grok|qwen|sonar|embed|prompt|completion|max_?(?:output_?|completion_?|new_?)?tokens|reasoning|thinking|service_?tier|cache_?control|(?:chat|language)_?model|model_(?:name|id)|\bo[134](?:-|["'])|generate(?:text|object|content)|text-|\bai[-_]|portkey|openrouter|agent|summari|_MODEL|MODEL_|modelId|@[ch]f\//i

/** What a schedule must stand beside to be about models. */
export const SPEAKS =
  /openai|anthropic|claude|\bgpt|\bllms?\b|gemini|bedrock|litellm|langchain|embed|prompt|summari|completion|genai|inference|vertexai|(?:^|[^a-z])ai(?:[^a-z]|$)|mistral|cohere/i

/** What a file says that has to do with models, beside words that lexers, buckets and credentials use as well. */
const NAMES =
  /openai|anthropic|claude|\bgpt|chatgpt|gemini|bedrock|litellm|langchain|llama|mistral|cohere|vertex_?ai|genai|generative|deepseek|\bgroq|openrouter|portkey|perplexity|hugging_?face|chat_?(?:completion|model|client|options)|language_?model|model_?(?:id|name)|(?:generate|stream)_?(?:text|object)|embeddings?\b|system_?prompt|semantic_?kernel|summari[sz]|dspy|crewai|@[ch]f\/|(?:^|[^a-z])llm|(?:^|[^a-z])(?:ai|rag)(?:[^a-z]|$)/i
export const namesModels = (text: string): boolean => NAMES.test(text) || /[a-z]LLM/.test(text)

/** Keys that other things than models have too: all but a model's own surroundings leave open whose they are. */
export const isSharedKey = (key: string): boolean =>
  /token|tier$|^cachecontrol$|reasoning|thinking/.test(plain(key))

/** Names beside which tokens are no text: what limits a rate, reads a language, or lets somebody in. */
export const isOtherToken = (names: readonly string[]): boolean =>
  names.some(name =>
    /bucket|ratelimit|limiter|throttl|lexer|tokeniz|scanner|jwt|refresh|csrf|oauth|credential|burst|refill|chunk|per(?:minute|second|hour|day|month|interval|user|client|ip)$/.test(
      plain(name),
    ),
  )

/** What HTTP writes under the same name. */
export const isHttpCaching = (text: string): boolean =>
  /^(?:no-(?:store|cache|transform)|public|private|immutable|must-revalidate|(?:s-?)?max-?age\b.*)/i.test(
    text,
  )

/** `a.with_fallbacks([b])`: its arguments by position are the route. */
export const isFallbackCall = (callee: readonly string[]): boolean =>
  /^with_?fallbacks?$/i.test(callee.at(-1) ?? '')

const FLAG_SERVICE =
  /flag|feature|toggle|unleash|launchdarkly|^ld(?:client)?$|posthog|growthbook|^gb$|statsig|openfeature|optimizely|configcat|flagsmith|experiment|remoteconfig|amplitude/
const FLAG_READ =
  /^(?:(?:string|json|bool|int|float|number)?variation\w*|get_?(?:string|object|number|boolean|int|integer|float|double)?_?(?:value|details?|variation)\w*|get_?(?:string|number|boolean|int|integer|object|json|float|double)|get_?(?:feature|experiment|flag|variant|treatment|toggle|dynamicconfig|layer|param)\w*|get|value|fetch|evaluate\w*|variant|treatment|is_?(?:feature_?)?enabled|is_?on|enabled)$/i
const FLAG_ALONE =
  /^(?:(?:string|json)_?variation\w*|variation|get_?treatment\w*|get_?(?:feature_?flag|feature_?value|dynamic_?config|feature_?gate)\w*|use_?(?:flag|feature\w*|variant|experiment|gate_?value|dynamic_?config|(?:string|number|object)_?flag_?(?:value|details))|evaluate_?flag\w*|feature_?flag|is_?feature_?enabled)$/i

/** `flags.getString('answer-model', 'gpt-4o')`, `ldClient.variation(…)`: the first text is the flag's name, not its value. */
export const readsFlag = (callee: readonly string[]): boolean => {
  const last = callee.at(-1) ?? ''
  return (
    FLAG_ALONE.test(last) ||
    (FLAG_READ.test(last) && callee.slice(0, -1).some(name => FLAG_SERVICE.test(plain(name))))
  )
}

/** What is only asked whether something is in it. */
export const isSet = (callee: readonly string[]): boolean =>
  /(?:^|\.)(?:(?:linked|tree|immutable|frozen|sorted|enum)*(?:hash)?set)(?:\.(?:of|copyof|new|create|from|builder))?$/i.test(
    callee.join('.').replace(/<[^>]*>/g, ''),
  )

/** A list of what may be asked for. */
export const isAllowList = (name: string): boolean =>
  /allow|permitted|valid|whitelist|supported|known|accept|denied|blocked|forbidden|deprecated|legacy|available/.test(
    plain(name),
  )

/** Calls whose first argument by position is a model or a deployment, whatever it is called. */
export const takesModelFirst = (callee: readonly string[]): boolean =>
  /(?:^|\.)ai\.run$/i.test(callee.join('.')) ||
  callee.some(name =>
    /^(?:get(?:chat|embedding|image|audio|responses?)client|(?:chat|embedding)client|add(?:azure)?openai\w*|generativemodel|getgenerativemodel|init_?chat_?model|azure(?:chat)?openai\w*|azure)$/i.test(
      name,
    ),
  )
