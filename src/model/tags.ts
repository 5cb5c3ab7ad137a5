/** The tags of a record, as the caller or the system set them: what burn and product reports group by. */
import type {Signature} from './fact.ts'

export const TAGS = [
  'project_id',
  'feature',
  'cost_center',
  'environment',
  'request_intent',
  'owner_team',
] as const
export type Tags = {readonly [tag in (typeof TAGS)[number]]?: string}

/** Present ones only, in their order. `environment`: as it was settled, where it was. */
export function tagsOf(signature: Signature, environment: string | null): Tags {
  const tags = {
    project_id: signature.tag_project_id,
    feature: signature.tag_feature,
    cost_center: signature.tag_cost_center,
    environment: environment ?? signature.environment ?? signature.tag_environment,
    request_intent: signature.tag_request_intent,
    owner_team: signature.tag_team,
  }
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== undefined))
}
