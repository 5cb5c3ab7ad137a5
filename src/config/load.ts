/** The way commands come to their configuration: what reads and checks it is loaded only where there is a file. */
import type {Config} from './config.ts'

/** `null`: there is no file, and nothing is configured. Otherwise as `readConfig`. */
export async function loadConfig(path: string | null): Promise<Config> {
  if (path === null) return {}
  const {readConfig} = await import('./config.ts')
  return readConfig(path)
}
