/** What an access review should look at. Each kind of finding is one rule over a credential; nothing is enforced. */
import type {OutputState, Ref} from '../engine/outcome.ts'
import type {Alias} from '../model/fact.ts'
import type {Nanos} from '../model/money.ts'
import {isPersonalAlias} from '../model/person.ts'
import {DAY_MS, formatDay} from '../model/time.ts'
import {type AccessUse, type Credential, usedFrom, usedTo} from './credentials.ts'
import type {Persons, Statement} from './persons.ts'

export const FINDING_KINDS = ['leaver', 'master', 'shared', 'orphaned', 'recycled', 'contradicted'] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** `confirm`: the owner is known; `review`: owners contend; `advisory`: nobody is known, and nothing is held against anybody. */
export type ReviewState = 'revoke' | 'disputed' | 'review' | 'confirm' | 'advisory'

export interface AccessFinding {
  readonly kind: FindingKind
  /** Null: calls that named no credential, or one that would tell who somebody is. */
  readonly credential: Alias | null
  readonly subject: string
  readonly owners: readonly Ref[]
  readonly basis: readonly string[]
  /** In the period; null: how much of the use is meant, nobody says. */
  readonly cost: Nanos | null
  readonly records: number | null
  /** Epoch days of the period. */
  readonly first: number
  readonly last: number
  readonly because: string
  /** `file:line`; of what speaks of a person only the file. */
  readonly evidence: readonly string[]
  readonly review: ReviewState
  /** The use that is meant, by attribution. */
  readonly parts: ReadonlyMap<number, {readonly cost: Nanos; readonly records: number}>
}

interface DayOfUse {
  readonly day: number
  readonly cost: Nanos
  readonly records: number
}

export interface Access {
  readonly uses: readonly AccessUse[]
  readonly credentials: readonly Credential[]
  readonly persons: Persons
  readonly namesSomebody: (text: string) => boolean
  /** The period's use of what somebody who left may hold, day by day, by attribution. */
  readonly days: ReadonlyMap<number, readonly DayOfUse[]>
}

/** What a rule found about a credential: the uses it means, or how much of each. */
interface Found {
  readonly because: string
  readonly uses: readonly AccessUse[]
  readonly evidence?: readonly string[]
  readonly parts?: AccessFinding['parts'] | null
}

type FindingRule = (credential: Credential, access: Access) => Found | null

const RULES: readonly (readonly [FindingKind, FindingRule])[] = [
  ['leaver', leaver],
  ['master', master],
  ['shared', shared],
  ['orphaned', orphaned],
  ['recycled', recycled],
  ['contradicted', contradicted],
]

/** Dearest first; what nobody knows the cost of last; ties by kind and credential. */
export function accessFindings(access: Access): AccessFinding[] {
  return [
    ...access.credentials.flatMap(credential =>
      RULES.flatMap(([kind, rule]) => {
        const found = rule(credential, access)
        return found === null ? [] : [findingOf(kind, credential, found)]
      }),
    ),
    ...renamed(access.credentials),
    ...keyless(access.uses),
  ].sort(byMoney)
}

const byMoney = (a: AccessFinding, b: AccessFinding): number =>
  Number(a.cost === null) - Number(b.cost === null) ||
  compare(b.cost ?? 0n, a.cost ?? 0n) ||
  compare(FINDING_KINDS.indexOf(a.kind), FINDING_KINDS.indexOf(b.kind)) ||
  compare(a.credential ?? '', b.credential ?? '')

const compare = <Value extends bigint | string | number>(a: Value, b: Value): number =>
  a < b ? -1 : a > b ? 1 : 0

