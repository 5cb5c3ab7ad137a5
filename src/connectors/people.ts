/** What directories say of people. Okta, SCIM, Entra and Google say the same in other words. */
import * as alias from '../model/alias.ts'
import type {Alias, Fact} from '../model/fact.ts'
import {entity, isEmail, link, oktaId, sameEmails} from './statements.ts'
import {codeAndName} from './table.ts'

/** A person as a directory lists one; what it does not say is undefined. */
export interface Person {
  readonly name: string | undefined
  readonly status: string | undefined
  readonly emails: readonly (string | undefined)[]
  readonly department: string | undefined
  readonly costCenter: string | undefined
  /** Employee number, as text: it keeps its zeros. */
  readonly employee: string | undefined
  readonly manager?: Alias | undefined
}

export function* person(line: number, self: Alias, known: Person): Generator<Fact> {
  yield entity(line, 'identity', self, {name: known.name, type: 'person', status: known.status})
  yield* sameEmails(line, self, ...known.emails)
  if (known.employee) yield link(line, 'same_as', self, alias.worker(known.employee), 'directory')
  if (known.department) yield link(line, 'member_of', self, alias.department(known.department), 'directory')
  if (known.costCenter)
    yield link(
      line,
      'budgeted_under',
      self,
      alias.costCenter(codeAndName(known.costCenter).code),
      'directory',
    )
  if (known.manager && known.manager !== self)
    yield link(line, 'reports_to', self, known.manager, 'directory')
}

/** A manager by whatever id somebody mapped: an address, an Okta id, else an employee number. Names are no keys. */
export function managerRef(written: string | undefined): Alias | undefined {
  if (written === undefined) return undefined
  if (isEmail(written)) return alias.email(written)
  return oktaId(written) ?? (/^[\w-]*\d[\w-]*$/.test(written) ? alias.worker(written) : undefined)
}
