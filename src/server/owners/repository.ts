/** Which ingested repository a person means. */
import {UserError} from '../../model/errors.ts'
import type {Alias} from '../../model/fact.ts'

const MOST_NAMED = 8

/** `owner/name`, or what is known of it: `github:repo/acme/mono` is `acme/mono`, `name:repo/mono` is `mono`. */
export const showRepository = (repository: Alias): string => repository.replace(/^[^:]*:repo\//, '')

/**
 * The repository by its name as shown, else by the part after its owner, or, when only that part was ingested, by it.
 * Without a name the only one there is.
 */
export function chooseRepository(known: readonly Alias[], wanted: string | undefined): Alias {
  if (wanted === undefined && known.length === 1) return known[0]!
  if (wanted === undefined)
    throw new UserError(
      `${known.length} ingested repositories have a CODEOWNERS file: ${named(known)}`,
      'say which with --repo NAME, or name a file with --file',
    )
  const name = wanted
    .trim()
    .toLowerCase()
    .replace(/\.git$/, '')
  const found = [
    known.filter(alias => alias === name || showRepository(alias) === name),
    known.filter(alias => showRepository(alias).endsWith(`/${name}`)),
    known.filter(alias => name.includes('/') && alias === `name:repo/${name.split('/').at(-1)}`),
  ].find(({length}) => length > 0)
  if (found === undefined)
    throw new UserError(
      known.length === 0
        ? `--repo ${wanted}: no repository with a CODEOWNERS file has been ingested`
        : `--repo ${wanted}: no ingested repository with a CODEOWNERS file has that name; there is ${named(known)}`,
      known.length === 0
        ? 'run `venturi ingest PATH` over the repository, or name a file with --file'
        : 'give one of these, or name a file with --file',
    )
  if (found.length > 1)
    throw new UserError(
      `--repo ${wanted}: ${named(found)} all have that name`,
      'give its owner too: owner/name',
    )
  return found[0]!
}

function named(known: readonly Alias[]): string {
  const names = known.map(showRepository).sort()
  const more = names.length - MOST_NAMED
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ')
}
