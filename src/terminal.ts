/** What the screen can show, read from the process once per run. */
import type {Screen} from './report/formats/layout.ts'

const NARROW = 60
const WIDE = 200
const DEFAULT = 80

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
}

/**
 * Width of the terminal (60 to 200 columns; 80 where there is none) and whether to colour. `--no-color` wins over
 * NO_COLOR, that over FORCE_COLOR, that over what the terminal is.
 */
export function screenOf(noColour: boolean, env: NodeJS.ProcessEnv, output: Output): Screen {
  const said = Number(env.COLUMNS)
  const width = output.columns ?? (Number.isInteger(said) && said > 0 ? said : DEFAULT)
  return {width: Math.min(WIDE, Math.max(NARROW, width)), colour: !noColour && wantsColour(env, output)}
}

function wantsColour(env: NodeJS.ProcessEnv, {isTTY}: Output): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTTY === true && env.TERM !== 'dumb'
}
