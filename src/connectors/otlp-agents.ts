/** Spans of agents: their totals repeat those of the calls below them, and count only where a trace holds no such call. */
import {type Fact, type Issue, issue, type UsageFact} from '../model/fact.ts'
import {type Json, text} from './fields.ts'

/** Traces with inference and agent spans held until a file's end; beyond this many the agents' totals are given up. */
const HELD = 500_000

/** Agent spans wait for the end of the file, because the children that would explain them may come later. */
export class AgentTotals {
  readonly #explained = new Set<string>()
  readonly #held = new Map<
    string,
    {readonly parent: string; readonly trace: string; readonly fact: UsageFact | null}
  >()

  /** A span or a log record of one call: its trace needs no agent's totals. */
  inferenceIn(record: Json): void {
    const trace = text(record, 'traceId')?.toLowerCase()
    if (trace && this.#explained.size < HELD) this.#explained.add(trace)
  }

  /** `fact` is null for a span without usage of its own, kept as a link between agents. */
  add(span: Json, fact: UsageFact | null): void {
    const trace = text(span, 'traceId')?.toLowerCase() ?? ''
    const at = (key: string) => `${trace}/${text(span, key)?.toLowerCase() ?? ''}`
    if (this.#held.size < HELD && !this.#explained.has(trace))
      this.#held.set(at('spanId'), {parent: at('parentSpanId'), trace, fact})
  }

  /** The outermost agent of each branch: its totals hold those of the agents it called. How many requests they were and how long each took is not known. */
  *unexplained(): Generator<Fact | Issue> {
    const open = [...this.#held.values()].filter(({trace, fact}) => fact && !this.#explained.has(trace))
    if (open.length > 0 && (this.#explained.size >= HELD || this.#held.size >= HELD))
      yield issue(
        1,
        'too-many-traces',
        `over ${HELD} traces in one file: agent spans without inference spans are left out`,
        'let the collector rotate its files at a smaller size',
      )
    else
      for (const {parent, fact} of open)
        if (fact && !this.#insideAnother(parent)) {
          const {latencyMs: _, ...sums} = fact
          yield {...sums, tier: null, usage: {...fact.usage, requests: null}}
        }
  }

  #insideAnother(parent: string): boolean {
    const seen = new Set<string>()
    for (let at = parent; !seen.has(at); ) {
      seen.add(at)
      const above = this.#held.get(at)
      if (!above) return false
      if (above.fact) return true
      at = above.parent
    }
    return false
  }
}
