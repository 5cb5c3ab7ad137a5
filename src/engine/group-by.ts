/** Items by a key, in the order in which they came; items without one (null) are left out. */
export function groupBy<T, K>(items: Iterable<T>, key: (item: T) => K | null): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const place = key(item)
    if (place === null) continue
    const group = groups.get(place)
    if (group) group.push(item)
    else groups.set(place, [item])
  }
  return groups
}
