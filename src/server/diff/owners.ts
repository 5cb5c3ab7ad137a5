/** Who owns a changed file, by the CODEOWNERS file of the commit that is reviewed. */
import {compileOwners, matchOwners} from '../../engine/owners-file.ts'
import {CODEOWNERS_PLACES, numbered} from '../../model/codeowners.ts'
import {readOwnersFile} from '../../model/codeowners-file.ts'
import type {Repository} from '../../review/detect.ts'

/** Owners as the file writes them, in its order; null: no file, or no line for this path. */
export type OwnerOf = (path: string) => string | null

export async function ownersAtHead(repository: Repository): Promise<OwnerOf> {
  const places = [...new Set(Object.values(CODEOWNERS_PLACES).flat())]
  const found = await repository.read('head', places)
  const file = places.find(place => found.has(place))
  if (file === undefined) return () => null
  const {host, said} = readOwnersFile(file, numbered(Buffer.from(found.get(file)!).toString('utf8')))
  const rules = compileOwners(
    (said ?? []).flatMap(line => (line.kind === 'rule' ? [line] : [])),
    host,
  )
  return path => {
    const owners = new Set(matchOwners(rules, path).flatMap(rule => rule.owners))
    return owners.size > 0 ? [...owners].join(' ') : null
  }
}
