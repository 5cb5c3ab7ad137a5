import {BaseCommand, SCHEMA_VERSION} from '../../base-command.ts'
import {EXIT} from '../../model/errors.ts'
import {Flags} from '../../oclif.ts'
import {verifiedToJson, verifiedToText} from '../../server/audit/closed-views.ts'
import {isWhole, verify} from '../../server/audit/verify.ts'
import {openForReading} from '../../store/open.ts'

export default class AuditVerify extends BaseCommand {
  static override summary =
    'Prove that the audit trail is whole and that closed periods are as they were frozen.'
  static override description =
    'Exits 2 and names the first entry that is not as it was written, and every closed period whose records are others.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --head 5f1c… --json',
  ]
  static override flags = {
    head: Flags.string({
      description:
        'hash of an entry that must be there: noted elsewhere, it proves that the end was not cut off',
    }),
  }

  override async run() {
    const {flags} = await this.parse(AuditVerify)
    using store = openForReading(this.context(flags).db)
    const verified = verify(store, {head: flags.head ?? null, say: line => this.progress(line)})
    this.progress('')
    this.log(verifiedToText(verified, this.config.version))
    if (!isWhole(verified)) process.exitCode = EXIT.usage
    return {schema_version: SCHEMA_VERSION, ...verifiedToJson(verified)}
  }
}
