/** Nothing is counted out about fewer people than this, and nobody is scored. */
export const FEWEST_SHOWN = 5
