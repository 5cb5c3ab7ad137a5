/** Starts oclif. Errors raised before a command exists (an unknown command) are told the same way as all others. */
import {styleText} from 'node:util'
import {rootHelp} from './root-help.ts'

export async function start(url: string): Promise<void> {
  // A reader that stops early (`| head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.once('SIGINT', () => process.exit(130))
  const argv = process.argv.slice(2)
  const help = rootHelp(argv, {
    width: Math.max(40, process.stdout.columns ?? 80),
    bold: text => styleText('bold', text, {stream: process.stdout}),
  })
  if (help !== null) process.stdout.write(`${help}\n`)
  else await runCommand(argv, url)
}

async function runCommand(argv: string[], url: string): Promise<void> {
  const [{explainError}, {flush, run}] = await Promise.all([
    import('./base-command.ts'),
    import('./oclif.ts'),
  ])
  try {
    await run(argv, url)
  } catch (error) {
    const {exit, text} = explainError(error)
    if (text !== '') process.stderr.write(`${text}\n`)
    process.exitCode = exit
  }
  await flush()
}
