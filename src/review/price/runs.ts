/** How often schedules run, one against another. */
import {Cron} from 'croner'

const MINUTES: {readonly [unit: string]: bigint} = {minute: 1n, hour: 60n, day: 1440n}
/** Four weeks; where a schedule runs too seldom in them to tell its rhythm, thirteen times as long. */
const DAYS = 28
const LONGER = 13
/** Fewer runs say little of a rhythm. */
const FEWEST = 8n
/** One a minute; more is by the second, and no batch. */
const MOST = BigInt(DAYS) * 1440n

/** Runs of both in the same days from `at` (epoch ms); null: one of them is no schedule that can be read, or never runs. */
export function runsOf(from: string, to: string, at: number): {from: bigint; to: bigint} | null {
  const [before, after] = [runsIn(from, at, DAYS), runsIn(to, at, DAYS)]
  if (before === null || after === null) return null
  if (before >= FEWEST && after >= FEWEST) return {from: before, to: after}
  const longer = (schedule: string, runs: bigint): bigint | null =>
    runs >= FEWEST ? runs * BigInt(LONGER) : runsIn(schedule, at, DAYS * LONGER)
  const long = {from: longer(from, before), to: longer(to, after)}
  return long.from && long.to ? {from: long.from, to: long.to} : null
}

function runsIn(schedule: string, at: number, days: number): bigint | null {
  const rate = /^(?:rate\(|every\s+|@every\s+)?(\d+)\s*(minute|hour|day)s?\)?$/i.exec(schedule)
  if (rate) {
    const every = MINUTES[rate[2]!.toLowerCase()]! * BigInt(rate[1]!)
    return every === 0n ? null : (BigInt(days) * 1440n) / every
  }
  try {
    const cron = new Cron(plain(schedule), {timezone: 'UTC', paused: true})
    const end = at + days * 86_400_000
    let runs = 0n
    for (let next = cron.nextRun(new Date(at - 1)); next !== null && next.getTime() < end; runs++) {
      if (runs === MOST) return null
      next = cron.nextRun(next)
    }
    return runs
  } catch {
    return null
  }
}

/** AWS writes `cron(0/30 12 * * ? *)`: a year at the end, `?` for any day, `0/30` for every thirtieth. */
const plain = (schedule: string): string => {
  const inside = /^cron\((.*)\)$/.exec(schedule.trim())?.[1]
  return inside === undefined
    ? schedule
    : inside
        .trim()
        .split(/\s+/)
        .slice(0, 5)
        .join(' ')
        .replaceAll('?', '*')
        .replace(/(?<![\d*])0\//g, '*/')
}
