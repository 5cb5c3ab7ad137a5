/** Examples from a company whose truth is known: whose each signature's spend really was. */
import {knownOwners, type Oracle as SignatureOracle} from '../../engine/rail/examples.ts'
import type {Example} from '../../engine/rail/fit.ts'
import {heuristicBaseline} from '../../engine/rail/model.ts'
import {loadWorld} from '../../engine/run-world.ts'
import type {Signature} from '../../model/fact.ts'
import {DAY_MS} from '../../model/time.ts'
import {answeredRows} from '../../store/queries/evaluate.ts'
import {iterate, type ReadableStore} from '../../store/query.ts'
import {trueTeam, truthOf} from '../evaluate/score.ts'
import type {Oracle} from '../evaluate/truth.ts'

interface Seen {
  readonly at: number
  readonly team: string | null
}

/** A signature of several teams at once is no example: nothing in it tells them apart. */
const ONE_TEAM = 0.9

export function ownersOfKnown(store: ReadableStore, oracle: Oracle): Example[] {
  const {world, signatures} = loadWorld(store, [], heuristicBaseline('disabled'))
  const nodes = new Map<string, string>()
  for (const team of oracle.truth.teams)
    for (const alias of team.aliases) {
      const node = world.graph.node(alias)
      if (node && world.ownership.isTeam(node)) nodes.set(team.id, nodes.get(team.id) ?? node.id)
    }
  const seen = new Map<string, Seen[]>()
  for (const row of iterate(store, answeredRows, {})) {
    const truth = truthOf(oracle, row, JSON.parse(row.evidence) as Signature)
    if (truth === null) continue
    const known = seen.get(row.evidence) ?? []
    known.push({at: row.at, team: trueTeam(truth)})
    seen.set(row.evidence, known)
  }
  const ids = new Map(signatures.map(({signature, evidence}) => [signature, evidence]))
  const asked: SignatureOracle = (signature, at) => {
    const all = seen.get(ids.get(signature)!) ?? []
    const near = all.filter(row => Math.abs(row.at - at) <= DAY_MS)
    return mostly(near.length > 0 ? near : all, nodes)
  }
  return knownOwners(world, signatures, asked)
}

function mostly(rows: readonly Seen[], nodes: ReadonlyMap<string, string>): string | null | undefined {
  const counts = new Map<string | null, number>()
  for (const {team} of rows) counts.set(team, (counts.get(team) ?? 0) + 1)
  const [best] = [...counts].sort((a, b) => b[1] - a[1])
  if (!best || best[0] === null || best[1] < rows.length * ONE_TEAM) return undefined
  return nodes.get(best[0]) ?? null
}
