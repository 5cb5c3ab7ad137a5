/** Starts oclif. Errors raised before a command exists (an unknown command) are told the same way as all others. */

import {explainError} from './base-command.ts'
import {flush, run} from './oclif.ts'

export async function start(url: string): Promise<void> {
  // A reader that stops early (`| head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.once('SIGINT', () => process.exit(130))
  try {
    await run(process.argv.slice(2), url)
  } catch (error) {
    const {exit, text} = explainError(error)
    if (text !== '') process.stderr.write(`${text}\n`)
    process.exitCode = exit
  }
  await flush()
}
