import {existsSync, readdirSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {connectors} from '../../src/connectors/index.ts'
import {openSource} from '../../src/connectors/read.ts'

const HOME = 'fixtures/connectors'
const NOT_SAMPLES = /(^|\/)(LICENSES\.md|expected|\.DS_Store)/

/** Sample files of a connector; they may lie in folders, because some ids only the path holds. */
const samplesOf = (id: string): string[] =>
  (existsSync(`${HOME}/${id}`) ? readdirSync(`${HOME}/${id}`, {recursive: true, withFileTypes: true}) : [])
    .filter(entry => entry.isFile())
    .map(entry => `${entry.parentPath}/${entry.name}`.slice(HOME.length + id.length + 2))
    .filter(name => !NOT_SAMPLES.test(name))
    .sort()

/** bigint prints as `123n`, so that expected files read like the code. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item), 1).replace(
    /\n\s*/g,
    ' ',
  )

describe.each(connectors.map(connector => ({id: connector.id as string, connector})))(
  '$id',
  ({id, connector}) => {
    const samples = samplesOf(id)

    test('has samples', () => expect(samples).not.toEqual([]))

    test.each(samples)('%s: claimed by this connector alone', name => {
      const {head} = openSource(`${HOME}/${id}/${name}`, name)
      expect(connectors.filter(other => other.recognises(head)).map(other => other.id)).toEqual([id])
    })

    test.each(samples)('%s: yields exactly the expected facts and issues', async name => {
      const facts = [...connector.parse(openSource(`${HOME}/${id}/${name}`, name))]
      await expect(`${facts.map(plain).join('\n')}\n`).toMatchFileSnapshot(
        `../../${HOME}/${id}/expected/${name.replaceAll('/', '__')}.facts`,
      )
    })

    test.each(samples)('%s: keeps no content', name => {
      const facts = [...connector.parse(openSource(`${HOME}/${id}/${name}`, name))]
      expect(plain(facts)).not.toMatch(/CANARY/i)
    })
  },
)
