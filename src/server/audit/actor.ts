/** In whose name something is decided. */
import {spawnSync} from 'node:child_process'
import {userInfo} from 'node:os'
import {UserError} from '../../model/errors.ts'

/** What was said with `--by`, else VENTURI_ACTOR, else git's user.email in `cwd`, else the user of this machine. */
export function actorOf(said: string | undefined, env: NodeJS.ProcessEnv, cwd: string): string {
  if (said !== undefined && said.trim() === '')
    throw new UserError('--by is empty', 'say in whose name, as in --by ada@acme.example')
  for (const name of [said, env.VENTURI_ACTOR]) if (name?.trim()) return name.trim()
  return gitEmail(cwd) ?? userName()
}

function gitEmail(cwd: string): string | null {
  const {status, stdout} = spawnSync('git', ['config', 'user.email'], {cwd, encoding: 'utf8'})
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : null
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    throw new UserError(
      'nothing says in whose name this is decided: this user has no name',
      'say it with --by or VENTURI_ACTOR',
    )
  }
}