/** A person who holds it has left, and it is still used. */
function leaver({uses, holders, records}: Credential, {persons, days}: Access): Found | null {
  const gone = holders.map(holder => persons.departure(holder)).find(departure => departure !== null)
  if (gone === undefined) return null
  const evidence = [...records.map(placeOf), gone.path]
  if (gone.since === null)
    return {
      because:
        'held by a person who left or whose account is disabled, no source says since when: the use before it is not told apart',
      ...{uses, evidence, parts: null},
    }
  const firstDay = Math.ceil(gone.since / DAY_MS)
  const parts = new Map<number, {cost: Nanos; records: number}>()
  for (const {id} of uses) {
    const after = (days.get(id) ?? []).filter(({day}) => day >= firstDay)
    if (after.length > 0)
      parts.set(id, {
        cost: after.reduce((sum, {cost}) => sum + cost, 0n),
        records: after.reduce((sum, {records}) => sum + records, 0),
      })
  }
  if (parts.size === 0) return null
  return {
    because: 'held by a person who left, and used since',
    uses: uses.filter(({id}) => parts.has(id)),
    ...{evidence, parts},
  }
}

/** Credentials that systems come with, which can do everything and say nothing of who calls. */
const MASTER = /^litellm:key\/(?:litellm[_-]proxy[_-]master[_-]key|default_user_id)$|^aws:user\/\d+\/root$/

function master({alias, uses}: Credential): Found | null {
  if (!MASTER.test(alias)) return null
  return {
    because: 'the key that the system itself came with: it may do anything and tells nobody apart',
    uses,
  }
}

/** Several services use one credential at the same time; where each call's session says who called, it is not shared. */
function shared({alias, uses, statements, holders}: Credential): Found | null {
  if (MASTER.test(alias) || isPersonalAlias(alias)) return null
  const listed = statements.filter(
    said =>
      said.relation === 'consumed_by' &&
      uses.some(use => (said.validFrom ?? 0) < usedTo(use) && (said.validTo ?? Infinity) > usedFrom(use)),
  )
  const consumers = new Set(listed.map(({to}) => to))
  const told = uses.filter(({caller}) => !caller.bySession)
  const services = together(told, ({outcome}) => outcome.owner.service)
  const teams =
    holders.length > 0
      ? []
      : together(
          told.filter(({outcome}) => outcome.owner.service === null),
          ({outcome}) => outcome.owner.organization,
        )
  const evidence = listed.map(placeOf)
  if (consumers.size > 1)
    return {because: `its own record lists ${consumers.size} services that use it`, uses, evidence}
  if (services.length > 1)
    return {because: `used by ${services.length} services: ${namesOf(services)}`, uses, evidence}
  if (teams.length > 1) return {because: `used by ${teams.length} teams: ${namesOf(teams)}`, uses, evidence}
  return null
}

const namesOf = (refs: readonly Ref[]): string =>
  refs
    .map(({name}) => name)
    .sort()
    .join(', ')

/** Those that used a credential while another did. One after the other is a hand-over. */
function together(uses: readonly AccessUse[], of: (use: AccessUse) => Ref | null): Ref[] {
  const named = uses.flatMap(use => {
    const ref = of(use)
    return ref === null ? [] : [{ref, from: usedFrom(use), to: usedTo(use)}]
  })
  const found = new Map<string, Ref>()
  if (named.every(({ref}) => ref.id === named[0]!.ref.id)) return []
  for (const one of named)
    if (named.some(other => other.ref.id !== one.ref.id && other.from < one.to && one.from < other.to))
      found.set(one.ref.id, one.ref)
  return [...found.values()]
}

const NOBODY: ReadonlySet<OutputState> = new Set(['unknown', 'not_identifiable'])
/** What says whose a credential is. Who made it is often somebody else. */
const SAYS_WHOSE: ReadonlySet<string> = new Set(['acts_for', 'owned_by', 'consumed_by'])

/** Nobody is accountable: no owner can be named, or one only from hints, and nothing written says whose it is. */
function orphaned({alias, uses, statements, records}: Credential): Found | null {
  if (MASTER.test(alias) || isPersonalAlias(alias)) return null
  const written = statements.some(({relation}) => SAYS_WHOSE.has(relation))
  const nobodys = uses.filter(
    ({outcome}) =>
      NOBODY.has(outcome.output_state) ||
      (outcome.output_state === 'ambiguous' && !written && outcome.owner.service === null),
  )
  if (nobodys.length === 0) return null
  const unlisted = records.length === 0 ? ', and no list of credentials holds it' : ''
  const guess = nobodys.some(({outcome}) => outcome.output_state === 'ambiguous')
  return {
    because: guess
      ? `nothing written says whose it is; the owner named is a guess${unlisted}`
      : `nothing written says whose it is${unlisted}`,
    uses: nobodys,
    evidence: records.map(placeOf),
  }
}

