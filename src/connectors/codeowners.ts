/** A repository's CODEOWNERS file, as GitHub or GitLab reads it. Which rules hold for a path is the engine's matter. */
import * as alias from '../model/alias.ts'
import {parseCodeownersLine} from '../model/codeowners.ts'
import {hostOf, readOwnersFile} from '../model/codeowners-file.ts'
import {type Alias, issue} from '../model/fact.ts'
import {readGitlabCodeowners} from '../model/gitlab-codeowners.ts'
import {checkoutOf, segmentsOf} from './checkout.ts'
import {connector, type Head} from './connector.ts'

/** `[Docs]`, `^[Docs]`, `[Docs][2]`: on GitHub a file of that odd name. */
const GITLAB_SECTION = /^\^?\[[^\][/]+\](\[\d+\])?$/

const NAME = /^CODEOWNERS(\.gz)?$/

export const codeowners = connector({
  id: 'codeowners',
  label: 'CODEOWNERS (GitHub, GitLab)',
  placed: true,
  recognises: head =>
    NAME.test(segmentsOf(head.path).file) || (head.shape === 'text' && readsLikeCodeowners(head)),
  *parse(source) {
    const {repository, file} = locate(source.path)
    const known = repository.startsWith('git:repo/gitlab.') ? 'gitlab' : undefined
    const {host, said: lines} = readOwnersFile(file, source.lines(), known)
    if (!lines) {
      yield issue(
        1,
        'too-large',
        'CODEOWNERS has 3 MB or more, so GitHub does not load it and it owns nothing',
        'merge lines by folder until it is smaller',
      )
      return
    }
    for (const said of lines) {
      if (said.kind === 'bad') yield issue(said.line, said.code, said.what, said.mend)
      else {
        const {line, pattern, owners, section} = said
        yield {fact: 'rule', line, repository, file, pattern, owners, ...(section === null ? {} : {section})}
      }
    }
    const section =
      host === 'github' && lines.find(said => said.kind === 'rule' && GITLAB_SECTION.test(said.pattern))
    if (section)
      yield issue(
        section.line,
        'gitlab-section',
        'this reads like a section of a GitLab file, and in .github/ it was read as GitHub reads it: the last match wins',
        "keep the file in .gitlab/ if it is GitLab's",
      )
  },
})

/** Under another name: text whose every line its host would read, nearly all with an owner. */
function readsLikeCodeowners({text}: Head): boolean {
  const lines = text.slice(0, text.length < 1 << 16 ? undefined : text.lastIndexOf('\n')).split('\n')
  const said =
    hostOf('', lines) === 'gitlab'
      ? readGitlabCodeowners(lines.map((line, index) => ({line: index + 1, text: line})))
      : lines.map(parseCodeownersLine).filter(({kind}) => kind !== 'blank')
  const owned = said.filter(line => line.kind === 'rule' && line.owners.some(owner => owner.startsWith('@')))
  return owned.length >= 1 && owned.length >= said.length * 0.9
}

/** Folders inside a repository where a host looks, beside its root. */
const PLACES = ['.github', 'docs', '.gitlab']

const GITLAB_HOST = /^gitlab\.[\w.-]+$/i

/** Repository and the file's path inside it. Without a known layout the folder above the file's place is the repository. */
function locate(path: string): {repository: Alias; file: string} {
  const {folders, file: written} = segmentsOf(path)
  const file = written.replace(/\.gz$/, '')
  const host = folders.findLastIndex(name => GITLAB_HOST.test(name))
  // `repos/docs/CODEOWNERS` and `gitlab.com/fen/docs/CODEOWNERS` are the root of a repository called docs.
  const root = folders.at(-2)?.toLowerCase() === 'repos' || (host !== -1 && folders.length === host + 3)
  const place = PLACES.includes(folders.at(-1) ?? '') && !root ? [folders.at(-1)!] : []
  const above = folders.slice(0, folders.length - place.length)
  // Groups nest on GitLab: below its host every folder is part of the address.
  if (host !== -1 && above.length > host + 2)
    return {
      repository: alias.repository(`https://${above.slice(host).join('/')}`),
      file: [...place, file].join('/'),
    }
  // GitHub looks for no CODEOWNERS deeper than its places, so two folders under `repos` are owner and name.
  const checkout = checkoutOf(above, above.at(-3)?.toLowerCase() === 'repos' ? above.at(-2) : undefined)
  return checkout
    ? {repository: checkout.repository, file: [...checkout.folders, ...place, file].join('/')}
    : {repository: alias.named('repo', above.at(-1) ?? '.'), file: [...place, file].join('/')}
}
