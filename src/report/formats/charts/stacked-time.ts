/** Money over time, by class. */
import {formatDay} from '../../../model/time.ts'
import {type StackedTime, spanText} from '../../chart.ts'
import {type ColumnItem, columns} from './columns.ts'
import {type Drawing, textWidth} from './svg.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dayText(day: number): string {
  const [, month, date] = formatDay(day).split('-').map(Number)
  return `${date} ${MONTHS[month! - 1]}`
}

/** Room between two labels, and what the money on the left takes. */
const ROOM = 14
const LEFT = 60

export function stackedTime({series, points}: StackedTime, width: number): Drawing {
  const place = (width - LEFT) / points.length
  // Every so many have their day written: weeks where days are many, so that the same weekday stands under each.
  const needed = Math.ceil((textWidth('30 Sep') + ROOM) / place)
  const every = points[0]?.days === 1 && needed > 2 ? Math.ceil(needed / 7) * 7 : needed
  const items = points.map((point, index): ColumnItem => {
    const fits =
      index % every === 0 && (index + 0.5) * place + textWidth(dayText(point.day)) / 2 <= width - LEFT
    return {name: spanText(point), foot: fits ? dayText(point.day) : null, parts: point.parts}
  })
  return columns(series, items, {width, height: width < 500 ? 200 : 260, fill: 0.72})
}