/** One credential passed from one holder to another while in use. */
function recycled({uses, statements}: Credential): Found | null {
  const first = Math.min(...uses.map(({first}) => first * DAY_MS))
  const last = Math.max(...uses.map(({last}) => (last + 1) * DAY_MS))
  const holdings = statements.filter(
    ({relation, basis}) => SAYS_WHOSE.has(relation) && relation !== 'consumed_by' && basis === 'key_history',
  )
  for (const before of holdings)
    for (const after of holdings) {
      if (before.relation !== after.relation || before.to === after.to) continue
      const {validTo: until} = before
      const {validFrom: since} = after
      if (until === null || since === null || until > since || since < first || since >= last) continue
      return {
        because: `went from ${holderName(before.to)} to ${holderName(after.to)} on ${formatDay(Math.floor(since / DAY_MS))}, and stayed in use`,
        uses,
        evidence: [placeOf(before), placeOf(after)],
      }
    }
  return null
}

const holderName = (alias: Alias): string =>
  isPersonalAlias(alias) ? 'a person' : alias.slice(alias.indexOf('/') + 1)

/** A caller says of itself what stronger evidence denies, or what a shared key's own list does not hold. */
function contradicted({uses, statements}: Credential, {namesSomebody}: Access): Found | null {
  const consumers = new Set(
    statements.filter(({relation}) => relation === 'consumed_by').map(({to}) => bare(to)),
  )
  const against = uses.flatMap(use => {
    const tag = use.caller.tagged
    const foreign =
      consumers.size > 0 && tag !== null && !consumers.has(tag.toLowerCase())
        ? [`the caller tagged service ${tag}, which is none of the key's own list`]
        : []
    const said = [...use.outcome.contradictions, ...foreign]
    return said.length === 0 ? [] : [{use, said}]
  })
  if (against.length === 0) return null
  const said = [...new Set(against.flatMap(({said}) => said))].map(text =>
    namesSomebody(text) ? 'the caller named a person' : text,
  )
  return {
    because: `${[...new Set(said)].sort().join('; ')}; the owner shown is what stronger evidence says`,
    uses: against.map(({use}) => use),
    evidence: [
      ...statements.filter(({relation}) => relation === 'consumed_by').map(placeOf),
      ...against.flatMap(({use}) => placesOf(use)),
    ],
  }
}

/** Where an answer comes from; what rests on directories and HR leads to people, and is told by its file. */
const placesOf = ({outcome}: AccessUse): string[] => {
  const places = outcome.waterfall.flatMap(({evidence}) => evidence)
  return outcome.basis.some(basis => basis === 'hr' || basis === 'directory')
    ? places.map(place => place.replace(/:\d+$/, ''))
    : places
}

const bare = (alias: Alias): string => alias.slice(alias.lastIndexOf('/') + 1).toLowerCase()

