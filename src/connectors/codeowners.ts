/** A repository's CODEOWNERS file, as GitHub reads it. Which rule holds for a path is the engine's matter. */
import * as alias from '../model/alias.ts'
import {parseCodeownersLine, readCodeowners} from '../model/codeowners.ts'
import {type Alias, issue} from '../model/fact.ts'
import {checkoutOf, segmentsOf} from './checkout.ts'
import {connector, type Head} from './connector.ts'

/** `[Docs]`, `^[Docs]`, `[Docs][2]`: on GitHub a file of that odd name. */
const GITLAB_SECTION = /^\^?\[[^\][/]+\](\[\d+\])?$/

const NAME = /^CODEOWNERS(\.gz)?$/

export const codeowners = connector({
  id: 'codeowners',
  label: 'CODEOWNERS (GitHub)',
  placed: true,
  recognises: head =>
    NAME.test(segmentsOf(head.path).file) || (head.shape === 'text' && readsLikeCodeowners(head)),
  *parse(source) {
    const {repository, file} = locate(source.path)
    const lines = readCodeowners(source.lines())
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
      else yield {fact: 'rule', line: said.line, repository, file, pattern: said.pattern, owners: said.owners}
    }
    const section = lines.find(said => said.kind === 'rule' && GITLAB_SECTION.test(said.pattern))
    if (section)
      yield issue(
        section.line,
        'gitlab-section',
        'this reads like a section of a GitLab file, and the file was read as GitHub reads it: the last match wins',
        "leave the file out if it is GitLab's",
      )
  },
})

/** Under another name: text whose every line GitHub would read, nearly all with an owner. */
function readsLikeCodeowners({text}: Head): boolean {
  const lines = text.slice(0, text.length < 1 << 16 ? undefined : text.lastIndexOf('\n')).split('\n')
  const said = lines.map(parseCodeownersLine).filter(({kind}) => kind !== 'blank')
  const owned = said.filter(line => line.kind === 'rule' && line.owners.some(owner => owner.startsWith('@')))
  return owned.length >= 1 && owned.length >= said.length * 0.9
}

/** Folders inside a repository where GitHub looks, beside its root. */
const PLACES = ['.github', 'docs', '.gitlab']

/** Repository and the file's path inside it. Without a known layout the folder above the file's place is the repository. */
function locate(path: string): {repository: Alias; file: string} {
  const {folders, file: written} = segmentsOf(path)
  const file = written.replace(/\.gz$/, '')
  // `repos/docs/CODEOWNERS` is the root of a repository called docs.
  const inPlace = PLACES.includes(folders.at(-1) ?? '') && folders.at(-2)?.toLowerCase() !== 'repos'
  const place = inPlace ? [folders.at(-1)!] : []
  const above = folders.slice(0, folders.length - place.length)
  // GitHub looks for no CODEOWNERS deeper than its places, so two folders under `repos` are owner and name.
  const checkout = checkoutOf(above, above.at(-3)?.toLowerCase() === 'repos' ? above.at(-2) : undefined)
  return checkout
    ? {repository: checkout.repository, file: [...checkout.folders, ...place, file].join('/')}
    : {repository: alias.named('repo', above.at(-1) ?? '.'), file: [...place, file].join('/')}
}
