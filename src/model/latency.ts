/**
 * How long calls took, as counts by bin: four bins an octave, so a percentile read from them is within 10 % of the true one. Counts
 * of days and models add up; percentiles do not.
 */

/** Milliseconds, counted as 1 at least. */
export const latencyBin = (ms: number): number => Math.floor(Math.log2(Math.max(1, ms)) * 4)

/** The geometric middle of a bin, in ms, to the two digits it can be known by. */
const middle = (bin: number): number => Math.round(Number((2 ** ((bin + 0.5) / 4)).toPrecision(2)))

/** The latency that `share` (0…1) of the calls stay below, in ms; null: there are none. */
export function percentile(calls: ReadonlyMap<number, number>, share: number): number | null {
  const bins = [...calls].sort(([a], [b]) => a - b)
  const total = bins.reduce((sum, [, count]) => sum + count, 0)
  let passed = 0
  for (const [bin, count] of bins) {
    passed += count
    if (passed >= share * total) return middle(bin)
  }
  return null
}
