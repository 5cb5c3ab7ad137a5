import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'

/** Where this package lies: what is built is bundled, so that no file can tell it from its own place. */
const ROOT = dirname(createRequire(import.meta.url).resolve('venturi/package.json'))

/** The path of something that lies in the package beside the code. */
export const inPackage = (...path: readonly string[]): string => join(ROOT, ...path)
