/**
 * How often each kind of witness is right when it names one owner. These are documented starting points
 * (`docs/engine.md`); what a company's own data says about them belongs here too, as soon as it is measured.
 */
import type {Basis} from '../model/fact.ts'

export const RELIABILITY: {readonly [basis in Basis]: number} = {
  declared: 0.99,
  verified: 0.99,
  key_history: 0.96,
  key_record: 0.95,
  billed: 0.95,
  hr: 0.95,
  label: 0.95,
  catalog: 0.94,
  deployment: 0.95,
  finance: 0.93,
  directory: 0.88,
  codeowners: 0.9,
  repository: 0.78,
  caller: 0.75,
  name: 0.88,
}

/** Special cases of a basis that are weaker than it. */
export const WEAKER = {
  /** A catch-all `*` line says who looks after what nobody else does. */
  codeownersDefault: 0.72,
  /** Two written statements of equal standing that name different teams. */
  openConflict: 0.75,
  /** A person named as owner: what is a person's at work is mostly the team's. */
  person: 0.95,
  /** A person's only group that other systems know as a team too. */
  onlyTeam: 0.94,
  /** Somebody in no team of their own: the team of those under the same manager. */
  manager: 0.7,
  /** A namespace's team runs the namespace, not always each workload in it. */
  namespace: 0.82,
  /** A namespace that bears the name of one team. */
  namespaceName: 0.85,
  /** A system's owner need not own each component. */
  system: 0.7,
  /** Who works on a project most. */
  contributors: 0.5,
  /** Who made a key, where that person makes few. */
  creator: 0.55,
  /** Who made a key or holds it, where that person makes and holds many. */
  administrator: 0.2,
  /** A caller's name for its service, inside the closed set of a key's users. */
  hintInClosedSet: 0.95,
  /** A shared key all of whose listed users are one team's. */
  closedSetOfOne: 0.9,
  /** The repository of a service's name, where nobody says what it is built from. */
  namesake: 0.93,
  /** service.name of a workload's own telemetry. */
  telemetry: 0.9,
  /** An address in a role's session name: declared by platform or caller, so never enough alone. */
  session: 0.82,
  /** A deployment right before the first calls of a key, were there no others at all. */
  deployedBefore: 0.95,
} as const
