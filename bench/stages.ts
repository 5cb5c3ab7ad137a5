/**
 * Settles a database in a process of its own and prints what each stage took, as JSON: pairs of its name and seconds.
 *
 * node bench/stages.ts DATABASE
 */
import {attributeStore} from '../src/engine/run.ts'
import {openForWriting} from '../src/store/open.ts'

const stages: [string, number][] = []
let [name, since] = ['opening', performance.now()]
const enter = (next: string) => {
  const now = performance.now()
  stages.push([name, (now - since) / 1000])
  ;[name, since] = [next, now]
}
using store = openForWriting(process.argv[2]!)
attributeStore(store, {all: true, now: 0, say: enter})
enter('')
process.stdout.write(`${JSON.stringify(stages)}\n`)
