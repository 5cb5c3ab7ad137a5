/** The edge of this folder for what is not known: questions, and what each would settle, into the store. */
import * as sql from '../store/queries/gaps.ts'
import {one, run, type WritableStore} from '../store/query.ts'
import {openQuestions} from './gaps/gaps.ts'
import type {Settled} from './gaps/suppose.ts'

/** `ids`: the stored id of each attribution, in their order. */
export function saveQuestions(store: WritableStore, base: Settled, ids: readonly number[]): void {
  const {gaps, untried} = openQuestions(base)
  for (const index of untried) run(store, sql.insertUntried, {attribution_id: ids[index]!})
  for (const {question, settles} of gaps) {
    const {id: question_id} = one(store, sql.insertQuestion, {question: JSON.stringify(question)})!
    for (const {index, likeliest, ppm, person} of settles)
      run(store, sql.insertSettles, {
        ...{attribution_id: ids[index]!, question_id, ppm, person},
        likeliest: likeliest ? 1 : 0,
      })
  }
}
