/**
 * A model's name without what its sellers add: vendor and region prefix, release date, version. What a bill, a usage report
 * and a gateway call the same model compares equal; for pricing this is too coarse.
 *
 * @example modelBase('us.anthropic.claude-haiku-4-5-20251001-v1:0') // 'claude-haiku-4-5'
 */
export const modelBase = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^(us|eu|apac|au|jp|ca|global)\./, '')
    .replace(/^(anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai)\./, '')
    .replace(/-v\d+:\d+$/, '')
    .replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2})$/, '')
    .replace(/-latest$/, '')
    .replace(/(\d)\.(\d)/g, '$1-$2')
