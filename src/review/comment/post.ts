/** Brings a comment to a pull request: looks, decides, looks again, writes. */
import {EXIT, UserError} from '../../model/errors.ts'
import {type Behavior, type Decision, decide, sameText, type Wish} from './decide.ts'
import type {Comments, Listed} from './github.ts'
import {markerOf} from './marker.ts'
import type {Patience} from './patience.ts'
import {Busy, Missing, ReadOnly, TooLong} from './trouble.ts'

export interface Posted {
  readonly action: 'created' | 'updated' | 'hidden' | 'deleted' | 'skipped'
  readonly reason: string
  readonly url: string | null
}

export interface Posting extends Omit<Wish, 'body'> {
  /** The comment in at most so many characters. */
  readonly body: (longest: number) => string
  /** Characters to begin with; halved while GitHub finds it too long. */
  readonly longest: number
  /** Told on the way: what a person should know though it worked. */
  readonly say: (line: string) => void
}

/** Below this a comment says nothing any more. */
const SHORTEST = 4_000

/** Throws `UserError`, and `ReadOnly` where the token of this run may not write. */
export async function post(comments: Comments, posting: Posting, patience: Patience): Promise<Posted> {
  const {body: written, say, longest: most, ...wanted} = posting
  const ours = ownership(comments, wanted.tag, say)
  let longest = most
  let body = written(longest)
  const first = await ours(await comments.list())
  const before = new Set(first.map(({id}) => id))
  let decision = decide(first, {...wanted, body})
  for (let failed = false; decision.do !== 'skip'; failed = true) {
    const now = await ours(await comments.list())
    // Who broke off may have done what it was asked.
    const arrived = failed
      ? now.find(({id, body: there}) => !before.has(id) && sameText(there, body))
      : undefined
    if (arrived && decision.do === 'create')
      return await retire(comments, wanted.behavior, decision, arrived.url)
    decision = decide(now, {...wanted, body})
    try {
      if (decision.do !== 'skip') return await write(comments, wanted.behavior, decision, body)
    } catch (error) {
      if (error instanceof TooLong && longest / 2 >= SHORTEST) {
        longest = Math.floor(longest / 2)
        body = written(longest)
        say(`GitHub finds the comment too long: trying ${longest} characters`)
      } else if (error instanceof Busy) await patience.orGiveUp(error)
      // Somebody deleted it in between: look again, once.
      else if (!(error instanceof Missing && decision.do === 'update' && !failed)) throw error
    }
  }
  return {action: 'skipped', reason: decision.reason, url: decision.url}
}

/** Comments with this tag's marker that this account wrote. Who that is is asked only when there are some. */
function ownership(comments: Comments, tag: string, say: (line: string) => void) {
  let author: string | null | undefined
  return async (listed: readonly Listed[]): Promise<Listed[]> => {
    const marked = listed.filter(({body}) => markerOf(body)?.tag === tag)
    if (marked.length === 0) return []
    if (author === undefined) {
      author = await comments.author()
      if (author === null)
        say('GitHub does not say whose the token is: comments are told by their marker alone')
    }
    return marked.filter(comment => author === null || comment.author === author)
  }
}

async function write(
  comments: Comments,
  behavior: Behavior,
  decision: Exclude<Decision, {do: 'skip'}>,
  body: string,
): Promise<Posted> {
  if (decision.do === 'update') {
    const url = await comments.update(decision.comment.id, body)
    return {action: 'updated', reason: 'the comment that was there is brought up to date', url}
  }
  const url = decision.quiet === null ? await comments.create(body) : null
  return await retire(comments, behavior, decision, url)
}

/** The new comment stands before the old ones go: whatever fails in between, one is there. */
async function retire(
  comments: Comments,
  behavior: Behavior,
  {outdated, quiet}: Extract<Decision, {do: 'create'}>,
  url: string | null,
): Promise<Posted> {
  const hides = behavior === 'hide-and-new'
  try {
    if (hides) await hideAll(comments, outdated)
    else for (const {id} of outdated) await comments.delete(id)
  } catch (error) {
    if (!(error instanceof ReadOnly) || url === null) throw error
    throw new UserError(
      `the comment is posted, but older ones may not be ${hides ? 'hidden' : 'deleted'} with this token: ${url}`,
      'give the token permission to write pull requests and issues',
      EXIT.credentials,
    )
  }
  const gone = outdated.length === 0 ? '' : `, older ones ${hides ? 'hidden' : 'deleted'}: ${outdated.length}`
  return quiet === null
    ? {action: 'created', reason: `a new comment${gone}`, url}
    : {action: hides ? 'hidden' : 'deleted', reason: `${quiet}${gone}`, url}
}

/** One that is hidden stays so: only what is not is asked for, where there is a choice. */
async function hideAll(comments: Comments, outdated: readonly {readonly nodeId: string}[]): Promise<void> {
  const nodeIds = outdated.map(({nodeId}) => nodeId)
  const hidden = nodeIds.length > 1 ? await comments.hidden(nodeIds) : new Set<string>()
  await comments.hide(nodeIds.filter(nodeId => !hidden.has(nodeId)))
}
