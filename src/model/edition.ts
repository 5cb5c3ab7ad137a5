/**
 * Reports that are exported again and again: a month of a bill, the costs of a day. A later export replaces what an
 * earlier one said of the same days, so that corrections hold and what vanished is gone. Every file's rows are kept;
 * which of them count is settled by `attribute`, from all files at once.
 */

/** Between a row's own id and the export it comes from; ids hold no control characters. */
const MARK = '\u001f'

export interface Partition {
  /** The report, with the account and billing period that the content states for all of it. */
  readonly report: string
  /** The part of the account that an export may be limited to: a project, subscription or linked account; '': not told. */
  readonly of: string
  /** What rows are told apart by: the same report under another grouping replaces nothing. */
  readonly by: readonly string[]
}

/**
 * A partition as text: what of a report a later export replaces as a whole, on the days it covers.
 *
 * @example partitionOf('openai/costs', {of: 'proj_1', by: {item: 'gpt-5', project: 'proj_1', key: undefined}}) // 'openai/costs|proj_1|item,project'
 * @example partitionOf('focus aws 004455667788 2026-10', {of: '112233445566'}) // 'focus aws 004455667788 2026-10|112233445566|'
 */
export function partitionOf(
  report: string,
  {of = '', by = {}}: {of?: string | undefined; by?: {readonly [dimension: string]: string | undefined}} = {},
): string {
  const said = Object.keys(by).filter(name => by[name] !== undefined)
  return [report, of, said.sort().join()].map(part => part.replaceAll('|', '/')).join('|')
}

export function partsOf(partition: string): Partition {
  const [report = '', of = '', by = ''] = partition.split('|')
  return {report, of, by: by === '' ? [] : by.split(',')}
}

/** A row's id with its partition: as it travels to the store. */
export const partitioned = (id: string, partition: string): string => `${id}${MARK}${partition}`

/** The partition of such an id; undefined for the id of a row that no export replaces. */
export function partitionIn(id: string): string | undefined {
  const at = id.indexOf(MARK)
  return at === -1 ? undefined : id.slice(at + 1)
}

/** One file's rows of one partition, by one text: how stored ids end. */
export const editionOf = (partition: string, batch: number): string => `${partition}${MARK}${batch}`

/** Under which id the store keeps each file's own word on a row (`id` with its partition). */
export const storedId = (id: string, batch: number): string => `${id}${MARK}${batch}`

/** The row's own id, which every export of it shares. */
export function eventIdOf(stored: string): string {
  const at = stored.indexOf(MARK)
  return at === -1 ? stored : stored.slice(0, at)
}
