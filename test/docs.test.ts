import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {connectors} from '../src/connectors/index.ts'

interface Manifest {
  readonly commands: {
    readonly [id: string]: {
      readonly flags: {readonly [name: string]: unknown}
      readonly examples?: readonly unknown[]
      readonly summary?: string
    }
  }
}

/** What the built command line really offers. */
const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as Manifest
const commands = Object.entries(manifest.commands).map(([id, {flags, examples}]) => ({
  name: id.replaceAll(':', ' '),
  flags: Object.keys(flags),
  examples: examples ?? [],
}))
const page = readFileSync('docs/commands.md', 'utf8')

describe.each(commands)('venturi $name', ({name, flags, examples}) => {
  test('stands in docs/commands.md', () => expect(page).toContain(`venturi ${name}`))
  test.each(flags)('--%s stands there too', flag => expect(page).toContain(`--${flag}`))
  test('has an example in its help', () => expect(examples.length).toBeGreaterThan(0))
})

test.each(connectors.map(({id}) => id))('%s stands in docs/sources.md', id => {
  expect(readFileSync('docs/sources.md', 'utf8')).toContain(`\`${id}\``)
})
