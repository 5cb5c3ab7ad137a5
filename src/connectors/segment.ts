/**
 * Segment's event stream: raw `track` calls (S3 logs, webhooks) and the tables of its warehouse. Calls of other types are
 * no outcomes. Never read: context but its group, traits, addresses, pages, and properties that are not named.
 */
import type {Fact, Issue} from '../model/fact.ts'
import {parseTime} from '../model/time.ts'
import {connector, type Source} from './connector.ts'
import {isObject, object, text} from './fields.ts'
import {hasNeeds, type Needs} from './needs.ts'
import {outcomeOf} from './product-event.ts'

const TYPES = ['track', 'identify', 'group', 'page', 'screen', 'alias']
const NEEDS: Needs = {
  fields: ['type', 'messageId', ['timestamp', 'receivedAt', 'sentAt']],
  columns: ['id', 'event', 'event_text', ['timestamp', 'received_at']],
}

export const segment = connector({
  id: 'segment',
  label: 'Segment track events',
  needs: NEEDS,
  recognises: head =>
    hasNeeds(NEEDS, head) &&
    (head.shape === 'csv' || head.sample.some(value => TYPES.includes(text(value, 'type') ?? ''))),
  parse: source => (source.head.shape === 'csv' ? warehouse(source) : calls(source)),
})

function* calls(source: Source): Generator<Fact | Issue> {
  for (const record of source.records()) {
    if ('fact' in record) yield record
    else if (text(record.value, 'type') === 'track') {
      const {line, value} = record
      yield outcomeOf({
        line,
        source: 'segment',
        id: text(value, 'messageId'),
        // `timestamp` is corrected for the clock of the client; `originalTimestamp` is that clock.
        at: parseTime(text(value, 'timestamp', 'receivedAt') ?? ''),
        name: text(value, 'event'),
        properties: object(value, 'properties'),
        tenant: text(object(value, 'context'), 'groupId') ?? text(value, 'userId'),
        currency: 'USD',
      })
    }
  }
}

/** One table an event; properties are its columns. */
function* warehouse(source: Source): Generator<Fact | Issue> {
  for (const row of source.rows()) {
    if ('fact' in row) yield row
    else if (isObject(row.row))
      yield outcomeOf({
        line: row.line,
        source: 'segment',
        id: text(row.row, 'id'),
        at: parseTime(text(row.row, 'timestamp', 'received_at') ?? ''),
        name: text(row.row, 'event_text', 'event'),
        properties: row.row,
        tenant: text(row.row, 'context_group_id', 'user_id'),
        currency: 'USD',
      })
  }
}
