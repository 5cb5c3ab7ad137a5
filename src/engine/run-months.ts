/** Edge: the cube added up by month, for lenses that ask about attributions and not about days. */
import {monthOf} from '../model/months.ts'
import {daysCounted, insertChannelDays, insertMonth} from '../store/queries/monthly.ts'
import {one, run, type WritableStore} from '../store/query.ts'

/** Into tables that are empty, once bills are settled. */
export function saveMonths(store: WritableStore): void {
  run(store, insertChannelDays, {})
  const {first, last} = one(store, daysCounted, {})!
  if (first === null || last === null) return
  for (let month = monthOf(first); month <= last; month = monthOf(month, 1))
    run(store, insertMonth, {month, next: monthOf(month, 1)})
}
