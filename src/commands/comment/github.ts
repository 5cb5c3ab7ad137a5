import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {Flags} from '../../oclif.ts'
import {BEHAVIORS} from '../../review/comment/decide.ts'
import {commentOnGithub} from '../../review/comment/run.ts'

export default class CommentGithub extends BaseCommand {
  static override summary =
    'Post what venturi diff found on a pull request at GitHub, and keep that comment up to date.'
  static override description =
    'Needs neither checkout nor database. In GitHub Actions it knows repository, pull request and address; the token is GITHUB_TOKEN.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --path diff.json',
    '<%= config.bin %> diff --json | <%= config.bin %> <%= command.id %> --path - --dry-run',
    '<%= config.bin %> <%= command.id %> --path diff.json --behavior hide-and-new --threshold "delta>500usd|unowned"',
  ]
  static override flags = {
    path: Flags.string({description: 'what venturi diff --json printed; - for stdin', required: true}),
    behavior: Flags.option({
      options: BEHAVIORS,
      description: 'change the comment that is there, add one, or hide or delete older ones and add one',
    })({default: 'update'}),
    tag: Flags.string({description: 'tells several comments on one pull request apart', default: 'default'}),
    'skip-no-diff': Flags.boolean({description: 'no first comment where nothing changes'}),
    threshold: Flags.string({
      description:
        'no first comment unless a rule is broken: delta>500usd, delta>20%, unowned, budget, joined by |',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
    }),
    repo: Flags.string({description: 'owner/name'}),
    'pull-request': Flags.integer({description: 'its number', min: 1}),
    'dry-run': Flags.boolean({description: 'print the comment and send nothing; needs no token'}),
  }

  override async run() {
    const {flags} = await this.parse(CommentGithub)
    const {body, ...posted} = await commentOnGithub(
      {
        path: flags.path,
        behavior: flags.behavior,
        tag: flags.tag,
        skipNoDiff: flags['skip-no-diff'],
        threshold: flags.threshold,
        repo: flags.repo,
        pullRequest: flags['pull-request'],
        dryRun: flags['dry-run'],
      },
      process.env,
      line => this.say(line),
    )
    if (flags['dry-run']) this.log(body)
    else if (posted.url !== null) this.log(posted.url)
    this.say(`${posted.action}: ${posted.reason}`)
    return {schema_version: SCHEMA_VERSION, ...posted, ...(flags['dry-run'] ? {body} : {})}
  }
}
