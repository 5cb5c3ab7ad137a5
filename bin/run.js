#!/usr/bin/env node
// better-sqlite3 crashes on Node 20 without a word, so the check comes before any import.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `venturi needs Node 22.12 or newer; this is ${process.version}. Try this: install Node 24 from https://nodejs.org.\n`,
  )
  process.exit(2)
}
const {enableCompileCache} = await import('node:module')
enableCompileCache?.()
const {start} = await import('../dist/start.js')
await start(import.meta.url)
