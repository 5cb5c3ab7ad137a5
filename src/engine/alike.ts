/** Which of many names could be like a given one: those that share a word, an abbreviation of one or its initials. No other is alike at all. */
import {abbreviates} from './names.ts'

type Words = readonly string[]

export class Alike<T> {
  readonly #items: readonly T[]
  /** Items by each word of their names, and those words by their first letter. */
  readonly #byWord = new Map<string, number[]>()
  readonly #byLetter = new Map<string, string[]>()
  readonly #byInitials = new Map<string, number[]>()
  readonly #fitting = new Map<string, readonly string[]>()

  constructor(items: readonly T[], namesOf: (item: T) => readonly Words[]) {
    this.#items = items
    items.forEach((item, index) => {
      for (const words of namesOf(item)) {
        for (const word of words) if (add(this.#byWord, word, index)) add(this.#byLetter, word[0]!, word)
        if (words.length > 1) add(this.#byInitials, initials(words), index)
      }
    })
  }

  /** Every item whose name has anything in common with these words, in their order. */
  *to(words: Words): Generator<T> {
    const found = new Set<number>()
    for (const word of words)
      for (const other of this.#fits(word)) for (const index of this.#byWord.get(other)!) found.add(index)
    const acronym = words.length === 1 ? this.#byInitials.get(words[0]!) : this.#byWord.get(initials(words))
    for (const index of acronym ?? []) found.add(index)
    for (const index of [...found].sort((a, b) => a - b)) yield this.#items[index]!
  }

  #fits(word: string): readonly string[] {
    let known = this.#fitting.get(word)
    if (!known) {
      known = (this.#byLetter.get(word[0]!) ?? []).filter(other => abbreviates(word, other) > 0)
      this.#fitting.set(word, known)
    }
    return known
  }
}

const initials = (words: Words): string => words.map(word => word[0]).join('')

/** Whether it is the first of its key. */
function add<V>(map: Map<string, V[]>, key: string, value: V): boolean {
  const found = map.get(key)
  if (!found) map.set(key, [value])
  else if (found.at(-1) !== value) found.push(value)
  return !found
}
