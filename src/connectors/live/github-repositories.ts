/** The repositories that the organization's list named, for streams that ask about each of them. */
import {array, isObject} from '../fields.ts'
import type {Answer} from './answer.ts'
import type {Context} from './source.ts'
import type {Ask} from './transport.ts'
import {Absent} from './trouble.ts'

export interface Repository {
  readonly name: string
  readonly branch: string
  /** As GitHub writes it; nothing in the repository is newer. */
  readonly pushed: string
}

export function repositories(context: Context): Repository[] {
  const found = new Map<string, Repository>()
  for (let part = 1; ; part++) {
    const cursor = context.mark(`repos#${part}`)?.cursor
    if (!cursor) return [...found.values()]
    const led: unknown = JSON.parse(cursor)
    for (const key of isObject(led) ? array(led, 'keys') : []) {
      const [name = '', branch = 'HEAD', pushed = 'never'] = String(key).split(' ')
      found.set(name, {name, branch, pushed})
    }
  }
}

/** Undefined where there is no such file, or no such repository any more. */
export async function attempt(
  context: Context,
  ask: Ask,
  etag: string | null = null,
): Promise<Answer | undefined> {
  try {
    return await context.send(ask, etag)
  } catch (error) {
    if (error instanceof Absent) return undefined
    throw error
  }
}
