/** The edge of this folder for whoever asks the graph itself: facts out of the store, nothing into it. */
import type {LinkFact, Signature} from '../model/fact.ts'
import * as facts from '../store/queries/facts.ts'
import {all, type ReadableStore} from '../store/query.ts'
import {buildWorld, type World} from './attribute.ts'
import {loadFacts} from './run.ts'

/** The graph as `attribute` would build it now. */
export const worldOfStore = (store: ReadableStore, declared: readonly LinkFact[]): World =>
  buildWorld(
    loadFacts(store, declared),
    all(store, facts.allSignatures, {}).map(({evidence}) => JSON.parse(evidence) as Signature),
  )
