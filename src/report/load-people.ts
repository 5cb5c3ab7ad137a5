/** The edge of this folder towards people: what they are called, so that it can be left out. */
import {isPersonalAlias, MACHINES} from '../model/person.ts'
import {identityNames} from '../store/queries/report.ts'
import {all, type ReadableStore} from '../store/query.ts'
import {type People, peopleCalled} from './people.ts'

export const loadPeople = (store: ReadableStore): People =>
  peopleCalled(
    all(store, identityNames, {machines: JSON.stringify(MACHINES)})
      .filter(({alias}) => isPersonalAlias(alias))
      .flatMap(({alias, name}) => [alias, alias.slice(alias.indexOf('/') + 1), name ?? alias]),
  )
