/**
 * Cursor's lists of a team: members, spend of the current cycle, usage by day. Only who is in the team is read: the spend is
 * the events' own, summed up, and how much each person works with the tool is nobody's matter here.
 */
import * as alias from '../model/alias.ts'
import {connector} from './connector.ts'
import {array, isObject, text} from './fields.ts'
import {hasNeeds, type Needs} from './needs.ts'
import {entity, isEmail} from './statements.ts'

const LISTS = ['teamMembers', 'teamMemberSpend'] as const
const DAY: Needs = {
  fields: ['email', 'isActive', ['subscriptionIncludedReqs', 'usageBasedReqs', 'mostUsedModel']],
}

const listsOf = (value: unknown): readonly unknown[] => [
  ...LISTS.flatMap(list => array(value, list)),
  ...array(value, 'data').filter(isDay),
]
const isDay = (value: unknown): boolean => isObject(value) && 'isActive' in value && 'mostUsedModel' in value

export const cursorTeam = connector({
  id: 'cursor-team',
  label: 'Cursor team members (people only: its spend is in the usage events)',
  needs: DAY,
  recognises: head =>
    (head.shape === 'json' || head.shape === 'jsonl') &&
    (head.sample.some(
      value =>
        isObject(value) && (LISTS.some(list => Array.isArray(value[list])) || listsOf(value).length > 0),
    ) ||
      hasNeeds(DAY, head)),
  *parse(source) {
    const seen = new Set<string>()
    for (const record of source.records()) {
      if ('fact' in record) {
        yield record
        continue
      }
      const {line, value} = record
      for (const member of isDay(value) ? [value] : listsOf(value)) {
        const address = text(member, 'email')
        if (!address || !isEmail(address) || seen.has(alias.email(address))) continue
        seen.add(alias.email(address))
        yield entity(line, 'identity', alias.email(address), {
          name: text(member, 'name'),
          type: 'person',
          status: isObject(member) && member.isRemoved === true ? 'removed' : undefined,
        })
      }
    }
  },
})