/** One name, first on one key and then on another of somebody else. A key that follows its predecessor is a rotation. */
function renamed(credentials: readonly Credential[]): AccessFinding[] {
  const named = Map.groupBy(
    credentials.filter(({name, alias}) => name !== null && /:key\//.test(alias)),
    ({name, alias}) => `${alias.slice(0, alias.indexOf(':'))} ${name}`,
  )
  return [...named.values()].flatMap(same => {
    const inTime = same.toSorted((a, b) => firstOf(a) - firstOf(b) || (a.alias < b.alias ? -1 : 1))
    return inTime.slice(1).flatMap((after, index) => {
      const before = inTime[index]!
      const [was, is] = [soleOwner(before), soleOwner(after)]
      if (was === null || is === null || was.id === is.id || lastOf(before) > firstOf(after)) return []
      return [
        findingOf('recycled', after, {
          because: `the name was another key's until ${formatDay(lastOf(before))}, and that was ${was.name}'s`,
          uses: after.uses,
          evidence: [...before.records, ...after.records].map(placeOf),
        }),
      ]
    })
  })
}

const firstOf = ({uses}: Credential): number => Math.min(...uses.map(({first}) => first))
const lastOf = ({uses}: Credential): number => Math.max(...uses.map(({last}) => last))

function soleOwner({uses}: Credential): Ref | null {
  const owners = new Map(
    uses.map(({outcome: {owner}}) => {
      const ref = owner.service ?? owner.organization
      return [ref?.id ?? null, ref]
    }),
  )
  return owners.size === 1 ? [...owners.values()][0]! : null
}

/** Single calls that named nobody, where others of the same system name their key. */
function keyless(uses: readonly AccessUse[]): AccessFinding[] {
  const keyed = new Set(uses.filter(({caller}) => caller.byKey).map(({caller}) => caller.channel))
  const bare = uses.filter(
    ({caller, calls, records}) =>
      calls > 0 && calls === records && keyed.has(caller.channel) && caller.nameless,
  )
  return [...Map.groupBy(bare, ({caller}) => caller.channel!)].map(([channel, calls]) =>
    findingOf(
      'master',
      {shown: null, subject: `${channel}, no key`, holders: []},
      {because: 'calls that name no key, where others do', uses: calls},
    ),
  )
}

const MOST_PLACES = 5

function findingOf(
  kind: FindingKind,
  {shown, subject, holders}: Pick<Credential, 'shown' | 'subject' | 'holders'>,
  {because, uses, evidence = [], parts}: Found,
): AccessFinding {
  const meant = parts ?? new Map(uses.map(({id, cost, records}) => [id, {cost, records}]))
  const sum = parts === null ? null : [...meant.values()]
  return {
    ...{kind, credential: shown, subject, because, parts: parts === null ? new Map() : meant},
    // Whose team it is would tell who a single holder is.
    owners: holders.length > 0 ? [] : ranked(uses.flatMap(ownersOf)),
    basis: ranked(
      uses.flatMap(({outcome, cost}) => outcome.basis.map(basis => ({ref: {id: basis, name: basis}, cost}))),
    ).map(({name}) => name),
    cost: sum === null ? null : sum.reduce((total, {cost}) => total + cost, 0n),
    records: sum === null ? null : sum.reduce((total, {records}) => total + records, 0),
    first: Math.min(...uses.map(({first}) => first)),
    last: Math.max(...uses.map(({last}) => last)),
    evidence: [...new Set(evidence)].slice(0, MOST_PLACES),
    review: kind === 'leaver' ? 'revoke' : reviewOf(uses),
  }
}

const ownersOf = ({outcome, cost}: AccessUse): {ref: Ref; cost: Nanos}[] =>
  outcome.owner.organization !== null
    ? [{ref: outcome.owner.organization, cost}]
    : outcome.shares.flatMap(({organization}) => (organization === null ? [] : [{ref: organization, cost}]))

function ranked(items: readonly {readonly ref: Ref; readonly cost: Nanos}[]): Ref[] {
  const sums = new Map<string, {ref: Ref; cost: Nanos}>()
  for (const {ref, cost} of items) {
    const known = sums.get(ref.id)
    sums.set(ref.id, {ref, cost: (known?.cost ?? 0n) + cost})
  }
  return [...sums.values()]
    .sort((a, b) => compare(b.cost, a.cost) || compare(a.ref.id, b.ref.id))
    .map(({ref}) => ref)
}

function reviewOf(uses: readonly AccessUse[]): ReviewState {
  if (uses.some(({outcome}) => outcome.disputed !== undefined)) return 'disputed'
  if (uses.some(({spendClass}) => spendClass === 'contested')) return 'review'
  return uses.every(({spendClass}) => spendClass === 'unresolved') ? 'advisory' : 'confirm'
}

/** Of what speaks of a person only the file. */
function placeOf(said: Pick<Statement, 'path' | 'line'> & Partial<Pick<Statement, 'to'>>): string {
  return said.to !== undefined && isPersonalAlias(said.to) ? said.path : `${said.path}:${said.line}`
}
