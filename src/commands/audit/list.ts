import Audit from './index.ts'

/** `venturi audit` by its full name. */
export default class AuditList extends Audit {}
