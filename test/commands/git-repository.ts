/** Real git repositories in folders that are gone when the test is. */
import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {onTestFinished} from 'vitest'

export function git(cwd: string, ...args: string[]): void {
  const env = {
    ...process.env,
    GIT_AUTHOR_DATE: '2026-10-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2026-10-01T00:00:00Z',
  }
  const who = ['-c', 'user.name=ada', '-c', 'user.email=ada@acme.example', '-c', 'protocol.file.allow=always']
  const {status, stderr} = spawnSync('git', [...who, ...args], {cwd, env, encoding: 'utf8'})
  if (status !== 0) throw new Error(stderr)
}

function write(folder: string, files: {readonly [path: string]: string | Buffer}): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true})
    writeFileSync(join(folder, path), text)
  }
}

export function commit(
  folder: string,
  files: {readonly [path: string]: string | Buffer},
  message = 'change',
): void {
  write(folder, files)
  git(folder, 'add', '-A')
  git(folder, 'commit', '-q', '-m', message)
}

/** A repository with one commit on `main`, and the branch `change` checked out. */
export function repository(files: {readonly [path: string]: string | Buffer}): string {
  const folder = mkdtempSync(join(tmpdir(), 'venturi-diff-'))
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}))
  git(folder, 'init', '-q', '-b', 'main')
  commit(folder, files, 'before')
  git(folder, 'checkout', '-q', '-b', 'change')
  return folder
}

export const ASK = (model: string, tokens = 400): string =>
  `from openai import OpenAI\n\nclient = OpenAI()\n\n\ndef ask(messages):\n    return client.chat.completions.create(\n        model="${model}",\n        max_tokens=${tokens},\n        messages=messages,\n    )\n`
