import {SCHEMA_VERSION} from '../../../base-command.ts'
import {DecisionCommand} from '../../../decision-command.ts'
import {byFlags} from '../../../decision-flags.ts'
import {ACTIONS, CLASSIFICATIONS} from '../../../model/burn-comments.ts'
import {Args, Flags} from '../../../oclif.ts'
import {commentLines, commentToJson} from '../../../report/burn-comment-view.ts'
import {parsePeriod} from '../../../report/period.ts'
import {addComment} from '../../../server/burn/comment.ts'

export default class BurnCommentAdd extends DecisionCommand {
  static override summary = 'Say what a row of the weekly burn is, and what is done about it.'
  static override description =
    'A later comment on the same row and week is shown in its place; all of them stay in the audit trail.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 92463afa --comment "launch to three cohorts, as planned" --classification expected-growth --action leave-unchanged',
    '<%= config.bin %> <%= command.id %> 1f6abc69 --week 2026-W43 --comment "retry loop after the timeout change" --classification incident --action cap --due 2026-11-06 --json',
  ]
  static override args = {
    key: Args.string({description: 'the row, by the key that `venturi report burn` shows', required: true}),
  }
  static override flags = {
    comment: Flags.string({
      description: 'why the cost is what it is; it stays in the audit trail',
      required: true,
    }),
    classification: Flags.option({options: CLASSIFICATIONS, description: 'what it is', required: true})(),
    action: Flags.option({options: ACTIONS, description: 'what is done next week (default: not decided)'})(),
    due: Flags.string({description: 'by which day it is done: 2026-11-06'}),
    week: Flags.string({
      description: 'a week, Monday to Sunday: 2026-W42 (default: the last that burn shows)',
    }),
    until: Flags.string({description: 'last day of the seven, as given to `report burn --until`'}),
    by: byFlags.by,
  }

  override async run() {
    const {args, flags} = await this.parse(BurnCommentAdd)
    const period = parsePeriod({week: flags.week, until: flags.until}, Date.now())
    using desk = this.desk(flags)
    const added = addComment(desk, {...flags, key: args.key, period})
    this.log(commentLines(added))
    return {schema_version: SCHEMA_VERSION, comment: commentToJson(added)}
  }
}
