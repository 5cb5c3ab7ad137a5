/** Which account pays and which was used, as FOCUS tells them apart: a payer, and within it a project, workspace or account. */
import type {Alias, Signature} from '../../model/fact.ts'
import {dayOf} from '../../model/time.ts'
import type {Claim} from '../reconciliation.ts'

export interface Accounts {
  readonly BillingAccountId: string
  readonly BillingAccountType: string
  readonly SubAccountId: string | null
  readonly SubAccountName: string | null
  readonly SubAccountType: string | null
}

/** Aliases that are parts of a payer's account. */
const PARTS = /^(?:openai:project|anthropic:workspace|google:project|aws:account|azure:account)\//
const TYPES: {readonly [type: string]: string} = {
  'openai:org': 'Organization',
  'openai:project': 'Project',
  'anthropic:org': 'Organization',
  'anthropic:workspace': 'Workspace',
  'google:project': 'Project',
  'azure:account': 'Subscription',
}

const idOf = (known: Alias): string => known.slice(known.indexOf('/') + 1)
const typeOf = (known: Alias): string => TYPES[known.slice(0, known.indexOf('/'))] ?? 'Account'

/** The one account that a provider's invoices are made out to; a provider with several has none. */
export function payers(invoiced: readonly Pick<Claim, 'provider' | 'account'>[]): Map<string, Alias> {
  const found = new Map<string, Set<Alias>>()
  for (const {provider, account} of invoiced)
    if (account !== null) found.set(provider, (found.get(provider) ?? new Set()).add(account))
  return new Map(
    [...found].flatMap(([provider, [one, ...more]]) => (more.length === 0 ? [[provider, one!]] : [])),
  )
}

/**
 * Whom a provider's invoice is made out to pays, else the account the row itself names. A provider's name stands for all of a
 * company's accounts with it where nobody says which: FOCUS wants an account on every row.
 */
export function accountsOf(
  provider: string,
  {account, project}: Signature,
  payer: Alias | undefined,
  names: ReadonlyMap<Alias, string>,
): Accounts {
  const part = [project, account].find(known => known !== undefined && PARTS.test(known))
  const pays = payer ?? (account === undefined || account === part ? undefined : account)
  const own = pays ?? (part?.startsWith('aws:') ? part : undefined)
  return {
    BillingAccountId: own === undefined ? provider : idOf(own),
    BillingAccountType: own === undefined ? 'All Accounts' : typeOf(own),
    SubAccountId: part === undefined ? null : idOf(part),
    SubAccountName: part === undefined ? null : (names.get(part) ?? idOf(part)),
    SubAccountType: part === undefined ? null : typeOf(part),
  }
}

/** An invoice that the ledger equals to the nano-dollar over its days, with nothing of that provider's beside it. */
export interface Tied {
  readonly invoice: string
  readonly provider: string
  /** Days, [from, to). */
  readonly from: number
  readonly to: number
}

/** `spent`: the provider's ledger over the days of a claim. */
export function tiedInvoices(claims: readonly Claim[], spent: (claim: Claim) => bigint): Tied[] {
  return claims.flatMap(claim => {
    const {invoices, provider, from, to, billed} = claim
    const [invoice, ...more] = invoices
    const alone = claims.every(
      other => other === claim || other.provider !== provider || other.to <= from || other.from >= to,
    )
    return invoice !== undefined && more.length === 0 && alone && spent(claim) === billed
      ? [{invoice, provider, from, to}]
      : []
  })
}

/** The invoice a charge is on, where that is beyond doubt. */
export const invoiceOf = (tied: readonly Tied[], provider: string, at: number): string | null =>
  tied.find(({provider: of, from, to}) => of === provider && dayOf(at) >= from && dayOf(at) < to)?.invoice ??
  null
