// Builds `dist`: one file for what starts, for each command and for the parsing thread, and the parts they share.
// Node takes longer to find and link two hundred small files than most commands take to answer.
import {globSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'
import {rolldown} from 'rolldown'

const root = join(import.meta.dirname, '..')
const entry = path => [path.replace(/\.tsx?$/, ''), join(root, 'src', path)]
const entries = [
  'start.ts',
  'connectors/parse-worker.ts',
  ...globSync('commands/**/*.ts', {cwd: join(root, 'src')}).sort(),
]

/** What most commands load, and no more: code that looks for its own files, as what is native does, has to stay where it is. */
const INLINED = /^(?:@oclif\/core|chalk|csv-parse|yaml|zod)(?:\/|$)/
const isOurs = path => path.startsWith('.') || isAbsolute(path)
const isOfPackage = importer => /[\\/]node_modules[\\/]/.test(importer ?? '')

const bundle = await rolldown({
  input: Object.fromEntries(entries.map(entry)),
  platform: 'node',
  tsconfig: join(root, 'tsconfig.json'),
  external: (path, importer) => !isOurs(path) && !INLINED.test(path) && !isOfPackage(importer),
})
await bundle.write({
  dir: join(root, 'dist'),
  format: 'esm',
  chunkFileNames: 'parts/[name]-[hash].js',
  cleanDir: true,
})
await bundle.close()
