/** How often schedules run, one against another. */
import {Cron} from 'croner'

const MINUTES: {readonly [unit: string]: bigint} = {minute: 1n, hour: 60n, day: 1440n}
const DAYS = [28, 364] as const
/** Fewer runs say little of a rhythm. */
const FEWEST = 8n

/** Runs of both in the same days from `at` (epoch ms); null: one of them is no schedule that can be read, or never runs. */
export function runsOf(from: string, to: string, at: number): {from: bigint; to: bigint} | null {
  for (const days of DAYS) {
    const [before, after] = [runsIn(from, at, days), runsIn(to, at, days)]
    if (before === null || after === null) return null
    const told = before >= FEWEST && after >= FEWEST
    if (told || days === DAYS.at(-1)) return before === 0n || after === 0n ? null : {from: before, to: after}
  }
  return null
}

function runsIn(schedule: string, at: number, days: number): bigint | null {
  const rate = /^(?:rate\(|every\s+|@every\s+)?(\d+)\s*(minute|hour|day)s?\)?$/i.exec(schedule)
  if (rate) return (BigInt(days) * 1440n) / (MINUTES[rate[2]!.toLowerCase()]! * BigInt(rate[1]!))
  try {
    const cron = new Cron(plain(schedule), {timezone: 'UTC', paused: true})
    const end = at + days * 86_400_000
    let runs = 0n
    for (let next = cron.nextRun(new Date(at - 1)); next !== null && next.getTime() < end; runs++)
      next = cron.nextRun(next)
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
