/** Edge: the graph and the signatures of a store, as measuring and training ask for them. */
import type {LinkFact, Signature} from '../model/fact.ts'
import {DAY_MS} from '../model/time.ts'
import {signatureActivity} from '../store/queries/attribute.ts'
import {signatureUse} from '../store/queries/evaluate.ts'
import * as facts from '../store/queries/facts.ts'
import {all, type ReadableStore} from '../store/query.ts'
import {buildWorld, type Facts, type World} from './attribute.ts'
import type {Weighed} from './rail/examples.ts'
import type {Model} from './rail/model.ts'
import {NO_RULINGS, type RulingFacts} from './rulings.ts'
import {linksOf} from './run-rulings.ts'

/** `declared`: what the configuration says; its place is shown as `venturi.yaml`. Without `rulings` its owners are evidence like any other. */
export function loadFacts(
  store: ReadableStore,
  declared: readonly LinkFact[],
  rulings: RulingFacts = NO_RULINGS,
): Facts {
  const stated = rulings === NO_RULINGS ? declared : linksOf(declared)
  return {
    rulings,
    entities: all(store, facts.allEntities, {}),
    links: [
      ...all(store, facts.allLinks, {}).map(link => ({...link, exclusive: link.exclusive === 1})),
      ...stated.map(({relation, from, to, basis, validFrom = null, validTo = null}) => ({
        ...{relation, from, to, basis, validFrom, validTo, exclusive: false},
        where: 'venturi.yaml',
      })),
    ],
    rules: all(store, facts.allRules, {}).map(rule => ({
      ...rule,
      owners: JSON.parse(rule.owners) as string[],
    })),
    deployments: all(store, facts.allDeployments, {}),
    commits: all(store, facts.allCommits, {}).map(({folders, ...commit}) => ({
      ...commit,
      folders: (JSON.parse(folders) as [string, number][]).map(([folder]) => folder),
    })),
  }
}

/** An attributed store's graph, and its signatures with what they count for, in the order of their evidence. */
export function loadWorld(
  store: ReadableStore,
  declared: readonly LinkFact[],
  model: Model,
): {readonly world: World; readonly signatures: readonly Weighed[]} {
  const firstAt = new Map(
    all(store, signatureActivity, {}).map(used => [Number(used.signatureId), Number(used.firstAt)]),
  )
  const signatures = all(store, signatureUse, {}).map(
    ({id, evidence, firstDay, lastDay, records, billed}) => ({
      id: Number(id),
      evidence,
      signature: JSON.parse(evidence) as Signature,
      firstDay: Number(firstDay),
      lastDay: Number(lastDay),
      // A bill's remainder has no row of its own: its first day is all there is.
      firstAt: firstAt.get(Number(id)) ?? Number(firstDay) * DAY_MS,
      cost: billed,
      records: Number(records),
    }),
  )
  return {
    world: buildWorld(
      loadFacts(store, declared),
      signatures.map(({signature}) => signature),
      model,
    ),
    signatures,
  }
}
