import {BaseCommand, SCHEMA_VERSION} from '../../../base-command.ts'
import {Flags} from '../../../oclif.ts'
import {commentLines, commentToJson} from '../../../report/burn-comment-view.ts'
import {loadComments} from '../../../server/burn/comment.ts'
import {openForReading} from '../../../store/open.ts'

export default class BurnCommentList extends BaseCommand {
  static override summary = 'What owners have said of the weekly burn.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all --json',
  ]
  static override flags = {all: Flags.boolean({description: 'also those that a later comment replaced'})}

  override async run() {
    const {flags} = await this.parse(BurnCommentList)
    using store = openForReading(this.context(flags).db)
    const comments = loadComments(store).filter(({replaced}) => flags.all || !replaced)
    if (comments.length === 0) this.say('Nobody has commented yet.')
    else this.log(comments.map(commentLines).join('\n'))
    return {schema_version: SCHEMA_VERSION, comments: comments.map(commentToJson)}
  }
}
