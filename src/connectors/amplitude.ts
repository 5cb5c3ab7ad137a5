/**
 * Amplitude's event export: JSON lines. Never read: user and group properties, devices, addresses, places, and event
 * properties that are not named.
 */
import {parseTime} from '../model/time.ts'
import {connector} from './connector.ts'
import {array, object, text} from './fields.ts'
import {outcomeOf} from './product-event.ts'

/** What Amplitude records by itself. */
const BUILT_IN = /^(\[Amplitude\]|\$|session_(start|end)$)/

export const amplitude = connector({
  id: 'amplitude',
  label: 'Amplitude events',
  needs: {fields: ['event_type', 'event_time', ['$insert_id', 'uuid'], ['event_properties', 'amplitude_id']]},
  *parse(source) {
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      const name = text(value, 'event_type')
      if (name !== undefined && BUILT_IN.test(name)) continue
      yield outcomeOf({
        line,
        source: 'amplitude',
        id: text(value, '$insert_id', 'uuid'),
        // Without a zone, in UTC.
        at: parseTime(text(value, 'event_time') ?? ''),
        name,
        properties: object(value, 'event_properties'),
        tenant: groupOf(value) ?? text(value, 'user_id'),
        currency: null,
      })
    }
  },
})

/** The first group by name of its type: an account, an organization. */
function groupOf(value: unknown): string | undefined {
  const groups = object(value, 'groups')
  const [type] = Object.keys(groups).sort()
  if (type === undefined) return undefined
  const [first] = array(groups, type)
  return typeof first === 'string' ? first : text(groups, type)
}
