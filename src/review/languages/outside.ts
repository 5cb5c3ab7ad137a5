/** Where code reads its settings from: the environment, or a configuration file by a key. */
import type {Value} from '../value.ts'

const ENVIRONMENT = /^(?:process\.env|import\.meta\.env|os\.environ|ENV|env|Bun\.env|Deno\.env|environ)$/i
const READS_ENVIRONMENT =
  /(?:^|\.)(?:getenv|get_env|getenvironmentvariable|lookupenv|getenvordefault|envor|env|mustgetenv|envstring|getenvdefault|env_or_default|optionalenv|requireenv|envvar)$/i
const READS_CONFIGURATION =
  /(?:^|\.)(?:config|configuration|settings|conf|cfg|appsettings|viper|environment|props|properties|konf|k)\.(?:get|getvalue|getstring|getsection|getproperty|getint|string|int|fetch|require|getorthrow|dig|getOrDefault|getrequiredsection)$/i
const CONFIGURATION_INDEX = /(?:^|\.)_?(?:config|configuration|appsettings)$/i

/** A member, index or call as what it reads; null when it reads neither. */
export function outsideOf(callee: readonly string[], values: readonly Value[], line: number): Value | null {
  const path = callee.join('.')
  const [first, second] = values
  if (values.length === 0) {
    const owner = callee.slice(0, -1).join('.')
    const name = callee.at(-1)!
    if (callee.length > 1 && /^(?:process\.env|import\.meta\.env|Bun\.env)$/.test(owner))
      return {kind: 'outside', from: 'environment', name, line}
    return null
  }
  if (first?.kind !== 'text') return null
  const name = first.text
  const reading = readingOf(path, name, values.length)
  if (reading === null) return null
  const outside: Value = {kind: 'outside', from: reading, name, line}
  if (second === undefined) return outside
  return {kind: 'either', first: true, options: [outside, second], line}
}

function readingOf(path: string, name: string, count: number): 'environment' | 'configuration' | null {
  if (ENVIRONMENT.test(path)) return 'environment'
  const owner = path.replace(/\.(?:get|fetch|dig)$/i, '')
  if (owner !== path && ENVIRONMENT.test(owner)) return 'environment'
  if (READS_ENVIRONMENT.test(path) && /^[A-Za-z_]\w*$/.test(name)) return 'environment'
  // python-decouple and the like: config("OPENAI_MODEL", default="gpt-4o").
  if (
    /(?:^|\.)(?:config|str|get)$/.test(path) &&
    /^[A-Z][A-Z0-9_]{3,}$/.test(name) &&
    count <= 2 &&
    /config|env/.test(path)
  )
    return 'environment'
  if (READS_CONFIGURATION.test(path) && /^[\w.:-]+$/.test(name))
    return /^[A-Z][A-Z0-9_]+$/.test(name) ? 'environment' : 'configuration'
  if (CONFIGURATION_INDEX.test(path) && /^[\w-]+[.:][\w.:-]+$/.test(name)) return 'configuration'
  return null
}
