/** Edge: whose money each budget is about, looked up in the graph and kept for reports. */
import * as alias from '../model/alias.ts'
import {budgetAliases, insertBudgetScope} from '../store/queries/budgets.ts'
import {all, run, type WritableStore} from '../store/query.ts'
import type {World} from './attribute.ts'
import type {Node} from './graph.ts'

export function saveBudgetScopes(store: WritableStore, world: World): void {
  for (const {batchId, line, organization, costCenter} of all(store, budgetAliases, {})) {
    const team = organization === null ? null : teamNamed(world, organization)
    const center = costCenter === null ? null : (world.graph.node(alias.costCenter(costCenter)) ?? null)
    run(store, insertBudgetScope, {
      ...{batch_id: batchId, line},
      ...{organization_id: team?.id ?? null, organization_name: team?.name ?? null},
      ...{cost_center_id: center?.id ?? null, cost_center_name: center?.name ?? null},
    })
  }
}

/** By the very alias, else by a name that is one team's: what is merely like a name is no team's budget. */
function teamNamed({graph, lookup}: World, wanted: string): Node | null {
  const known = graph.node(wanted)
  if (known?.kind === 'organization') return known
  const [first] = lookup.team(wanted.slice(wanted.indexOf('/') + 1))
  return first?.exact ? first.node : null
}
