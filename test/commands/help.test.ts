import {Config} from '@oclif/core/config'
import {Help} from '@oclif/core/help'
import {expect, test} from 'vitest'
import {rootHelp} from '../../src/root-help.ts'

/** What oclif itself would print. */
async function byOclif(): Promise<string> {
  const config = await Config.load(process.cwd())
  const lines: string[] = []
  class Kept extends Help {
    override log(...args: string[]): void {
      lines.push(args.join(' '))
    }
  }
  await new Kept(config, {stripAnsi: true}).showHelp(['--help'])
  return lines.join('\n')
}

const plain = {width: 80, bold: (text: string) => text}

test('the help of the root is what oclif would print', async () =>
  expect(rootHelp(['--help'], plain)).toBe(await byOclif()))

test('without a word it is printed too; the help of a command is not its business', () => {
  expect(rootHelp([], plain)).toBe(rootHelp(['--help'], plain))
  for (const argv of [['report'], ['report', '--help'], ['--help', 'report'], ['--version']])
    expect(rootHelp(argv, plain)).toBeNull()
})

test.each([40, 60, 80, 120])('in %i columns no line of a list is longer', width => {
  const lines = rootHelp([], {...plain, width})!
    .split('\n')
    .slice(1)
  expect(Math.max(...lines.map(({length}) => length))).toBeLessThanOrEqual(width)
})
