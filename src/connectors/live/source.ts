/**
 * What a live source is: where it is asked, what may be asked of it at all, who asks, and its streams. A stream yields
 * steps; each step is kept together with the place to go on from. Pages go to the connectors that read the same answers
 * from files, under the path a dump keeps them at.
 */
import type {SourceConfig} from '../../config/sources.ts'
import type {Answer} from './answer.ts'
import type {Ask} from './transport.ts'

/** Something the environment must hold. */
export interface Credential {
  /** The environment variable's name. */
  readonly variable: string
  /** What it must be and be allowed to do, in the vendor's words. */
  readonly scope: string
}

export type HeaderFields = {readonly [name: string]: string}

/** One answer, as a dump would hold it. */
export interface Page {
  /** Path in a dump: ids that the content lacks come from it. */
  readonly path: string
  readonly body: string | Uint8Array
  /** Shown as the place of its facts; holds no secret. */
  readonly where: string
  /** The list, or the day of a report, that this page is a part of. */
  readonly partition: string
  /** Counts from 1 within the partition. */
  readonly part: number
  /** When the rules of a file's version held; epoch ms. */
  readonly valid?: {readonly from: number | null; readonly to: number | null}
}

/** What is kept in one go. */
export interface Step {
  readonly pages?: readonly Page[]
  /** Parts that are as they were, said without their content. */
  readonly same?: readonly {readonly partition: string; readonly part: number}[]
  /** Partitions this round has whole: what earlier rounds left of them goes at once. */
  readonly replaced?: readonly string[]
  /** Lists this round has whole: what earlier rounds left of them ends when the round does. */
  readonly read?: readonly string[]
  readonly cursors?: readonly {
    readonly stream: string
    readonly cursor: string
    readonly etag?: string | null
  }[]
  readonly forget?: readonly string[]
}

export interface Mark {
  readonly cursor: string | null
  readonly etag: string | null
  /** Epoch ms. */
  readonly fetchedAt: number
}

/** What is known before anything is asked. */
export interface Known {
  /** When this round began; an interrupted round goes on under its first beginning. Epoch ms. */
  readonly round: number
  /** First day that is asked for, epoch ms. */
  readonly since: number
  mark(stream: string): Mark | undefined
}

export interface Context extends Known {
  /** Answers 200 or, asked with an etag, 304; anything else is thrown. */
  send(ask: Ask, etag?: string | null): Promise<Answer>
  /** Whether the store still has a part's content. */
  holds(partition: string, part: number): boolean
  partitionsUnder(prefix: string): readonly string[]
}

/** What would be asked first, and from where on, in words. */
export interface Planned {
  readonly stream: string
  readonly ask: Ask
  readonly from: string
}

export interface Stream {
  readonly id: string
  /** The part of its source it belongs to: what `skip` names. */
  readonly group: string
  /** Not every plan or version offers it: 403 and 404 are an answer. */
  readonly optional?: boolean
  /** Lists below a list stand for all of them with `{id}`. */
  plan(known: Known): readonly Planned[]
  pull(context: Context): AsyncGenerator<Step>
}

export type SourceType = SourceConfig['type']
export type SourceOf<Type extends SourceType> = Extract<SourceConfig, {readonly type: Type}>

/** Exchanges a long-lived secret for a short-lived token, at the address the source names for it. */
export type Exchange = (form: HeaderFields) => Promise<unknown>

export interface LiveSource<Type extends SourceType = SourceType> {
  readonly type: Type
  /**
   * Verb and path of everything it may ever be asked, relative to its address; `:x` is one segment, `*` any number. All
   * else is refused before it is sent.
   */
  readonly endpoints: readonly string[]
  /** Where it is asked, without a slash at the end; `url:` of the settings goes before it. */
  readonly address?: string
  credentials(settings: SourceOf<Type>): readonly Credential[]
  /** Headers that say who asks. */
  sign(asker: Asker<Type>): HeaderFields | Promise<HeaderFields>
  /** Where tokens are exchanged; only sources that do. Their 401 is answered with a new token once. */
  tokenAddress?(settings: SourceOf<Type>, secrets: readonly string[]): string
  streams(settings: SourceOf<Type>, address: string): readonly Stream[]
  /** The vendor's own client on top of the guarded `fetch`. */
  client?(
    address: string,
    fetch: typeof globalThis.fetch,
  ): (ask: Ask, headers: HeaderFields) => Promise<Response>
}

export interface Asker<Type extends SourceType = SourceType> {
  readonly settings: SourceOf<Type>
  readonly address: string
  /** In the order of `credentials`. */
  readonly secrets: readonly string[]
  readonly exchange: Exchange
  readonly tokenAddress: string
  /** Epoch ms. */
  readonly now: number
}

export const liveSource = <const Type extends SourceType>(source: LiveSource<Type>): LiveSource<Type> =>
  source
