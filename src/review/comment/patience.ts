/** How long a service that is busy or broken is asked again: at most 45 seconds from the first question to the last. */
import {UserError} from '../../model/errors.ts'
import type {Busy} from './trouble.ts'

export interface Clock {
  now(): number
  sleep(milliseconds: number): Promise<void>
}

export const realClock: Clock = {
  now: Date.now,
  sleep: milliseconds => new Promise(done => setTimeout(done, milliseconds)),
}

const MOST = 45_000
const FIRST_PAUSE = 1_000

export class Patience {
  readonly #clock: Clock
  readonly #until: number
  #pauses = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#until = clock.now() + MOST
  }

  now(): number {
    return this.#clock.now()
  }

  left(): number {
    return Math.max(0, this.#until - this.#clock.now())
  }

  /** Waits as long as the service wants, else twice as long as the last time; throws where that is longer than is left. */
  async orGiveUp({message, after}: Busy): Promise<void> {
    const pause = after ?? FIRST_PAUSE * 2 ** this.#pauses
    if (pause >= this.left())
      throw new UserError(
        after === null
          ? `${message}, again and again`
          : `${message}, and wants ${Math.ceil(pause / 1000)} s of rest`,
        'run it again later; nothing was written',
      )
    this.#pauses++
    await this.#clock.sleep(pause)
  }
}
