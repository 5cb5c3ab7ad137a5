/** What a pull did, and what one would do, as lines. */
import type {PulledSource} from '../../connectors/live/pull.ts'
import type {Plan} from './live.ts'

export function sourcesToText(sources: readonly PulledSource[]): string {
  const width = Math.max(...sources.map(({source}) => source.length))
  return sources
    .map(({source, status, requests}) => {
      const said = {
        done: 'up to date',
        refused: 'credentials missing or refused',
        failed: 'not read to the end',
      }
      return `  ${source.padEnd(width)}  ${said[status]}, ${requests.toLocaleString('en')} requests`
    })
    .join('\n')
}

export function planToText({asks, credentials}: Plan): string {
  const sources = [...new Set([...credentials, ...asks].map(({source}) => source))]
  return sources
    .flatMap(source => [
      ...credentials
        .filter(credential => credential.source === source)
        .map(({variable, set, scope}) => `${source}: ${variable} is ${set ? 'set' : `not set: ${scope}`}`),
      ...asks
        .filter(ask => ask.source === source)
        .map(({method, url, from}) => `  ${method} ${url}\n    from ${from}`),
    ])
    .join('\n')
}
