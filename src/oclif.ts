/** The parts of oclif that commands use, each from its own door: the front door loads all the others before `--help` can speak. */
export * as Args from '@oclif/core/args'
export {Command} from '@oclif/core/command'
export * as Errors from '@oclif/core/errors'
export * as Flags from '@oclif/core/flags'
export {flush} from '@oclif/core/flush'
export type * as Interfaces from '@oclif/core/interfaces'
export {run} from '@oclif/core/run'
