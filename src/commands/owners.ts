import {createInterface} from 'node:readline'
import {BaseCommand, SCHEMA_VERSION} from '../base-command.ts'
import {Args, Flags} from '../oclif.ts'
import {answer, type OwnersAnswer, type OwnersDesk} from '../server/owners/answer.ts'
import {openDesk} from '../server/owners/open.ts'
import {ownersToText} from '../server/owners/owners-text.ts'

/** Paths answered and printed at once. */
const BLOCK = 4096

export default class Owners extends BaseCommand {
  static override summary = 'Who owns paths, and by which CODEOWNERS line.'
  static override description =
    'Asks the file given with --file, else an ingested repository, else the CODEOWNERS of the checkout you are in.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> services/heron/app.py README.md',
    '<%= config.bin %> <%= command.id %> --file .github/CODEOWNERS src/index.ts --json',
    'git diff --name-only main | <%= config.bin %> <%= command.id %> --repo acme/mono -',
  ]
  static override args = {
    path: Args.string({
      description: 'path below the repository root, or - for one a line on stdin',
      required: true,
    }),
  }
  static override flags = {
    file: Flags.string({description: 'a CODEOWNERS file', exclusive: ['repo']}),
    repo: Flags.string({description: 'an ingested repository: NAME or owner/name'}),
  }
  static override strict = false

  override async run() {
    const {argv, flags} = await this.parse(Owners)
    const {cwd, db} = this.context(flags)
    const desk = openDesk({cwd, db, file: flags.file, repo: flags.repo})
    for (const {path, line, message, mend} of desk.issues)
      this.say(`${path}:${line}: ${message}. Try this: ${mend}.`)
    const paths: OwnersAnswer[] = []
    for await (const block of answered(desk, argv as string[])) {
      if (this.jsonEnabled()) paths.push(...block)
      else this.log(ownersToText(block))
    }
    return {schema_version: SCHEMA_VERSION, paths, ...(desk.issues.length > 0 ? {issues: desk.issues} : {})}
  }
}

async function* answered(desk: OwnersDesk, given: readonly string[]): AsyncGenerator<OwnersAnswer[]> {
  let block: OwnersAnswer[] = []
  for (const path of given) {
    const lines =
      path === '-' ? createInterface({input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY}) : [path]
    for await (const line of lines) {
      if (line === '') continue
      block.push(answer(desk, line))
      if (block.length < BLOCK) continue
      yield block
      block = []
    }
  }
  if (block.length > 0) yield block
}
