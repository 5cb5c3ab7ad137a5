/** Whether an environment, as a system or a tag names it, is not production; unnamed ones are not known to be anything else. */
export const isElsewhere = (environment: string | null | undefined): boolean =>
  /^(?:dev|test|stag|qa|uat|sandbox|local|preview|ci\b)/i.test(environment ?? '')
